// What everybody does every day, in the engines that the other journeys don't run in.
import type { Api, Entry } from "../support/api.ts";
import { expect, test } from "./journey.ts";
import { CONFLICT, MERGED, TEXT } from "./person.ts";

async function first(api: Api, code: string, facet: string): Promise<Entry> {
  const [entry] = await api.entries(code, facet);
  if (!entry) throw new Error("the sample has no such entry");
  return entry;
}

test("who signs in sees the sheet that they wanted, and filters it", async ({ honjo, apiOf }) => {
  const { rows } = await (await apiOf("honjo")).sheet();
  const entries = rows.flatMap((row) => row.cells.flatMap((cell) => cell.entries));
  await expect.poll(() => honjo.entries()).toBe(entries.length);
  await honjo.press("看取り");
  const ofScene = entries.filter((entry) => entry.scenes.includes("END_OF_LIFE"));
  expect(ofScene.length).toBeGreaterThan(0);
  await expect.poll(() => honjo.entries()).toBe(ofScene.length);
  await honjo.press("解除");
  await expect.poll(() => honjo.entries()).toBe(entries.length);
});

test("what is typed and composed is saved to the character, and an input method's keys do nothing else", async ({
  honjo,
  apiOf,
}) => {
  const api = await apiOf("honjo");
  const before = await first(api, "ア", "PLAN");
  await honjo.edit(before.id);
  await honjo.tab.press("End", "Control");
  await honjo.tab.type("Typed. ");
  await honjo.compose(["r", "れ", "れんけ", "れんけい"], "連携");
  await honjo.there(TEXT);
  const typed = `${before.body}Typed. 連携`;
  expect(await honjo.value(TEXT)).toBe(`○${typed}`);
  expect((await api.entry(before.id)).version).toBe(before.version);
  await honjo.save();
  await honjo.saved();
  expect((await api.entry(before.id)).body).toBe(typed);
});

test("where two have written the same words, both are shown and a person decides", async ({ honjo, apiOf }) => {
  const misato = await apiOf("misato");
  const before = await first(misato, "ア", "PLAN");
  await honjo.edit(before.id);
  await misato.rewrite(before, "研修会を年3回開催する。");
  await honjo.tab.run((selector) => document.querySelector<HTMLTextAreaElement>(selector)?.select(), TEXT);
  await honjo.tab.type("○Four times.");
  await honjo.save();
  await honjo.there(CONFLICT);
  await honjo.sees("研修会を年3回開催する。", CONFLICT);
  await honjo.press("自分");
  await expect.poll(() => honjo.value(MERGED)).toBe("○Four times.");
  await honjo.focus(MERGED);
  await honjo.tab.press("End", "Control");
  await honjo.compose(["さい", "さいど"], "再度。");
  await honjo.there(CONFLICT);
  await honjo.press("この内容で保存");
  await honjo.missing(CONFLICT);
  await honjo.saved();
  expect((await misato.entry(before.id)).body).toBe("Four times.再度。");
});

test("what is saved while the server is away is there when it is back", async ({ honjo, server, apiOf }) => {
  const before = await first(await apiOf("honjo"), "ア", "PLAN");
  await server.stop();
  await honjo.edit(before.id);
  await honjo.tab.press("End", "Control");
  await honjo.tab.type("Away.");
  await honjo.save();
  await honjo.sees("送信待ち1件");
  await server.start();
  await honjo.saved();
  expect((await (await apiOf("honjo")).entry(before.id)).body).toBe(`${before.body}Away.`);
});

test("a draft stands where it was typed when the page is loaded again", async ({ honjo, apiOf }) => {
  const before = await first(await apiOf("honjo"), "ア", "PLAN");
  await honjo.edit(before.id);
  await honjo.tab.press("End", "Control");
  await honjo.tab.type("Draft.");
  await expect.poll(() => honjo.value(TEXT)).toBe(`○${before.body}Draft.`);
  await honjo.keeps("Draft.");
  await honjo.tab.reload();
  await honjo.there(TEXT);
  expect(await honjo.value(TEXT)).toBe(`○${before.body}Draft.`);
});

test("keys that follow at once on the one that opens the editor are letters in it", async ({ honjo, apiOf }) => {
  const before = await first(await apiOf("honjo"), "ア", "PLAN");
  for (let n = 0; n < 5; n++) {
    await honjo.edit(before.id, "At once.");
    await expect.poll(() => honjo.value(TEXT)).toBe(`○${before.body}At once.`);
    await honjo.press("下書きを捨てる");
    await honjo.missing(TEXT);
  }
});

test("the filter bar is one line, with a filter set too, and the table stays where it is", async ({ honjo }) => {
  const look = () =>
    honjo.tab.run(() => {
      const parts = [...document.querySelectorAll<HTMLElement>(".filter :is(.scene-chips, .chip, .segments, .check, .menu, .picker, .search, .result)")];
      const boxes = parts.filter((part) => part.offsetParent).map((part) => part.getBoundingClientRect());
      const middles = boxes.map((box) => (box.top + box.bottom) / 2);
      return {
        spread: Math.round(Math.max(...middles) - Math.min(...middles)),
        inside: boxes.every((box) => box.left >= 0 && box.right <= innerWidth),
        table: Math.round(document.querySelector(".matrix")!.getBoundingClientRect().top),
      };
    });
  const before = await look();
  expect(before.inside).toBe(true);
  expect(before.spread).toBeLessThanOrEqual(2);
  await honjo.press("看取り");
  await honjo.press("明示のみ");
  await honjo.sees("に当たる取組はありません");
  expect(await look()).toEqual(before);
});
