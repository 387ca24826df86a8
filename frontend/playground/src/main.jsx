// The playground's start: who is here and where, then GraphiQL with what that person keeps.
import "graphiql/setup-workers/vite";
import { createRoot } from "react-dom/client";
import "./style.css";
import { Page } from "./page.jsx";
import { find } from "./place.js";
import { onLeave, shelf } from "./storage.js";

const root = createRoot(document.getElementById("page"));

async function start() {
  const place = await find(location.search);
  if (!place) {
    // The session has ended since the page was asked for: the server says what to do.
    location.reload();
    return;
  }
  const kept = await shelf(place.viewer.id, `${place.region?.id ?? ""}:${place.sheet?.fiscalYear ?? ""}`);
  onLeave(place.viewer.id, () => {
    kept.close();
    location.reload();
  });
  root.render(<Page place={place} kept={kept} />);
}

start().catch((fault) => {
  root.render(
    <div className="waiting" role="alert">
      <p>{fault.message}</p>
      <p>
        <a href="">もう一度開く</a>
      </p>
    </div>,
  );
});
