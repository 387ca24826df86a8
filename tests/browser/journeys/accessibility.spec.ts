// axe finds nothing to complain about on any page and state, light and dark.
import AxeBuilder from "@axe-core/playwright";
import type { Page } from "@playwright/test";
import { expect, test } from "../support/journey.ts";

for (const colorScheme of ["light", "dark"] as const) {
  test.describe(colorScheme, () => {
    test("sign-in, its failure, and the page that is not there", async ({ newBrowser }) => {
      const page = await newBrowser({ colorScheme });
      await page.goto("/");
      await expect(page.getByLabel("パスワード")).toBeVisible();
      await expectAccessible(page);
      await page.getByLabel("ログイン名").fill("honjo");
      await page.getByLabel("パスワード").fill("wrong");
      await page.getByRole("button", { name: "サインイン" }).click();
      await expect(page.getByRole("alert")).toBeVisible();
      await expectAccessible(page);
      await page.goto("/nowhere");
      await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
      await expectAccessible(page);
    });

    test("start, handouts, account", async ({ sheetOf }) => {
      const honjo = await sheetOf("honjo", { colorScheme });
      await honjo.page.goto("/");
      await expect(honjo.page.getByRole("link", { name: /令和8年度/ }).first()).toBeVisible();
      await expectAccessible(honjo.page);
      await honjo.page.goto(`${honjo.address}/handouts`);
      await expect(honjo.page.getByText("重点取組内容").first()).toBeVisible();
      await expectAccessible(honjo.page);
      await honjo.page.goto("/account");
      await expect(honjo.page.getByRole("heading", { level: 1 })).toBeVisible();
      await expectAccessible(honjo.page);
    });

    test("the matrix: plain, filtered, empty, with its column menu, editing, in conflict", async ({ sheetOf, apiOf }) => {
      // Six analyses of a page of 64 entries.
      test.slow();
      const honjo = await sheetOf("honjo", { colorScheme });
      await expectAccessible(honjo.page);
      await honjo.search.fill("看取り");
      await expect(honjo.page.locator("mark").first()).toBeVisible();
      await expectAccessible(honjo.page);
      await honjo.clear.click();
      await honjo.explicitOnly.check();
      await expect(honjo.entries).toHaveCount(0);
      await expectAccessible(honjo.page);
      await honjo.explicitOnly.uncheck();

      await honjo.page.getByRole("button", { name: "列", exact: true }).click();
      await expectAccessible(honjo.page);
      await honjo.page.keyboard.press("Escape");

      const misato = await apiOf("misato");
      const [entry] = await misato.entries("イ", "STATUS");
      if (!entry) throw new Error("the sample has no such entry");
      await honjo.edit(honjo.entryOf(entry.id));
      await expectAccessible(honjo.page);
      await honjo.text.fill("○本庄市が書いた文。");
      await misato.rewrite(entry, "美里町が書いた文。");
      await honjo.save.click();
      await expect(honjo.conflict).toBeVisible();
      await expectAccessible(honjo.page);
    });

    test("the narrow screen", async ({ sheetOf }) => {
      const honjo = await sheetOf("honjo", { colorScheme, viewport: { width: 390, height: 844 } });
      await expectAccessible(honjo.page);
    });
  });
}

async function expectAccessible(page: Page): Promise<void> {
  const { violations } = await new AxeBuilder({ page }).analyze();
  const found = violations.map((violation) => ({
    rule: violation.id,
    help: violation.help,
    where: violation.nodes.slice(0, 3).map((node) => node.html),
  }));
  expect(found).toEqual([]);
}
