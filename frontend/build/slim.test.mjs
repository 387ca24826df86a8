import assert from "node:assert/strict";
import { test } from "node:test";
import { dropExports, shortenImports, slimGlue } from "./slim.mjs";

const text = (word) => [word.length, ...new TextEncoder().encode(word)];
const section = (id, ...body) => [id, body.length, ...body];

/** Imports two functions, has one of its own, exports it twice. */
const MODULE = new Uint8Array([
  ...[0, 97, 115, 109, 1, 0, 0, 0],
  ...section(1, 1, 0x60, 0, 0),
  ...section(2, 2, ...text("./glue.js"), ...text("__wbg_focus_0123"), 0, 0, ...text("./glue.js"), ...text("__wbindgen_x"), 0, 0),
  ...section(3, 1, 0),
  ...section(7, 2, ...text("main"), 0, 2, ...text("intounderlyingsink_close"), 0, 2),
  ...section(10, 1, 4, 0, 0x10, 0, 0x0b),
]);

const GLUE = `
export class IntoUnderlyingSink {
    close() {
        return 1;
    }
}
if (Symbol.dispose) IntoUnderlyingSink.prototype[Symbol.dispose] = 1;
/**
 * Says why.
 */
const imports = {
        __wbg_focus_0123: function(arg0) {
            arg0.focus(); // "}," within a line ends nothing
        },
        __wbindgen_x: function() { return handleError(function () {
            call();
        }, arguments); },
        __wbg_never_4567: function() {
            return "   kept as it is";
        },
};
`;

test("exports that nobody calls go, the others stay", () => {
  const names = WebAssembly.Module.exports(new WebAssembly.Module(dropExports(MODULE))).map(({ name }) => name);
  assert.deepEqual(names, ["main"]);
});

test("a name is the same in both files", async () => {
  const { wasm, glue } = shortenImports(MODULE, GLUE);
  const names = WebAssembly.Module.imports(new WebAssembly.Module(wasm)).map(({ name }) => name);
  assert.deepEqual(names, ["_0", "_1"]);
  assert.match(glue, /^_0: function\(arg0\)/m);
  assert.match(glue, /^_1: function\(\)/m);
  assert.doesNotMatch(glue, /__w/);
  const calls = [];
  const { instance } = await WebAssembly.instantiate(wasm, {
    "./glue.js": { _0: () => calls.push("focus"), _1: () => calls.push("x") },
  });
  instance.exports.main();
  assert.deepEqual(calls, ["focus"]);
});

test("a name that the glue does not have is an error", () => {
  assert.throws(() => shortenImports(MODULE, "const imports = {};"), /__wbg_focus_0123/);
});

test("the glue loses what is not code", () => {
  const slim = slimGlue(GLUE);
  assert.doesNotMatch(slim, /IntoUnderlying|Says why|^ /m);
  assert.match(slim, /"   kept as it is"/);
});
