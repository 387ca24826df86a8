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
