// The same content on a narrow screen, zoomed, and without motion.
import { expect, test } from "../support/journey.ts";

const NARROW = { viewport: { width: 390, height: 844 } };

test("a narrow screen shows every entry, stacked and labelled, without scrolling sideways", async ({ sheetOf }) => {
  const honjo = await sheetOf("honjo", NARROW);
  await expect(honjo.entries).toHaveCount(64);
  // The label is the style's, made of the cell's own words.
  const label = await honjo.cell("ア/PLAN").evaluate((cell) => getComputedStyle(cell, "::before").content);
  expect(label).toContain("令和8年度");
  const overflow = await honjo.page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
  expect(overflow).toBeLessThanOrEqual(0);
  const small = await honjo.page.evaluate(() =>
    [...document.querySelectorAll<HTMLElement>("button, select, input[type=search], label:has(input)")]
      .filter((target) => target.offsetParent && target.getBoundingClientRect().height < 44)
      .map((target) => target.textContent?.trim() || target.getAttribute("aria-label")),
  );
  expect(small, "targets lower than 44 px").toEqual([]);
});

test("at 200 % everything is still there and nothing scrolls in two directions", async ({ sheetOf }) => {
  // What a 1366×768 window is to a page at 200 %.
  const honjo = await sheetOf("honjo", { viewport: { width: 683, height: 384 }, deviceScaleFactor: 2 });
  await expect(honjo.entries).toHaveCount(64);
  const overflow = await honjo.page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
  expect(overflow).toBeLessThanOrEqual(0);
  await honjo.edit(honjo.entry("入退院調整ルール改訂を行い"));
  await expect(honjo.save).toBeInViewport();
});

test("whoever asks for less motion gets none", async ({ sheetOf }) => {
  const honjo = await sheetOf("honjo", { reducedMotion: "reduce" });
  await honjo.edit(honjo.entry("入退院調整ルール改訂を行い"));
  const moving = await honjo.page.evaluate(() =>
    [...document.querySelectorAll("*")].filter((element) => {
      const style = getComputedStyle(element);
      const seconds = [style.transitionDuration, style.animationDuration].join().split(/,\s*/).map(Number.parseFloat);
      return seconds.some((duration) => duration > 0.001);
    }).length,
  );
  expect(moving).toBe(0);
});

test("a whole item row is readable on an office screen", async ({ sheetOf }) => {
  const honjo = await sheetOf("honjo");
  for (const facet of ["STATUS", "EVALUATION", "GOAL", "PLAN"]) {
    const box = await honjo.cell(`ア/${facet}`).boundingBox();
    expect(box && box.x + box.width).toBeLessThanOrEqual(1366);
    expect(box && box.y + box.height).toBeLessThanOrEqual(768);
  }
});
