import assert from "node:assert/strict";
import { test } from "node:test";
import { japanese, replaced } from "../build/japanese.js";

test("every place of a word is replaced, and a word without a place fails", () => {
  assert.equal(replaced('a("New tab", "New tab")', [['"New tab"', '"新しいタブ"']], "x.js"), 'a("新しいタブ", "新しいタブ")');
  assert.equal(replaced("price: $&", [["price", "$& 円"]], "x.js"), "$& 円: $&");
  assert.equal(replaced("x(1)", [[/x\((\d)\)/, "y($1)"]], "x.js"), "y(1)");
  assert.throws(() => replaced("a", [["b", "c"]], "x.js"), /x\.js does not say b/);
});

test("files of others are left alone, and files that are gone are missed", () => {
  const plugin = japanese();
  assert.equal(plugin.transform("code", "/x/node_modules/react/index.js"), undefined);
  assert.throws(() => plugin.buildEnd(), /not bundled any more: graphiql\/dist\/GraphiQL\.js/);
  // A build that has failed already tells its own reason.
  plugin.buildEnd(new Error("other"));
});
