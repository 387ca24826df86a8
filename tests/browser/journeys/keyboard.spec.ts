// Everything works without a mouse.
import { type Page } from "@playwright/test";
import { expect, test } from "../support/journey.ts";

test("from sign-in to a saved entry without a mouse", async ({ newBrowser, apiOf }) => {
  const page = await newBrowser();
  await page.goto("/");
  await expect(page.getByLabel("ログイン名")).toBeVisible();
  await tabTo(page, () => page.getByLabel("ログイン名"));
  await page.keyboard.type("honjo");
  await tabTo(page, () => page.getByLabel("パスワード"));
  await page.keyboard.type("renkei-demo");
  await page.keyboard.press("Enter");

  const sheet = page.getByRole("link", { name: /令和8年度/ }).first();
  await expect(sheet).toBeVisible();
  await tabTo(page, () => sheet);
  await page.keyboard.press("Enter");
  await expect(page.locator("[data-entry]")).toHaveCount(64);

  await tabTo(page, () => page.getByRole("grid").locator(":focus"));
  await page.keyboard.press("Control+Home");
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("ArrowRight");
  await page.keyboard.press("Enter");
  const text = page.getByRole("dialog", { name: "取組を編集" }).getByRole("textbox", { name: "取組の文" });
  await expect(text).toBeFocused();
  const before = await text.inputValue();
  await page.keyboard.type("キーだけで書いた。");
  await page.keyboard.press("Control+Enter");
  await expect(page.getByRole("dialog")).toBeHidden();
  await expect(page.getByText("すべて保存済み")).toBeVisible();
  await expect(page.locator("[data-entry]:focus")).toContainText("キーだけで書いた。");

  const saved = (await (await apiOf("honjo")).sheet()).rows.flatMap((row) => row.cells.flatMap((cell) => cell.entries));
  const [entry] = saved.filter((entry) => entry.body.includes("キーだけで書いた。"));
  expect(`○${entry?.body}`).toBe(`${before}キーだけで書いた。`);
});

test("arrows, Home and End move through the grid, and Tab leaves it", async ({ sheetOf }) => {
  const honjo = await sheetOf("honjo");
  const inCell = (name: string) => honjo.cell(name).locator("*:focus").or(honjo.page.locator(`[data-cell="${name}"]:focus`));
  await honjo.cell("ア/STATUS").locator("[data-entry]").first().focus();
  await honjo.page.keyboard.press("ArrowRight");
  await expect(inCell("ア/EVALUATION")).toHaveCount(1);
  await honjo.page.keyboard.press("End");
  await expect(inCell("ア/PLAN")).toHaveCount(1);
  await honjo.page.keyboard.press("Control+End");
  await expect(inCell("ク/PLAN")).toHaveCount(1);
});

/** Presses Tab until the wanted element has the focus. */
async function tabTo(page: Page, wanted: () => ReturnType<Page["locator"]>): Promise<void> {
  for (let presses = 0; presses < 60; presses++) {
    const target = wanted();
    if ((await target.count()) > 0 && (await target.first().evaluate((element) => element === document.activeElement))) return;
    await page.keyboard.press("Tab");
  }
  throw new Error("sixty presses of Tab do not lead there");
}
