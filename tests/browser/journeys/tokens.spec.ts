// One's own tokens: made and shown once, used by a script, seen in use, revoked.
import AxeBuilder from "@axe-core/playwright";
import type { Page } from "@playwright/test";
import { expect, test } from "../support/journey.ts";
import type { Server } from "../support/server.ts";

test("a token is made, shown once, used, seen in use and revoked", async ({ sheetOf, server }) => {
  const { page } = await sheetOf("honjo");
  await page.getByRole("button", { name: /本庄市 担当者/ }).click();
  await page.getByRole("link", { name: "APIトークン" }).click();
  await expect(page).toHaveURL(/\/account\/tokens$/);
  await expect(page.getByText("トークンはまだありません。")).toBeVisible();

  await page.getByRole("button", { name: "作る" }).click();
  await expect(page.getByRole("alert").filter({ hasText: "名前を入力してください。" })).toBeVisible();
  await expect(page.getByRole("textbox", { name: "名前" })).toBeFocused();
  await make(page, "毎月の集計");
  const made = page.getByRole("group", { name: "「毎月の集計」を作りました" });
  await expect(made).toBeFocused();
  await expect(made).toContainText("今だけ");
  const secret = await made.getByLabel("トークン").inputValue();
  expect(secret).toMatch(/^renkei_[0-9a-f]{64}$/);
  await page.context().grantPermissions(["clipboard-read"]);
  await made.getByRole("button", { name: "コピー" }).click();
  await expect(made.getByRole("status")).toHaveText("コピーしました。");
  expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(secret);
  await expect(token(page, "毎月の集計")).toContainText("閲覧のみ");
  await expect(token(page, "毎月の集計")).toContainText("まだ使われていません");

  expect(await asks(server, secret)).toBe(200);
  await page.reload();
  await expect(token(page, "毎月の集計")).toContainText(/最後に使用：R\d+\/\d+\/\d+ \d+:\d\d（127\.0\.0\.1）/);
  // Not shown again, nowhere.
  await expect(page.getByRole("heading", { name: "「毎月の集計」を作りました" })).toHaveCount(0);
  expect(await page.content()).not.toContain(secret);
  expect(await page.evaluate(() => JSON.stringify(localStorage))).not.toContain(secret);

  // The same name is told, and what was typed stays.
  await make(page, "毎月の集計");
  await expect(page.getByRole("alert").filter({ hasText: "すでにあります" })).toBeVisible();
  await expect(page.getByRole("textbox", { name: "名前" })).toHaveValue("毎月の集計");

  await token(page, "毎月の集計").getByRole("button", { name: "失効させる" }).click();
  const sure = page.getByRole("dialog");
  await expect(sure).toContainText("すぐに使えなくなります");
  await sure.getByRole("button", { name: "やめる" }).click();
  expect(await asks(server, secret)).toBe(200);
  await token(page, "毎月の集計").getByRole("button", { name: "失効させる" }).click();
  await sure.getByRole("button", { name: "失効させる" }).click();
  await expect(page.getByText("トークンはまだありません。")).toBeVisible();
  expect(await asks(server, secret)).toBe(401);
});

test("a change by a token says so in the history", async ({ sheetOf, server }) => {
  const honjo = await sheetOf("honjo");
  await honjo.page.goto("/account/tokens");
  await honjo.page.getByLabel("閲覧と編集").check();
  await make(honjo.page, "取り込み");
  const secret = await honjo.page.getByLabel("トークン", { exact: true }).inputValue();
  const call = async (query: string, variables: object) => (await (await send(server, secret, query, variables)).json()).data;
  const { regions } = await call("{ regions { id } }", {});
  const { sheet } = await call(
    `query ($region: ID!) { sheet(regionId: $region, fiscalYear: 2026) { id rows { item { id code } } } }`,
    { region: regions[0].id },
  );
  const { createEntry } = await call(
    "mutation ($input: CreateEntryInput!) { createEntry(input: $input) { __typename } }",
    {
      input: {
        requestId: crypto.randomUUID(),
        sheetId: sheet.id,
        itemId: sheet.rows[0].item.id,
        facet: "GOAL",
        fiscalYear: 2026,
        body: "プログラムからの取組",
      },
    },
  );
  expect(createEntry.__typename).toBe("EntrySaved");
  await honjo.page.goto(`${honjo.address}/history`);
  await expect(honjo.page.locator(".who").first()).toContainText("本庄市 担当者（APIトークン「取り込み」）");
});

