// Signing in and out, and the pages around the matrix.
import type { Page } from "@playwright/test";
import { expect, test } from "../support/journey.ts";
import type { Server } from "../support/server.ts";
import { SheetPage } from "../support/sheet.ts";

const RULES = "入退院調整ルール改訂を行い";
const COUNCIL = "在宅医療・介護連携推進協議会を開催した。";

test("a wrong password is told, and a right one leads to the sheets", async ({ newBrowser }) => {
  const page = await newBrowser();
  await page.goto("/");
  await page.getByLabel("ログイン名").fill("honjo");
  await page.getByLabel("パスワード").fill("wrong");
  await page.getByRole("button", { name: "サインイン" }).click();
  await expect(page.getByRole("alert")).toBeVisible();

  await page.getByLabel("パスワード").fill("renkei-demo");
  await page.getByRole("button", { name: "サインイン" }).click();
  await page.getByRole("link", { name: /令和8年度/ }).first().click();
  await expect(page.locator("[data-entry]")).toHaveCount(64);
  await expect(page).toHaveURL(/\/regions\/[^/]+\/sheets\/2026$/);
});

test("signing out leaves nothing of a person in the browser", async ({ sheetOf }) => {
  const honjo = await sheetOf("honjo");
  await honjo.page.getByRole("button", { name: /本庄市 担当者/ }).click();
  await honjo.page.getByRole("button", { name: "サインアウト" }).click();
  await expect(honjo.page.getByLabel("パスワード")).toBeVisible();
  expect(await honjo.page.evaluate(() => JSON.stringify(localStorage))).not.toMatch(/honjo|本庄|計画/);
  expect(await honjo.page.context().cookies()).toEqual([]);
});

test("an address that leads nowhere says so and leads back", async ({ sheetOf }) => {
  const honjo = await sheetOf("honjo");
  await honjo.page.goto("/nowhere");
  await expect(honjo.page.getByRole("heading", { level: 1 })).toContainText("見つかりません");
  await honjo.page.goto("/regions/00000000-0000-7000-8000-000000000000/sheets/2026");
  await expect(honjo.page.getByRole("heading", { level: 1 })).toContainText("見つかりません");
});

test("every page opens while the server is away, and says what it cannot show", async ({ sheetOf, server }) => {
  const honjo = await sheetOf("honjo");
  await honjo.keptForReload();
  const { page } = honjo;
  const words = {
    "/": /令和8年度/,
    "/account": "パスワードの変更",
    "/account/tokens": "サーバーにつながらないため、トークンを表示できません",
    "/waiting": /つながらない|つながりません/,
    [honjo.address]: "入退院調整ルール改訂を行い",
    [`${honjo.address}/handouts`]: "重点取組内容",
    [`${honjo.address}/history`]: /つながらない|つながりません/,
  };
  for (const address of Object.keys(words)) {
    // Until what it has asked for is there and kept.
    await page.goto(address, { waitUntil: "networkidle" });
    await expect(page.getByRole("main").getByRole("heading").first()).toBeAttached();
  }
  await server.stop();
  for (const [address, said] of Object.entries(words)) {
    await page.goto(address);
    await page.reload();
    await expect(page.getByRole("main").getByText(said).first()).toBeVisible();
  }
});

test("the sign-in page waits for typing, at first and after signing out", async ({ sheetOf, newBrowser }) => {
  const page = await newBrowser();
  await page.goto("/");
  await expect(page.getByLabel("ログイン名")).toBeFocused();
  const honjo = await sheetOf("honjo");
  await honjo.page.getByRole("button", { name: /本庄市 担当者/ }).click();
  await honjo.page.getByRole("button", { name: "サインアウト" }).click();
  await expect(honjo.page.getByLabel("ログイン名")).toBeFocused();
});

test("the footer names the keys that do something", async ({ sheetOf }) => {
  const honjo = await sheetOf("honjo");
  const keys = (page: typeof honjo.page) => page.getByRole("contentinfo").locator(".keys");
  await expect(keys(honjo.page)).toContainText("Enterで編集");
  await honjo.page.goto("/regions/00000000-0000-7000-8000-000000000000/sheets/2026");
  await expect(honjo.page.getByRole("heading", { level: 1 })).toContainText("見つかりません");
  await expect(keys(honjo.page)).toHaveText("");

  const viewer = await sheetOf("hokenjo");
  await expect(keys(viewer.page)).toHaveText("矢印キーで移動");
});

