// Two people write the same words of an entry: neither text is lost, and a person decides.
import AxeBuilder from "@axe-core/playwright";
import type { Locator } from "@playwright/test";
import type { Api, Entry } from "../support/api.ts";
import { composing } from "../support/ime.ts";
import { expect, test } from "../support/journey.ts";
import { followed } from "../support/live.ts";
import type { SheetPage } from "../support/sheet.ts";

const COUNCIL = "在宅医療・介護連携推進協議会を開催した。";
const BASE = "研修会を年2回開催し、住民に周知する。";

async function council(api: Api): Promise<Entry> {
  const [entry] = await api.entries("イ", "STATUS");
  if (!entry) throw new Error("the sample has no such entry");
  return entry;
}

function box(dialog: Locator): Locator {
  return dialog.getByRole("textbox", { name: "まとめた文" });
}

/** Both have written another number: 3 there, 4 here, and they have written something else too. */
async function overlapping(sheet: SheetPage, other: Api): Promise<Entry> {
  const begun = await other.create("ア", "GOAL", 2026, BASE);
  await followed(sheet);
  await sheet.edit(sheet.entryOf(begun.id));
  const theirs = await other.rewrite(begun, "研修会を年3回開催し、住民に広く周知する。");
  await sheet.text.fill("○研修会を年4回開催し、住民に周知する。");
  await sheet.text.press("Control+Enter");
  await expect(sheet.conflict).toBeVisible();
  return theirs;
}

test("edits that don't touch are put together without asking anybody", async ({ sheetOf, apiOf }) => {
  const misato = await apiOf("misato");
  const entry = await council(misato);
  const honjo = await sheetOf("honjo");
  await honjo.edit(honjo.entry(COUNCIL));
  await misato.rewrite(entry, `夜間に${entry.body}`);
  const typed = (await honjo.text.inputValue()).replace("開催した。", "オンラインで開催した。");
  await honjo.text.fill(typed);
  await honjo.text.press("Control+Enter");
  await honjo.expectSaved();
  const after = await misato.entry(entry.id);
  expect(after.body).toBe(`夜間に${entry.body.replace("開催した。", "オンラインで開催した。")}`);
  expect(after.notes).toEqual(entry.notes);
  expect(await misato.history(entry.id)).toHaveLength(3);
});

test("what is typed on while a save is merged goes on from what was merged, and stands once", async ({ sheetOf, apiOf }) => {
  const misato = await apiOf("misato");
  const begun = await misato.create("ア", "GOAL", 2026, "研修");
  const honjo = await sheetOf("honjo");
  await honjo.edit(honjo.entryOf(begun.id));
  await misato.rewrite(begun, "新研修");
  await honjo.text.fill("○研修〔五〕");
  const letThrough = await honjo.holdAnswers();
  await honjo.text.press("Control+Enter");
  await expect.poll(async () => (await misato.entry(begun.id)).body).toBe("新研修〔五〕");
  // Into the middle of what is on its way, and once more before the first of them is answered.
  await honjo.text.fill("○研修〔六五〕");
  await honjo.text.press("Control+Enter");
  await honjo.text.fill("○研修〔六五〕七");
  letThrough();
  await expect.poll(async () => (await misato.entry(begun.id)).body).toBe("新研修〔六五〕");
  await expect(honjo.text).toHaveValue("○研修〔六五〕七");
  await honjo.text.press("Control+Enter");
  await honjo.expectSaved();
  expect((await misato.entry(begun.id)).body).toBe("新研修〔六五〕七");
});

