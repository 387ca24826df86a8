// Nothing that was opened and closed stays behind: DOM nodes and listeners are counted after garbage collection.
import type { CDPSession, Page } from "@playwright/test";
import { expect, test } from "../support/journey.ts";
import { followed } from "../support/live.ts";
import type { SheetPage } from "../support/sheet.ts";

const TIMES = 20;
/** What is made once, such as a list that a menu fills when it first opens. */
const WARM_UP = 3;
/** Nodes and listeners that may come and go with the browser's own timing, in all. */
const SLACK = 10;

// Twenty openings, and garbage is collected twice.
test.slow();

test("an entry's menu leaves nothing behind", async ({ sheetOf }) => {
  const honjo = await sheetOf("honjo");
  await expectFlat(honjo.page, async () => {
    await openMenu(honjo);
    await honjo.page.keyboard.press("Escape");
    await expect(honjo.page.getByRole("menu")).toBeHidden();
  });
});

test("the editor leaves nothing behind", async ({ sheetOf }) => {
  const honjo = await sheetOf("honjo");
  await expectFlat(honjo.page, async () => {
    await honjo.entries.nth(1).focus();
    await honjo.page.keyboard.press("F2");
    await expect(honjo.text).toBeFocused();
    await honjo.page.keyboard.press("Escape");
    await expect(honjo.editor).toBeHidden();
  });
});

test("the history panel leaves nothing behind", async ({ sheetOf }) => {
  const honjo = await sheetOf("honjo");
  const panel = honjo.page.locator("dialog.beside");
  await expectFlat(honjo.page, async () => {
    await openMenu(honjo);
    await honjo.page.getByRole("menuitem", { name: "変更履歴" }).click();
    await expect(panel.locator(".change").first()).toBeVisible();
    await panel.getByRole("button", { name: "閉じる" }).click();
    await expect(panel).toBeHidden();
  });
});

test("the conflict view leaves nothing behind", async ({ sheetOf, apiOf }) => {
  const honjo = await sheetOf("honjo");
  const misato = await apiOf("misato");
  const begun = await misato.create("ア", "GOAL", 2026, "研修会を年2回開催し、住民に周知する。");
  await followed(honjo);
  await honjo.edit(honjo.entryOf(begun.id));
  await misato.rewrite(begun, "研修会を年3回開催し、住民に周知する。");
  await honjo.text.fill("○研修会を年4回開催し、住民に周知する。");
  await expectFlat(honjo.page, async () => {
    if (!(await honjo.editor.isVisible())) {
      await honjo.entryOf(begun.id).focus();
      await honjo.page.keyboard.press("F2");
    }
    await expect(honjo.text).toBeFocused();
    await honjo.page.keyboard.press("Control+Enter");
    await expect(honjo.conflict).toBeVisible();
    await honjo.conflict.getByRole("button", { name: "あとで決める" }).click();
    await expect(honjo.conflict).toBeHidden();
  });
});

test("the sheet leaves nothing behind when it is left", async ({ sheetOf }) => {
  const honjo = await sheetOf("honjo");
  await expectFlat(honjo.page, async () => {
    await go(honjo.page, "/");
    await expect(honjo.page.locator(".years a").first()).toBeVisible();
    await go(honjo.page, honjo.address);
    await expect(honjo.page.locator("[data-entry]")).toHaveCount(64);
    await followed(honjo);
  });
});

for (const address of ["/account", "/account/tokens"]) {
  test(`${address} leaves nothing behind when it is left`, async ({ sheetOf }) => {
    const { page } = await sheetOf("honjo");
    await expectFlat(page, async () => {
      await go(page, address);
      await expect(page.locator("main form").first()).toBeVisible();
      await go(page, "/");
      await expect(page.locator(".years a").first()).toBeVisible();
    });
  });
}

test("timers that are stopped before their time leave nothing behind", async ({ sheetOf }) => {
  const honjo = await sheetOf("honjo");
  await honjo.page.addInitScript(() => {
    const timers: WeakRef<object>[] = [];
    const set = window.setTimeout.bind(window);
    const noting = (run: () => void, ...rest: [number?]): number => {
      timers.push(new WeakRef(run));
      return set(run, ...rest);
    };
    Object.assign(window, { timers, setTimeout: noting });
  });
  await honjo.page.reload();
  await honjo.edit(honjo.entries.nth(1));
  // Each letter puts off the moment when the server gets a copy.
  await honjo.page.keyboard.type("研修会を開催した。".repeat(10));
  await expect(honjo.editor).toContainText("下書き");
  await honjo.page.waitForTimeout(6_000);
  const devtools = await honjo.page.context().newCDPSession(honjo.page);
  await count(honjo.page, devtools);
  const timers = await honjo.page.evaluate(() => {
    const { timers } = window as unknown as { timers: WeakRef<object>[] };
    return { made: timers.length, left: timers.filter((timer) => timer.deref()).length };
  });
  expect(timers.made).toBeGreaterThan(90);
  expect(timers.left).toBeLessThanOrEqual(SLACK);
});

async function openMenu(sheet: SheetPage): Promise<void> {
  await sheet.entries.nth(1).focus();
  await sheet.page.keyboard.press("Shift+F10");
  await expect(sheet.page.getByRole("menuitem").first()).toBeFocused();
}

/** Follows a link within the client, as whoever presses one. */
async function go(page: Page, address: string): Promise<void> {
  await page.evaluate((address) => {
    const link = document.createElement("a");
    link.href = address;
    document.body.append(link);
    link.click();
    link.remove();
  }, address);
}

/** After every time all is as it was before. */
async function expectFlat(page: Page, openAndClose: () => Promise<void>): Promise<void> {
  const devtools = await page.context().newCDPSession(page);
  for (let time = 0; time < WARM_UP; time++) await openAndClose();
  const before = await count(page, devtools);
  for (let time = 0; time < TIMES; time++) await openAndClose();
  const after = await count(page, devtools);
  expect(after.nodes - before.nodes, `nodes after ${TIMES} times`).toBeLessThanOrEqual(SLACK);
  expect(after.listeners - before.listeners, `listeners after ${TIMES} times`).toBeLessThanOrEqual(SLACK);
}

async function count(page: Page, devtools: CDPSession): Promise<{ nodes: number; listeners: number }> {
  // What leaves by itself is let go first.
  await expect(page.locator(".toast")).toHaveCount(0, { timeout: 15_000 });
  for (let time = 0; time < 3; time++) {
    await devtools.send("HeapProfiler.collectGarbage");
    // Finalizers run as tasks of the page's own.
    await page.evaluate(() => new Promise((done) => setTimeout(done, 50)));
  }
  const { nodes, jsEventListeners } = await devtools.send("Memory.getDOMCounters");
  return { nodes, listeners: jsEventListeners };
}
