// Where the viewer is: one of their regions and years, from the address or the newest there is.
import { ask } from "./api.js";
import entryQuery from "./entry.graphql?raw";
import placeQuery from "./place.graphql?raw";

/** Undefined when nobody is signed in. */
export async function find(search) {
  const { viewer, regions } = await ask(placeQuery);
  if (!viewer) return undefined;
  const wanted = new URLSearchParams(search);
  const region = regions.find((region) => region.id === wanted.get("region")) ?? regions.find((region) => region.sheets.length > 0) ?? regions[0];
  const sheet = region?.sheets.find((sheet) => String(sheet.fiscalYear) === wanted.get("year")) ?? region?.sheets[0];
  return { viewer, regions, region, sheet, town: town(viewer, region), entry: await firstEntry(region, sheet) };
}

/** The address of the playground in a place. */
export function address(region, sheet) {
  return `/playground?region=${region.id}${sheet ? `&year=${sheet.fiscalYear}` : ""}`;
}

/** The viewer's own municipality, or the region's first. */
function town(viewer, region) {
  const towns = region?.organizations.filter((organization) => organization.kind === "MUNICIPALITY") ?? [];
  return towns.find((organization) => organization.id === viewer.organization.id) ?? towns[0] ?? region?.organizations[0];
}

/** One that the viewer may edit, or any: then its refusal can be read. */
async function firstEntry(region, sheet) {
  if (!sheet) return undefined;
  const data = await ask(entryQuery, { regionId: region.id, fiscalYear: sheet.fiscalYear });
  const entries = data.sheet?.rows.flatMap((row) => row.cells.flatMap((cell) => cell.entries)) ?? [];
  return entries.find((entry) => entry.viewerCanEdit) ?? entries[0];
}
