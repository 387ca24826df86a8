// Under the result: its lists as CSV.
import { useGraphiQL } from "@graphiql/react";
import { useDeferredValue, useMemo, useState } from "react";
import { csv, lists } from "./csv.js";
import { japanDay } from "./japan.js";

/** Characters that a file's name cannot have on some system. */
const UNNAMEABLE = /[\\/:*?"<>|\s]+/g;

export function Download() {
  const tab = useGraphiQL((state) => state.tabs[state.activeTabIndex]);
  const response = useDeferredValue(tab?.response ?? "");
  const found = useMemo(() => lists(parsed(response)), [response]);
  const [wanted, setWanted] = useState("");
  const list = found.find(({ path }) => key(path) === wanted) ?? found[0];
  return (
    <div className="download">
      {found.length > 1 && (
        <select aria-label="CSVにする一覧" value={key(list.path)} onChange={(event) => setWanted(event.target.value)}>
          {found.map(({ path, rows }) => (
            <option key={key(path)} value={key(path)}>
              {key(path)}（{rows.length}件）
            </option>
          ))}
        </select>
      )}
      {found.length === 1 && (
        <span>
          {key(list.path)}（{list.rows.length}件）
        </span>
      )}
      {found.length === 0 && <span className="hint">一覧のある結果は、CSVで保存できます</span>}
      <button type="button" className="button" aria-disabled={list ? undefined : true} onClick={() => list && save(list, tab.title)}>
        CSVで保存
      </button>
    </div>
  );
}

function parsed(response) {
  try {
    return JSON.parse(response);
  } catch {
    return undefined;
  }
}

/** The way there, as it stands in the result. */
function key(path) {
  return path.join(".");
}

function save({ rows }, title) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([csv(rows)], { type: "text/csv;charset=utf-8" }));
  link.download = `${title.replace(UNNAMEABLE, "_")}_${japanDay(Date.now())}.csv`;
  link.click();
  // The browser has taken it over by then.
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}