test("where they overlap, both texts are shown, and what is chosen or typed is a new version", async ({ sheetOf, apiOf }) => {
  const misato = await apiOf("misato");
  const honjo = await sheetOf("honjo");
  const theirs = await overlapping(honjo, misato);
  const dialog = honjo.conflict;
  await expect(dialog.locator(".side").nth(0)).toContainText(`○${BASE}`);
  await expect(dialog.locator(".theirs ins")).toContainText(["3", "広く"]);
  await expect(dialog.locator(".theirs del")).toContainText(["2"]);
  await expect(dialog.locator(".yours ins")).toContainText(["4"]);

  const place = dialog.getByRole("group", { name: /重なった箇所/ });
  await expect(place).toHaveCount(1);
  await expect(place.getByRole("radio", { name: /^両方/ })).toBeChecked();
  // By keyboard alone.
  await place.getByRole("radio", { name: /^両方/ }).focus();
  await honjo.page.keyboard.press("ArrowUp");
  await expect(place.getByRole("radio", { name: /^自分/ })).toBeChecked();
  await expect(box(dialog)).toHaveValue("○研修会を年4回開催し、住民に広く周知する。");
  await place.getByRole("radio", { name: /^相手/ }).check();
  await expect(box(dialog)).toHaveValue("○研修会を年3回開催し、住民に広く周知する。");
  await box(dialog).press("End");
  await box(dialog).pressSequentially("随時見直す。");
  await place.getByRole("radio", { name: /^自分/ }).check();
  await expect(box(dialog)).toHaveValue("○研修会を年4回開催し、住民に広く周知する。随時見直す。");

  await dialog.getByRole("button", { name: "この内容で保存" }).click();
  await expect(dialog).toBeHidden();
  await honjo.expectSaved();
  const after = await misato.entry(theirs.id);
  expect(after.body).toBe("研修会を年4回開催し、住民に広く周知する。随時見直す。");
  expect(after.version).toBe(theirs.version + 1);
  await expect(honjo.entryOf(theirs.id)).toBeFocused();
});

test("deciding later keeps one's own text and what was made of it, over a reload too", async ({ sheetOf, apiOf }) => {
  const misato = await apiOf("misato");
  const honjo = await sheetOf("honjo");
  const theirs = await overlapping(honjo, misato);
  await honjo.conflict.getByRole("radio", { name: /^自分/ }).check();
  await box(honjo.conflict).press("End");
  await box(honjo.conflict).pressSequentially("あとで決める文。");
  const made = await box(honjo.conflict).inputValue();
  await honjo.conflict.getByRole("button", { name: "あとで決める" }).click();
  await expect(honjo.conflict).toBeHidden();
  expect((await misato.entry(theirs.id)).body).toBe(theirs.body);

  await honjo.page.reload();
  await honjo.edit(honjo.entryOf(theirs.id));
  await expect(honjo.text).toHaveValue("○研修会を年4回開催し、住民に周知する。");
  await honjo.save.click();
  await expect(box(honjo.conflict)).toHaveValue(made);
  await expect(honjo.conflict).toContainText("住民に広く周知する。");
});

test("what is typed after it was to be decided later is in what was combined", async ({ sheetOf, apiOf }) => {
  const misato = await apiOf("misato");
  const honjo = await sheetOf("honjo");
  const theirs = await overlapping(honjo, misato);
  await honjo.conflict.getByRole("radio", { name: /^自分/ }).check();
  await box(honjo.conflict).press("End");
  await box(honjo.conflict).pressSequentially("あとで決める文。");
  await honjo.conflict.getByRole("button", { name: "あとで決める" }).click();
  await honjo.edit(honjo.entryOf(theirs.id));
  await honjo.text.press("End");
  await honjo.page.keyboard.type("記録は事務局が残す。");
  await honjo.text.press("Control+Enter");
  await expect(box(honjo.conflict)).toHaveValue(/あとで決める文。/);
  await expect(box(honjo.conflict)).toHaveValue(/記録は事務局が残す。/);
  await honjo.conflict.getByRole("button", { name: "この内容で保存" }).click();
  await honjo.expectSaved();
  const { body } = await misato.entry(theirs.id);
  for (const part of ["年4回", "住民に広く", "あとで決める文。", "記録は事務局が残す。"]) expect(body).toContain(part);
});

