import assert from "node:assert/strict";
import { test } from "node:test";
import { definitions, squeeze, usedTokens } from "./style.mjs";

test("tokens are taken with what they use, and no others", () => {
  const tokens = definitions(":root{--a:var(--b);--b:#fff;--c:#000}");
  const used = usedTokens(":root{--own:var(--a)}p{color:var(--own)}", tokens);
  assert.deepEqual([...used].sort(), [["--a", "var(--b)"], ["--b", "#fff"]]);
});

test("a name that nobody defines is an error", () => {
  assert.throws(() => usedTokens("p{color:var(--typo)}", new Map()), /--typo/);
});

test("squeezing keeps what means something", () => {
  assert.equal(
    squeeze("/* why */ a :hover , b {\n  width : calc(1px + 2px) ;\n  color: red;\n}\n"),
    "a :hover,b{width : calc(1px + 2px);color: red}",
  );
});
