// Comments: beside an entry and a cell, for somebody, live, without loss; and those that wait.
import AxeBuilder from "@axe-core/playwright";
import type { Page } from "@playwright/test";
import type { Api, Entry } from "../support/api.ts";
import { composing } from "../support/ime.ts";
import { expect, test } from "../support/journey.ts";
import type { SheetPage } from "../support/sheet.ts";

test("a viewer asks a town, the town answers, and both see it at once", async ({ sheetOf, apiOf }) => {
  const entry = await first(await apiOf("hub"), "イ", "STATUS");
  const [hokenjo, honjo] = [await sheetOf("hokenjo"), await sheetOf("honjo")];
  const asks = await openFromMenu(hokenjo, entry.id);
  await asks.getByRole("textbox", { name: "新しいコメント" }).fill("回数を\n確かめてください。");
  await asks.getByText("宛先を選ぶ").click();
  await asks.getByRole("searchbox", { name: "宛先を探す" }).fill("本庄市");
  await asks.getByRole("checkbox", { name: "本庄市", exact: true }).check();
  await asks.getByRole("button", { name: "送る" }).click();
  await expect(asks.locator(".said")).toHaveText("回数を\n確かめてください。", { useInnerText: true });
  await expect(asks.getByRole("textbox", { name: "新しいコメント" })).toHaveValue("");

  // Within a second, in place, at the entry and in the header.
  const bubble = honjo.entryOf(entry.id).getByRole("button", { name: "コメント1件" });
  await expect(bubble).toBeVisible();
  await expect(honjo.page.getByRole("link", { name: "自分あて 1" })).toBeVisible();
  await bubble.click();
  const answers = beside(honjo.page);
  await expect(answers.locator(".who").first()).toContainText("保健所 担当者");
  await expect(answers.locator(".mentions").first()).toContainText("本庄市");
  await expectAccessible(honjo.page);
  await answers.getByRole("button", { name: "返信" }).click();
  await answers.getByRole("textbox", { name: "返信" }).fill("12回です。");
  await answers.getByRole("textbox", { name: "返信" }).press("Control+Enter");
  await expect(answers.locator(".said")).toHaveCount(2);
  await expect(asks.locator(".said").nth(1)).toHaveText("12回です。");
  await expect(honjo.page.getByRole("link", { name: /自分あて/ })).toHaveCount(0);

  await asks.getByRole("button", { name: "解決にする" }).click();
  await expect(hokenjo.entryOf(entry.id).locator(".bubble")).toHaveCount(0);
  await expect(honjo.entryOf(entry.id).locator(".bubble")).toHaveCount(0);
  await answers.getByText("解決済み 1件").click();
  await answers.getByRole("button", { name: "再開する" }).click();
  await expect(honjo.entryOf(entry.id).locator(".bubble")).toHaveCount(1);
});

test("what waits for me is listed and leads to its place", async ({ sheetOf, apiOf }) => {
  const hub = await apiOf("hub");
  const entry = await first(hub, "ウ", "PLAN");
  await ask(hub, entry.id, "令和8年度はいつですか。", "美里町");
  const misato = await sheetOf("misato");
  await misato.page.getByRole("link", { name: "自分あて 1" }).click();
  await expect(misato.page.getByRole("heading", { name: "自分あてのコメント" })).toBeVisible();
  await expect(misato.page.getByText("令和8年度はいつですか。")).toBeVisible();
  await expectAccessible(misato.page);
  await misato.page.getByRole("link", { name: "表で返信する" }).click();
  await expect(beside(misato.page).getByText("令和8年度はいつですか。")).toBeVisible();
  await beside(misato.page).getByRole("button", { name: "返信" }).click();
  await beside(misato.page).getByRole("textbox", { name: "返信" }).fill("11月です。");
  await beside(misato.page).getByRole("button", { name: "送る" }).first().click();
  await expect(misato.page.getByRole("link", { name: /自分あて/ })).toHaveCount(0);
});

test("a comment on a cell, and one's own taken back", async ({ sheetOf }) => {
  const honjo = await sheetOf("honjo");
  await honjo.cell("ア/GOAL").hover({ position: { x: 5, y: 5 } });
  await honjo.cell("ア/GOAL").getByRole("button", { name: "履歴・コメント" }).click();
  const panel = beside(honjo.page);
  await panel.getByRole("button", { name: "コメント" }).click();
  await panel.getByRole("textbox", { name: "新しいコメント" }).fill("この欄を見直しましょう。");
  await panel.getByRole("button", { name: "送る" }).click();
  await expect(honjo.cell("ア/GOAL").getByRole("button", { name: "コメント1件" })).toBeVisible();
  await panel.getByRole("button", { name: "取り消す" }).click();
  await expect(panel.getByText("（取り消されました）")).toBeVisible();
  await expect(panel.getByText("この欄を見直しましょう。")).toHaveCount(0);
});

