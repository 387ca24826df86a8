// The client comes in two parts: the sheet stands on the first, the rest follows by itself, and nobody notices.
import type { Page, Request } from "@playwright/test";
import { expect, test } from "../support/journey.ts";

const REST = /-rest-[0-9a-f]{16}\.wasm$/;
const RULES = "入退院調整ルール改訂を行い";
// What is asked for and how it is answered is seen on the line itself.
const UNKEPT = { serviceWorkers: "block" } as const;

/** The requests for the rest: by `fetch` when it follows by itself, by `xhr` when somebody was quicker. */
function asked(page: Page): string[] {
  const kinds: string[] = [];
  page.on("request", (request: Request) => {
    if (REST.test(request.url())) kinds.push(request.resourceType());
  });
  return kinds;
}

test("a page that opens has the rest follow by itself, once, and needs it for nothing before", async ({
  sheetOf,
  apiOf,
}) => {
  // Like most, somebody who has been there before.
  await (await apiOf("honjo")).seen();
  const honjo = await sheetOf("honjo", UNKEPT);
  const kinds = asked(honjo.page);
  // On a slow line it comes when the page has long stood.
  await honjo.page.route(REST, async (route) => {
    if (route.request().resourceType() === "fetch") await new Promise((later) => setTimeout(later, 2000));
    await route.continue();
  });
  for (const address of [honjo.address, "/", "/account", `${honjo.address}?scenes=END_OF_LIFE`]) {
    kinds.length = 0;
    await honjo.page.goto(address);
    await honjo.page.waitForLoadState("networkidle");
    expect(kinds, address).toEqual(["fetch"]);
  }
});

test("a look at the sheet, at what others do there and a hand on the mouse need the first part only", async ({
  sheetOf,
  apiOf,
}) => {
  const honjo = await sheetOf("honjo", UNKEPT);
  const kinds = asked(honjo.page);
  let arrive = (): void => {};
  // A page that does ask stands still until it has its answer.
  const held = new Promise<void>((go) => (arrive = go) && setTimeout(go, 15_000));
  await honjo.page.route(REST, (route) => held.then(() => route.continue()));
  await honjo.open();
  await expect(honjo.page.getByText("すべて保存済み")).toBeVisible();
  await honjo.entry(RULES).hover();
  await honjo.page.mouse.wheel(0, 900);
  await honjo.page.mouse.wheel(0, -900);
  const misato = await apiOf("misato");
  const [theirs] = await misato.entries("ウ", "PLAN");
  if (!theirs) throw new Error("the sample has no such entry");
  await misato.tag(theirs, ["END_OF_LIFE"]);
  await expect(honjo.entryOf(theirs.id)).toContainText("看取り");
  expect(kinds).toEqual(["fetch"]);

  arrive();
  await honjo.edit(honjo.entry(RULES));
  await honjo.text.fill("○あとから届いた部分で書いた文。");
  await honjo.text.press("Control+Enter");
  await honjo.expectSaved();
  expect(kinds.filter((kind) => kind === "fetch")).toHaveLength(1);
});

test("who clicks before the rest is there gets what the click is for", async ({ sheetOf, apiOf }) => {
  const honjo = await sheetOf("honjo", UNKEPT);
  const kinds = asked(honjo.page);
  await honjo.page.route(REST, async (route) => {
    await new Promise((later) => setTimeout(later, 3000));
    await route.continue();
  });
  await honjo.open();
  await honjo.edit(honjo.entry(RULES));
  expect(kinds).toContain("xhr");
  await honjo.text.fill("○待ちきれずに書いた文。");
  await honjo.text.press("Control+Enter");
  await honjo.expectSaved();
  expect((await (await apiOf("honjo")).entries("ウ", "STATUS"))[0]?.body).toBe("待ちきれずに書いた文。");
});

test("a rest whose first request fails is asked for again", async ({ sheetOf }) => {
  const honjo = await sheetOf("honjo", UNKEPT);
  const kinds = asked(honjo.page);
  await honjo.page.route(REST, (route) => route.abort(), { times: 1 });
  await honjo.open();
  await expect.poll(() => kinds).toEqual(["fetch", "fetch"]);
  await honjo.page.waitForLoadState("networkidle");
  await honjo.edit(honjo.entry(RULES));
  expect(kinds).toEqual(["fetch", "fetch"]);
});

test("while the rest cannot be had, the page says so, does nothing by halves, and goes on when it is there", async ({
  sheetOf,
}) => {
  const honjo = await sheetOf("honjo", UNKEPT);
  await honjo.page.route(REST, (route) => route.abort());
  await honjo.open();
  const notice = honjo.page.getByRole("alert").filter({ hasText: "画面の一部をまだ読み込めていません" });
  await expect(notice).toBeHidden();
  await honjo.entry(RULES).click({ position: { x: 40, y: 10 } });
  await expect(notice).toBeVisible();
  await expect(honjo.editor).toBeHidden();
  await honjo.scene("看取り").click();
  await expect(honjo.scene("看取り")).not.toBeChecked();

  await honjo.page.unroute(REST);
  await expect(notice).toBeHidden({ timeout: 20_000 });
  await honjo.edit(honjo.entry(RULES));
  await honjo.leave.click();
  await honjo.scene("看取り").check();
});

test("a browser that compiles large modules only while it waits has the rest before the page begins", async ({
  sheetOf,
}) => {
  const honjo = await sheetOf("honjo", UNKEPT);
  await honjo.page.addInitScript(() => {
    WebAssembly.Module = new Proxy(WebAssembly.Module, {
      construct(made, [bytes]: [BufferSource]) {
        if (bytes.byteLength > 4096) throw new RangeError("larger than 4KB");
        return new made(bytes);
      },
    });
  });
  const order: string[] = [];
  honjo.page.on("request", (request) => {
    // What the page before still asked is none of it.
    if (request.isNavigationRequest()) order.length = 0;
    order.push(new URL(request.url()).pathname);
  });
  await honjo.open();
  const rest = order.findIndex((path) => REST.test(path));
  expect(rest).toBeGreaterThan(0);
  expect(order.indexOf("/graphql")).toBeGreaterThan(rest);
  await honjo.edit(honjo.entry(RULES));
  expect(order.filter((path) => REST.test(path))).toHaveLength(1);
});
