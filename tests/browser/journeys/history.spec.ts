// What was changed, by whom and when: beside an entry and a cell, on a page of its own, and as marks in the matrix.
import AxeBuilder from "@axe-core/playwright";
import type { Page } from "@playwright/test";
import type { Api, Entry } from "../support/api.ts";
import { copied, paste } from "../support/clipboard.ts";
import { expect, test } from "../support/journey.ts";
import { runsToTheRight } from "../support/order.ts";
import type { SheetPage } from "../support/sheet.ts";

test("an entry's history: newest first, with the difference, and any version restored and taken back", async ({
  sheetOf,
  apiOf,
}) => {
  const misato = await apiOf("misato");
  const before = await first(misato, "イ", "STATUS");
  const once = await misato.rewrite(before, "協議会を一度開いた。");
  await misato.rewrite(once, "協議会を二度開いた。");
  const honjo = await sheetOf("honjo");
  const panel = await openFromMenu(honjo, before.id, "変更履歴");
  await expect(panel.getByRole("heading", { level: 2 })).toContainText("（イ）");
  const changes = panel.locator(".change");
  await expect(changes).toHaveCount(3);
  await expect(changes.nth(0)).toContainText("美里町 担当者");
  await expect(changes.nth(0)).toContainText(/R\d+\/\d+\/\d+ \d+:\d\d/);
  await expect(changes.nth(0)).toContainText("今の版");
  await expect(changes.nth(0).locator("del")).toHaveText("一");
  await expect(changes.nth(0).locator("ins")).toHaveText("二");
  await expect(changes.nth(2)).toContainText("追加");

  await changes.nth(1).getByRole("button", { name: "この版に戻す" }).click();
  await expect(honjo.entryOf(before.id)).toContainText("協議会を一度開いた。");
  await expect(changes).toHaveCount(4);
  await expect(changes.nth(0)).toContainText("復元");
  expect((await misato.entry(before.id)).body).toBe("協議会を一度開いた。");

  await honjo.page.keyboard.press("Escape");
  await expect(panel).toBeHidden();
  await expect(honjo.entryOf(before.id)).toBeFocused();
  await honjo.page.keyboard.press("Control+z");
  await expect(honjo.entryOf(before.id)).toContainText("協議会を二度開いた。");
});

test("a cell's history restores what was deleted, by keys alone", async ({ sheetOf, apiOf }) => {
  const hub = await apiOf("hub");
  const gone = await first(hub, "ア", "GOAL");
  for (const entry of await hub.entries("ア", "GOAL")) await hub.remove(entry);
  const honjo = await sheetOf("honjo");
  await honjo.cell("ア/GOAL").focus();
  await honjo.page.keyboard.press("Shift+F10");
  const panel = beside(honjo.page);
  await expect(panel.getByRole("heading", { level: 2 })).toBeFocused();
  const deleted = panel.locator(".change").filter({ hasText: "拠点 担当者" }).filter({ hasText: gone.body }).first();
  await expect(deleted.locator("del")).toContainText(gone.body);
  await deleted.getByRole("button", { name: "復元する" }).press("Enter");
  await expect(honjo.entryOf(gone.id)).toBeVisible();
  expect((await hub.entry(gone.id)).body).toBe(gone.body);
});

test("the sheet's log by day, narrowed to a cell, leads to the entry", async ({ sheetOf, apiOf }) => {
  const misato = await apiOf("misato");
  const entry = await first(misato, "ウ", "PLAN");
  await misato.rewrite(entry, "美里町が直した計画。");
  const other = await first(misato, "エ", "PLAN");
  await misato.rewrite(other, "ほかの欄の計画。");
  const honjo = await sheetOf("honjo");
  await honjo.page.getByRole("link", { name: "変更履歴" }).click();
  await expect(honjo.page.getByRole("heading", { level: 1, name: "変更履歴" })).toBeVisible();
  const changes = honjo.page.locator(".change");
  await expect(changes.nth(0)).toContainText("ほかの欄の計画。");
  await expect(honjo.page.locator(".day").first()).toContainText(/R\d+\/\d+\/\d+/);
  await expect(honjo.page.getByRole("button", { name: "さらに前の変更" })).toBeVisible();
  await expectAccessible(honjo.page);

  await honjo.page.getByRole("combobox", { name: "表示する欄" }).selectOption({ label: "（ウ）・令和8年度の計画" });
  await expect(changes.nth(0)).toContainText("美里町が直した計画。");
  await expect(honjo.page.getByText("ほかの欄の計画。")).toBeHidden();
  await changes.nth(0).getByRole("link", { name: "表で見る・戻す" }).click();
  await expect(beside(honjo.page).locator(".change").nth(0)).toContainText("美里町が直した計画。");
});

