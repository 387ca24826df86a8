// Two tabs of one person in one browser: both show the same, and nothing is done twice.
import { holdDatabase } from "../support/database.ts";
import { expect, test } from "../support/journey.ts";
import { SheetPage } from "../support/sheet.ts";

const RULES = "入退院調整ルール改訂を行い";

async function secondTab(sheet: SheetPage): Promise<SheetPage> {
  const tab = new SheetPage(await sheet.page.context().newPage(), sheet.address);
  await tab.open();
  return tab;
}

test("what is typed in one tab stands in the other, and the last keystroke stands for both", async ({ sheetOf }) => {
  const one = await sheetOf("honjo");
  const two = await secondTab(one);
  await one.edit(one.entry(RULES));
  await one.text.fill("○一つ目のタブで書いた文。");
  await expect(two.entry(RULES)).toContainText("下書きがあります");
  await two.edit(two.entry(RULES));
  await expect(two.text).toHaveValue("○一つ目のタブで書いた文。");
  await two.text.press("End");
  await two.page.keyboard.type("続き。");
  await expect(one.text).toHaveValue("○一つ目のタブで書いた文。続き。");
  await one.text.press("End");
  await one.page.keyboard.type("また。");
  await expect(two.text).toHaveValue("○一つ目のタブで書いた文。続き。また。");
});

test("a draft saved in one tab is none in the other any more", async ({ sheetOf, apiOf }) => {
  const one = await sheetOf("honjo");
  const two = await secondTab(one);
  await one.edit(one.entry(RULES));
  await one.text.fill("○片方で保存した文。");
  await two.edit(two.entry(RULES));
  await expect(two.text).toHaveValue("○片方で保存した文。");
  await one.text.press("Control+Enter");
  await one.expectSaved();
  await two.expectSaved();
  await expect(two.entry("片方で保存した文。")).toBeVisible();
  const [entry] = await (await apiOf("honjo")).entries("ウ", "STATUS");
  expect([entry?.body, entry?.version]).toEqual(["片方で保存した文。", 2]);
});

test("a draft saved in one tab while the other opens is none there either", async ({ sheetOf }) => {
  const one = await sheetOf("honjo");
  const holder = await one.page.context().newPage();
  await holder.goto("/healthz");
  await one.edit(one.entry(RULES));
  await one.text.fill("○開く間に保存した文。");
  await expect(one.editor).toContainText("下書き");
  await one.page.waitForTimeout(300);
  // The other one asks for what is kept before it is saved, and has it afterwards.
  const release = await holdDatabase(holder);
  const two = new SheetPage(await one.page.context().newPage(), one.address);
  await two.page.goto(two.address);
  await expect(two.page.locator("#start")).toHaveCount(0);
  await two.page.waitForTimeout(1000);
  await one.text.press("Control+Enter");
  await one.expectSaved();
  await release();
  await expect(two.entry("開く間に保存した文。")).toBeVisible();
  await two.expectSaved();
  await expect(two.entry("開く間に保存した文。")).not.toContainText("下書き");
});

test("a new entry that stands in both tabs is added once, however soon after the last letter", async ({ sheetOf, apiOf }) => {
  const one = await sheetOf("honjo");
  await one.entry(RULES).focus();
  await one.page.keyboard.press("Shift+Enter");
  await one.text.fill("○二つのタブ");
  const two = await secondTab(one);
  await expect(two.text).toHaveValue("○二つのタブ");
  await one.text.press("End");
  await one.page.keyboard.type("に出ている取組。");
  await expect(two.text).toHaveValue("○二つのタブに出ている取組。");
  await two.text.press("Control+Enter");
  await two.expectSaved();
  await one.expectSaved();
  await expect(one.text).toBeHidden();
  await expect(one.entry("二つのタブに出ている取組。")).toHaveCount(1);
  const entries = await (await apiOf("honjo")).entries("ウ", "STATUS");
  expect(entries.filter((entry) => entry.body === "二つのタブに出ている取組。")).toHaveLength(1);
});

test("a conflict decided in one tab is none in the other any more", async ({ sheetOf, apiOf }) => {
  const misato = await apiOf("misato");
  const begun = await misato.create("ア", "GOAL", 2026, "研修会を年2回開催する。");
  const one = await sheetOf("honjo");
  const two = await secondTab(one);
  await one.edit(one.entryOf(begun.id));
  await one.text.fill("○研修会を年4回開催する。");
  await misato.rewrite(begun, "研修会を年3回開催する。");
  await one.text.press("Control+Enter");
  await expect(one.conflict).toBeVisible();
  await two.edit(two.entryOf(begun.id));
  await two.text.press("Control+Enter");
  await expect(two.conflict).toBeVisible();
  await two.conflict.getByRole("textbox", { name: "まとめた文" }).fill("○研修会を年5回開催する。");
  await two.conflict.getByRole("button", { name: "この内容で保存" }).click();
  await expect(two.conflict).toBeHidden();
  await expect(one.conflict).toBeHidden();
  await one.expectSaved();
  expect((await misato.entry(begun.id)).body).toBe("研修会を年5回開催する。");
});

