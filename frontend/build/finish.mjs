// Trunk's post_build hook. For a release it optimizes the WASM, names files after their content and lays a .br and a .gz
// beside every file that is worth it; a debug build stays as it is.
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
if (!staging) throw new Error("finish.mjs is a hook of Trunk: TRUNK_STAGING_DIR is not set");
if (process.env.TRUNK_PROFILE === "release") {
  for (const name of files(/\.wasm$/)) optimize(join(staging, name));
  for (const name of files(HASH)) rename(name);
  for (const name of files(COMPRESSIBLE)) compress(join(staging, name));
}

function files(form) {
  return readdirSync(staging).filter((name) => form.test(name));
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
  const page = join(staging, "index.html");
  renameSync(join(staging, name), join(staging, renamed));
  writeFileSync(page, readFileSync(page, "utf8").replaceAll(name, renamed));
}

function compress(file) {
  const plain = readFileSync(file);
  if (plain.length < WORTH_BYTES) return;
  const params = { [constants.BROTLI_PARAM_SIZE_HINT]: plain.length };
  writeFileSync(`${file}.br`, brotliCompressSync(plain, { params }));
  writeFileSync(`${file}.gz`, gzipSync(plain, { level: 9 }));
}
