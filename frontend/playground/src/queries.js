// The questions that staff really ask, ready to run: each a tab, with the viewer's own region and year in its variables.
import changesSince from "./queries/changes_since.graphql?raw";
import counts from "./queries/counts.graphql?raw";
import endOfLife from "./queries/end_of_life.graphql?raw";
import goalAndEvaluation from "./queries/goal_and_evaluation.graphql?raw";
import saveEntry from "./queries/save_entry.graphql?raw";
import townByScene from "./queries/town_by_scene.graphql?raw";
import watch from "./queries/watch.graphql?raw";
import withoutScene from "./queries/without_scene.graphql?raw";
import { japanDay } from "./japan.js";

/** Days that "changes since" looks back at first. */
const DAYS_BACK = 30;
const JAPAN = "+09:00";
const DAY_MS = 24 * 60 * 60 * 1000;

/** The tabs of a place, in the order in which they are asked. */
export function readyMade(place, now = Date.now()) {
  const { region, sheet, town, entry } = place;
  const here = { regionId: region?.id ?? "", fiscalYear: sheet?.fiscalYear ?? fiscalYear(now) };
  const lastYear = here.fiscalYear - 1;
  return [
    [endOfLife, { ...here, explicitOnly: false }],
    [townByScene, { ...here, ownerId: town?.id ?? "", name: town?.name ?? "" }],
    [withoutScene, here],
    [goalAndEvaluation, { ...here, lastYear }],
    [changesSince, { ...here, from: `${japanDay(now - DAYS_BACK * DAY_MS)}T00:00:00${JAPAN}`, after: null }],
    [counts, here],
    [saveEntry, { input: edit(entry) }],
    [watch, { sheetId: sheet?.id ?? "" }],
  ].map(([query, variables]) => {
    const [title, ...told] = comments(query);
    return { title, about: told.join(""), query, variables: JSON.stringify(variables, null, 2) };
  });
}

/** What an edit of this entry sends: everything as it stands. */
function edit(entry) {
  const { id = "", version = 1, body = "", notes = [], explicitScenes = [] } = entry ?? {};
  return { requestId: "auto", id, version, body, notes, explicitScenes };
}

/** The lines that a document begins with, without their marks. */
export function comments(query) {
  const lines = query.split("\n");
  const end = lines.findIndex((line) => !line.startsWith("#"));
  return lines.slice(0, end).map((line) => line.replace(/^#\s*/, ""));
}

/** April to March. */
function fiscalYear(now) {
  const [year, month] = japanDay(now).split("-").map(Number);
  return month < 4 ? year - 1 : year;
}