test("what is typed in one tab while the other shows a conflict is put together with the rest", async ({ sheetOf, apiOf }) => {
  const misato = await apiOf("misato");
  const begun = await misato.create("ア", "GOAL", 2026, "研修会を年2回開催する。");
  const one = await sheetOf("honjo");
  const two = await secondTab(one);
  await one.edit(one.entryOf(begun.id));
  await misato.rewrite(begun, "研修会を年3回開催する。");
  await one.text.fill("○研修会を年4回開催する。");
  await one.text.press("Control+Enter");
  await expect(one.conflict).toBeVisible();
  const merged = one.conflict.getByRole("textbox", { name: "まとめた文" });
  await merged.press("End");
  await one.page.keyboard.type("見直しもする。");

  await two.edit(two.entryOf(begun.id));
  await expect(two.text).toHaveValue("○研修会を年4回開催する。");
  await two.page.keyboard.type("続き。");
  await expect(merged).toHaveValue(/続き。/);
  await expect(merged).toHaveValue(/見直しもする。/);
  await expect(one.conflict.getByText("別のタブで続けて入力した文を取り入れました。")).toBeVisible();
  await expect(one.conflict.locator(".yours")).toContainText("続き。");
  // Nor does what is put together here stand in the way of the next letter there.
  await two.page.keyboard.type("その次。");
  await expect(two.text).toHaveValue("○研修会を年4回開催する。続き。その次。");
  await expect(merged).toHaveValue(/続き。その次。/);
  await one.conflict.getByRole("radio", { name: /^自分/ }).check();
  await one.conflict.getByRole("button", { name: "この内容で保存" }).click();
  await one.expectSaved();
  await two.expectSaved();
  const { body } = await misato.entry(begun.id);
  expect(body).toContain("研修会を年4回開催する。");
  for (const typed of ["続き。その次。", "見直しもする。"]) expect(body.split(typed)).toHaveLength(2);
});

test("what both tabs asked for without a line is done once each, in order", async ({ server, sheetOf, apiOf }) => {
  const api = await apiOf("honjo");
  const [entry, other] = await api.entries("ウ", "PLAN");
  if (!entry || !other) throw new Error("the sample has no such entries");
  const one = await sheetOf("honjo");
  const two = await secondTab(one);
  await server.stop();
  await one.edit(one.entryOf(entry.id));
  await one.text.fill("○一度目。");
  await one.text.press("Control+Enter");
  await expect(one.page.getByText("送信待ち1件")).toBeVisible();
  await expect(two.entryOf(entry.id)).toContainText("一度目。");
  // The second tab goes on from what waits in the first.
  await two.edit(two.entryOf(entry.id));
  await expect(two.text).toHaveValue("○一度目。");
  await two.text.fill("○一度目。二度目。");
  await two.text.press("Control+Enter");
  // The focus comes back to what was edited; a key pressed before would find it there.
  await expect(two.entryOf(entry.id)).toBeFocused();
  await two.entryOf(other.id).focus();
  await two.page.keyboard.press("Delete");
  await expect(one.page.getByText("送信待ち3件")).toBeVisible();

  await server.start();
  await one.expectSaved();
  await two.expectSaved();
  const after = await apiOf("honjo");
  expect((await after.entry(entry.id)).body).toBe("一度目。二度目。");
  expect(await after.history(entry.id)).toHaveLength(3);
  expect(await after.history(other.id)).toHaveLength(2);
});

test("the tab that is left sends what the closed one could not", async ({ server, sheetOf, apiOf }) => {
  const one = await sheetOf("honjo");
  const two = await secondTab(one);
  await server.stop();
  await one.edit(one.entry(RULES));
  await one.text.fill("○閉じたタブで書いた文。");
  await one.text.press("Control+Enter");
  await expect(two.page.getByText("送信待ち1件")).toBeVisible();
  await one.page.close();
  await server.start();
  await two.expectSaved();
  expect((await (await apiOf("honjo")).entries("ウ", "STATUS"))[0]?.body).toBe("閉じたタブで書いた文。");
});

test("signing out in one tab signs out the other", async ({ sheetOf }) => {
  const one = await sheetOf("honjo");
  const two = await secondTab(one);
  await one.page.getByRole("button", { name: /本庄市 担当者/ }).click();
  await one.page.getByRole("button", { name: "サインアウト" }).click();
  await expect(one.page.getByLabel("パスワード")).toBeVisible();
  await expect(two.page.getByLabel("パスワード")).toBeVisible();
});
