// Files come in: looked at beside the sheet, taken in parts, and taken back.
import AxeBuilder from "@axe-core/playwright";
import type { Page } from "@playwright/test";
import { expect, test } from "../support/journey.ts";
import { rewritten } from "../support/office.ts";

const HEAD = "事業項目\t取組状況\t評価\t目標\t計画";

/** A file of one item, in the shape of the council's own. */
function tsv(plan: string): string {
  return `${HEAD}\n（ア）地域の医療・介護の資源の把握\t\t\t\t${plan}\n`;
}

async function choose(page: Page, name: string, content: string | Buffer): Promise<void> {
  await page.getByLabel("ファイル", { exact: true }).setInputFiles({
    name,
    mimeType: "application/octet-stream",
    buffer: Buffer.from(content),
  });
}

async function expectAccessible(page: Page): Promise<void> {
  const { violations } = await new AxeBuilder({ page }).analyze();
  expect(violations.map(({ id, nodes }) => [id, nodes.map((node) => node.html)])).toEqual([]);
}

test("two offices: an exported Excel is filled in while the sheet is edited; both are seen, nothing is lost, all is taken back", async ({
  sheetOf,
  apiOf,
}) => {
  const misato = await sheetOf("misato");
  const { page } = misato;
  await page.getByRole("button", { name: "出力" }).click();
  const excel = await page.getByRole("link", { name: /^Excel/ }).getAttribute("href");
  if (!excel) throw new Error("Excel is not offered");
  const file = await (await page.request.get(excel)).body();
  await page.getByRole("link", { name: "ファイルの取り込み" }).click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("令和8年度 ファイルの取り込み");

  const honjo = await apiOf("honjo");
  const [entry] = await honjo.entries("イ", "GOAL");
  if (!entry) throw new Error("the sample has no such entry");
  await honjo.rewrite(entry, "本庄市が直した目標。");
  await honjo.create("ア", "PLAN", 2026, "本庄市が加えた計画。");
  const filled = rewritten(file, "xl/sharedStrings.xml", "入退院調整ルール改訂を行い", "入退院調整ルールの改訂を行い");
  await choose(page, "表.xlsx", filled);
  await expect(page.getByText("「表.xlsx」をExcelとして読みました。").first()).toBeVisible();
  const lines = page.locator(".import-differences > li");
  const changed = lines.filter({ hasText: "ルールの改訂" });
  await expect(changed.getByRole("checkbox")).toBeChecked();
  const newer = lines.filter({ hasText: "本庄市が直した目標。" });
  await expect(newer.getByRole("checkbox")).not.toBeChecked();
  await expect(newer).toContainText("（本庄市）");
  await expect(lines).toHaveCount(2);

  await page.getByRole("button", { name: "選んだ1件を取り込む" }).click();
  await expect(page.getByText("取り込みました：追加0件、変更1件、削除0件。").first()).toBeVisible();
  const bodies = async (code: string, facet: string) => (await honjo.entries(code, facet)).map((entry) => entry.body);
  expect((await bodies("ウ", "STATUS"))[0]).toContain("ルールの改訂を行い");
  expect(await bodies("イ", "GOAL")).toContain("本庄市が直した目標。");
  expect(await bodies("ア", "PLAN")).toContain("本庄市が加えた計画。");
  await page.getByRole("button", { name: "取り込みを元に戻す" }).click();
  await expect(page.getByText("1件を元に戻しました。").first()).toBeVisible();
  expect((await bodies("ウ", "STATUS"))[0]).toContain("入退院調整ルール改訂を行い");
  await page.getByRole("link", { name: "表へ" }).click();
  await expect(misato.entry("本庄市が直した目標。")).toBeVisible();
  await expect(misato.entry("本庄市が加えた計画。")).toBeVisible();
});

