// Five organisations on one cell at once: everybody's words are in it in the end, and all see the same.
import { composing } from "../support/ime.ts";
import { expect, test } from "../support/journey.ts";
import { followed } from "../support/live.ts";
import type { SheetPage } from "../support/sheet.ts";

const LOGINS = ["hub", "honjo", "misato", "kamikawa", "kamisato"] as const;
const NAMES = ["拠点", "本庄", "美里", "神川", "上里"] as const;

/** Adds words to the end of the note of this person in the entry, as it stands in the editor. */
async function write(sheet: SheetPage, id: string, words: string, name: string): Promise<void> {
  await sheet.edit(sheet.entryOf(id));
  const text = await sheet.text.inputValue();
  await sheet.text.fill(text.replace(`${name}：`, `${name}：${words}`));
  await sheet.text.press("Control+Enter");
  await expect(sheet.editor).toBeHidden();
}

async function shown(sheet: SheetPage): Promise<string[]> {
  const entries = sheet.cell("ア/GOAL").locator("[data-entry]");
  return entries.evaluateAll((entries) =>
    entries.map((entry) => {
      const copy = entry.cloneNode(true) as HTMLElement;
      for (const extra of copy.querySelectorAll(".entry-tools, .editing-here, .unseen, .scenes")) extra.remove();
      return copy.textContent?.replace(/\s+/g, " ").trim() ?? "";
    }),
  );
}

test("five write in one entry and one cell at the same time, and nothing is lost", async ({ sheetOf, apiOf }) => {
  test.setTimeout(180_000);
  const hub = await apiOf("hub");
  const shared = await hub.create("ア", "GOAL", 2026, "五つの機関で書く目標。");
  const notes = NAMES.map((name) => ({ kind: "ASTERISK", text: `${name}：`, depth: 0 }));
  const { updateEntry } = await hub.call<{ updateEntry: { __typename: string } }>(
    "mutation ($input: UpdateEntryInput!) { updateEntry(input: $input) { __typename } }",
    {
      input: {
        requestId: crypto.randomUUID(),
        id: shared.id,
        version: shared.version,
        body: shared.body,
        notes,
        explicitScenes: [],
      },
    },
  );
  expect(updateEntry.__typename).toBe("EntrySaved");

  const sheets: SheetPage[] = [];
  for (const login of LOGINS) sheets.push(await sheetOf(login));
  for (const sheet of sheets) {
    await followed(sheet);
    await expect(sheet.entryOf(shared.id)).toContainText("上里：");
  }

  const rounds = ["一", "二", "三"];
  await Promise.all(
    sheets.map(async (sheet, at) => {
      const name = NAMES[at] ?? "";
      for (const round of rounds) {
        await write(sheet, shared.id, `${name}の言葉${round}。`, name);
        // And an entry of one's own beside it.
        await sheet.entryOf(shared.id).focus();
        await sheet.page.keyboard.press("Insert");
        await expect(sheet.text).toBeFocused();
        await sheet.text.fill(`○${name}の目標${round}。`);
        await sheet.text.press("Control+Enter");
        await expect(sheet.editor).toBeHidden();
      }
    }),
  );
  for (const sheet of sheets) await expect(sheet.page.getByText("すべて保存済み")).toBeVisible();

  // Everybody sees all of it, in the same order.
  await expect(async () => {
    const all = await Promise.all(sheets.map(shown));
    for (const one of all) expect(one).toEqual(all[0]);
    const text = all[0]?.join("\n") ?? "";
    for (const name of NAMES) {
      for (const round of rounds) {
        expect(text.split(`${name}の言葉${round}。`)).toHaveLength(2);
        expect(text.split(`${name}の目標${round}。`)).toHaveLength(2);
      }
    }
  }).toPass({ timeout: 15_000 });
  const stored = await hub.entry(shared.id);
  const text = stored.notes.map((note) => note.text);
  for (const name of NAMES) for (const round of rounds) expect(text.join("\n")).toContain(`${name}の言葉${round}。`);
  expect(await hub.entries("ア", "GOAL")).toHaveLength((await shown(sheets[0] as SheetPage)).length);
  // Each save is one change of the history, none twice.
  expect(await hub.history(shared.id)).toHaveLength(2 + NAMES.length * rounds.length);
});

test("five compose with an input method in one entry, and each finds their own words in it", async ({ sheetOf, apiOf }) => {
  test.setTimeout(180_000);
  const hub = await apiOf("hub");
  const shared = await hub.create("ア", "GOAL", 2026, NAMES.map((name) => `「${name}」では。`).join(""));
  const sheets: SheetPage[] = [];
  for (const login of LOGINS) sheets.push(await sheetOf(login));
  const imes = [];
  for (const [at, sheet] of sheets.entries()) {
    await followed(sheet);
    await sheet.edit(sheet.entryOf(shared.id));
    const name = NAMES[at] ?? "";
    await sheet.text.evaluate((area: HTMLTextAreaElement, place) => {
      const caret = area.value.indexOf(place) + place.length;
      area.setSelectionRange(caret, caret);
    }, `「${name}」で`);
    const ime = await composing(sheet.page);
    await ime.compose("けんしゅう");
    imes.push(ime);
  }
  // One after the other ends and saves, while the others go on composing.
  for (const [at, sheet] of sheets.entries()) {
    await imes[at]?.compose("けんしゅうを");
    await imes[at]?.commit(`${NAMES[at]}研修も`);
    await sheet.text.press("Control+Enter");
    await expect(sheet.editor).toBeHidden();
  }
  const text = NAMES.map((name) => `「${name}」で${name}研修もは。`).join("");
  for (const sheet of sheets) await expect(sheet.entryOf(shared.id)).toContainText(text);
  expect((await hub.entry(shared.id)).body).toBe(text);
});
