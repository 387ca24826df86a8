// Writing in place: with an IME, with undo, by keys and by mouse, and what may not be written.
import type { Locator } from "@playwright/test";
import type { SheetPage } from "../support/sheet.ts";
import { expect, test } from "../support/journey.ts";
import { composing } from "../support/ime.ts";

const RULES = "入退院調整ルール改訂を行い";

test("an IME's Enter neither saves nor breaks the line, and what it composed is saved to the character", async ({
  sheetOf,
  apiOf,
}) => {
  const honjo = await sheetOf("honjo");
  const [before] = await (await apiOf("honjo")).entries("ウ", "STATUS");
  await honjo.edit(honjo.entry(RULES));
  await honjo.text.press("Control+Home");
  await honjo.text.press("End");

  const ime = await composing(honjo.page);
  await ime.compose("れんけい");
  await ime.key("Enter");
  await ime.key("Enter", "Control");
  await expect(honjo.editor).toBeVisible();
  await ime.compose("連携");
  await ime.commit("連携");
  await expect(honjo.text).toHaveValue(new RegExp(`^○${before?.body}連携`));
  expect((await (await apiOf("honjo")).entry(before?.id ?? "")).version).toBe(1);

  await honjo.text.press("Control+Enter");
  await honjo.expectSaved();
  const after = await (await apiOf("honjo")).entry(before?.id ?? "");
  expect(after.body).toBe(`${before?.body}連携`);
  expect(after.notes).toEqual(before?.notes);
});

test("the outline becomes body and notes", async ({ sheetOf, apiOf }) => {
  const hub = await sheetOf("hub");
  await hub.edit(hub.entry(RULES));
  await hub.text.fill("○本文です。\n*注記です。\n・その内訳です。\n①一つ目\n②二つ目");
  await hub.save.click();
  await hub.expectSaved();
  const [entry] = await (await apiOf("hub")).entries("ウ", "STATUS");
  expect(entry?.body).toBe("本文です。");
  expect(entry?.notes).toEqual([
    { kind: "ASTERISK", text: "注記です。", depth: 0 },
    { kind: "DOT", text: "その内訳です。", depth: 1 },
    { kind: "NUMBERED", text: "一つ目", depth: 0 },
    { kind: "NUMBERED", text: "二つ目", depth: 0 },
  ]);
});

test("another town's entry says why it cannot be edited", async ({ sheetOf, apiOf }) => {
  await (await apiOf("misato")).create("ア", "PLAN", 2026, "美里町だけで行う取組。", "美里町");
  const honjo = await sheetOf("honjo");
  const entry = honjo.entry("美里町だけで行う取組。");
  await expect(entry).toContainText("美里");
  await entry.click();
  await expect(honjo.page.getByText("ほかの機関の取組は編集できません。").first()).toBeVisible();
  await expect(honjo.editor).toBeHidden();
});

test("a viewer is told that viewers do not edit", async ({ sheetOf }) => {
  const hokenjo = await sheetOf("hokenjo");
  await hokenjo.entry(RULES).click();
  await expect(hokenjo.page.getByText("閲覧者は編集できません。").first()).toBeVisible();
  await expect(hokenjo.editor).toBeHidden();
});

