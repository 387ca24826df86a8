// Many entries at once: selected together, tagged, given to somebody, moved and deleted in one request, with one undo.
import { expect, test } from "../support/journey.ts";
import type { Page } from "@playwright/test";

/** The mutations of this name that the page sends from now on. */
function sent(page: Page, mutation: string): () => number {
  let count = 0;
  page.on("request", (request) => {
    if ((request.postData() ?? "").includes(`answer: ${mutation}(`)) count += 1;
  });
  return () => count;
}

test("entries are selected by click, range and keys, and tagged in one request with one undo", async ({ sheetOf }) => {
  const honjo = await sheetOf("honjo");
  const { page } = honjo;
  const tags = sent(page, "tagEntries");
  const undos = sent(page, "restoreEntries");
  const cell = honjo.cell("オ/PLAN").locator("[data-entry]");
  const bar = page.getByRole("toolbar", { name: "選択した取組" });
  await cell.nth(0).click({ modifiers: ["Control"], position: { x: 40, y: 10 } });
  await cell.nth(2).click({ modifiers: ["Shift"], position: { x: 40, y: 10 } });
  await expect(bar).toContainText("3件を選択");
  await expect(honjo.editor).toBeHidden();
  await page.keyboard.press("Escape");
  await expect(bar).toBeHidden();
  await cell.nth(0).focus();
  await page.keyboard.press("Space");
  await page.keyboard.press("Shift+ArrowDown");
  await expect(bar).toContainText("2件を選択");
  await bar.getByRole("button", { name: "場面" }).click();
  await bar.getByRole("group", { name: "付ける" }).getByRole("button", { name: "看取り" }).click();
  for (const nth of [0, 1]) {
    await expect(cell.nth(nth).getByRole("img", { name: "場面：看取り" })).toBeVisible();
  }
  await expect(cell.nth(2).getByRole("img", { name: "場面：項目から継承" })).toBeVisible();
  expect(tags()).toBe(1);
  await page.getByRole("button", { name: "元に戻す" }).click();
  await expect(cell.nth(0).getByRole("img", { name: "場面：項目から継承" })).toBeVisible();
  await expect(cell.nth(1).getByRole("img", { name: "場面：項目から継承" })).toBeVisible();
  expect(undos()).toBe(1);
});

test("what may not be edited is named and left out, and the others are deleted and come back together", async ({
  sheetOf,
  apiOf,
}) => {
  const hub = await apiOf("hub");
  const organization = "美里町";
  const honjo = await sheetOf("honjo");
  const { page } = honjo;
  const cell = honjo.cell("ク/PLAN").locator("[data-entry]");
  const theirs = await hub.create("ク", "PLAN", 2026, "美里町だけの取組", organization);
  await expect(honjo.entryOf(theirs.id)).toBeVisible();
  await expect(cell).toHaveCount(3);
  await cell.nth(0).click({ modifiers: ["Control"], position: { x: 40, y: 10 } });
  await cell.nth(2).click({ modifiers: ["Shift"], position: { x: 40, y: 10 } });
  const bar = page.getByRole("toolbar", { name: "選択した取組" });
  await bar.getByRole("button", { name: "削除" }).click();
  await expect(page.getByText("「美里町だけの取組」は除きました。")).toBeVisible();
  await expect(cell).toHaveCount(1);
  await page.keyboard.press("Control+z");
  await expect(cell).toHaveCount(3);
});

test("the sample's proposed entries are tagged in under ten clicks, and a declined one stays away for everybody", async ({
  sheetOf,
}) => {
  const honjo = await sheetOf("honjo");
  const { page } = honjo;
  const tags = sent(page, "tagEntries");
  let clicks = 0;
  const click = async (name: string | RegExp): Promise<void> => {
    clicks += 1;
    await page.getByRole("button", { name }).first().click();
  };
  await honjo.scene("看取り").check();
  clicks += 1;
  await expect(page.getByText("場面を明示した取組がまだないため")).toBeVisible();
  await click("場面の候補を見る");
  const dialog = page.getByRole("dialog", { name: "場面の候補" });
  await expect(dialog.getByRole("heading", { name: "看取り（19件）" })).toBeVisible();
  await expect(dialog.locator("mark", { hasText: "人生会議" }).first()).toBeVisible();
  // The card for emergencies is handed out at talks on ACP: it is none of those.
  const card = dialog.locator("[data-scene=END_OF_LIFE] li", { hasText: "わたしの連絡先カード" });
  await card.getByRole("button", { name: "見送る" }).click();
  clicks += 1;
  await expect(dialog.getByRole("heading", { name: "看取り（18件）" })).toBeVisible();
  for (const scene of ["日常", "入退院", "急変", "看取り"]) {
    await click(new RegExp(`すべてに「${scene}」を付ける`));
  }
  await expect(dialog.getByText("候補はありません")).toBeVisible();
  await dialog.getByRole("button", { name: "閉じる" }).click();
  clicks += 1;
  expect(clicks).toBeLessThan(10);
  await expect.poll(tags).toBe(4);
  await honjo.explicitOnly.check();
  await expect(honjo.entries).toHaveCount(18);
  const hub = await sheetOf("hub");
  await hub.page.getByRole("button", { name: /^場面の絞り込みについて/ }).click();
  await hub.page.getByRole("button", { name: "場面の候補を見る" }).click();
  await expect(hub.page.getByRole("dialog", { name: "場面の候補" }).getByText("候補はありません")).toBeVisible();
});

