// Pictures of the states that shared eyes should see, made at every run, and the README's own.
import { mkdir } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import type { BrowserContextOptions, Page } from "@playwright/test";
import type { Api } from "../support/api.ts";
import { test } from "../support/journey.ts";
import { STATES } from "../support/states.ts";

const ROOT = resolve(import.meta.dirname, "../../..");
/** What a town's staff would have tagged: the entries whose text names the scene. */
const NAMED = [
  ["看取り", "END_OF_LIFE"],
  ["入退院", "HOSPITAL_TRANSITION"],
  ["急変", "EMERGENCY"],
] as const;

test("plain, filtered, editing, conflict", async ({ sheetOf, apiOf }) => {
  const hub = await apiOf("hub");
  await tagWhatTheTextNames(hub);
  const honjo = await sheetOf("honjo");
  await take(honjo.page, "matrix");

  await honjo.scene("看取り").check();
  await honjo.explicitOnly.check();
  await take(honjo.page, "filter");
  if (process.env.UPDATE_PICTURES === "1") {
    await honjo.page.screenshot({ path: resolve(ROOT, "docs/matrix.png"), animations: "disabled" });
  }
  await honjo.clear.click();

  const [entry] = await hub.entries("イ", "GOAL");
  if (!entry) throw new Error("the sample has no such entry");
  await honjo.edit(honjo.entryOf(entry.id));
  await honjo.text.fill(`○${entry.body.replace("郡市内", "1市3町").replace("更に", "いっそう")}\n*年2回とする。`);
  await take(honjo.page, "edit");
  await hub.rewrite(entry, entry.body.replace("更に", "、夜間・休日を含めて更に"));
  await honjo.text.press("Control+Enter");
  await honjo.conflict.waitFor();
  await take(honjo.page, "conflict");
});

test("dark", async ({ sheetOf, apiOf }) => {
  await tagWhatTheTextNames(await apiOf("hub"));
  const honjo = await sheetOf("honjo", { colorScheme: "dark" });
  await take(honjo.page, "dark");
});

test("narrow", async ({ sheetOf, apiOf }) => {
  await tagWhatTheTextNames(await apiOf("hub"));
  const honjo = await sheetOf("honjo", { viewport: { width: 390, height: 844 } });
  await take(honjo.page, "narrow");
});

async function take(page: Page, name: string): Promise<void> {
  const file = resolve(ROOT, "artefacts", `${name}.png`);
  await mkdir(dirname(file), { recursive: true });
  await page.evaluate(() => document.fonts.ready);
  await page.screenshot({ path: file, animations: "disabled" });
}

async function tagWhatTheTextNames(api: Api): Promise<void> {
  const sheet = await api.sheet();
  for (const entry of sheet.rows.flatMap((row) => row.cells.flatMap((cell) => cell.entries))) {
    const scenes = NAMED.filter(([name]) => entry.body.includes(name)).map(([, scene]) => scene);
    if (scenes.length > 0) await api.tag(entry, scenes);
  }
}

/** How everything is looked at: `PICTURES=all` takes every state in each of these, `PICTURES=narrow,dark` in some. */
const LOOKS: Record<string, BrowserContextOptions> = {
  light: {},
  dark: { colorScheme: "dark" },
  forced: { forcedColors: "active" },
  narrow: { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true },
  "narrow dark": { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true, colorScheme: "dark" },
  "narrow forced": { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true, forcedColors: "active" },
  768: { viewport: { width: 768, height: 1024 } },
  960: { viewport: { width: 960, height: 1040 } },
  1280: { viewport: { width: 1280, height: 720 } },
  1920: { viewport: { width: 1920, height: 1080 } },
  "200 %": { viewport: { width: 683, height: 384 }, deviceScaleFactor: 2 },
};
const wanted = (process.env.PICTURES ?? "").split(",").filter((look) => look !== "");

for (const [look, options] of Object.entries(LOOKS)) {
  for (const [name, state] of Object.entries(STATES)) {
    if (wanted[0] !== "all" && !wanted.includes(look)) continue;
    test(`${name}, ${look}`, async ({ server, newBrowser, sheetOf, apiOf }) => {
      const page = await state({ server, newBrowser, sheetOf, apiOf }, options);
      await take(page, `${look}/${name}`);
    });
  }
}
