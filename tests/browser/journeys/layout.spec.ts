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

/** Of a phone, a tablet, half of a full screen, notebooks, a desk's screen; and each at 200 %, as a page sees it. */
const WIDTHS = [390, 768, 960, 1280, 1366, 1920];
const HEIGHTS: Record<number, number> = { 390: 844, 1280: 720, 1366: 768, 1920: 1080 };
const windows = WIDTHS.flatMap((width) => {
  const height = HEIGHTS[width] ?? 800;
  return [
    { name: `${width} px`, viewport: { width, height }, deviceScaleFactor: 1 },
    { name: `${width} px at 200 %`, viewport: { width: Math.round(width / 2), height: Math.round(height / 2) }, deviceScaleFactor: 2 },
  ];
});

for (const { name, ...options } of windows.filter(({ viewport }) => viewport.width >= 320)) {
  test(`header, headings and cells hold at ${name}`, async ({ sheetOf }) => {
    const honjo = await sheetOf("honjo", options);
    const { page } = honjo;
    const found = await page.evaluate(() => {
      const faults: string[] = [];
      const shown = (element: Element) => element.checkVisibility() && element.getClientRects().length > 0;
      const name = (element: Element) => `${element.tagName}.${element.className} ${element.textContent?.slice(0, 20)}`;
      const header = document.querySelector(".header")!;
      const bar = header.getBoundingClientRect();
      const parts = [...header.children].filter(shown).filter((part) => getComputedStyle(part).position !== "absolute");
      for (const part of parts) {
        const { left, right, top, bottom } = part.getBoundingClientRect();
        if (left < 0 || right > innerWidth + 0.5 || top < bar.top - 0.5 || bottom > bar.bottom + 0.5) faults.push(`crosses the header's edge: ${name(part)}`);
      }
      // One line of 52 px but on a phone; nothing in it lies on something else.
      if (innerWidth > 720 && bar.height > 53) faults.push(`the header is ${bar.height} px high`);
      for (const [at, one] of parts.entries()) {
        for (const other of parts.slice(at + 1)) {
          const [a, b] = [one.getBoundingClientRect(), other.getBoundingClientRect()];
          const over = Math.min(a.right, b.right) - Math.max(a.left, b.left) > 1 && Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top) > 1;
          if (over) faults.push(`${name(one)} lies on ${name(other)}`);
        }
      }
      // No word is cut or torn in a heading.
      for (const heading of document.querySelectorAll(".facet-heading, .year-heading, .item-heading")) {
        // On a narrow screen they are for who hears the page.
        if (!shown(heading) || getComputedStyle(heading.closest("thead")!).clipPath !== "none") continue;
        const edges = heading.getBoundingClientRect();
        for (const inner of heading.querySelectorAll("span:not(.separator), small")) {
          const { left, right, top, bottom } = inner.getBoundingClientRect();
          if (left < edges.left - 0.5 || right > edges.right + 0.5 || top < edges.top - 0.5 || bottom > edges.bottom + 0.5) faults.push(`cut: ${name(heading)}`);
        }
      }
      if (document.documentElement.scrollWidth > innerWidth) faults.push(`the page is ${document.documentElement.scrollWidth} px wide`);
      return faults;
    });
    expect(found).toEqual([]);
  });

  test(`the mark drags one letter at the most, and no tool covers a letter, at ${name}`, async ({ sheetOf, apiOf }) => {
    const hub = await apiOf("hub");
    for (const row of (await hub.sheet()).rows.slice(0, 3)) {
      for (const entry of row.cells.flatMap((cell) => cell.entries)) await hub.tag(entry, ["HOSPITAL_TRANSITION", "END_OF_LIFE"]);
    }
    const honjo = await sheetOf("honjo", options);
    const { page } = honjo;
    const torn = await page.evaluate(() => {
      /** How many letters stand on each line of a text. */
      const lines = (text: Element): number[] => {
        const tops: number[] = [];
        const walker = document.createTreeWalker(text, NodeFilter.SHOW_TEXT);
        const range = document.createRange();
        for (let node = walker.nextNode(); node; node = walker.nextNode()) {
          for (let at = 0; at < (node.textContent ?? "").length; at += 1) {
            range.setStart(node, at);
            range.setEnd(node, at + 1);
            const box = range.getClientRects()[0];
            if (box && box.width > 0) tops.push(Math.round(box.bottom));
          }
        }
        const counts: number[] = [];
        for (const [at, top] of tops.entries()) {
          if (at === 0 || Math.abs(top - (tops[at - 1] ?? 0)) > 8) counts.push(0);
          counts[counts.length - 1] = (counts.at(-1) ?? 0) + 1;
        }
        return counts;
      };
      for (const row of document.querySelectorAll<HTMLElement>(".matrix tbody > tr")) row.style.contentVisibility = "visible";
      const texts = [...document.querySelectorAll(".entry .marked-text > bdi")];
      const marked = texts.map(lines);
      const style = new CSSStyleSheet();
      style.replaceSync(".entry :is(.scenes, .scene-word) { display: none !important }");
      document.adoptedStyleSheets.push(style);
      const bare = texts.map(lines);
      document.adoptedStyleSheets.pop();
      return texts.filter((_, at) => (marked[at] ?? []).length > (bare[at] ?? []).length && (marked[at]?.at(-1) ?? 0) > 1).map((text) => text.textContent);
    });
    expect(torn).toEqual([]);

    // Of the longest cell each entry in turn has the tools.
    const entries = honjo.cell("オ/PLAN").locator("[data-entry]");
    for (let nth = 0; nth < (await entries.count()); nth += 1) {
      await entries.nth(nth).focus();
      const covered = await page.evaluate(() => {
        const tools = [...document.querySelectorAll(".entry-tools, .add, .cell-tools")].filter((tool) => tool.checkVisibility({ opacityProperty: true }));
        const faults: string[] = [];
        for (const tool of tools) {
          const box = tool.getBoundingClientRect();
          const walker = document.createTreeWalker(tool.closest("td") ?? document.body, NodeFilter.SHOW_TEXT);
          for (let node = walker.nextNode(); node; node = walker.nextNode()) {
            if (node.parentElement?.closest("button, .entry-tools, .unseen, .handle")) continue;
            const range = document.createRange();
            range.selectNodeContents(node);
            for (const line of range.getClientRects()) {
              // Of a line's height the letters take the middle.
              const [top, bottom] = [line.top + line.height * 0.15, line.bottom - line.height * 0.15];
              const over = Math.min(box.right, line.right) - Math.max(box.left, line.left) > 1 && Math.min(box.bottom, bottom) - Math.max(box.top, top) > 1;
              if (over) faults.push(`${tool.className} on 「${node.textContent?.slice(0, 20)}」`);
            }
          }
        }
        return faults;
      });
      expect(covered).toEqual([]);
    }
  });
}

