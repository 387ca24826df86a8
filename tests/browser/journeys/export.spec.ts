// The ways out of a sheet: the page to be printed, and files.
import { readFile } from "node:fs/promises";
import type { Download } from "@playwright/test";
import { expect, test } from "../support/journey.ts";

test("the page to be printed holds every joint text once, as it is filtered, under its own key", async ({
  sheetOf,
  apiOf,
}) => {
  const hub = await apiOf("hub");
  await hub.create("ア", "PLAN", 2026, "看取りの研修を、本庄市だけで行う。", "本庄市");
  const honjo = await sheetOf("honjo");
  await honjo.search.fill("看取り");
  const shown = await honjo.entries.count();
  expect(shown).toBeGreaterThan(2);

  const opened = honjo.page.context().waitForEvent("page");
  await honjo.page.keyboard.press("Control+p");
  const print = await opened;
  await expect(print.getByRole("heading", { level: 1 })).toHaveText(/令和8年度/);
  await expect(print).toHaveURL(/\/export\/.*\/print\?text=/);
  // The town's own is left out, and that something is left out is said once.
  expect(await print.locator(".entry").count()).toBe(shown - 1);
  await expect(print.getByText("看取り", { exact: false }).first()).toBeVisible();
  await expect(print.getByText("本庄市だけで行う")).toHaveCount(0);
  await print.getByRole("link", { name: "機関ごとの取組も載せる" }).click();
  await expect(print.getByText("本庄市だけで行う")).toHaveCount(1);
});

test("a file comes under its Japanese name", async ({ sheetOf }) => {
  const honjo = await sheetOf("honjo");
  await honjo.page.getByRole("button", { name: "出力" }).click();
  for (const [name, ending, magic] of [
    ["Excelファイル", ".xlsx", "PK"],
    ["Wordファイル", ".docx", "PK"],
    ["CSVファイル", ".csv", "\u{ef}\u{bb}\u{bf}"],
    ["JSONファイル（移行用）", ".json", "{"],
  ] as const) {
    // The page that it opens closes by itself.
    const download = new Promise<Download>((resolve) =>
      honjo.page.context().once("page", (page) => page.once("download", resolve)),
    );
    await honjo.page.getByRole("link", { name }).click();
    const file = await download;
    expect(file.suggestedFilename()).toContain("令和8年度");
    expect(file.suggestedFilename()).toMatch(new RegExp(`\\${ending}$`));
    const bytes = await readFile(await file.path());
    expect(bytes.subarray(0, magic.length).toString("latin1")).toBe(magic);
  }
});

test("who has no script signs in by a plain form, and reads the sheet", async ({ newBrowser }) => {
  const page = await newBrowser({ javaScriptEnabled: false });
  await page.goto("/export");
  await page.getByLabel("ログイン名").fill("honjo");
  await page.getByLabel("パスワード").fill("renkei-demo");
  await page.getByRole("button", { name: "サインイン" }).click();
  await page.getByRole("link", { name: /令和8年度/ }).first().click();
  await expect(page.getByText("郡市内の在宅医療・介護資源の調査や情報を整理").first()).toBeVisible();
  await page.getByRole("button", { name: "サインアウト" }).click();
  await expect(page.getByLabel("パスワード")).toBeVisible();
});
