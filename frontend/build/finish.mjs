// Trunk's post-build hook. For a release: shrinks the WASM, lays .br and .gz beside every file that is worth it, and
// prints the bytes of the first load. For looking at a debug build it does nothing.
import { createHash } from "node:crypto";
import { readFileSync, readdirSync, renameSync, statSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";
import { optimized } from "./binaryen.mjs";
import { whole } from "./names.mjs";
import { dropExports, shortenImports, slimGlue } from "./slim.mjs";
import { LOADER, cut } from "./split.mjs";

const ANONYMOUS = ["--strip-producers", "--strip-target-features"];
// What nobody needs before having done something: by the names that rustc gives functions, with the types that they are
// made for. A wrong guess costs a request that everything waits for (tests/browser/journeys/firstload.spec.ts sees it).
const DEEDS = [
  /^<renkei_frontend::view::El>::on::<web_sys::features::gen_(Composition|Input|Keyboard|Mouse|Submit)Event::/,
  /^<renkei_frontend::view::El>::on::<web_sys::features::gen_Event::Event, (?!renkei_frontend::sheet::table::)/,
  /^<renkei_frontend::sheet::page::Page>::(act|begin|restore_and_save|save|step)\b/,
  /^renkei_frontend::session::(form::form::<.+\{closure#1\}|listen|look_again)(::\{closure#0\})+$/,
  /^renkei_frontend::session::(sign_in|sign_out)\b|::conflict_dialog::\{closure#3\}::\{closure#0\}>::/,
];
const LATER = [
  /\brenkei_frontend::(history|comment|account|handout|token)::/,
  /\brenkei_frontend::entry::(act|choices|conflict|copies|editor|left|menu|outbox|place|remark|save|undo|why)::/,
  /\brenkei_frontend::entry::(draft::Draft>::(goes_on|made|of|together|whole)|op::Op>::(lead|version_after)|tabs)\b/,
  /\brenkei_frontend::(session::(dialog|leave)|sheet::drag)::/,
  /^renkei_domain::(diff|merge|outline::parse)\b|\b(similar|unicode_segmentation|wasm_streams)::/,
];
// What of the latter runs when a page opens, when others do something there, when the mouse passes: seen by measuring.
const AT_ONCE = [
  /^<*(core|alloc)::(cell|option|ptr|raw_vec|vec::into_iter)::/,
  /::[A-Z]+::\{closure#0\} as core::ops::function::FnOnce/,
  /\b(comment::(draft::(left|names|send_what_waits)|waiting::(ask|count|set_waiting|waiting_link))|handout::anchor)\b/,
  /\bentry::copies::(ask|compare|take_in|device|discards|elsewhere|listen|send_now)\b/,
  /\bentry::outbox::(all|go|has_others|held|next|run)\b/,
  /\bentry::(conflict::conflict_dialog|editor::editor|left::left(_dialog)?|menu::(menu|tools)|remark::(begun|show))\b/,
  /\bentry::(save::(refresh|show_state)|why::(why|Why))\b/,
  /\bhistory::(follow(_fragment)?|line::(clock|moment)|load|marks|of_sheet|panel::panel|snapshot::snapshot_dialog|variables)\b/,
  /\b(account::(State|field|page|password)|comment::waiting::page|history::log)\b/,
  /\bhistory::since::(follow|note|note_visits|seq_of|since_bar|since_menu)\b/,
  /\b(session::(dialog::sign_in_dialog|form::form|leave::(leave_dialog|leaving))|sheet::drag::scroller)\b/,
];
const COMPRESSIBLE = /\.(html|css|js|wasm|json|svg|txt|webmanifest)$/;
// Below this a compressed copy saves no packet.
const WORTH_BYTES = 512;
// The hard bound of the first load in brotli, without fonts.
const FIRST_LOAD_BYTES = 204_800;

const staging = process.env.TRUNK_STAGING_DIR;
if (!staging) throw new Error("finish.mjs is a hook of Trunk: TRUNK_STAGING_DIR is not set");
if (process.env.TRUNK_PROFILE === "release") {
  for (const name of files()) rename(name, whole(name));
  for (const name of files().filter((name) => name.endsWith(".wasm"))) shrink(join(staging, name));
  const names = files();
  const sizes = names.filter((name) => COMPRESSIBLE.test(name)).map((name) => [name, compress(join(staging, name))]);
  report(sizes);
}

function files() {
  return readdirSync(staging).filter((name) => statSync(join(staging, name)).isFile());
}

/** The WASM and the glue beside it (its name without `_bg.wasm`). */
function shrink(file) {
  const glueFile = file.replace(/_bg\.wasm$/, ".js");
  const restFile = file.replace(/(-[0-9a-f]{16})_bg/, "-rest$1");
  const named = optimized(dropExports(readFileSync(file)), ["-Oz", ...ANONYMOUS], { names: true });
  const { wasm, glue } = shortenImports(named, readFileSync(glueFile, "utf8"));
  const { first, rest } = cut(wasm, isRest);
  writeFileSync(file, first);
  writeFileSync(restFile, rest);
  writeFileSync(glueFile, slimGlue(leadToRest(glue)));
  renew(file, glueFile, restFile);
}

function isRest(name) {
  const plain = name.replace(/\[[0-9a-f]+\]/g, "");
  const matches = (forms) => forms.some((form) => form.test(plain));
  return matches(DEEDS) || (matches(LATER) && !matches(AT_ONCE));
}

/** The glue tells start.js when the client could begin, and asks it for the rest. */
function leadToRest(glue) {
  const exchange = (form, written) => {
    if (!form.test(glue)) throw new Error(`finish: the glue has another form than ${form}`);
    glue = glue.replace(form, written);
  };
  exchange(/^ *"\.\/[\w.-]+": import0,\n/m, `$&${LOADER.module}: { ${LOADER.name}: () => rest.${LOADER.name}() },\n`);
  exchange(/^( *const \{ instance, module \} = await __wbg_load\(.*\n)/m, "$1await rest.follow(instance.exports);\n");
  const given = /^ *if \(module_or_path !== undefined\) \{\n(?=.*\n *\(\{module_or_path\})/m;
  exchange(given, "$&rest = module_or_path.rest;\n");
  return `let rest;\n${glue}`;
}

/**
 * Names all after what they are now, and tells the page where the rest is. Trunk named them after what they were:
 * another version of this hook or of wasm-opt would then put other files under names that browsers keep for ever.
 */
function renew(...files) {
  const hash = createHash("sha256");
  for (const file of files) hash.update(readFileSync(file));
  const now = `-${hash.digest("hex").slice(0, 16)}`;
  for (const file of files) {
    const name = basename(file);
    const renamed = name.replace(/-[0-9a-f]{16}/, now);
    rename(name, renamed);
    if (name.includes("-rest-")) {
      inPage((html) => html.replace("rel=\"modulepreload\"", `$& data-rest="/${renamed}"`));
    }
  }
}

function rename(name, renamed) {
  if (name === renamed) return;
  renameSync(join(staging, name), join(staging, renamed));
  inPage((html) => html.replaceAll(name, renamed));
}

function inPage(change) {
  const page = join(staging, "index.html");
  writeFileSync(page, change(readFileSync(page, "utf8")));
}

/** Writes the compressed copies; answers the bytes in brotli (the plain ones where there is no copy). */
function compress(file) {
  const plain = readFileSync(file);
  if (plain.length < WORTH_BYTES) return plain.length;
  const params = {
    [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY,
    [constants.BROTLI_PARAM_SIZE_HINT]: plain.length,
  };
  const brotli = brotliCompressSync(plain, { params });
  writeFileSync(`${file}.br`, brotli);
  writeFileSync(`${file}.gz`, gzipSync(plain, { level: 9 }));
  return brotli.length;
}

function report(sizes) {
  // The service worker is fetched later, too, and not by every browser.
  const loaded = sizes.filter(([name]) => /\.(html|css|js|wasm|svg)$/.test(name) && name !== "sw.js");
  for (const [name, bytes] of loaded) console.log(`${String(bytes).padStart(8)}  ${name}`);
  const [rest, first] = [true, false].map((later) => {
    return loaded.filter(([name]) => name.includes("-rest-") === later).reduce((sum, [, bytes]) => sum + bytes, 0);
  });
  const verdict = first <= FIRST_LOAD_BYTES ? "within" : "OVER";
  console.log(`first load: ${first} bytes in brotli, ${verdict} ${FIRST_LOAD_BYTES}; then ${rest} for the rest`);
}
