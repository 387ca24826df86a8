import assert from "node:assert/strict";
import { test } from "node:test";
import { whole } from "./names.mjs";

test("a hash has 16 digits, also where Trunk has left out zeros", () => {
  assert.equal(whole("renkei-frontend-545a77f6955990e_bg.wasm"), "renkei-frontend-0545a77f6955990e_bg.wasm");
  assert.equal(whole("renkei-frontend-545a77f6955990e.js"), "renkei-frontend-0545a77f6955990e.js");
  assert.equal(whole("start-1.js"), "start-0000000000000001.js");
});

test("other names stay", () => {
  for (const name of ["client-4b7756fa75210299.css", "index.html", "sw.js", "renkei-frontend.js", "index.html.br"]) {
    assert.equal(whole(name), name);
  }
});