test("a log longer than a page goes on, and the focus with it", async ({ sheetOf, apiOf }) => {
  const misato = await apiOf("misato");
  let entry = await first(misato, "イ", "STATUS");
  for (let n = 1; n <= 21; n++) entry = await misato.rewrite(entry, `第${n}稿`);
  const honjo = await sheetOf("honjo");
  const panel = await openFromMenu(honjo, entry.id, "変更履歴");
  await expect(panel.locator(".change")).toHaveCount(20);
  await panel.getByRole("button", { name: "さらに前の変更" }).click();
  await expect(panel.locator(".change")).toHaveCount(22);
  await expect(panel.locator(".change").nth(20)).toBeFocused();
});

test("what is new since the last visit is marked, counted and found, and leaves the paper alone", async ({
  sheetOf,
  apiOf,
}) => {
  const misato = await apiOf("misato");
  const honjo = await sheetOf("honjo");
  await (await apiOf("honjo")).seen();
  const [changed, deleted] = [await first(misato, "イ", "STATUS"), await first(await apiOf("hub"), "ウ", "STATUS")];
  await misato.rewrite(changed, `${changed.body}追記した。`);
  await misato.remove(deleted);
  const added = await misato.create("ア", "PLAN", 2026, "新しい計画。");

  await honjo.open();
  await honjo.page.getByRole("button", { name: /変更箇所/ }).click();
  await honjo.page.getByRole("button", { name: /^前回/ }).click();
  await expect(honjo.page).toHaveURL(/since=visit/);
  await expect(honjo.page.getByText("3件の変更")).toBeVisible();
  await expect(honjo.entryOf(changed.id).locator("ins")).toHaveText("追記した。");
  await expect(honjo.entryOf(changed.id)).toContainText("美里町 担当者");
  await expect(honjo.entryOf(added.id)).toContainText("追加");
  await expect(honjo.cell("ウ/STATUS").locator("del")).toContainText(deleted.body);
  await expect(honjo.entries).toHaveCount(64);
  await expectAccessible(honjo.page);

  await honjo.page.getByRole("button", { name: "次へ" }).click();
  await expect(honjo.entryOf(added.id)).toBeFocused();
  await honjo.page.getByRole("button", { name: "次へ" }).click();
  await expect(honjo.entryOf(changed.id)).toBeFocused();

  // What somebody else does meanwhile is marked too.
  await misato.rewrite(added, "直した計画。");
  await expect(honjo.entryOf(added.id)).toContainText("直した計画。");
  await expect(honjo.page.getByText("3件の変更")).toBeVisible();

  await honjo.page.emulateMedia({ media: "print" });
  await expect(honjo.entryOf(changed.id).locator("ins")).toBeHidden();
  await expect(honjo.entryOf(changed.id).locator(".body")).toBeVisible();
  await expect(honjo.page.locator(".since-bar")).toBeHidden();
  await honjo.page.emulateMedia({ media: "screen" });

  await honjo.page.getByRole("button", { name: "印を消す" }).click();
  await expect(honjo.page.locator("[data-since]")).toHaveCount(0);
});

test("the secretariat's approver makes a snapshot, and changes since are marked", async ({ sheetOf, apiOf }) => {
  const approver = await sheetOf("hub-approver");
  await approver.page.getByRole("button", { name: /変更箇所/ }).click();
  await approver.page.getByRole("button", { name: "提出版を作る…" }).click();
  const dialog = approver.page.getByRole("dialog", { name: "提出版を作る" });
  await dialog.getByRole("button", { name: "作る" }).click();
  await expect(dialog.getByText("提出版の名前を入力してください。")).toBeVisible();
  await dialog.getByRole("textbox").fill("第1回協議会");
  await expectAccessible(approver.page);
  await dialog.getByRole("button", { name: "作る" }).click();
  await expect(dialog).toBeHidden();

  const misato = await apiOf("misato");
  const entry = await first(misato, "イ", "STATUS");
  await misato.rewrite(entry, "協議会のあとに直した。");
  const honjo = await sheetOf("honjo");
  await honjo.page.getByRole("button", { name: /変更箇所/ }).click();
  await expect(honjo.page.getByRole("button", { name: "提出版を作る…" })).toHaveCount(0);
  await honjo.page.getByRole("button", { name: "提出版「第1回協議会」から" }).click();
  await expect(honjo.page.getByText("1件の変更")).toBeVisible();
  await expect(honjo.entryOf(entry.id).locator("ins").first()).toBeVisible();
});