test("the filter bar keeps to one line with any filter and three-digit counts, and the table never moves", async ({ sheetOf }) => {
  for (const width of [1280, 1366, 1920]) {
    const honjo = await sheetOf("honjo", { viewport: { width, height: 768 } });
    const { page } = honjo;
    const top = () => page.locator(".matrix").evaluate((table) => table.getBoundingClientRect().top);
    const line = () =>
      page.locator(".filter").evaluate((bar) => {
        // As with hundreds of entries.
        for (const count of bar.querySelectorAll(".chip .count")) count.textContent = "888";
        const edge = bar.getBoundingClientRect();
        const parts = [...bar.querySelectorAll(".chip, .segments, .check, .menu, .picker, .search, .result")].filter((part) => part.checkVisibility());
        const boxes = parts.map((part) => part.getBoundingClientRect());
        const middles = boxes.map((box) => Math.round((box.top + box.bottom) / 2));
        return { rows: new Set(middles.map((middle) => Math.round(middle / 6))).size, inside: boxes.every((box) => box.right <= edge.right && box.left >= edge.left), height: edge.height };
      });
    const before = await top();
    const plain = await line();
    expect(plain).toMatchObject({ rows: 1, inside: true });
    const steps = [
      () => honjo.scene("看取り").check(),
      () => honjo.explicitOnly.check(),
      () => honjo.search.fill("どこにもない言葉"),
      () => page.getByRole("combobox", { name: "主体" }).selectOption({ index: 3 }),
      () => page.getByText("すべて", { exact: true }).first().click(),
      () => honjo.open("?hiddenFacets=GOAL&text=%E7%A0%94%E4%BF%AE&scenes=DAILY_CARE,HOSPITAL_TRANSITION,EMERGENCY,END_OF_LIFE&explicitScenesOnly=true"),
      () => honjo.open("?since=1"),
    ];
    for (const step of steps) {
      await step();
      await expect.poll(top).toBe(before);
      expect(await line()).toEqual(plain);
    }
  }
});