test("a pasted table is read, and how it is read can be said", async ({ sheetOf, apiOf }) => {
  const honjo = await sheetOf("honjo");
  const { page } = honjo;
  await page.goto(`${honjo.address}/import`);
  const paste = page.getByLabel("または、ExcelやWordでコピーした表をここに貼り付け");
  await paste.evaluate((target) => {
    const data = new DataTransfer();
    const cells = ["事業項目", "取組状況", "評価", "目標", "計画", "備考"].map((text) => `<td>${text}</td>`).join("");
    const row = "<td>（ア）地域の医療・介護の資源の把握</td><td></td><td></td><td></td><td>●貼り付けた取組<br>※注</td><td>内緒</td>";
    data.setData("text/html", `<table><tr>${cells}</tr><tr>${row}</tr></table>`);
    data.setData("text/plain", "x");
    target.dispatchEvent(new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true }));
  });
  await expect(page.getByText("「貼り付けた表」をHTMLとして読みました。").first()).toBeVisible();
  await expect(page.getByText("見出し「備考」の列は取り込みません。")).toBeVisible();
  const added = page.locator(".import-differences > li[data-kind=NEW]");
  await expect(added).toContainText("○貼り付けた取組");
  await expect(page.locator(".import-differences > li[data-kind=MISSING] input:checked")).toHaveCount(0);

  await page.getByText("列と行の読み方").click();
  await page.getByLabel("5列目「計画」").selectOption({ label: "目標" });
  await expect(page.getByRole("alert")).toContainText("列が2つあります");
  await page.getByRole("button", { name: "別のファイルを選ぶ" }).click();
  await choose(page, "表.tsv", tsv("○加えた取組"));
  await page.getByRole("button", { name: "すべて外す" }).click();
  await page.locator(".import-differences > li[data-kind=NEW]").getByRole("checkbox").check();
  await page.getByRole("button", { name: "選んだ1件を取り込む" }).click();
  await expect(page.getByText("追加1件、変更0件、削除0件。").first()).toBeVisible();
  const bodies = (await (await apiOf("honjo")).entries("ア", "PLAN")).map((entry) => entry.body);
  expect(bodies).toContain("加えた取組");
});

test("a file that is no sheet is refused with its place, and a viewer may not import", async ({ sheetOf }) => {
  const honjo = await sheetOf("honjo");
  await honjo.page.goto(`${honjo.address}/import`);
  await choose(honjo.page, "表.csv", "事業項目,取組状況,評価,計画\n（ア）資源,○甲,,\n");
  await expect(honjo.page.getByRole("alert")).toContainText("1行目4列目：「目標」の列がありません。");
  const viewer = await sheetOf("hokenjo");
  await viewer.page.goto(`${viewer.address}/import`);
  await choose(viewer.page, "表.tsv", tsv("○加えた取組"));
  await expect(viewer.page.getByRole("alert")).toContainText("閲覧者は編集できません。");
});

test("a file that finds the server away says so above the page, and is read when it is back", async ({ sheetOf, server }) => {
  const honjo = await sheetOf("honjo");
  const { page } = honjo;
  await page.goto(`${honjo.address}/import`);
  const away = page.locator(".away");
  await expect(page.getByLabel("ファイル", { exact: true })).toBeVisible();
  await server.stop();
  await choose(page, "表.tsv", tsv("○加えた取組"));
  await expect(page.getByRole("alert")).toContainText("サーバーにつながりません。");
  await expect(away).toBeVisible();
  await server.start();
  await expect(away).toBeHidden({ timeout: 30_000 });
  await choose(page, "表.tsv", tsv("○加えた取組"));
  await expect(page.getByText("「表.tsv」をTSVとして読みました。").first()).toBeVisible();
});

