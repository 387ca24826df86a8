// An entry that is cut, until it is put down where it is to stand.
import { execFileSync } from "node:child_process";
import { expect, test } from "../support/journey.ts";
import { followed } from "../support/live.ts";
import { binary } from "../support/server.ts";

test("an entry is marked for as long as it is to be moved, also in a table that is made anew", async ({ server, sheetOf }) => {
  const honjo = await sheetOf("honjo");
  await followed(honjo);
  const cell = honjo.cell("オ/PLAN").locator("[data-entry]");
  const ids = await cell.evaluateAll((all) => all.map((one) => one.getAttribute("data-entry") ?? ""));
  const [first, second, third] = ids.map((id) => honjo.entryOf(id));
  if (!first || !second || !third) throw new Error("the sample has no such entries");
  const marked = honjo.page.locator("[data-entry].cut");
  await second.focus();
  await honjo.page.keyboard.press("Control+x");
  await expect(second).toHaveClass(/\bcut\b/);
  await first.focus();
  await honjo.page.keyboard.press("Control+x");
  await expect(first).toHaveClass(/\bcut\b/);
  await expect(marked).toHaveCount(1);

  const of = ["--kind", "MUNICIPALITY", "--region", "本庄市児玉郡", "--database", server.database];
  execFileSync(binary, ["organization", "add", "寄居町", ...of]);
  await expect(honjo.page.getByRole("combobox", { name: "主体" })).toContainText("寄居町");
  await expect(first).toHaveClass(/\bcut\b/);
  await expect(marked).toHaveCount(1);

  await third.focus();
  await honjo.page.keyboard.press("Control+v");
  await honjo.expectSaved();
  await expect(marked).toHaveCount(0);
  const now = await cell.evaluateAll((all) => all.map((one) => one.getAttribute("data-entry") ?? ""));
  expect(now.slice(0, 3)).toEqual([ids[1], ids[2], ids[0]]);

  await second.focus();
  await honjo.page.keyboard.press("Control+x");
  await expect(marked).toHaveCount(1);
  await honjo.page.keyboard.press("Escape");
  await expect(marked).toHaveCount(0);
});
