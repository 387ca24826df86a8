// axe finds nothing to complain about in any state of a page, wide in light colours and narrow in dark ones.
import AxeBuilder from "@axe-core/playwright";
import type { Page } from "@playwright/test";
import { expect, test } from "../support/journey.ts";
import { STATES } from "../support/states.ts";

/** In the other states the sheet's first rows stand for all: an analysis of 64 entries takes seconds. */
const WHOLE_SHEETS = ["full", "tagged", "empty"];
const LATER_ROWS = "tbody tr:nth-child(n + 4)";

for (const [name, state] of Object.entries(STATES)) {
  test(`${name}, wide and light, narrow and dark`, async ({ server, newBrowser, sheetOf, apiOf }) => {
    const left = WHOLE_SHEETS.includes(name) ? [] : [LATER_ROWS];
    const viewport = { width: 1366, height: 768 };
    const page = await state({ server, newBrowser, sheetOf, apiOf }, { colorScheme: "light", viewport });
    await expectAccessible(page, left);
    await page.emulateMedia({ colorScheme: "dark" });
    await page.setViewportSize({ width: 390, height: 844 });
    await expectAccessible(page, left);
  });
}

/** Without what is left out. */
async function expectAccessible(page: Page, left: string[]): Promise<void> {
  const axe = new AxeBuilder({ page });
  for (const selector of left) axe.exclude(selector);
  const { violations } = await axe.analyze();
  const found = violations.map((violation) => ({
    rule: violation.id,
    help: violation.help,
    where: violation.nodes.slice(0, 3).map((node) => node.html),
  }));
  expect(found).toEqual([]);
}