test("an import that is never answered is given up after minutes, and once more is the same one", async ({ sheetOf, apiOf }) => {
  const honjo = await sheetOf("honjo");
  const { page } = honjo;
  await page.clock.install();
  await page.goto(`${honjo.address}/import`);
  await choose(page, "表.tsv", tsv("○加えた取組"));
  await page.getByRole("button", { name: "すべて外す" }).click();
  await page.locator(".import-differences > li[data-kind=NEW]").getByRole("checkbox").check();
  // It arrives, and its answer does not.
  let arrived = 0;
  await page.route(/\/import\/[^/]+\/\d+$/, async (route) => {
    if (route.request().method() !== "POST") return route.fallback();
    await route.fetch();
    arrived += 1;
  });
  await page.getByRole("button", { name: "選んだ1件を取り込む" }).click();
  await expect.poll(() => arrived).toBe(1);
  await page.clock.fastForward(60_000);
  await expect(page.getByRole("button", { name: "取り込んでいます…" })).toBeVisible();
  await page.clock.fastForward(130_000);
  await expect(page.getByRole("alert")).toContainText("サーバーにつながりません。");
  await page.unroute(/\/import\/[^/]+\/\d+$/);
  await page.getByRole("button", { name: "選んだ1件を取り込む" }).click();
  await expect(page.getByText("取り込みました：追加1件、変更0件、削除0件。").first()).toBeVisible();
  const bodies = (await (await apiOf("honjo")).entries("ア", "PLAN")).map((entry) => entry.body);
  expect(bodies.filter((body) => body === "加えた取組")).toHaveLength(1);

  // Taking it back, likewise.
  let lost = false;
  await page.route("**/undo", async (route) => {
    if (lost) return route.fallback();
    lost = true;
    await route.fetch();
    return route.fulfill({ status: 502 });
  });
  const undo = page.getByRole("button", { name: "取り込みを元に戻す" });
  await undo.click();
  await expect(page.getByRole("alert")).toContainText("サーバーにつながりません。");
  await undo.click();
  await expect(page.getByText("1件を元に戻しました。").first()).toBeVisible();
});

for (const colorScheme of ["light", "dark"] as const) {
  test(`axe finds nothing to complain about in an import (${colorScheme})`, async ({ sheetOf }) => {
    const honjo = await sheetOf("honjo", { colorScheme });
    const { page } = honjo;
    await page.goto(`${honjo.address}/import`);
    await expect(page.getByLabel("ファイル", { exact: true })).toBeVisible();
    await expectAccessible(page);
    await choose(page, "表.csv", "題名,,,,,\n事業項目,取組状況,評価,目標,計画,備考\n（ア）資源,●甲,,,,乙\n");
    await expect(page.getByText("「表.csv」をCSVとして読みました。").first()).toBeVisible();
    await page.getByText("列と行の読み方").click();
    await page.getByText("読み取った表を見る").click();
    await expectAccessible(page);
  });
}

test("a year that has no sheet gets it from a file, all at once", async ({ sheetOf, apiOf, server }) => {
  const hub = await sheetOf("hub-approver");
  const { page } = hub;
  await page.goto(`${hub.address}/import`);
  await page.getByRole("link", { name: "令和9年度の表をファイルから作る" }).click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("令和9年度 ファイルの取り込み");
  await choose(page, "来年度.tsv", tsv("○来年度の取組<br>*注"));
  await expect(page.getByText("令和9年度の計画・評価表はまだありません。")).toBeVisible();
  await page.getByRole("button", { name: "表を作り、選んだ1件を取り込む" }).click();
  await expect(page.getByText("取り込みました：追加1件").first()).toBeVisible();
  await page.getByRole("link", { name: "表へ" }).click();
  await expect(page).toHaveURL(/sheets\/2027$/);
  await expect(page.locator("[data-entry]", { hasText: "来年度の取組" })).toBeVisible();

  const honjo = await sheetOf("honjo");
  const next = honjo.address.replace("2026", "2028");
  await honjo.page.goto(`${server.url}${next}/import`);
  await expect(honjo.page.getByText("令和10年度の計画・評価表は、まだありません。")).toBeVisible();
});

test("where no head is understood a person says what the columns are", async ({ sheetOf, apiOf }) => {
  const honjo = await sheetOf("honjo");
  const { page } = honjo;
  await page.goto(`${honjo.address}/import`);
  const file = "区分,やったこと,よしあし,めざすこと,やること\n（ア）地域の医療・介護の資源の把握,,,,●手で選んだ取組\n";
  await choose(page, "手作り.csv", file);
  await expect(page.getByRole("heading", { name: "列を選ぶ" })).toBeVisible();
  await expectAccessible(page);
  const roles = { 1: "事業項目", 2: "取組状況及び結果", 3: "評価", 4: "目標", 5: "計画" };
  for (const [column, role] of Object.entries(roles)) {
    await page.getByLabel(new RegExp(`^${column}列目`)).selectOption({ label: role });
  }
  await page.getByRole("button", { name: "この列で読み直す" }).click();
  await expect(page.locator(".import-differences > li[data-kind=NEW]")).toContainText("○手で選んだ取組");
});
