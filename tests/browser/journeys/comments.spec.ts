// Comments: beside an entry and a cell, for somebody, live, without loss; and those that wait.
import AxeBuilder from "@axe-core/playwright";
import type { Page } from "@playwright/test";
import type { Api, Entry } from "../support/api.ts";
import { composing } from "../support/ime.ts";
import { expect, test } from "../support/journey.ts";
import { SheetPage } from "../support/sheet.ts";

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
  await expect(honjo.page.getByRole("link", { name: "自分あて", exact: true })).toBeVisible();

  await asks.getByRole("button", { name: "解決済みにする" }).click();
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
  await expect(misato.page.getByRole("heading", { name: "自分あて" })).toBeVisible();
  await expect(misato.page.getByText("令和8年度はいつですか。")).toBeVisible();
  await expectAccessible(misato.page);
  await misato.page.getByRole("link", { name: "表で返信する" }).click();
  await expect(beside(misato.page).getByText("令和8年度はいつですか。")).toBeVisible();
  await beside(misato.page).getByRole("button", { name: "返信" }).click();
  await beside(misato.page).getByRole("textbox", { name: "返信" }).fill("11月です。");
  await beside(misato.page).getByRole("button", { name: "送る" }).first().click();
  await expect(misato.page.getByRole("link", { name: "自分あて", exact: true })).toBeVisible();
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

test("a key that has ended a composition neither sends the comment nor closes the panel", async ({ sheetOf, apiOf }) => {
  const hub = await apiOf("hub");
  const entry = await first(hub, "イ", "STATUS");
  const honjo = await sheetOf("honjo");
  const panel = await openFromMenu(honjo, entry.id);
  const text = panel.getByRole("textbox", { name: "新しいコメント" });
  await text.focus();
  const ime = await composing(honjo.page);
  await ime.compose("れんけい");
  // Safari's order: the composition ends before its key is told.
  await ime.commit("連携");
  await ime.key("Enter", "Control");
  await ime.key("Escape");
  await expect(panel).toBeVisible();
  await expect(text).toHaveValue("連携");
  expect(await said(hub, entry.id)).toEqual([]);
  await text.press("Control+Enter");
  await expect(panel.locator(".said")).toHaveText("連携");
  await honjo.page.keyboard.press("Escape");
  await expect(panel).toBeHidden();
});

test("what is written and what waits is said in the corner, though the panel is closed", async ({ sheetOf, apiOf, server }) => {
  const hub = await apiOf("hub");
  const entry = await first(hub, "イ", "STATUS");
  const honjo = await sheetOf("honjo");
  await honjo.keptForReload();
  const panel = await openFromMenu(honjo, entry.id);
  await panel.getByRole("textbox", { name: "新しいコメント" }).fill("閉じても残る文。");
  await panel.getByRole("button", { name: "閉じる" }).click();
  await expect(honjo.page.getByText("保存していない下書きが1件あります")).toBeVisible();

  await openFromMenu(honjo, entry.id);
  await server.stop();
  await panel.getByRole("button", { name: "送る" }).click();
  await expect(panel.getByText("サーバーにつながりしだい送ります。")).toBeVisible();
  await panel.getByRole("button", { name: "閉じる" }).click();
  await expect(honjo.page.getByText("送信待ち1件")).toBeVisible();
  await honjo.page.reload();
  await expect(honjo.page.getByText("送信待ち1件")).toBeVisible();
  await server.start();
  await expect(honjo.entryOf(entry.id).getByRole("button", { name: "コメント1件" })).toBeVisible({ timeout: 30_000 });
  await honjo.expectSaved();
  expect(await said(hub, entry.id)).toEqual(["閉じても残る文。"]);
});