test("a snapshot can be looked at, filtered, copied and printed, and never changed", async ({ sheetOf, apiOf }) => {
  const misato = await apiOf("misato");
  const entry = await first(misato, "イ", "STATUS");
  const approver = await sheetOf("hub-approver");
  const { page } = approver;
  await page.getByRole("button", { name: /変更箇所/ }).click();
  await page.getByRole("button", { name: "提出版を作る…" }).click();
  const dialog = page.getByRole("dialog", { name: "提出版を作る" });
  await dialog.getByRole("textbox", { name: "提出版の名前" }).fill("第1回協議会");
  await dialog.getByRole("button", { name: "作る" }).click();
  await expect(dialog).toBeHidden();
  await misato.rewrite(entry, "協議会のあとに直した。");
  await expect(approver.entryOf(entry.id)).toContainText("協議会のあとに直した。");

  await page.getByRole("button", { name: /変更箇所/ }).click();
  await page.getByRole("link", { name: "提出版「第1回協議会」" }).click();
  await expect(page).toHaveURL(/\/snapshots\/[0-9a-f-]{36}$/);
  await expect(page.getByRole("heading", { level: 1 })).toContainText("提出版「第1回協議会」");
  await expect(page.getByRole("heading", { level: 1 })).toContainText("令和8年度");
  await expect(page.getByText("変えられません。")).toBeVisible();
  await expect(approver.entries).toHaveCount(64);
  await expect(approver.entryOf(entry.id)).toContainText(entry.body);
  await expectAccessible(page);

  // It is not changed by any way.
  await approver.entryOf(entry.id).click({ position: { x: 40, y: 10 } });
  await expect(page.locator(".why")).toContainText("提出版は、出したときのまま残すもので、変えられません。");
  await expect(approver.editor).toBeHidden();
  for (const key of ["Enter", "a", "Delete", "Shift+Enter", "Control+x", "Control+z", "Space"]) {
    await approver.entryOf(entry.id).focus();
    await page.keyboard.press(key);
    await expect(approver.editor).toBeHidden();
  }
  await expect(page.getByRole("toolbar", { name: "選択した取組" })).toBeHidden();
  await expect(page.getByRole("button", { name: "取組を追加" })).toHaveCount(0);
  await paste(page, { plain: "○貼り付け" });
  await expect(approver.entries).toHaveCount(64);
  await expect(page.getByText("貼り付け")).toHaveCount(0);

  // It is filtered, and copied as it is.
  await approver.search.fill(entry.body.slice(0, 8));
  await expect(page.locator("mark").first()).toBeVisible();
  await approver.entryOf(entry.id).focus();
  expect((await copied(page, () => page.keyboard.press("Control+c"))).plain).toContain(entry.body);
  await page.getByRole("button", { name: "出力" }).click();
  const print = await page.getByRole("link", { name: /^印刷/ }).getAttribute("href");
  const printed = await (await page.request.get(print ?? "")).text();
  expect(printed).toContain("提出版「第1回協議会」");
  expect(printed).toContain(entry.body);
  expect(printed).not.toContain("協議会のあとに直した。");
  await page.keyboard.press("Escape");

  // Over a reload, and by its address for somebody else; from it to what has changed since.
  await page.reload();
  await expect(approver.entryOf(entry.id)).toContainText(entry.body);
  const honjo = await sheetOf("honjo");
  await honjo.page.goto(page.url());
  await expect(honjo.entryOf(entry.id)).toContainText(entry.body);
  await honjo.page.getByRole("link", { name: "今の表とくらべる" }).click();
  await expect(honjo.page.getByText("1件の変更")).toBeVisible();
  await expect(honjo.entryOf(entry.id).locator("ins").first()).toBeVisible();
  // Another region's snapshot, and none at all, are not found.
  await honjo.page.goto(`${honjo.address}/snapshots/0197a3c2-5b1e-7c44-9d0a-3f6e2b8c1d55`);
  await expect(honjo.page.getByRole("heading", { name: "提出版が見つかりません" })).toBeVisible();
});