test("what was declined without a line is sent after a reload, and can be taken back", async ({ sheetOf, apiOf, server }) => {
  const honjo = await sheetOf("honjo");
  await honjo.keptForReload();
  const { page } = honjo;
  const dialog = page.getByRole("dialog", { name: "場面の候補" });
  const open = async () => {
    await page.getByRole("button", { name: /^場面の絞り込みについて/ }).click();
    await page.getByRole("button", { name: "場面の候補を見る" }).click();
  };
  await open();
  const card = dialog.locator("[data-scene=END_OF_LIFE] li", { hasText: "わたしの連絡先カード" });
  await expect(dialog.getByRole("heading", { name: "看取り（19件）" })).toBeVisible();
  await server.stop();
  await card.getByRole("button", { name: "見送る" }).click();
  await expect(dialog.getByRole("heading", { name: "看取り（18件）" })).toBeVisible();
  await dialog.getByRole("button", { name: "閉じる" }).click();
  await expect(page.getByText("送信待ち1件")).toBeVisible();
  await page.reload();
  await expect(page.getByText("送信待ち1件")).toBeVisible();
  await server.start();
  await honjo.expectSaved();
  const proposed = async () => {
    const api = await apiOf("hub");
    const { id } = await api.sheet();
    const { node } = await api.call<{ node: { sceneSuggestions: unknown[] } }>(
      "query ($id: ID!) { node(id: $id) { ... on Sheet { sceneSuggestions { scene } } } }",
      { id },
    );
    return node.sceneSuggestions.length;
  };
  await expect.poll(proposed).toBe(41);

  await open();
  await expect(dialog.getByRole("heading", { name: "看取り（18件）" })).toBeVisible();
  await dialog.getByText("見送った候補（1件）").click();
  await dialog.locator(".declined li", { hasText: "わたしの連絡先カード" }).getByRole("button", { name: "見送りを取り消す" }).click();
  await expect(dialog.getByRole("heading", { name: "看取り（19件）" })).toBeVisible();
  await expect.poll(proposed).toBe(42);
});

test("a filter that finds nothing says which part it is, and each part can be taken away", async ({ sheetOf }) => {
  const honjo = await sheetOf("honjo");
  const { page } = honjo;
  await honjo.scene("看取り").check();
  await honjo.search.fill("どこにもない言葉");
  const note = page.locator(".filter-note");
  await expect(note).toContainText("場面：看取り・検索「どこにもない言葉」に当たる取組はありません");
  await expect(page.locator("tr.folded")).toHaveCount(8);
  await page.getByRole("button", { name: "開く" }).first().click();
  await expect(page.locator("tr.folded")).toHaveCount(7);
  await page.getByRole("button", { name: "検索「どこにもない言葉」を外す" }).click();
  await expect(honjo.entries).toHaveCount(64);
});

test("hidden entries of a cell are shown by a click, and what is saved under a filter stays in sight", async ({
  sheetOf,
}) => {
  const honjo = await sheetOf("honjo");
  await honjo.search.fill("看取り");
  const cell = honjo.cell("ア/STATUS");
  await expect(cell.locator("[data-entry]:visible")).toHaveCount(1);
  await cell.getByRole("button", { name: "ほか1件は絞り込みで非表示" }).click();
  await expect(cell.locator("[data-entry]:visible")).toHaveCount(2);
  await expect(cell.getByText("今の絞り込みには当たりません")).toHaveCount(1);
  await honjo.search.fill("看取り」");
  await expect(cell.locator("[data-entry]:visible")).toHaveCount(1);
  const entry = cell.locator("[data-entry]:visible");
  await honjo.edit(entry);
  await honjo.text.fill("○別の文にする。");
  await honjo.save.click();
  await honjo.expectSaved();
  await expect(honjo.entry("別の文にする。")).toBeVisible();
  await expect(honjo.entry("別の文にする。")).toContainText("今の絞り込みには当たりません");
  await honjo.clear.click();
  await expect(honjo.page.getByText("今の絞り込みには当たりません")).toHaveCount(0);
});
