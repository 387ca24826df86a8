// The page: the product's header, GraphiQL, and what asks before a mutation.
import { useGraphiQLActions } from "@graphiql/react";
import { GraphiQL } from "graphiql";
import { HISTORY_PLUGIN } from "@graphiql/plugin-history";
import { useEffect, useMemo, useRef, useState } from "react";
import { Confirmation } from "./confirmation.jsx";
import { Download } from "./download.jsx";
import { createFetcher } from "./fetcher.js";
import { Header } from "./header.jsx";
import { GUIDE, PlaceContext, WIDE } from "./guide.jsx";
import { readyMade } from "./queries.js";

const PLUGINS = [GUIDE, HISTORY_PLUGIN];
/** What a new tab begins with. */
const EMPTY = "# 新しい問い合わせ\n{\n  \n}\n";

export function Page({ place, kept }) {
  const tabs = useMemo(() => readyMade(place), [place]);
  const schema = useRef(undefined);
  const first = useMemo(() => shown(kept.storage) ?? { variables: tabs[0].variables }, [kept, tabs]);
  const [question, setQuestion] = useState(null);
  const fetcher = useMemo(() => createFetcher({ schema: () => schema.current, confirm: (write) => new Promise((answer) => setQuestion({ ...write, answer })) }), []);
  const answer = (go) => {
    question.answer(go);
    setQuestion(null);
  };
  return (
    <PlaceContext value={{ place, tabs }}>
      <div className="app">
        <Header place={place} />
        <main className="playground">
          <h1 className="unseen">API</h1>
          <GraphiQL
            fetcher={fetcher}
            storage={kept.storage}
            plugins={PLUGINS}
            visiblePlugin={kept.isEmpty && matchMedia(WIDE).matches ? GUIDE : undefined}
            defaultTabs={tabs}
            initialQuery={first.query}
            initialVariables={first.variables}
            defaultQuery={EMPTY}
            defaultEditorToolsVisibility="variables"
            isHeadersEditorEnabled={false}
            shouldPersistHeaders={false}
            showPersistHeadersSettings={false}
            forcedTheme="system"
            onSchemaChange={(found) => {
              schema.current = found;
            }}
          >
            <GraphiQL.Logo>{null}</GraphiQL.Logo>
            <GraphiQL.Footer>
              <Download />
              <SystemTheme />
            </GraphiQL.Footer>
          </GraphiQL>
        </main>
      </div>
      {question && <Confirmation question={question} onAnswer={answer} />}
    </PlaceContext>
  );
}

/** GraphiQL asks once whether the system is dark: told again, its editors follow. */
function SystemTheme() {
  const { setTheme } = useGraphiQLActions();
  useEffect(() => {
    const dark = matchMedia("(prefers-color-scheme: dark)");
    const follow = () => setTheme(null);
    dark.addEventListener("change", follow);
    return () => dark.removeEventListener("change", follow);
  }, [setTheme]);
  return null;
}

/** The tab that was shown last, as it was kept. GraphiQL keeps its text a second time, and may find that another one. */
function shown(storage) {
  try {
    const { tabs, activeTabIndex } = JSON.parse(storage.getItem("graphiql:tabState"));
    const { query, variables } = tabs[activeTabIndex];
    return { query, variables: variables ?? undefined };
  } catch {
    // Nothing is kept yet.
    return undefined;
  }
}
