// Pictures of the states that shared eyes should see, made at every run, and the README's own.
import { mkdir } from "node:fs/promises";
import { resolve } from "node:path";
import type { Page } from "@playwright/test";
import type { Api } from "../support/api.ts";
import { test } from "../support/journey.ts";

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
  const folder = resolve(ROOT, "artefacts");
  await mkdir(folder, { recursive: true });
  await page.evaluate(() => document.fonts.ready);
  await page.screenshot({ path: resolve(folder, `${name}.png`), animations: "disabled" });
}

async function tagWhatTheTextNames(api: Api): Promise<void> {
  const sheet = await api.sheet();
  for (const entry of sheet.rows.flatMap((row) => row.cells.flatMap((cell) => cell.entries))) {
    const scenes = NAMED.filter(([name]) => entry.body.includes(name)).map(([, scene]) => scene);
    if (scenes.length > 0) await api.tag(entry, scenes);
  }
}