test("a half-written comment survives a reload, and one sent without a line is there once", async ({
  sheetOf,
  apiOf,
  server,
}) => {
  const hub = await apiOf("hub");
  const entry = await first(hub, "イ", "STATUS");
  const honjo = await sheetOf("honjo");
  await honjo.keptForReload();
  await openFromMenu(honjo, entry.id);
  await beside(honjo.page).getByRole("textbox", { name: "新しいコメント" }).fill("書きかけの");
  await honjo.page.reload();
  const panel = await openFromMenu(honjo, entry.id);
  const text = panel.getByRole("textbox", { name: "新しいコメント" });
  await expect(text).toHaveValue("書きかけの");

  await text.fill("線が切れても届く。");
  await server.stop();
  await panel.getByRole("button", { name: "送る" }).click();
  await expect(panel.getByText("サーバーにつながりしだい送ります。")).toBeVisible();
  await honjo.page.reload();
  await server.start();
  await expect(honjo.entryOf(entry.id).getByRole("button", { name: "コメント1件" })).toBeVisible({ timeout: 30_000 });
  await expect.poll(() => said(hub, entry.id)).toEqual(["線が切れても届く。"]);
});

test("typing with an input method goes on while others' comments come", async ({ sheetOf, apiOf }) => {
  const hub = await apiOf("hub");
  const entry = await first(hub, "イ", "STATUS");
  const honjo = await sheetOf("honjo");
  const panel = await openFromMenu(honjo, entry.id);
  const text = panel.getByRole("textbox", { name: "新しいコメント" });
  await text.focus();
  const ime = await composing(honjo.page);
  await ime.compose("れんけい");
  await ask(hub, entry.id, "先に書きました。", "本庄市");
  await expect(panel.getByText("先に書きました。")).toBeVisible();
  await expect(text).toBeFocused();
  await ime.commit("連携");
  await expect(text).toHaveValue("連携");
});

test("comments are never printed", async ({ sheetOf, apiOf }) => {
  const hub = await apiOf("hub");
  const entry = await first(hub, "イ", "STATUS");
  await ask(hub, entry.id, "紙には出ません。", "本庄市");
  const honjo = await sheetOf("honjo");
  await honjo.entryOf(entry.id).locator(".bubble").click();
  await expect(beside(honjo.page).getByText("紙には出ません。")).toBeVisible();
  await honjo.page.emulateMedia({ media: "print" });
  await expect(beside(honjo.page)).toBeHidden();
  await expect(honjo.entryOf(entry.id).locator(".bubble")).toBeHidden();
});

for (const colorScheme of ["light", "dark"] as const) {
  test(`writing a comment is accessible, wide and narrow (${colorScheme})`, async ({ sheetOf, apiOf }) => {
    const hub = await apiOf("hub");
    const entry = await first(hub, "イ", "STATUS");
    await ask(hub, entry.id, "確かめてください。", "本庄市");
    for (const viewport of [
      { width: 1366, height: 768 },
      { width: 390, height: 844 },
    ]) {
      const honjo = await sheetOf("honjo", { colorScheme, viewport });
      const panel = await openFromMenu(honjo, entry.id);
      await panel.getByRole("button", { name: "返信" }).click();
      await panel.getByText("宛先を選ぶ").first().click();
      await expectAccessible(honjo.page);
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

async function openFromMenu(sheet: SheetPage, id: string) {
  await sheet.entryOf(id).focus();
  await sheet.page.keyboard.press("Shift+F10");
  await sheet.page.getByRole("menuitem", { name: "コメント" }).click();
  const panel = beside(sheet.page);
  await expect(panel).toBeVisible();
  return panel;
}

/** A thread on an entry, for an organisation. */
async function ask(api: Api, entryId: string, body: string, organization: string): Promise<void> {
  const { id, region } = await api.sheet();
  const mentioned = region.organizations.find(({ name }) => name === organization);
  const { createThread } = await api.call<{ createThread: { __typename: string } }>(
    "mutation ($input: CreateThreadInput!) { createThread(input: $input) { __typename } }",
    { input: { requestId: crypto.randomUUID(), sheetId: id, entryId, body, mentionIds: [mentioned?.id] } },
  );
  expect(createThread.__typename).toBe("ThreadSaved");
}

async function said(api: Api, entryId: string): Promise<string[]> {
  const { node } = await api.call<{ node: { threads: { comments: { body: string }[] }[] } }>(
    "query ($id: ID!) { node(id: $id) { ... on Entry { threads { comments { body } } } } }",
    { id: entryId },
  );
  return node.threads.flatMap(({ comments }) => comments.map(({ body }) => body));
}

async function expectAccessible(page: Page): Promise<void> {
  const { violations } = await new AxeBuilder({ page }).analyze();
  expect(violations.map(({ id, nodes }) => ({ rule: id, where: nodes.slice(0, 3).map((node) => node.html) }))).toEqual([]);
}
