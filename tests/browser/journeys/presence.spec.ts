// Who else has the sheet open, and who edits which entry: names, that block nobody and go when their owner has gone.
import { expect, test } from "../support/journey.ts";
import { SOON, editing, followed, people, said } from "../support/live.ts";
import { Proxy } from "../support/proxy.ts";

const RULES = "入退院調整ルール改訂を行い";
/** Milliseconds after which somebody whose line is dead is not said to be there any more. */
const GONE = { timeout: 20_000 };

test("who is there stands in the header, with all names in a list", async ({ sheetOf }) => {
  const honjo = await sheetOf("honjo");
  await followed(honjo);
  await expect(people(honjo)).toBeHidden();
  const misato = await sheetOf("misato");
  await expect(people(honjo)).toHaveAccessibleName(/^この表を開いている人：\s*美里町 担当者$/, SOON);
  await expect(people(honjo)).toContainText("美");
  await expect(people(misato)).toHaveAccessibleName(/^この表を開いている人：\s*本庄市 担当者$/);
  const others = await Promise.all(["kamikawa", "kamisato", "hokenjo"].map((login) => sheetOf(login)));
  await expect(people(honjo)).toContainText("+1");

  await people(honjo).click();
  const names = honjo.page.getByRole("list").filter({ hasText: "上里町 担当者" }).getByRole("listitem");
  await expect(names).toHaveCount(4);
  // A list that is open stays open while people come and go.
  await others[0]?.page.close();
  await expect(names).toHaveCount(3, GONE);
  await honjo.page.keyboard.press("Escape");
  await expect(names).toHaveCount(0);
});

test("whoever edits an entry is named at it, moves nothing and takes no press", async ({ sheetOf }) => {
  const [honjo, misato] = [await sheetOf("honjo"), await sheetOf("misato")];
  await followed(honjo);
  await followed(misato);
  const entry = honjo.entry(RULES);
  const before = await entry.boundingBox();
  await misato.edit(misato.entry(RULES));
  await expect(editing(entry)).toHaveText("美里町 担当者が編集中", SOON);
  expect(await entry.boundingBox()).toEqual(before);
  expect(await editing(entry).evaluate((chip) => getComputedStyle(chip).pointerEvents)).toBe("none");
  await expect(editing(misato.entry(RULES))).toHaveCount(0);

  // It blocks nobody, and both are told.
  await honjo.edit(entry);
  await expect(honjo.editor).toContainText("美里町 担当者も編集中です。");
  await expect(misato.editor).toContainText("本庄市 担当者も編集中です。");
  await misato.text.press("Escape");
  await expect(editing(entry)).toHaveCount(0, SOON);
  await expect(honjo.editor).not.toContainText("編集中です。");
  await honjo.text.press("Escape");
  await expect(said(honjo)).not.toContainText("編集中");
});

test("a page that is left is gone at once, a laptop that is closed within seconds", async ({ server, sheetOf }) => {
  test.setTimeout(90_000);
  const honjo = await sheetOf("honjo");
  await followed(honjo);
  const misato = await sheetOf("misato");
  await misato.edit(misato.entry(RULES));
  await expect(editing(honjo.entry(RULES))).toHaveCount(1);
  await misato.page.goto("about:blank");
  await expect(people(honjo)).toBeHidden({ timeout: 3_000 });
  await expect(editing(honjo.entry(RULES))).toHaveCount(0);

  const proxy = await Proxy.before(server);
  const kamikawa = await sheetOf("kamikawa", { baseURL: proxy.url });
  await kamikawa.edit(kamikawa.entry(RULES));
  await expect(editing(honjo.entry(RULES))).toHaveText("神川町 担当者が編集中");
  proxy.cut();
  await expect(people(honjo)).toBeHidden(GONE);
  await expect(editing(honjo.entry(RULES))).toHaveCount(0);
  proxy.mend();
  // Back, and what is edited is known again.
  await expect(editing(honjo.entry(RULES))).toHaveText("神川町 担当者が編集中", GONE);
  await proxy.remove();
});
