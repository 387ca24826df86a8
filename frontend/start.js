// Loads the client. The Content-Security-Policy allows no inline script, so the WASM's name stands in the page as a
// preload.

// build/release.mjs puts the name here that the file has in the build. Not `import()`: in WebKit 2.50 that never ends at
// some of a page's starts, the more the machine has to do (journeys `engines`).
import init from "renkei-frontend.js";

// And the files' texts here.
const VIEWER = "src/session/viewer.graphql";
const SHEET = "src/sheet/sheet.graphql";

// What the client asks for first is asked for while it is loading, as far as the address says what it is: it takes the
// answer to the same request from here (src/api/transport.rs).
const asked = (globalThis.renkeiAsked = new Map());
// With the client's own time-outs.
ask({ query: VIEWER, variables: null, operationName: "Viewer" }, 4_000);
const sheet = location.pathname.match(/^\/regions\/([^/]+)\/sheets\/(\d{1,4})\/?$/);
if (sheet) {
  const variables = { regionId: sheet[1], fiscalYear: Number(sheet[2]) };
  ask({ query: SHEET, variables, operationName: "Sheet" }, 20_000);
}

try {
  const style = getComputedStyle(document.documentElement);
  if (!style.getPropertyValue("--line")) throw new Error("the stylesheet is missing");
  await init({ module_or_path: document.querySelector("link[rel=preload][as=fetch]").href });
} catch (error) {
  console.error(error);
  // The page shows by itself that it is late; this shows it at once.
  document.getElementById("late")?.classList.remove("late");
}

function ask(request, timeout) {
  const body = JSON.stringify(request);
  const headers = {
    "content-type": "application/json",
    accept: "application/graphql-response+json, application/json",
  };
  const answer = fetch("/graphql", { method: "POST", headers, body, signal: AbortSignal.timeout(timeout) });
  // The client notices it when it takes the answer.
  answer.catch(() => {});
  asked.set(body, answer);
}
