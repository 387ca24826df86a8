// What concerns somebody: one list, its number, read and unread, and what is new since they were here.
import AxeBuilder from "@axe-core/playwright";
import type { Page } from "@playwright/test";
import type { Api, Entry } from "../support/api.ts";
import { expect, test } from "../support/journey.ts";

test("whoever took part hears of the answer wherever they are, and what they open is read", async ({ sheetOf, apiOf }) => {
  const [hub, viewer] = [await apiOf("hub"), await apiOf("hokenjo")];
  const entry = await first(hub, "ウ", "PLAN");
  const honjo = await sheetOf("honjo");
  const link = (count: number) => honjo.page.getByRole("link", { name: `自分あて ${count}` });
  const thread = await ask(viewer, entry.id, "いつですか。", "本庄市");
  await expect(link(1)).toBeVisible();
  await honjo.entryOf(entry.id).locator(".bubble").click();
  await expect(beside(honjo.page).getByText("いつですか。")).toBeVisible();
  await expect(honjo.page.getByRole("link", { name: "自分あて", exact: true })).toBeVisible();
  await beside(honjo.page).getByRole("button", { name: "閉じる" }).click();

  // An answer of somebody else, which mentions nobody.
  await answer(hub, thread, "11月です。");
  await expect(link(1)).toBeVisible();
  await link(1).click();
  await expect(honjo.page.getByRole("heading", { name: "自分あて" })).toBeVisible();
  const lines = honjo.page.locator(".notice");
  await expect(lines).toHaveCount(2);
  await expect(lines.nth(0)).toContainText("11月です。");
  await expect(lines.nth(0)).toContainText("返信");
  await expect(lines.nth(0)).toContainText("未読");
  await expect(lines.nth(1)).not.toContainText("未読");
  // The region's navigation stays.
  await expect(honjo.page.getByRole("navigation", { name: "表の画面" }).getByRole("link", { name: "変更履歴" })).toBeVisible();
  await expectAccessible(honjo.page);
  await lines.nth(0).getByRole("link", { name: "表で返信する" }).click();
  await expect(beside(honjo.page).getByText("11月です。")).toBeVisible();
  await expect(honjo.page.getByRole("link", { name: "自分あて", exact: true })).toBeVisible();
});

test("all of it can be marked as read, and a reload keeps the navigation", async ({ sheetOf, apiOf }) => {
  const hub = await apiOf("hub");
  const entry = await first(hub, "ウ", "PLAN");
  for (const text of ["一つ目。", "二つ目。"]) await ask(hub, entry.id, text, "美里町");
  const misato = await sheetOf("misato");
  await misato.page.goto("/waiting");
  const lines = misato.page.locator(".notice");
  await expect(lines).toHaveCount(2);
  await expect(misato.page.getByRole("navigation", { name: "表の画面" })).toBeVisible();
  await expect(lines.getByText("未読")).toHaveCount(2);
  await misato.page.getByRole("button", { name: "すべて既読にする" }).click();
  await expect(lines.getByText("未読")).toHaveCount(0);
  await expect(misato.page.getByRole("link", { name: "自分あて", exact: true })).toBeVisible();
  await misato.page.reload();
  await expect(lines).toHaveCount(2);
  await expect(lines.getByText("未読")).toHaveCount(0);
});

test("what could not be marked as read stays unread, and that is said", async ({ sheetOf, apiOf, server }) => {
  const hub = await apiOf("hub");
  const entry = await first(hub, "ウ", "PLAN");
  for (const text of ["一つ目。", "二つ目。"]) await ask(hub, entry.id, text, "美里町");
  const { page } = await sheetOf("misato");
  await page.goto("/waiting");
  const unread = page.locator(".notice").getByText("未読");
  await expect(unread).toHaveCount(2);
  await server.stop();
  await page.getByRole("button", { name: "すべて既読にする" }).click();
  await expect(page.locator(".toast", { hasText: "既読にできませんでした。" })).toBeVisible();
  await expect(unread).toHaveCount(2);
  await expect(page.getByText("すべて既読にしました。")).toHaveCount(0);
  await server.start();
  await expect(page.locator(".away")).toBeHidden({ timeout: 30_000 });
  await page.getByRole("button", { name: "すべて既読にする" }).click();
  await expect(unread).toHaveCount(0);
  await expect(page.getByText("すべて既読にしました。")).toHaveCount(1);
  await expect(page.getByRole("link", { name: "自分あて", exact: true })).toBeVisible();
});