test("a comment that is refused after its panel was closed is told, and stays where it was written", async ({
  sheetOf,
  apiOf,
}) => {
  const misato = await apiOf("misato");
  const entry = await misato.create("ア", "GOAL", 2026, "研修会を年2回開催する。");
  const honjo = await sheetOf("honjo");
  const panel = await openFromMenu(honjo, entry.id);
  const text = panel.getByRole("textbox", { name: "新しいコメント" });
  await text.fill("まだ続けますか。");
  await honjo.page.context().setOffline(true);
  await panel.getByRole("button", { name: "送る" }).click();
  await expect(panel.getByText("サーバーにつながりしだい送ります。")).toBeVisible();
  await panel.getByRole("button", { name: "閉じる" }).click();
  await misato.remove(entry);
  await honjo.page.context().setOffline(false);
  const told = honjo.page.locator(".toast", { hasText: "取組が見つかりません。" });
  await expect(told).toBeVisible({ timeout: 30_000 });
  await expect(honjo.page.getByText("保存していない下書きが1件あります")).toBeVisible();

  await misato.bringBack(entry);
  await openFromMenu(honjo, entry.id);
  await expect(text).toHaveValue("まだ続けますか。");
  await expect(panel.locator(".compose-foot")).toContainText("取組が見つかりません。");
  await panel.getByRole("button", { name: "送る" }).click();
  await expect(panel.locator(".said")).toHaveText("まだ続けますか。");
  await honjo.expectSaved();
});

test("what is written in one tab stands in the other's box, and is one comment", async ({ sheetOf, apiOf, server }) => {
  const hub = await apiOf("hub");
  const entry = await first(hub, "イ", "STATUS");
  const one = await sheetOf("honjo");
  const two = await secondTab(one);
  const panels = [await openFromMenu(one, entry.id), await openFromMenu(two, entry.id)] as const;
  const [here, there] = panels.map((panel) => panel.getByRole("textbox", { name: "新しいコメント" }));
  if (!here || !there) throw new Error("there are two boxes");
  await here.fill("一つ目のタブで書き、");
  await expect(there).toHaveValue("一つ目のタブで書き、");
  await there.press("Control+End");
  await two.page.keyboard.type("二つ目で続けた。");
  await expect(here).toHaveValue("一つ目のタブで書き、二つ目で続けた。");

  await server.stop();
  await panels[0].getByRole("button", { name: "送る" }).click();
  for (const panel of panels) {
    await expect(panel.getByText("サーバーにつながりしだい送ります。")).toBeVisible();
    await expect(panel.getByRole("button", { name: "送る" })).toBeDisabled();
  }
  await server.start();
  for (const panel of panels) {
    await expect(panel.getByRole("textbox", { name: "新しいコメント" })).toHaveValue("", { timeout: 30_000 });
    await expect(panel.locator(".said")).toHaveText("一つ目のタブで書き、二つ目で続けた。");
  }
  await Promise.all([one.expectSaved(), two.expectSaved()]);
  expect(await said(hub, entry.id)).toEqual(["一つ目のタブで書き、二つ目で続けた。"]);
});

test("the tab that is left sends the comment that the closed one could not", async ({ sheetOf, apiOf, server }) => {
  const hub = await apiOf("hub");
  const entry = await first(hub, "イ", "STATUS");
  const one = await sheetOf("honjo");
  const two = await secondTab(one);
  const panel = await openFromMenu(one, entry.id);
  await panel.getByRole("textbox", { name: "新しいコメント" }).fill("閉じたタブで書いた文。");
  await server.stop();
  await panel.getByRole("button", { name: "送る" }).click();
  await expect(two.page.getByText("送信待ち1件")).toBeVisible();
  await one.page.close();
  await server.start();
  await expect(two.entryOf(entry.id).getByRole("button", { name: "コメント1件" })).toBeVisible({ timeout: 30_000 });
  await two.expectSaved();
  expect(await said(hub, entry.id)).toEqual(["閉じたタブで書いた文。"]);
});

