// Trunk's post-build hook. For a release: shrinks the WASM, lays .br and .gz beside every file that is worth it, and
// prints the bytes of the first load. For looking at a debug build it does nothing.
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { readFileSync, readdirSync, renameSync, statSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { basename, join } from "node:path";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";
import { dropExports, shortenImports, slimGlue } from "./slim.mjs";

// What rustc and wasm-bindgen put into the module; wasm-opt takes nothing for granted.
const FEATURES = [
  "bulk-memory",
  "bulk-memory-opt",
  "call-indirect-overlong",
  "extended-const",
  "multivalue",
  "mutable-globals",
  "nontrapping-float-to-int",
  "reference-types",
  "sign-ext",
];
const COMPRESSIBLE = /\.(html|css|js|wasm|json|svg|txt|webmanifest)$/;
// Below this a compressed copy saves no packet.
const WORTH_BYTES = 512;
// The hard bound of the first load in brotli, without fonts.
const FIRST_LOAD_BYTES = 204_800;

const staging = process.env.TRUNK_STAGING_DIR;
if (!staging) throw new Error("finish.mjs is a hook of Trunk: TRUNK_STAGING_DIR is not set");
if (process.env.TRUNK_PROFILE === "release") {
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
  writeFileSync(file, dropExports(readFileSync(file)));
  optimize(file);
  const { wasm, glue } = shortenImports(readFileSync(file), readFileSync(glueFile, "utf8"));
  writeFileSync(file, wasm);
  writeFileSync(glueFile, slimGlue(glue));
  rename(file, glueFile);
}

/**
 * Names both after what they are now. Trunk named them after what they were: another version of this hook or of
 * wasm-opt would then put other files under names that browsers keep for ever.
 */
function rename(...files) {
  const hash = createHash("sha256");
  for (const file of files) hash.update(readFileSync(file));
  const now = `-${hash.digest("hex").slice(0, 16)}`;
  const page = join(staging, "index.html");
  let html = readFileSync(page, "utf8");
  for (const file of files) {
    const name = basename(file);
    const renamed = name.replace(/-[0-9a-f]{16}/, now);
    renameSync(file, join(staging, renamed));
    html = html.replaceAll(name, renamed);
  }
  writeFileSync(page, html);
}

function optimize(file) {
  const manifest = createRequire(import.meta.url).resolve("binaryen/package.json");
  const tool = join(manifest, "..", "bin", "wasm-opt");
  const features = FEATURES.map((feature) => `--enable-${feature}`);
  const passes = ["-Oz", "--strip-debug", "--strip-producers", "--strip-target-features"];
  execFileSync(process.execPath, [tool, file, ...features, ...passes, "-o", file], { stdio: "inherit" });
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
  // The service worker is fetched after the page stands, and not by every browser.
  const first = sizes.filter(([name]) => /\.(html|css|js|wasm)$/.test(name) && name !== "sw.js");
  for (const [name, bytes] of first) console.log(`${String(bytes).padStart(8)}  ${name}`);
  const sum = first.reduce((sum, [, bytes]) => sum + bytes, 0);
  console.log(`first load: ${sum} bytes in brotli, ${sum <= FIRST_LOAD_BYTES ? "within" : "OVER"} ${FIRST_LOAD_BYTES}`);
}
