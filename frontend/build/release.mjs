// Trunk's post_build hook. It puts the client's name into start.js, and the documents that are asked for while the
// client is loading. For a release it optimizes the WASM, names files after their content and lays a .br and a .gz
// beside every file that is worth it.
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { readFileSync, readdirSync, renameSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";

const COMPRESSIBLE = /\.(html|css|js|wasm|json|svg|txt|webmanifest)$/;
// Below this a compressed copy saves no packet.
const WORTH_BYTES = 512;
// Trunk's hash leaves out leading zeros, and of the WASM it is the one before optimizing.
const HASH = /-[0-9a-f]{1,16}(?=(_bg)?\.\w+$)/;

const staging = process.env.TRUNK_STAGING_DIR;
if (!staging) throw new Error("release.mjs is a hook of Trunk: TRUNK_STAGING_DIR is not set");
const START = /^start-.*\.js$/;
for (const name of files(START)) insertNames(join(staging, name));
if (process.env.TRUNK_PROFILE === "release") {
  for (const name of files(/\.wasm$/)) optimize(join(staging, name));
  // start.js last: it names another one.
  for (const name of files(HASH).sort((one, other) => START.test(one) - START.test(other))) rename(name);
  for (const name of files(COMPRESSIBLE)) compress(join(staging, name));
}

function files(form) {
  return readdirSync(staging).filter((name) => form.test(name));
}

/** The client's name in this build, and documents in the place of theirs. */
function insertNames(file) {
  const [client] = files(/^renkei-frontend-.*\.js$/);
  const document = (_, name) => JSON.stringify(readFileSync(join(import.meta.dirname, "..", name), "utf8"));
  const script = readFileSync(file, "utf8");
  const named = script.replace('"renkei-frontend.js"', JSON.stringify(`/${client}`));
  const whole = named.replaceAll(/"(src\/[\w/]+\.graphql)"/g, document);
  if (!client || named === script || whole === named) throw new Error(`${file} names no client or no document`);
  writeFileSync(file, whole);
}

function optimize(file) {
  const manifest = createRequire(import.meta.url).resolve("binaryen/package.json");
  const wasmOpt = join(manifest, "..", "bin", "wasm-opt");
  const strip = ["--strip-debug", "--strip-producers", "--strip-target-features"];
  execFileSync(process.execPath, [wasmOpt, file, "-Oz", ...strip, "-o", file], { stdio: "inherit" });
}

/** Browsers keep a file with a hash in its name for good. */
function rename(name) {
  const hash = createHash("sha256").update(readFileSync(join(staging, name))).digest("hex");
  const renamed = name.replace(HASH, `-${hash.slice(0, 16)}`);
  renameSync(join(staging, name), join(staging, renamed));
  for (const naming of ["index.html", ...files(START)].map((file) => join(staging, file))) {
    writeFileSync(naming, readFileSync(naming, "utf8").replaceAll(name, renamed));
  }
}

function compress(file) {
  const plain = readFileSync(file);
  if (plain.length < WORTH_BYTES) return;
  const params = { [constants.BROTLI_PARAM_SIZE_HINT]: plain.length };
  writeFileSync(`${file}.br`, brotliCompressSync(plain, { params }));
  writeFileSync(`${file}.gz`, gzipSync(plain, { level: 9 }));
}