test("an input method goes on composing a comment while another tab writes there", async ({ sheetOf, apiOf }) => {
  const entry = await first(await apiOf("hub"), "イ", "STATUS");
  const one = await sheetOf("honjo");
  const two = await secondTab(one);
  const here = (await openFromMenu(one, entry.id)).getByRole("textbox", { name: "新しいコメント" });
  const there = (await openFromMenu(two, entry.id)).getByRole("textbox", { name: "新しいコメント" });
  await there.focus();
  const ime = await composing(two.page);
  await ime.compose("れんけい");
  await expect(here).toHaveValue("れんけい");
  await here.press("Control+End");
  await one.page.keyboard.type("を");
  await two.page.waitForTimeout(200);
  await expect(there).toHaveValue("れんけい");
  await ime.commit("連携");
  await expect(there).toHaveValue("連携");
  await expect(here).toHaveValue("連携");
  await here.press("Control+End");
  await one.page.keyboard.type("を");
  await expect(there).toHaveValue("連携を");
});

/** Somebody is about to answer a question. */
async function answering(hub: Api, honjo: SheetPage) {
  const entry = await first(hub, "イ", "STATUS");
  await ask(hub, entry.id, "年に何回ですか。", "本庄市");
  const panel = await openFromMenu(honjo, entry.id);
  const reply = panel.getByRole("textbox", { name: "返信" });
  await panel.getByRole("button", { name: "返信" }).click();
  return { hub, entry, honjo, panel, reply };
}

test("a reply that is being typed stays under the hands when somebody resolves the thread", async ({ sheetOf, apiOf }) => {
  const { hub, entry, honjo, panel, reply } = await answering(await apiOf("hub"), await sheetOf("honjo"));
  await expect(reply).toBeFocused();
  const ime = await composing(honjo.page);
  await ime.compose("じゅうに");
  await resolveAll(hub, entry.id);
  await expect(panel.getByText("このコメントは解決済みになりました。")).toBeVisible();
  await expect(reply).toBeFocused();
  await ime.commit("12回です。");
  await expect(reply).toHaveValue("12回です。");

  await honjo.page.reload();
  await openFromMenu(honjo, entry.id);
  await expect(reply).toHaveValue("12回です。");
  await expect(panel.getByText("このコメントは解決済みになりました。")).toBeVisible();
  await expectAccessible(honjo.page);
  await panel.getByRole("button", { name: "送る" }).first().click();
  await expect(panel.locator(".said")).toHaveCount(2);
  await expect(honjo.entryOf(entry.id).getByRole("button", { name: "コメント1件" })).toBeVisible();
  await expect(panel.getByText("このコメントは解決済みになりました。")).toHaveCount(0);
});

test("a thread that was resolved meanwhile goes when its reply is given up", async ({ sheetOf, apiOf }) => {
  const { hub, entry, honjo, panel, reply } = await answering(await apiOf("hub"), await sheetOf("honjo"));
  await reply.fill("考えなおす。");
  await resolveAll(hub, entry.id);
  await expect(panel.getByText("このコメントは解決済みになりました。")).toBeVisible();
  await reply.fill("");
  await expect(reply).toBeFocused();
  await panel.getByRole("textbox", { name: "新しいコメント" }).focus();
  await expect(reply).toHaveCount(0);
  await expect(panel.getByText("解決済み 1件")).toBeVisible();
  await honjo.expectSaved();
});

test("the corner leads to an answer in a cell's thread, again and again, and from another page", async ({ sheetOf, apiOf }) => {
  await askOfCell(await apiOf("hub"), "ア", "GOAL", "この欄はどうしますか。");
  const honjo = await sheetOf("honjo");
  const { page } = honjo;
  await honjo.cell("ア/GOAL").getByRole("button", { name: "コメント1件" }).click();
  const panel = beside(page);
  const reply = panel.getByRole("textbox", { name: "返信" });
  await panel.getByRole("button", { name: "返信" }).click();
  await reply.fill("見直します。");
  for (let times = 0; times < 2; times++) {
    await panel.getByRole("button", { name: "閉じる" }).click();
    await expect(panel).toBeHidden();
    await openDraft(page);
    await expect(reply).toHaveValue("見直します。");
  }
  await page.getByRole("link", { name: "連携 はじめの画面" }).click();
  await expect(page.getByRole("heading", { name: "圏域と年度" })).toBeVisible();
  await openDraft(page);
  await expect(reply).toHaveValue("見直します。");
  // The address says the same as before.
  await panel.getByRole("button", { name: "閉じる" }).click();
  await openDraft(page);
  await expect(reply).toHaveValue("見直します。");
});

