// The filter bar: search, owners, columns, Back, references.
import { expect, test } from "../support/journey.ts";

test("a search marks what it finds, whatever the width of the letters", async ({ sheetOf }) => {
  const honjo = await sheetOf("honjo");
  await honjo.search.fill("ｍｃｓ");
  await expect(honjo.page.locator("mark").first()).toHaveText("MCS");
  await expect(honjo.page).toHaveURL(/[?&]/);
  const shown = await honjo.entries.count();
  expect(shown).toBeGreaterThan(0);
  expect(shown).toBeLessThan(64);
  await honjo.clear.click();
  await expect(honjo.entries).toHaveCount(64);
  await expect(honjo.search).toHaveValue("");
});

test("a mark cuts no letter that is made of several characters", async ({ sheetOf, apiOf }) => {
  const hub = await apiOf("hub");
  await hub.create("ア", "PLAN", 2026, "葛\u{e0100}城のハ\u{309a}ンフ、👩\u{200d}👩\u{200d}👧の会。");
  const honjo = await sheetOf("honjo");
  for (const [sought, found] of [
    ["葛", "葛\u{e0100}"],
    ["パ", "ハ\u{309a}"],
    ["👩", "👩\u{200d}👩\u{200d}👧"],
  ] as const) {
    await honjo.search.fill(sought);
    await expect(honjo.cell("ア/PLAN").locator("mark")).toHaveText(found);
  }
});

test("all words are found, a quoted phrase as it stands, and each is marked", async ({ sheetOf, apiOf }) => {
  const hub = await apiOf("hub");
  const entry = await hub.create("ア", "PLAN", 2026, "多職種の 研修会を4月〜9月に開く。電話0495‐24。");
  const honjo = await sheetOf("honjo");
  const marks = honjo.entryOf(entry.id).locator("mark");
  for (const [sought, marked] of [
    ["研修会　多職種", ["多職種", "研修会"]],
    ['"多職種の 研修会" 電話', ["多職種の 研修会", "電話"]],
    ["4月～9月", ["4月〜9月"]],
    ["0495-24", ["0495‐24"]],
  ] as const) {
    await honjo.search.fill(sought);
    await expect(marks).toHaveText([...marked]);
  }
  await honjo.search.fill('"研修会 多職種"');
  await expect(honjo.entryOf(entry.id)).toBeHidden();
});

test("Back undoes filters one by one", async ({ sheetOf }) => {
  const honjo = await sheetOf("honjo");
  await honjo.explicitOnly.check();
  await expect(honjo.entries).toHaveCount(0);
  await honjo.page.goBack();
  await expect(honjo.entries).toHaveCount(64);
  await expect(honjo.explicitOnly).not.toBeChecked();
  await honjo.page.goForward();
  await expect(honjo.entries).toHaveCount(0);
});

test("the owner lens shows what one town does on its own", async ({ sheetOf, apiOf }) => {
  await (await apiOf("misato")).create("ア", "PLAN", 2026, "美里町だけで行う取組。", "美里町");
  const misato = await sheetOf("misato");
  await expect(misato.entries).toHaveCount(65);
  const owners = misato.page.getByRole("combobox", { name: "主体" });
  await owners.selectOption({ label: "美里町（自分の機関）" });
  await expect(misato.entries).toHaveCount(1);
  await owners.selectOption({ label: "共同" });
  await expect(misato.entries).toHaveCount(64);
});

test("a hidden column and a column's width are remembered", async ({ sheetOf }) => {
  const honjo = await sheetOf("honjo");
  await honjo.page.getByRole("button", { name: "列", exact: true }).click();
  await honjo.page.getByRole("checkbox", { name: /評価/ }).uncheck();
  await honjo.page.keyboard.press("Escape");
  await expect(honjo.cell("ア/EVALUATION")).toBeHidden();

  const handle = honjo.page.getByRole("separator", { name: /目標/ });
  const width = () => honjo.cell("ア/GOAL").evaluate((cell) => cell.getBoundingClientRect().width);
  const before = await width();
  await handle.focus();
  for (let times = 0; times < 5; times++) await handle.press("ArrowRight");
  expect(await width()).toBeGreaterThan(before);
  const after = await width();

  await honjo.page.reload();
  await expect(honjo.cell("ア/STATUS")).toBeVisible();
  await expect(honjo.cell("ア/EVALUATION")).toBeHidden();
  expect(Math.abs((await width()) - after)).toBeLessThan(2);
});

test("references lead to the row and to the handouts", async ({ sheetOf }) => {
  const honjo = await sheetOf("honjo");
  await honjo.cell("ウ/STATUS").getByRole("link", { name: "（カ）" }).first().click();
  await expect(honjo.cell("カ/STATUS")).toBeInViewport();
  await honjo.page.getByRole("link", { name: "資料4" }).first().click();
  await expect(honjo.page.getByText("重点取組内容").first()).toBeVisible();
  await expect(honjo.page).toHaveURL(/handouts/);
});

test("what the filter's words and the mark say is told to pointer, keyboard and finger", async ({ sheetOf }) => {
  const honjo = await sheetOf("honjo");
  const { page } = honjo;
  const tip = page.getByRole("tooltip");
  const any = page.locator("label", { hasText: /^いずれか$/ });
  await any.hover();
  await expect(tip).toHaveText("選んだ場面のうち、1つでも関わる取組を表示します。");
  await page.keyboard.press("Escape");
  await expect(tip).toBeHidden();
  await page.locator("label", { hasText: /^すべて$/ }).hover();
  await expect(tip).toHaveText("選んだ場面のすべてに関わる取組だけを表示します。");
  await page.mouse.move(700, 600);
  await expect(tip).toBeHidden();
  await honjo.scene("看取り").focus();
  await page.keyboard.press("Tab");
  await expect(tip).toHaveText("選んだ場面のうち、1つでも関わる取組を表示します。");
  await page.keyboard.press("Tab");
  await expect(tip).toContainText("取組に明示した場面だけで絞り込みます。");
  // It stands beside what it is about, within the window.
  await expect(tip).toBeInViewport({ ratio: 1 });
  await page.getByRole("grid").locator("[data-entry]").first().focus();
  await page.keyboard.press("ArrowDown");
  await expect(tip).toContainText("項目から継承した場面（枠だけ）：");
  await page.keyboard.press("Enter");
  await expect(tip).toBeHidden();
  await honjo.leave.click();
  await page.mouse.move(700, 700);
  await honjo.cell("ア/STATUS").locator(".scenes").first().hover();
  await expect(tip).toContainText("項目から継承した場面（枠だけ）：");
});

test("a finger at the mark is told what it says, and opens no editor", async ({ sheetOf }) => {
  const honjo = await sheetOf("honjo", { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true });
  const { page } = honjo;
  await honjo.cell("ア/STATUS").locator(".scenes").first().tap();
  await expect(page.getByRole("tooltip")).toContainText("項目から継承した場面（枠だけ）：");
  await expect(honjo.editor).toBeHidden();
  await page.locator("label", { hasText: /^明示のみ$/ }).tap();
  await expect(page.getByRole("tooltip")).toContainText("取組に明示した場面だけで絞り込みます。");
});