test("a side that is taken whole has its scenes, also when it is decided later", async ({ sheetOf, apiOf }) => {
  const misato = await apiOf("misato");
  const begun = await misato.tag(await misato.create("ア", "GOAL", 2026, BASE), ["DAILY_CARE"]);
  const honjo = await sheetOf("honjo");
  await followed(honjo);
  await honjo.edit(honjo.entryOf(begun.id));
  const rewritten = await misato.rewrite(begun, "研修会を年3回開催し、住民に周知する。");
  const theirs = await misato.tag(rewritten, ["EMERGENCY"]);
  await honjo.text.fill("○研修会を年4回開催し、住民に周知する。");
  await honjo.editor.getByRole("checkbox", { name: "看取り" }).check();
  await honjo.text.press("Control+Enter");
  const scenes = honjo.conflict.locator(".merged-scenes");
  await expect(scenes).toHaveText("場面：急変時の対応、看取り");
  await honjo.conflict.locator(".theirs").getByRole("button", { name: "この文にする" }).click();
  await expect(scenes).toHaveText("場面：急変時の対応");
  await honjo.conflict.getByRole("button", { name: "あとで決める" }).click();

  await honjo.page.reload();
  await honjo.edit(honjo.entryOf(begun.id));
  await honjo.save.click();
  await expect(scenes).toHaveText("場面：急変時の対応");
  await honjo.conflict.getByRole("button", { name: "この内容で保存" }).click();
  await honjo.expectSaved();
  const { body, explicitScenes } = await misato.entry(begun.id);
  expect([body, explicitScenes]).toEqual([theirs.body, theirs.explicitScenes]);
});

test("a further change is taken in, and what was chosen, typed and composed stays", async ({ sheetOf, apiOf }) => {
  const misato = await apiOf("misato");
  const kamikawa = await apiOf("kamikawa");
  const honjo = await sheetOf("honjo");
  const theirs = await overlapping(honjo, misato);
  const dialog = honjo.conflict;
  await dialog.getByRole("radio", { name: /^自分/ }).check();
  await box(dialog).press("End");
  await box(dialog).pressSequentially("随時見直す。");
  const ime = await composing(honjo.page);
  await ime.compose("さいど");
  const newer = await kamikawa.rewrite(theirs, `多職種${theirs.body}`);
  await expect(honjo.entryOf(theirs.id)).toContainText(newer.body);
  await ime.commit("再度。");
  await expect(dialog).toContainText("神川町 担当者がさらに更新しました。");
  await expect(dialog.locator(".theirs")).toContainText("多職種研修会");
  await expect(dialog.getByRole("radio", { name: /^自分/ })).toBeChecked();
  await expect(box(dialog)).toHaveValue("○多職種研修会を年4回開催し、住民に広く周知する。随時見直す。再度。");
  await expect(box(dialog)).toBeFocused();
  await honjo.page.keyboard.type("末尾。");
  await dialog.getByRole("button", { name: "この内容で保存" }).click();
  await expect(dialog).toBeHidden();
  expect((await misato.entry(theirs.id)).body).toBe(
    "多職種研修会を年4回開催し、住民に広く周知する。随時見直す。再度。末尾。",
  );
});

test("keys that an input method had do nothing with a conflict, also where the composition has ended already", async ({
  sheetOf,
  apiOf,
}) => {
  const honjo = await sheetOf("honjo");
  await overlapping(honjo, await apiOf("misato"));
  await box(honjo.conflict).press("End");
  const ime = await composing(honjo.page);
  await ime.compose("さいど");
  await ime.key("Escape");
  await ime.commit("再度。");
  // Safari tells of the composition's end first, and then of the key that has ended it.
  await ime.key("Escape");
  await ime.key("Enter");
  await expect(box(honjo.conflict)).toHaveValue(/再度。$/);
  await expect(honjo.conflict).toBeVisible();
  await box(honjo.conflict).press("Escape");
  await expect(honjo.conflict).toBeHidden();
});

test("it can be used with a screen reader, and on a narrow screen", async ({ sheetOf, apiOf }) => {
  const misato = await apiOf("misato");
  const honjo = await sheetOf("honjo");
  await overlapping(honjo, misato);
  const found = await new AxeBuilder({ page: honjo.page }).include("dialog[open]").analyze();
  expect(found.violations.map((violation) => `${violation.id}: ${violation.nodes[0]?.html}`)).toEqual([]);
  await honjo.page.setViewportSize({ width: 390, height: 844 });
  for (const button of await honjo.conflict.locator("button:visible, .pick").all()) {
    const size = await button.boundingBox();
    expect(size?.height).toBeGreaterThanOrEqual(43.9);
    expect((size?.x ?? 0) + (size?.width ?? 0)).toBeLessThanOrEqual(390);
  }
  await honjo.conflict.getByRole("radio", { name: /^相手/ }).check();
  await honjo.conflict.getByRole("button", { name: "この内容で保存" }).click();
  await expect(honjo.conflict).toBeHidden();
});