test("items are parted by a line in the first column too, wherever rows end between two pixels", async ({ sheetOf }) => {
  for (const deviceScaleFactor of [1, 1.25, 1.5, 2]) {
    const honjo = await sheetOf("honjo", { deviceScaleFactor });
    const { page } = honjo;
    for (const code of ["イ", "エ", "カ", "ク"]) {
      const lines = await page.locator(`#item-${code}`).evaluate((heading) => {
        const scroller = heading.closest(".matrix-scroll")!;
        const top = () => heading.getBoundingClientRect().top;
        scroller.scrollTop += top() - 400;
        return top();
      });
      const shot = await page.screenshot({ clip: { x: 2, y: Math.floor(lines) - 3, width: 140, height: 8 } });
      const dark = await page.evaluate(async (base64) => {
        const bytes = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
        const image = await createImageBitmap(new Blob([bytes], { type: "image/png" }));
        const canvas = new OffscreenCanvas(image.width, image.height);
        const context = canvas.getContext("2d")!;
        context.drawImage(image, 0, 0);
        const { data } = context.getImageData(0, 0, image.width, image.height);
        // Some row of pixels is a line from one end to the other.
        return Array.from({ length: image.height }, (_, y) =>
          Array.from({ length: image.width }, (_, x) => data[(y * image.width + x) * 4] ?? 255).every((red) => red < 228),
        ).some(Boolean);
      }, shot.toString("base64"));
      expect(dark, `${code} at ${deviceScaleFactor}`).toBe(true);
    }
  }
});

test("an item's heading stays in sight as long as its row does", async ({ sheetOf }) => {
  for (const width of [390, 960, 1366]) {
    const honjo = await sheetOf("honjo", { viewport: { width, height: width === 390 ? 844 : 500 } });
    const entry = honjo.cell("オ/PLAN").locator("[data-entry]").last();
    // Rows that come near take their height, and move what is below.
    await expect(async () => {
      await entry.scrollIntoViewIfNeeded();
      await expect(entry).toBeInViewport();
      await expect(honjo.page.locator("#item-オ .title")).toBeInViewport({ timeout: 500 });
    }).toPass();
  }
});

test("on a phone header and filter take a quarter of the height at most, and every item is one press away", async ({ sheetOf }) => {
  const honjo = await sheetOf("honjo", { ...NARROW, hasTouch: true, isMobile: true });
  const { page } = honjo;
  const top = await page.locator(".matrix").evaluate((table) => table.getBoundingClientRect().top);
  expect(top).toBeLessThanOrEqual(844 / 4);
  // Under a filter too, whatever it finds.
  await honjo.scene("看取り").check();
  await honjo.search.fill("研修");
  expect(await page.locator(".matrix").evaluate((table) => table.getBoundingClientRect().top)).toBeLessThanOrEqual(844 / 4);
  await honjo.clear.click();
  const jumps = page.getByRole("navigation", { name: "事業項目へ移動" });
  for (const code of ["ク", "エ", "ア"]) {
    await jumps.getByRole("button", { name: new RegExp(`^${code} `) }).click();
    await expect(page.locator(`#item-${code}`)).toBeInViewport();
    await expect(page.locator(`#item-${code}`)).toBeFocused();
    await expect(honjo.cell(`${code}/STATUS`)).toBeInViewport();
  }
  await expect(page.locator("kbd:visible")).toHaveCount(0);
  await expect(page.locator(".footer .keys")).toBeHidden();
  await honjo.edit(honjo.entry("入退院調整ルール改訂を行い"));
  await expect(page.locator("kbd:visible")).toHaveCount(0);
  await expect(honjo.save).toBeInViewport();
  await expect(jumps).toBeHidden();
  const small = await page.evaluate(() =>
    [...document.querySelectorAll<HTMLElement>("input:not([type=checkbox], [type=radio]), textarea, select")]
      .filter((field) => field.checkVisibility() && Number.parseFloat(getComputedStyle(field).fontSize) < 16)
      .map((field) => field.outerHTML.slice(0, 80)),
  );
  expect(small).toEqual([]);
});

test("the editor tells its grammar to whoever sees", async ({ sheetOf }) => {
  const honjo = await sheetOf("honjo");
  await honjo.edit(honjo.entry("入退院調整ルール改訂を行い"));
  await expect(honjo.editor.getByText("1行目が本文です。行のはじめに *、①、・ を付けると注記になります。")).toBeInViewport();
});

test("in forced colours what is chosen and what has a frame can be told", async ({ sheetOf }) => {
  const honjo = await sheetOf("honjo", { forcedColors: "active" });
  const { page } = honjo;
  await honjo.scene("看取り").check();
  const faults = await page.evaluate(() => {
    const framed = [".chip", ".segments", ".picker", ".menu > button", ".search input", ".item-scenes li", ".cell", ".item .code"];
    return framed.filter((selector) => {
      const element = document.querySelector(selector);
      const style = element && getComputedStyle(element);
      return !style || Number.parseFloat(style.borderLeftWidth) === 0 || style.borderLeftStyle === "none";
    });
  });
  expect(faults).toEqual([]);
  // A ticked box has a tick of another colour than its ground.
  const tick = await honjo.scene("看取り").evaluate((box) => {
    const [own, mark] = [getComputedStyle(box), getComputedStyle(box, "::before")];
    return { differs: own.backgroundColor !== mark.borderBottomColor, drawn: mark.borderBottomStyle };
  });
  expect(tick).toEqual({ differs: true, drawn: "solid" });
});