test("the corner leads to an answer whose thread was resolved, and to a new comment that was left", async ({
  sheetOf,
  apiOf,
}) => {
  const { hub, entry, honjo, panel, reply } = await answering(await apiOf("hub"), await sheetOf("honjo"));
  const { page } = honjo;
  await reply.fill("12回です。");
  await resolveAll(hub, entry.id);
  await expect(panel.getByText("このコメントは解決済みになりました。")).toBeVisible();
  await page.reload();
  await expect(honjo.entryOf(entry.id)).toBeVisible();
  for (let times = 0; times < 2; times++) {
    await openDraft(page);
    await expect(reply).toHaveValue("12回です。");
    await panel.getByRole("button", { name: "閉じる" }).click();
    await expect(panel).toBeHidden();
  }
  await page.getByRole("link", { name: "連携 はじめの画面" }).click();
  await openDraft(page);
  await expect(reply).toHaveValue("12回です。");
  await panel.getByRole("button", { name: "送る" }).first().click();
  await expect(panel.locator(".said")).toHaveCount(2);

  await panel.getByRole("textbox", { name: "新しいコメント" }).fill("もう一つあります。");
  for (let times = 0; times < 2; times++) {
    await panel.getByRole("button", { name: "閉じる" }).click();
    await expect(panel).toBeHidden();
    await openDraft(page);
    await expect(panel.getByRole("textbox", { name: "新しいコメント" })).toHaveValue("もう一つあります。");
  }
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

async function secondTab(sheet: SheetPage): Promise<SheetPage> {
  const tab = new SheetPage(await sheet.page.context().newPage(), sheet.address);
  await tab.open();
  return tab;
}

async function openFromMenu(sheet: SheetPage, id: string) {
  await sheet.entryOf(id).focus();
  await sheet.page.keyboard.press("Shift+F10");
  await sheet.page.getByRole("menuitem", { name: "コメント" }).click();
  const panel = beside(sheet.page);
  await expect(panel).toBeVisible();
  return panel;
}

/** By the corner's button. */
async function openDraft(page: Page): Promise<void> {
  await page.getByRole("contentinfo").getByRole("button", { name: "下書きを開く" }).click();
}

/** A thread on a cell. */
async function askOfCell(api: Api, code: string, facet: string, body: string): Promise<void> {
  const { id, rows } = await api.sheet();
  const row = rows.find(({ item }) => item.code === code);
  const cell = row?.cells.find((one) => one.facet === facet);
  const place = { itemId: row?.item.id, facet, fiscalYear: cell?.fiscalYear };
  const { createThread } = await api.call<{ createThread: { __typename: string } }>(
    "mutation ($input: CreateThreadInput!) { createThread(input: $input) { __typename } }",
    { input: { requestId: crypto.randomUUID(), sheetId: id, ...place, body, mentionIds: [] } },
  );
  expect(createThread.__typename).toBe("ThreadSaved");
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

async function resolveAll(api: Api, entryId: string): Promise<void> {
  const { node } = await api.call<{ node: { threads: { id: string }[] } }>(
    "query ($id: ID!) { node(id: $id) { ... on Entry { threads { id } } } }",
    { id: entryId },
  );
  for (const { id } of node.threads) {
    await api.call("mutation ($input: ThreadInput!) { resolveThread(input: $input) { __typename } }", {
      input: { requestId: crypto.randomUUID(), threadId: id },
    });
  }
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
