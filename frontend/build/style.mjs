// Makes style/client.css, the one stylesheet that the page loads: our own files, after those of the Digital Agency's
// design tokens that they use. Runs before every build of Trunk; needs `npm ci` in frontend/.
import { readFileSync, readdirSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";

const folder = new URL("../style/", import.meta.url);
const target = "client.css";
// What all others build upon; the rest does not depend on its order.
const first = "base.css";

/** Every custom property that a text defines: name → value. */
export function definitions(css) {
  return new Map([...css.matchAll(/(--[\w-]+)\s*:\s*([^;}]+)/g)].map(([, name, value]) => [name, value.trim()]));
}

/** The names of the custom properties that a text uses. */
export function uses(css) {
  return new Set([...css.matchAll(/var\(\s*(--[\w-]+)/g)].map(([, name]) => name));
}

/** The tokens that our rules use, and those that these use in turn; a name that nobody defines is an error. */
export function usedTokens(own, tokens) {
  const ours = definitions(own);
  const found = new Map();
  const wanted = [...uses(own)];
  for (let name = wanted.pop(); name; name = wanted.pop()) {
    if (ours.has(name) || found.has(name)) continue;
    const value = tokens.get(name);
    if (value === undefined) throw new Error(`style: nothing defines ${name}`);
    found.set(name, value);
    wanted.push(...uses(value));
  }
  return found;
}

/** Without comments and layout. Strings in our rules hold none of the characters that are touched. */
export function squeeze(css) {
  return css
    .replace(/\/\*[\s\S]*?\*\//g, "")
    .replace(/\s+/g, " ")
    .replace(/ ?([{};,]) ?/g, "$1")
    .replace(/;}/g, "}")
    .trim();
}

function main() {
  const names = readdirSync(folder).filter((name) => name.endsWith(".css") && name !== target);
  names.sort((a, b) => (b === first) - (a === first) || a.localeCompare(b));
  const own = names.map((name) => readFileSync(new URL(name, folder), "utf8")).join("\n");
  let tokens;
  try {
    const path = createRequire(import.meta.url).resolve("@digital-go-jp/design-tokens/dist/tokens.css");
    tokens = definitions(readFileSync(path, "utf8").replace(/\/\*[\s\S]*?\*\//g, ""));
  } catch (fault) {
    throw new Error(`style: the design tokens are missing; run \`npm ci\` in frontend/ (${fault.message})`);
  }
  const used = [...usedTokens(own, tokens)].sort().map(([name, value]) => `${name}:${value};`);
  const sheet = `:root{${used.join("")}}${squeeze(own)}\n`;
  // Written only when it differs, so that a watching Trunk comes to rest.
  const file = new URL(target, folder);
  let before = "";
  try {
    before = readFileSync(file, "utf8");
  } catch {
    // The first build.
  }
  if (before !== sheet) writeFileSync(file, sheet);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) main();
