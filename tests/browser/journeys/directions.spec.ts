// What somebody has written runs in its own direction and turns nothing round that stands beside it.
import type { Locator } from "@playwright/test";
import { expect, test } from "../support/journey.ts";

/** RIGHT-TO-LEFT OVERRIDE: from here on letters run to the left. */
const OVERRIDE = "\u202e";

test("an entry that begins with an override leaves its owner, its mark and its scenes where they belong", async ({
  sheetOf,
  apiOf,
}) => {
  const honjo = await apiOf("honjo");
  const made = await honjo.create("ア", "PLAN", 2026, `${OVERRIDE}逆向き。`, "本庄市");
  await honjo.tag(made, ["EMERGENCY", "END_OF_LIFE"]);
  const sheet = await sheetOf("honjo");
  const body = sheet.entryOf(made.id).locator(".body");
  const [owner, text, mark, word] = [
    await sides(body.locator(".owner")),
    await textOf(body),
    await sides(body.locator(".mark4")),
    await sides(body.locator(".scene-word").last()),
  ];
  expect(owner.right).toBeLessThanOrEqual(text.left + 1);
  expect(text.right).toBeLessThanOrEqual(mark.left + 1);
  expect(mark.right).toBeLessThan(word.left);
});

test("so does a note, and the text's last word still stays with the mark", async ({ sheetOf, apiOf }) => {
  const hub = await apiOf("hub");
  const [entry] = await hub.entries("ア", "STATUS");
  if (!entry) throw new Error("the sample has no such entry");
  const notes = [{ kind: "ASTERISK", text: `${OVERRIDE}逆向きの注。`, depth: 0 }];
  // Behind 「。」 the mark would stand free.
  await hub.rewrite({ ...entry, notes }, "研修会を開催した");
  const sheet = await sheetOf("honjo");
  const shown = sheet.entryOf(entry.id);
  const mark = await sides(shown.locator(".note-mark"));
  const note = await textOf(shown.locator(".note"));
  expect(mark.right).toBeLessThanOrEqual(note.left + 1);
  // However narrow the column is.
  const body = shown.locator(".body");
  for (const px of [80, 100, 120, 140, 160, 180]) {
    await body.evaluate((body: HTMLElement, px) => void (body.style.width = `${px}px`), px);
    const tail = await body.locator(".tail").boundingBox();
    const mark = await body.locator(".mark4").boundingBox();
    if (!tail || !mark) throw new Error("it is not in sight");
    expect(Math.abs(tail.y + tail.height / 2 - mark.y - mark.height / 2), `at ${px} px`).toBeLessThan(10);
  }
});

interface Sides {
  left: number;
  right: number;
}

async function sides(element: Locator): Promise<Sides> {
  return element.evaluate((element) => {
    const { left, right } = element.getBoundingClientRect();
    return { left, right };
  });
}

/** Where the text itself stands, without what stands beside it. */
async function textOf(element: Locator): Promise<Sides> {
  return element.evaluate((element) => {
    const walk = document.createTreeWalker(element, NodeFilter.SHOW_TEXT);
    const sides = { left: Number.POSITIVE_INFINITY, right: Number.NEGATIVE_INFINITY };
    for (let node = walk.nextNode(); node; node = walk.nextNode()) {
      if (node.parentElement?.closest(".owner, .scenes, .scene-word, .note-mark") || !node.textContent?.trim()) continue;
      const range = document.createRange();
      range.selectNodeContents(node);
      const { left, right } = range.getBoundingClientRect();
      sides.left = Math.min(sides.left, left);
      sides.right = Math.max(sides.right, right);
    }
    return sides;
  });
}
