// The ways out of a sheet: the page to be printed as the council knows it, which also serves who has no script, and files.
import { execFileSync } from "node:child_process";
import { readFile } from "node:fs/promises";
import AxeBuilder from "@axe-core/playwright";
import { expect, test } from "../support/journey.ts";
import { signIn } from "../support/signin.ts";

/** A3 and A4 landscape, in points. */
const SIZES = { a3: [1191, 842], a4: [842, 595] } as const;

/** A text as it can be found in what was read from a PDF: without the breaks of its lines, and without the letters' variants. */
function letters(text: string): string {
  return text.normalize("NFKC").replace(/\s/g, "");
}

function times(text: string, part: string): number {
  return text.split(part).length - 1;
}

test("without a script the sheet is read and printed", async ({ newBrowser, apiOf }) => {
  const { region, rows } = await (await apiOf("hokenjo")).sheet();
  const page = await newBrowser({ javaScriptEnabled: false });
  await page.goto(`/export/${region.id}/2026/print?scenes=END_OF_LIFE`);
  await signIn(page, "hokenjo");
  await expect(page).toHaveURL(/\/2026\/print\?scenes=END_OF_LIFE$/);
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("令和8年度 計画・評価表");
  await expect(page.getByText("絞り込み：場面「看取り」。64件中64件を載せています。")).toBeVisible();
  await expect(page.locator(".entry")).toHaveCount(64);
  // The page's own style is allowed: the boxes of the scenes have their lines.
  await expect(page.locator(".scene").first()).toHaveCSS("border-top-style", "solid");

  const entries = rows.flatMap((row) => row.cells.flatMap((cell) => cell.entries));
  const texts = entries.flatMap(({ body, notes }) => [body, ...notes.map((note) => note.text)]).map(letters);
  const all = [...texts, ...rows.map((row) => letters(row.item.title))].join("\n");
  for (const paper of ["a3", "a4"] as const) {
    await page.goto(`/export/${region.id}/2026/print?paper=${paper}`);
    const pdf = await page.pdf({ preferCSSPageSize: true });
    const boxes = [...pdf.toString("latin1").matchAll(/\/MediaBox \[0 0 ([\d.]+) ([\d.]+)\]/g)];
    expect(boxes.length, `pages of ${paper}`).toBe(2);
    for (const [, width, height] of boxes) {
      expect(Math.abs(Number(width) - SIZES[paper][0])).toBeLessThan(2);
      expect(Math.abs(Number(height) - SIZES[paper][1])).toBeLessThan(2);
    }
    const printed = letters(execFileSync("pdftotext", ["-raw", "-", "-"], { input: pdf }).toString());
    expect(times(printed, "令和7年度評価"), `heads of ${paper}`).toBe(boxes.length);
    for (const text of texts) expect(times(printed, text), text).toBe(times(all, text));
  }

  const [download] = await Promise.all([page.waitForEvent("download"), page.getByRole("link", { name: "Excel" }).click()]);
  expect(download.suggestedFilename()).toBe("本庄市児玉郡_令和8年度_計画・評価表.xlsx");
  await page.getByRole("link", { name: "ほかの表" }).click();
  await expect(page.getByRole("link", { name: "令和8年度 計画・評価表" })).toBeVisible();
  await page.getByRole("button", { name: "サインアウト" }).click();
  await expect(page.getByLabel("パスワード")).toBeVisible();
});

test("axe finds nothing to complain about in the pages without a script", async ({ newBrowser, apiOf }) => {
  const { region } = await (await apiOf("hokenjo")).sheet();
  const page = await newBrowser();
  const accessible = async () => {
    const { violations } = await new AxeBuilder({ page }).analyze();
    expect(violations.map(({ id, nodes }) => [id, nodes.map((node) => node.html)])).toEqual([]);
  };
  await page.goto(`/export/${region.id}/2026/print`);
  await accessible();
  await page.getByLabel("ログイン名").fill("hokenjo");
  await page.getByLabel("パスワード").fill("wrong");
  await page.getByRole("button", { name: "サインイン" }).click();
  await expect(page.getByRole("alert")).toHaveText("ログイン名またはパスワードが違います。");
  await accessible();
  await signIn(page, "hokenjo");
  await accessible();
  await page.goto("/export");
  await accessible();
  await page.goto(`/export/${region.id}/2031/print`);
  await expect(page.getByRole("alert")).toHaveText("計画・評価表が見つかりません。");
  await accessible();
});

test("the page to be printed holds every joint text once, as it is filtered, under its own key", async ({
  sheetOf,
  apiOf,
}) => {
  const hub = await apiOf("hub");
  await hub.create("ア", "PLAN", 2026, "看取りの研修を、本庄市だけで行う。", "本庄市");
  const honjo = await sheetOf("honjo");
  await honjo.search.fill("看取り");
  const shown = await honjo.entries.count();
  expect(shown).toBeGreaterThan(2);

  const opened = honjo.page.context().waitForEvent("page");
  await honjo.page.keyboard.press("Control+p");
  const print = await opened;
  await expect(print.getByRole("heading", { level: 1 })).toHaveText(/令和8年度/);
  await expect(print).toHaveURL(/\/export\/.*\/print\?text=/);
  // The town's own is left out, and that something is left out is said once.
  expect(await print.locator(".entry").count()).toBe(shown - 1);
  await expect(print.getByText("看取り", { exact: false }).first()).toBeVisible();
  await expect(print.getByText("本庄市だけで行う")).toHaveCount(0);
  await print.getByRole("link", { name: "機関ごとの取組も載せる" }).click();
  await expect(print.getByText("本庄市だけで行う")).toHaveCount(1);
});

test("a file comes under its Japanese name", async ({ sheetOf }) => {
  const honjo = await sheetOf("honjo");
  await honjo.page.getByRole("button", { name: "出力" }).click();
  for (const [name, ending, magic] of [
    ["Excelファイル", ".xlsx", "PK"],
    ["Wordファイル", ".docx", "PK"],
    ["CSVファイル", ".csv", "\u{ef}\u{bb}\u{bf}"],
    ["JSONファイル（移行用）", ".json", "{"],
  ] as const) {
    // The page that it opens closes by itself, so that the browser tells of it here.
    const [file] = await Promise.all([
      honjo.page.waitForEvent("download"),
      honjo.page.getByRole("link", { name }).click(),
    ]);
    expect(file.suggestedFilename()).toContain("令和8年度");
    expect(file.suggestedFilename()).toMatch(new RegExp(`\\${ending}$`));
    const bytes = await readFile(await file.path());
    expect(bytes.subarray(0, magic.length).toString("latin1")).toBe(magic);
  }
});