test("back and forward show the pages that they lead to, and so does a link after them", async ({ sheetOf }) => {
  const { page, address } = await sheetOf("honjo");
  const section = (name: string) => page.getByRole("navigation", { name: "表の画面" }).getByRole("link", { name });
  await section("変更履歴").click();
  await expect(page).toHaveURL(`${address}/history`);
  await expect(page.getByRole("main")).toBeFocused();
  await section("資料").click();
  await expect(page).toHaveURL(`${address}/handouts`);
  await page.evaluate(() => history.go(-2));
  await expect(page.locator("[data-entry]").first()).toBeAttached();
  await section("資料").click();
  await expect(page).toHaveURL(`${address}/handouts`);
  await expect(page.getByRole("heading", { level: 1 })).toContainText("資料");
  await page.goBack();
  await expect(page.locator("[data-entry]").first()).toBeAttached();
  await expect(page).toHaveURL(address);
});

/** Somebody's change waits in this browser to be sent, and they have gone. */
async function leaveWaiting(sheet: SheetPage, server: Server, text: string): Promise<void> {
  await server.stop();
  await sheet.edit(sheet.entry(RULES));
  await sheet.text.fill(`○${text}`);
  await sheet.text.press("Control+Enter");
  await expect(sheet.page.getByText("送信待ち1件")).toBeVisible();
  await sheet.page.waitForTimeout(300);
  await sheet.page.context().clearCookies();
  await sheet.page.close();
  await server.start();
}

/** Who is there, as the browser tells its other tabs. */
const remembered = (page: Page): Promise<string> => page.evaluate(() => localStorage.getItem("renkei:viewer") ?? "");

/** Signs in in a tab that does nothing else; the others hear of it. */
async function comeIn(tab: Page, login: string, viewer: string): Promise<void> {
  await tab.request.post("/graphql", {
    data: {
      query: "mutation ($input: SignInInput!) { signIn(input: $input) { __typename } }",
      variables: { input: { login, password: "renkei-demo" } },
    },
  });
  if (viewer) await tab.evaluate((viewer) => localStorage.setItem("renkei:viewer", viewer), viewer);
}

/** 美里町's text waits in a browser in which 本庄市 signs in: their page, the tab that signs in, and who 美里町 is to it. */
async function takeOver(misato: SheetPage, server: Server): Promise<{ honjo: SheetPage; other: Page; viewer: string }> {
  const browser = misato.page.context();
  const viewer = await remembered(misato.page);
  await leaveWaiting(misato, server, "美里町の待っていた文。");
  const other = await browser.newPage();
  await other.goto("/healthz");
  await comeIn(other, "honjo", "");
  const honjo = new SheetPage(await browser.newPage(), misato.address);
  await honjo.open();
  return { honjo, other, viewer };
}

test("who signs in in another tab is not asked for the password of the one before, and their work is sent", async ({
  server,
  sheetOf,
  apiOf,
}) => {
  const { honjo, other, viewer } = await takeOver(await sheetOf("misato"), server);
  await honjo.edit(honjo.entry(COUNCIL));
  await honjo.text.fill("○本庄市の文。");
  await honjo.page.context().clearCookies();
  await honjo.text.press("Control+Enter");
  const again = honjo.page.getByRole("dialog", { name: /サインイン/ });
  await expect(again.getByLabel("ログイン名")).toHaveValue("honjo");

  await comeIn(other, "misato", viewer);
  await expect(honjo.page.getByRole("button", { name: /美里町 担当者/ })).toBeVisible();
  await expect(again).toBeHidden();
  const api = await apiOf("misato");
  await expect.poll(async () => (await api.entries("ウ", "STATUS"))[0]?.body).toBe("美里町の待っていた文。");
  await honjo.expectSaved();
});

test("an answer that comes when somebody else is there holds up nothing of theirs, and is asked for again later", async ({
  server,
  sheetOf,
  apiOf,
}) => {
  const { honjo, other, viewer } = await takeOver(await sheetOf("misato"), server);
  const first = await remembered(honjo.page);
  const api = await apiOf("misato");
  const [council] = await api.entries("イ", "STATUS");
  if (!council) throw new Error("the sample has no such entry");
  const letThrough = await honjo.holdAnswers(/updateEntry/);
  await honjo.edit(honjo.entryOf(council.id));
  await honjo.text.fill("○本庄市の文。");
  await honjo.text.press("Control+Enter");
  await expect.poll(async () => (await api.entry(council.id)).body).toBe("本庄市の文。");

  await comeIn(other, "misato", viewer);
  await expect.poll(async () => (await api.entries("ウ", "STATUS"))[0]?.body).toBe("美里町の待っていた文。");
  letThrough();
  await expect(honjo.page.getByRole("button", { name: /美里町 担当者/ })).toBeVisible();
  await honjo.expectSaved();
  await comeIn(other, "honjo", first);
  await expect(honjo.page.getByRole("button", { name: /本庄市 担当者/ })).toBeVisible();
  await honjo.expectSaved();
  expect(await api.history(council.id)).toHaveLength(2);
});
