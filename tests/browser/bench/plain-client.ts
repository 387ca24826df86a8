// The same page, made by a few lines of plain JavaScript: the client's own stylesheet and everything round the entries as
// they are, and each entry made of the answer to the client's own question.
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { brotliCompressSync } from "node:zlib";
import type { Browser } from "@playwright/test";

const SOURCES = resolve(import.meta.dirname, "../../../frontend/src");

/** Makes its folder, as the page at this address looks to somebody who is signed in there. */
export async function plainClient(browser: Browser, url: string, address: string, folder: string): Promise<void> {
  const context = await browser.newContext({ baseURL: url, serviceWorkers: "block" });
  const page = await context.newPage();
  await page.request.post("/graphql", {
    data: {
      query: "mutation ($input: SignInInput!) { signIn(input: $input) { __typename } }",
      variables: { input: { login: "hub", password: "renkei-demo" } },
    },
  });
  await page.goto(address);
  await page.locator("[data-entry]").first().waitFor();
  const { body, style } = await page.evaluate(() => {
    const copy = document.body.cloneNode(true) as HTMLElement;
    for (const element of copy.querySelectorAll("script, [data-entry]")) element.remove();
    return { body: copy.innerHTML, style: document.querySelector<HTMLLinkElement>("link[rel=stylesheet]")?.href ?? "" };
  });
  const css = await (await page.request.get(style)).text();
  await context.close();
  const document = async (name: string): Promise<string> => JSON.stringify(await readFile(join(SOURCES, name), "utf8"));
  const questions = `const VIEWER = ${await document("session/viewer.graphql")};
const SHEET = ${await document("sheet/sheet.graphql")};`;
  const html = `<!doctype html><html lang="ja"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1"><title>連携</title>
<link rel="stylesheet" href="/plain.css"><script type="module" src="/plain.js"></script></head><body>${body}</body></html>`;
  await mkdir(folder, { recursive: true });
  for (const [name, text] of [["index.html", html], ["plain.css", css], ["plain.js", `${questions}\n${SCRIPT}`]] as const) {
    await writeFile(join(folder, name), text);
    await writeFile(join(folder, `${name}.br`), brotliCompressSync(text));
  }
}

const SCRIPT = `
const ask = (query, variables) =>
  fetch("/graphql", {
    method: "POST",
    headers: { "content-type": "application/json", accept: "application/json" },
    body: JSON.stringify({ query, variables }),
  }).then((answer) => answer.json());
const [, regionId, year] = location.pathname.match(/^\\/regions\\/([^/]+)\\/sheets\\/(\\d+)/);
const asked = [ask(VIEWER, {}), ask(SHEET, { regionId, fiscalYear: Number(year) })];
const [viewer, answer] = await Promise.all(asked);
const sheet = answer.data.sheet;
const owners = new Map(sheet.region.organizations.map((one) => [one.id, one.shortName]));
const element = (name, className, ...inside) => {
  const made = document.createElement(name);
  if (className) made.className = className;
  made.append(...inside);
  return made;
};
const lists = document.querySelectorAll("[data-cell] .entries");
sheet.rows.flatMap((row) => row.cells).forEach((cell, at) => lists[at].append(...cell.entries.map(entry)));
document.documentElement.dataset.viewer = viewer.data.viewer.name;

function entry(one) {
  const scenes = element("span", "scenes", element("i", "mark"), one.explicitScenes[0] ?? "");
  const text = element("span", "marked-text", element("bdi", "", one.body, element("span", "tail")), " ", scenes);
  const body = element("p", "body", text);
  body.id = "body-" + one.id;
  if (one.owner) body.prepend(element("bdi", "owner", owners.get(one.owner.id) ?? ""));
  const item = element("li", "entry", element("span", "handle", "○"), body);
  const note = (note) => element("li", "note", element("span", "note-mark", "＊"), element("bdi", "", note.text));
  if (one.notes.length) item.append(element("ul", "notes", ...one.notes.map(note)));
  item.id = "entry-" + one.id;
  item.dataset.entry = one.id;
  item.tabIndex = -1;
  item.setAttribute("aria-labelledby", body.id);
  return item;
}

addEventListener("keydown", (event) => {
  const item = event.target.closest?.("[data-entry]");
  if (event.key !== "F2" || !item) return;
  const editor = element("textarea", "");
  editor.id = "editor-text";
  editor.value = item.querySelector(".marked-text").textContent;
  item.append(editor);
  editor.focus();
});
`;
