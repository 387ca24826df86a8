// Binaryen's tools, each for what the client's build needs of it.
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";

// What rustc and wasm-bindgen put into the module; Binaryen takes nothing for granted.
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
// The last bytes of the stack lie lowest, so that no value does; fresh memory is zero. Sharing common expressions makes
// the module smaller and what brotli makes of it larger: measured, 0.4 %.
const ASSUMED = ["--low-memory-unused", "--zero-filled-memory", "--skip-pass=local-cse"];

/** A module after these passes, with its functions' names or without. */
export function optimized(wasm, passes, { names = false } = {}) {
  const shown = names ? ["-g"] : ["--strip-debug"];
  return tool("wasm-opt", [wasm], ([file]) => [file, ...ASSUMED, ...passes, ...shown]);
}

/** Two modules as one, with the names of both. */
export function merged(one, other) {
  return tool("wasm-merge", [one, other], ([file, beside]) => [file, "one", beside, "other", "-g"]);
}

/** A module from its text. */
export function assembled(text) {
  return tool("wasm-as", [text], ([file]) => [file, "-g"]);
}

function tool(name, inputs, argumentsFor) {
  const folder = mkdtempSync(join(tmpdir(), "renkei-build-"));
  const files = inputs.map((input, at) => {
    const file = join(folder, `in${at}`);
    writeFileSync(file, input);
    return file;
  });
  const manifest = createRequire(import.meta.url).resolve("binaryen/package.json");
  const program = join(manifest, "..", "bin", name);
  const features = FEATURES.map((feature) => `--enable-${feature}`);
  const out = join(folder, "out.wasm");
  try {
    execFileSync(process.execPath, [program, ...argumentsFor(files), ...features, "-o", out], { stdio: "inherit" });
    return readFileSync(out);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
