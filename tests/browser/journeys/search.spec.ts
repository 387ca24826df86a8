// Words in all years: from the sheet's own search, by an input method, page by page, and where nothing is found.
import AxeBuilder from "@axe-core/playwright";
import { randomUUID } from "node:crypto";
import type { Locator, Page } from "@playwright/test";
import { type Ime, composing } from "../support/ime.ts";
import { expect, test } from "../support/journey.ts";

const TITLE = "すべての年度から探す";

function words(page: Page): Locator {
  return page.getByRole("searchbox", { name: "探す語" });
}

function hits(page: Page): Locator {
  return page.locator(".found");
}

/** Counts the searches that are sent. */
function searches(page: Page): () => number {
  let sent = 0;
  page.on("request", (request) => {
    if (/query Search\(/.test(request.postData() ?? "")) sent += 1;
  });
  return () => sent;
}

test("the sheet's words are looked for in all years, marked, and lead to their place whatever is filtered there", async ({
  sheetOf,
  apiOf,
}) => {
  const hub = await apiOf("hub");
  const entry = await hub.create("キ", "PLAN", 2026, "葛\u{e0100}城の看取りの研修会を開く。");
  const honjo = await sheetOf("honjo");
  const { page } = honjo;
  await honjo.search.fill("研修 看取り");
  await page.getByRole("link", { name: TITLE }).first().click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText(TITLE);
  await expect(words(page)).toHaveValue("研修 看取り");
  await expect(page.getByRole("navigation").getByRole("link", { name: "検索" })).toHaveAttribute("aria-current", "page");
  const hit = hits(page).filter({ hasText: "城の看取りの研修会" });
  await expect(hit.locator("mark")).toHaveText(["看取り", "研修"]);
  await expect(hit.getByRole("link")).toHaveText("令和8年度の表・（キ）・令和8年度の計画");
  const count = await hits(page).count();
  await expect(page.getByText(`${count}件見つかりました`)).toBeVisible();
  const { violations } = await new AxeBuilder({ page }).analyze();
  expect(violations.map(({ id, nodes }) => [id, nodes.map((node) => node.html)])).toEqual([]);

  await words(page).fill("葛");
  await words(page).press("Enter");
  await expect(hits(page)).toHaveCount(1);
  await expect(hits(page).locator("mark")).toHaveText("葛\u{e0100}");
  await hits(page).getByRole("link").click();
  await expect(honjo.entryOf(entry.id)).toBeInViewport();
  await expect(honjo.entryOf(entry.id)).toBeFocused();
  await page.goBack();
  await expect(words(page)).toHaveValue("葛");
  await expect(hits(page)).toHaveCount(1);
});

test("scenes and owners narrow it, each a step in the history", async ({ sheetOf, apiOf }) => {
  await (await apiOf("misato")).create("ア", "PLAN", 2026, "美里町だけの訪問の会。", "美里町");
  const hub = await apiOf("hub");
  await hub.tag(await hub.create("ア", "PLAN", 2026, "みんなの訪問の会。"), ["END_OF_LIFE"]);
  const honjo = await sheetOf("honjo");
  const { page } = honjo;
  await page.goto(`${honjo.address}/search?text=訪問の会`);
  await expect(hits(page)).toHaveCount(2);
  await expect(hits(page).filter({ hasText: "だけの" }).locator(".owner")).toHaveText("美里町");
  await page.getByRole("combobox", { name: "主体" }).selectOption({ label: "共同" });
  await expect(hits(page)).toHaveCount(1);
  await expect(hits(page)).toContainText("みんなの");
  await page.getByRole("combobox", { name: "主体" }).selectOption({ label: "美里町" });
  await expect(hits(page)).toContainText("だけの");
  await page.goBack();
  await page.goBack();
  await expect(hits(page)).toHaveCount(2);
  await page.getByRole("checkbox", { name: "急変時の対応" }).check();
  // It inherits the item's scenes, the other one has its own.
  await expect(hits(page)).toHaveCount(1);
  await expect(hits(page)).toContainText("だけの");
  await words(page).fill("そんな語はない");
  await expect(page.getByText("見つかりませんでした。").first()).toBeVisible();
  await words(page).fill("");
  await expect(page.getByText("探す語を入力してください。")).toBeVisible();
});

test("words that were typed just before a scene is chosen are looked for with it, and stay in the box", async ({
  sheetOf,
}) => {
  const honjo = await sheetOf("honjo");
  const { page } = honjo;
  await page.goto(`${honjo.address}/search`);
  await expect(words(page)).toBeFocused();
  await words(page).pressSequentially("研修");
  await page.getByRole("checkbox", { name: "看取り" }).check();
  await expect(page).toHaveURL(/scenes=END_OF_LIFE.*text=/);
  await expect(hits(page).first()).toBeVisible();
  await expect(words(page)).toHaveValue("研修");
  // And before the owner is, while the words go on from those that are looked for.
  await words(page).press("End");
  await words(page).pressSequentially("会");
  await page.getByRole("combobox", { name: "主体" }).selectOption({ label: "共同" });
  await expect(page).toHaveURL(/joint=true/);
  await expect(words(page)).toHaveValue("研修会");
  await expect.poll(() => new URL(page.url()).searchParams.get("text")).toBe("研修会");
  await page.goBack();
  await expect(words(page)).toHaveValue("研修");
  await expect(page.getByRole("checkbox", { name: "看取り" })).toBeChecked();
});

test("what an input method composes is not searched until it is decided", async ({ sheetOf }) => {
  const honjo = await sheetOf("honjo");
  const { page } = honjo;
  await page.goto("/");
  await page.getByRole("link", { name: TITLE }).click();
  const sent = searches(page);
  await expect(words(page)).toBeFocused();
  const ime: Ime = await composing(page);
  for (const text of ["け", "けん", "けんし", "けんしゅう", "研修"]) {
    await ime.compose(text);
    await page.waitForTimeout(150);
  }
  await page.waitForTimeout(600);
  expect(sent()).toBe(0);
  await ime.commit("研修");
  await expect(hits(page).first()).toBeVisible();
  expect(sent()).toBe(1);
  await expect(page).toHaveURL(/[?&]text=/);
});

test("more comes by the button, and the focus goes on with it", async ({ sheetOf, apiOf }) => {
  const hub = await apiOf("hub");
  for (let nth = 1; nth <= 25; nth++) await hub.create("ア", "PLAN", 2026, `${nth}番目の巡回の取組`);
  const honjo = await sheetOf("honjo");
  const { page } = honjo;
  await page.goto(`${honjo.address}/search?text=巡回の取組`);
  await expect(page.getByText("25件見つかりました")).toBeVisible();
  await expect(hits(page)).toHaveCount(20);
  await page.getByRole("button", { name: "続きを見る" }).press("Enter");
  await expect(hits(page)).toHaveCount(25);
  await expect(hits(page).nth(20)).toBeFocused();
  await expect(page.getByRole("button", { name: "続きを見る" })).toBeHidden();
});

test("what stood in a snapshot and has changed since is found there, and told as such", async ({ sheetOf, apiOf }) => {
  const [hub, approver] = [await apiOf("hub"), await apiOf("hub-approver")];
  const entry = await hub.create("ア", "PLAN", 2026, "いろはの会を開く。");
  const { id } = await hub.sheet();
  await approver.call("mutation ($input: CreateSnapshotInput!) { createSnapshot(input: $input) { __typename } }", {
    input: { requestId: randomUUID(), sheetId: id, label: "第1回協議会" },
  });
  await hub.rewrite(entry, "ちりぬるの会を開く。");
  const honjo = await sheetOf("honjo");
  const { page } = honjo;
  await page.goto(`${honjo.address}/search?text=いろは`);
  await expect(hits(page)).toHaveCount(1);
  await expect(hits(page)).toContainText("提出版「第1回協議会」");
  await hits(page).getByRole("link").click();
  await expect(page.getByRole("heading", { level: 1 })).toContainText("第1回協議会");
  await expect(honjo.entryOf(entry.id)).toHaveText(/いろはの会を開く。/);
  await expect(honjo.entryOf(entry.id)).toBeFocused();
});

test("while the server is away it says so, and goes on when it is asked again", async ({ sheetOf, server }) => {
  const honjo = await sheetOf("honjo");
  const { page } = honjo;
  await page.goto(`${honjo.address}/search`);
  await expect(words(page)).toBeFocused();
  await server.stop();
  await words(page).fill("研修");
  await words(page).press("Enter");
  await expect(page.getByText("サーバーにつながらないため、探せません。")).toBeVisible();
  await server.start();
  await page.getByRole("button", { name: "もう一度試す" }).click();
  await expect(hits(page).first()).toBeVisible();
});