test("an entry that somebody deleted meanwhile keeps the text that was typed", async ({ sheetOf, apiOf }) => {
  const misato = await apiOf("misato");
  const entry = await council(misato);
  const honjo = await sheetOf("honjo");
  await followed(honjo);
  await honjo.edit(honjo.entry(COUNCIL));
  await misato.remove(entry);
  await expect(honjo.editor).toContainText("この取組は削除されました。");
  await honjo.text.fill("○消えてはいけない文。");
  await honjo.save.click();
  const dialog = honjo.page.getByRole("dialog", { name: "同じ取組が先に削除されました" });
  await expect(dialog).toContainText("消えてはいけない文。");
  await dialog.getByRole("button", { name: "復元して保存" }).click();
  await expect(dialog).toBeHidden();
  await expect.poll(async () => (await misato.entry(entry.id)).body).toBe("消えてはいけない文。");
  await expect(honjo.entryOf(entry.id)).toContainText("消えてはいけない文。");
  // And it is not asked again, as something else than a deletion.
  await honjo.expectSaved();
  await expect(honjo.page.locator("dialog[open]")).toHaveCount(0);
});

test("an entry that is deleted while somebody decides can still be brought back", async ({ sheetOf, apiOf }) => {
  const misato = await apiOf("misato");
  const honjo = await sheetOf("honjo");
  const theirs = await overlapping(honjo, misato);
  await box(honjo.conflict).fill("○決めかけていた文。");
  await misato.remove(theirs);
  const dialog = honjo.page.getByRole("dialog", { name: "同じ取組が先に削除されました" });
  await expect(dialog).toBeVisible();
  await expect(box(dialog)).toHaveValue("○決めかけていた文。");
  await dialog.getByRole("button", { name: "復元して保存" }).click();
  await expect(dialog).toBeHidden();
  await expect.poll(async () => (await misato.entry(theirs.id)).body).toBe("決めかけていた文。");
  // And it is not asked again, as something else than a deletion.
  await honjo.expectSaved();
  await expect(honjo.page.locator("dialog[open]")).toHaveCount(0);
});

test("what somebody wrote before they deleted an entry is brought back with it", async ({ sheetOf, apiOf }) => {
  const misato = await apiOf("misato");
  const begun = await misato.create("ア", "GOAL", 2026, BASE);
  const honjo = await sheetOf("honjo");
  await followed(honjo);
  await honjo.edit(honjo.entryOf(begun.id));
  await honjo.text.fill("○研修会を年4回開催し、住民に周知する。");
  await honjo.text.press("Escape");
  const theirs = await misato.rewrite(begun, `${BASE}結果も公表する。`);
  await misato.remove(theirs);
  await honjo.page.getByRole("button", { name: "見る" }).click();
  const list = honjo.page.getByRole("dialog", { name: "確認が必要なもの" });
  await list.getByRole("button", { name: /^保存/ }).click();
  const dialog = honjo.page.getByRole("dialog", { name: "同じ取組が先に削除されました" });
  await expect(dialog).toContainText("（ア）・令和8年度の目標 ―");
  await expect(dialog.locator(".theirs")).toContainText("（削除されました）");
  await expect(dialog.locator(".theirs ins")).toContainText(["結果も公表する。"]);
  await expect(box(dialog)).toHaveValue("○研修会を年4回開催し、住民に周知する。結果も公表する。");
  await dialog.getByRole("button", { name: "復元して保存" }).click();
  await expect(dialog).toBeHidden();
  const body = async () => (await misato.entry(begun.id)).body;
  await expect.poll(body).toBe("研修会を年4回開催し、住民に周知する。結果も公表する。");
  await honjo.expectSaved();
});