test("without the server nothing is lost, and a token is made when it is back", async ({ sheetOf, server }) => {
  const { page } = await sheetOf("honjo");
  await page.goto("/account/tokens");
  await expect(page.getByText("トークンはまだありません。")).toBeVisible();
  await server.stop();
  await make(page, "つながりしだい");
  await expect(page.getByRole("alert").filter({ hasText: "つながりしだい作ります" })).toBeVisible();
  await expect(page.getByRole("button", { name: "作っています…" })).toBeVisible();
  await server.start();
  await expect(page.getByLabel("トークン", { exact: true })).toHaveValue(/^renkei_/, { timeout: 30_000 });
  await expect(token(page, "つながりしだい")).toBeVisible();
});

test("a token whose secret was lost on the way is revoked and made again", async ({ sheetOf, server }) => {
  const { page } = await sheetOf("honjo");
  await page.goto("/account/tokens");
  // The first answer does not arrive: what the page gets is the answer to the same request sent again.
  let lost = "";
  await page.route("**/graphql", async (route) => {
    const response = await route.fetch();
    if (lost === "" && route.request().postData()?.includes("createToken")) {
      const body = await response.json();
      lost = body.data.answer.secret;
      body.data.answer.secret = null;
      return route.fulfill({ response, json: body });
    }
    return route.fulfill({ response });
  });
  await make(page, "毎月の集計");
  const made = page.getByRole("group", { name: "「毎月の集計」を作りました" });
  await expect(made).toBeFocused();
  await expect(made).toContainText("受け取れませんでした");
  await expect(made.getByLabel("トークン", { exact: true })).toHaveCount(0);
  expect(await asks(server, lost)).toBe(200);
  await expectAccessible(page);
  await made.getByRole("button", { name: "失効させて作り直す" }).click();
  const field = made.getByLabel("トークン", { exact: true });
  await expect(field).toHaveValue(/^renkei_[0-9a-f]{64}$/);
  expect([await asks(server, lost), await asks(server, await field.inputValue())]).toEqual([401, 200]);
  await expect(token(page, "毎月の集計")).toHaveCount(1);
});

for (const colorScheme of ["light", "dark"] as const) {
  test(`the page is accessible, wide and narrow (${colorScheme})`, async ({ sheetOf }) => {
    for (const [width, height] of [
      [1366, 768],
      [390, 844],
    ] as const) {
      const { page } = await sheetOf("honjo", { colorScheme, viewport: { width, height } });
      await page.goto("/account/tokens");
      await page.getByRole("button", { name: "作る" }).click();
      await expectAccessible(page);
      await make(page, `幅${width}の集計`);
      await expect(page.getByLabel("トークン", { exact: true })).toBeVisible();
      await expectAccessible(page);
      await page.screenshot({ path: `../../artefacts/tokens-${colorScheme}-${width}.png` });
      await token(page, `幅${width}の集計`).getByRole("button", { name: "失効させる" }).click();
      await expect(page.getByRole("dialog")).toBeVisible();
      await expectAccessible(page);
      // Nothing stands out of the window.
      expect(await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth)).toBeLessThanOrEqual(0);
    }
  });
}

async function make(page: Page, name: string): Promise<void> {
  await page.getByRole("textbox", { name: "名前" }).fill(name);
  await page.getByRole("button", { name: "作る" }).click();
}

function token(page: Page, name: string) {
  return page.getByRole("listitem").filter({ hasText: name });
}

function send(server: Server, secret: string, query: string, variables: object): Promise<Response> {
  return fetch(`${server.url}/graphql`, {
    method: "POST",
    headers: { "content-type": "application/json", authorization: `Bearer ${secret}` },
    body: JSON.stringify({ query, variables }),
  });
}

async function asks(server: Server, secret: string): Promise<number> {
  return (await send(server, secret, "{ viewer { login } }", {})).status;
}

async function expectAccessible(page: Page): Promise<void> {
  const { violations } = await new AxeBuilder({ page }).analyze();
  expect(violations.map(({ id, nodes }) => ({ rule: id, where: nodes.slice(0, 3).map((node) => node.html) }))).toEqual([]);
}