test("a viewer is not told of keys for editing, and a page without a table of none", async ({ sheetOf }) => {
  const hokenjo = await sheetOf("hokenjo");
  const keys = hokenjo.page.locator(".footer .keys");
  await expect(keys).toContainText("矢印キーで移動");
  await expect(keys).not.toContainText("編集");
  await expect(hokenjo.grid).toHaveAccessibleDescription(/矢印キーで移動/);
  await expect(hokenjo.grid).not.toHaveAccessibleDescription(/編集|追加/);

  const honjo = await sheetOf("honjo");
  await expect(honjo.page.locator(".footer .keys")).toContainText("Enterで編集");
  await honjo.page.route("**/graphql", async (route) => {
    if (/\bsheet\(/.test(route.request().postData() ?? "")) return route.fulfill({ status: 500 });
    return route.fallback();
  });
  // The browser has kept nothing of this year.
  await honjo.page.goto(honjo.address.replace("2026", "2024"));
  await expect(honjo.page.getByRole("heading", { level: 1, name: "表示できません" })).toBeVisible();
  await expect(honjo.page.locator(".footer .keys")).toHaveText("");
});

test("an entry is added below another, with an owner", async ({ sheetOf, apiOf }) => {
  const honjo = await sheetOf("honjo");
  const entry = honjo.entry(RULES);
  await entry.hover();
  await entry.getByRole("button", { name: "下に追加" }).click();
  await honjo.text.fill("○本庄市だけの取組。");
  await honjo.editor.getByLabel("主体").selectOption({ label: "本庄市" });
  await honjo.save.click();
  await honjo.expectSaved();
  const entries = await (await apiOf("honjo")).entries("ウ", "STATUS");
  expect(entries.map((entry) => entry.body)[1]).toBe("本庄市だけの取組。");
  expect(entries[1]?.owner?.name).toBe("本庄市");
});

test("a new entry that is typed on and saved again before its answer has come is one entry", async ({ sheetOf, apiOf }) => {
  const honjo = await sheetOf("honjo");
  await honjo.entry(RULES).focus();
  await honjo.page.keyboard.press("Shift+Enter");
  await honjo.text.fill("○新しい取組。");
  const letThrough = await honjo.holdAnswers();
  await honjo.text.press("Control+Enter");
  await honjo.text.fill("○新しい取組。続き。");
  await honjo.text.press("Control+Enter");
  const entries = async () => (await (await apiOf("honjo")).entries("ウ", "STATUS")).map(({ body }) => body);
  await expect.poll(entries).toContain("新しい取組。");
  letThrough();
  await honjo.expectSaved();
  expect((await entries()).filter((body) => body.startsWith("新しい取組。"))).toEqual(["新しい取組。続き。"]);
  await expect(honjo.entry("新しい取組。続き。")).toHaveCount(1);
});

test("a new entry's editor goes on as that of the entry when the answer comes between two letters", async ({ sheetOf, apiOf }) => {
  const honjo = await sheetOf("honjo");
  await honjo.entry(RULES).focus();
  await honjo.page.keyboard.press("Shift+Enter");
  await honjo.text.fill("○新しい取組。");
  const letThrough = await honjo.holdAnswers(/createEntry/);
  await honjo.text.press("Control+Enter");
  await honjo.page.keyboard.type("続けて");
  letThrough();
  await expect(honjo.entry("新しい取組。")).toHaveCount(1);
  await expect(honjo.text).toBeFocused();
  await honjo.page.keyboard.type("書く文。");
  await expect(honjo.text).toHaveValue("○新しい取組。続けて書く文。");
  await honjo.text.press("Control+Enter");
  await honjo.expectSaved();
  const bodies = (await (await apiOf("honjo")).entries("ウ", "STATUS")).map(({ body }) => body);
  expect(bodies.filter((body) => body.startsWith("新しい取組。"))).toEqual(["新しい取組。続けて書く文。"]);
});

test("a deleted entry comes back when that is taken back", async ({ sheetOf, apiOf }) => {
  const honjo = await sheetOf("honjo");
  const entry = honjo.entry(RULES);
  await entry.hover();
  await entry.getByRole("button", { name: "ほかの操作" }).click();
  await honjo.page.getByRole("menuitem", { name: "削除" }).click();
  await expect(entry).toBeHidden();
  await expect(honjo.entries).toHaveCount(63);
  await honjo.page.getByRole("button", { name: "元に戻す" }).click();
  await expect(entry).toBeVisible();
  await expect(honjo.entries).toHaveCount(64);
  const [first] = await (await apiOf("honjo")).entries("ウ", "STATUS");
  expect(first?.body).toContain(RULES);
});

test("an entry is moved by keys, and by dragging", async ({ sheetOf, apiOf }) => {
  const honjo = await sheetOf("honjo");
  const api = await apiOf("honjo");
  const before = await api.entries("ウ", "STATUS");
  await honjo.entryOf(before[0]?.id ?? "").focus();
  await honjo.page.keyboard.press("Alt+ArrowDown");
  await expect.poll(async () => (await api.entries("ウ", "STATUS"))[1]?.id).toBe(before[0]?.id);
  await expect(honjo.entryOf(before[0]?.id ?? "")).toBeFocused();

  const target = honjo.entryOf((await api.entries("ウ", "GOAL"))[0]?.id ?? "");
  await honjo.entryOf(before[0]?.id ?? "").locator(".handle").dragTo(target, { targetPosition: { x: 30, y: 4 } });
  await expect.poll(async () => (await api.entries("ウ", "GOAL")).map((entry) => entry.id)).toContain(before[0]?.id);
});

test("an entry that says nothing is not saved, and the editor says why", async ({ sheetOf }) => {
  const honjo = await sheetOf("honjo");
  await honjo.edit(honjo.entry(RULES));
  await honjo.text.fill("");
  await honjo.text.press("Control+Enter");
  await expect(honjo.editor).toContainText("本文を入力してください。");
});

test("Esc leaves and keeps the draft", async ({ sheetOf, apiOf }) => {
  const honjo = await sheetOf("honjo");
  const entry = honjo.entry(RULES);
  await honjo.edit(entry);
  await honjo.text.fill("○書きかけの文");
  await honjo.text.press("Escape");
  await expect(honjo.editor).toBeHidden();
  await honjo.page.reload();
  await honjo.edit(entry);
  await expect(honjo.text).toHaveValue("○書きかけの文");
  expect((await (await apiOf("honjo")).entries("ウ", "STATUS"))[0]?.version).toBe(1);
});

/** All of the editor is between the window's edges. */
async function expectWithin(sheet: SheetPage): Promise<void> {
  await expect(async () => {
    const { width, height } = sheet.page.viewportSize() ?? { width: 0, height: 0 };
    const box = await sheet.editor.boundingBox();
    if (!box) throw new Error("the editor is not in sight");
    expect(box.x).toBeGreaterThanOrEqual(0);
    expect(box.y).toBeGreaterThanOrEqual(0);
    expect(box.x + box.width).toBeLessThanOrEqual(width);
    expect(box.y + box.height).toBeLessThanOrEqual(height);
  }).toPass({ timeout: 5_000 });
}

test("in a window lower than the editor every part of it can be brought into view", async ({ sheetOf }) => {
  const honjo = await sheetOf("honjo");
  await honjo.page.setViewportSize({ width: 390, height: 780 });
  await honjo.edit(honjo.cell("ウ/PLAN").locator("[data-entry]").first());
  await honjo.text.press("End");
  await honjo.page.keyboard.type("低くする前。");
  await honjo.page.setViewportSize({ width: 390, height: 380 });
  // What is at the middle of something, as a finger would find it.
  const isOnTop = (locator: Locator) =>
    locator.evaluate((element) => {
      const box = element.getBoundingClientRect();
      const found = document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2);
      return found !== null && (element.contains(found) || found.contains(element));
    });
  await expect(honjo.text).toBeFocused();
  await expect.poll(() => isOnTop(honjo.text)).toBe(true);
  await honjo.page.keyboard.type("あと。");
  const save = honjo.editor.getByRole("button", { name: /^保存/ });
  await save.scrollIntoViewIfNeeded();
  await expect.poll(() => isOnTop(save)).toBe(true);
  await save.click();
  await expect(honjo.page.locator("[data-entry]", { hasText: "低くする前。あと。" })).toBeVisible();
});

test("the editor stays within the window when that gets another size, and while the sheet is scrolled", async ({ sheetOf }) => {
  const honjo = await sheetOf("honjo");
  const [last] = await honjo.cell("ク/PLAN").locator("[data-entry]").all();
  if (!last) throw new Error("the sample has no such entry");
  await honjo.edit(last);
  await honjo.text.press("End");
  await honjo.page.keyboard.type("大きさを変える前。");
  await expectWithin(honjo);
  for (const [width, height] of [
    [1000, 600],
    [700, 500],
    [390, 700],
    [1366, 768],
  ] as const) {
    await honjo.page.setViewportSize({ width, height });
    await expectWithin(honjo);
    await expect(honjo.text).toBeFocused();
  }
  await honjo.page.locator(".matrix-scroll").evaluate((sheet) => sheet.scrollTo(0, 0));
  await expectWithin(honjo);
  await honjo.page.keyboard.type("あと。");
  await expect(honjo.text).toHaveValue(/大きさを変える前。あと。/);
});
