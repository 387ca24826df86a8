// Signing in and out, and the pages around the matrix.
import { expect, test } from "../support/journey.ts";

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