test("what somebody has named turns nothing beside it round", async ({ sheetOf, apiOf }) => {
  const approver = await apiOf("hub-approver");
  const { id } = await approver.sheet();
  await approver.call("mutation ($input: CreateSnapshotInput!) { createSnapshot(input: $input) { __typename } }", {
    input: { requestId: crypto.randomUUID(), sheetId: id, label: "\u202e第1回" },
  });
  const misato = await apiOf("misato");
  const entry = await first(misato, "イ", "STATUS");
  await misato.rewrite(entry, "\u202e右から書いた。");
  const honjo = await sheetOf("honjo");
  await honjo.page.getByRole("button", { name: /変更箇所/ }).click();
  const choice = honjo.page.getByRole("button", { name: /^提出版/ });
  expect(await runsToTheRight(choice, "から")).toBe(true);
  await choice.click();
  expect(await runsToTheRight(honjo.page.locator(".since-bar"), "から")).toBe(true);

  const news = honjo.entryOf(entry.id).locator(".news");
  await expect(news.locator("ins").first()).toBeVisible();
  await expect(news.locator(".scenes")).toBeVisible();
  // Behind the text's last line, or on the next one.
  const line = await news.locator("ins").last().evaluate((text) => {
    const { right, bottom } = [...text.getClientRects()].at(-1) ?? new DOMRect();
    return { right, bottom };
  });
  const scenes = await news.locator(".scenes").evaluate((scenes) => {
    const { left, top } = scenes.getBoundingClientRect();
    return { left, top };
  });
  expect(scenes.left >= line.right - 1 || scenes.top >= line.bottom - 1).toBe(true);
});

test("the choice of what is new stays within the window", async ({ sheetOf, apiOf }) => {
  const approver = await apiOf("hub-approver");
  const { id } = await approver.sheet();
  await approver.call("mutation ($input: CreateSnapshotInput!) { createSnapshot(input: $input) { __typename } }", {
    input: { requestId: crypto.randomUUID(), sheetId: id, label: "令和8年度 第1回 在宅医療・介護連携推進協議会" },
  });
  for (const width of [1366, 960, 390]) {
    const honjo = await sheetOf("honjo", { viewport: { width, height: 768 } });
    await honjo.page.getByRole("button", { name: /変更箇所/ }).click();
    const choice = honjo.page.getByRole("button", { name: /^提出版/ });
    await expect(choice).toBeVisible();
    const left = () => choice.evaluate((choice) => choice.getBoundingClientRect().left);
    const right = () => choice.evaluate((choice) => choice.getBoundingClientRect().right);
    await expect.poll(right).toBeLessThanOrEqual(width);
    await expect.poll(left).toBeGreaterThanOrEqual(0);
  }
});

for (const colorScheme of ["light", "dark"] as const) {
  test(`the panel is accessible, wide and narrow (${colorScheme})`, async ({ sheetOf, apiOf }) => {
    const misato = await apiOf("misato");
    const entry = await first(misato, "イ", "STATUS");
    await misato.rewrite(entry, "協議会を開いた。");
    for (const viewport of [
      { width: 1366, height: 768 },
      { width: 390, height: 844 },
    ]) {
      const honjo = await sheetOf("honjo", { colorScheme, viewport });
      const panel = await openFromMenu(honjo, entry.id, "変更履歴");
      await expect(panel.locator(".change")).toHaveCount(2);
      await expectAccessible(honjo.page);
      await panel.getByRole("button", { name: "閉じる" }).click();
      await expect(panel).toBeHidden();
    }
  });
}

function beside(page: Page) {
  return page.locator("dialog.beside");
}

async function first(api: Api, code: string, facet: string): Promise<Entry> {
  const [entry] = await api.entries(code, facet);
  if (!entry) throw new Error(`the sample has no entry in ${code}/${facet}`);
  return entry;
}

async function openFromMenu(sheet: SheetPage, id: string, choice: string) {
  await sheet.entryOf(id).focus();
  await sheet.page.keyboard.press("Shift+F10");
  await sheet.page.getByRole("menuitem", { name: choice }).click();
  const panel = beside(sheet.page);
  await expect(panel).toBeVisible();
  return panel;
}

async function expectAccessible(page: Page): Promise<void> {
  const { violations } = await new AxeBuilder({ page }).analyze();
  expect(violations.map(({ id, nodes }) => ({ rule: id, where: nodes.slice(0, 3).map((node) => node.html) }))).toEqual([]);
}