test("a snapshot is told to those who edit, and leads to the sheet", async ({ sheetOf, apiOf }) => {
  const approver = await apiOf("hub-approver");
  const honjo = await sheetOf("honjo");
  const { id } = await approver.sheet();
  await approver.call("mutation ($input: CreateSnapshotInput!) { createSnapshot(input: $input) { __typename } }", {
    input: { requestId: crypto.randomUUID(), sheetId: id, label: "第1回協議会" },
  });
  await honjo.page.getByRole("link", { name: "自分あて 1" }).click();
  const line = honjo.page.locator(".notice");
  await expect(line).toContainText("提出版「第1回協議会」ができました。");
  await line.getByRole("link", { name: "表で見る" }).click();
  await expect(honjo.page.getByText("提出版「第1回協議会」から")).toBeVisible();
});

test("the start page says what waits and what is new on each sheet, and leads there", async ({ sheetOf, apiOf, newBrowser }) => {
  const hub = await apiOf("hub");
  const entry = await first(hub, "ウ", "PLAN");
  const honjo = await sheetOf("honjo");
  await honjo.edit(honjo.entryOf(entry.id));
  await honjo.text.fill("○書きかけの文。");
  await honjo.text.press("Escape");
  await expect
    .poll(async () => (await (await apiOf("honjo")).call<{ drafts: unknown[] }>("{ drafts { id } }")).drafts.length)
    .toBe(1);
  await ask(hub, entry.id, "確かめてください。", "本庄市");
  await honjo.page.getByRole("link", { name: "連携 はじめの画面" }).click();
  const news = honjo.page.locator(".news");
  await expect(news.getByRole("link", { name: "自分あての未読1件" })).toBeVisible();
  await expectAccessible(honjo.page);
  await news.getByRole("link", { name: "下書き1件" }).click();
  await expect(honjo.text).toHaveValue("○書きかけの文。");

  // One region and one sheet: one click.
  const page = await newBrowser();
  await page.goto("/");
  await page.getByLabel("ログイン名").fill("misato");
  await page.getByLabel("パスワード").fill("renkei-demo");
  await page.getByRole("button", { name: "サインイン" }).click();
  await page.getByRole("link", { name: /令和8年度/ }).first().click();
  await expect(page.locator("[data-entry]").first()).toBeVisible();
});

function beside(page: Page) {
  return page.locator("dialog.beside");
}

async function first(api: Api, code: string, facet: string): Promise<Entry> {
  const [entry] = await api.entries(code, facet);
  if (!entry) throw new Error(`the sample has no entry in ${code}/${facet}`);
  return entry;
}

/** A thread on an entry, for an organisation; its id. */
async function ask(api: Api, entryId: string, body: string, organization: string): Promise<string> {
  const { id, region } = await api.sheet();
  const mentioned = region.organizations.find(({ name }) => name === organization);
  const { createThread } = await api.call<{ createThread: { thread: { id: string } } }>(
    "mutation ($input: CreateThreadInput!) { createThread(input: $input) { ... on ThreadSaved { thread { id } } } }",
    { input: { requestId: crypto.randomUUID(), sheetId: id, entryId, body, mentionIds: [mentioned?.id] } },
  );
  return createThread.thread.id;
}

async function answer(api: Api, threadId: string, body: string): Promise<void> {
  await api.call("mutation ($input: AddCommentInput!) { addComment(input: $input) { __typename } }", {
    input: { requestId: crypto.randomUUID(), threadId, body },
  });
}

async function expectAccessible(page: Page): Promise<void> {
  const { violations } = await new AxeBuilder({ page }).analyze();
  expect(violations.map(({ id, nodes }) => ({ rule: id, where: nodes.slice(0, 3).map((node) => node.html) }))).toEqual([]);
}
