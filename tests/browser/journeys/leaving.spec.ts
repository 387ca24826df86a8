// Signing out on a shared PC: what was typed is sent or asked about, and nothing stays behind.
import type { Page, Request } from "@playwright/test";
import type { SheetPage } from "../support/sheet.ts";
import { expect, test } from "../support/journey.ts";
import { signIn } from "../support/signin.ts";

const RULES = "入退院調整ルール改訂を行い";
const NOBODYS = /honjo|本庄|計画|書きかけ|[0-9a-f]{8}-/;

/** All that this browser keeps for the page. */
async function kept(page: Page): Promise<string> {
  return page.evaluate(async () => {
    const found: unknown[] = [{ ...localStorage }, { ...sessionStorage }];
    for (const { name } of await indexedDB.databases()) {
      const base = await new Promise<IDBDatabase>((resolve, reject) => {
        const request = indexedDB.open(name ?? "");
        request.onsuccess = () => resolve(request.result);
        request.onerror = () => reject(request.error);
      });
      for (const store of base.objectStoreNames) {
        const all = base.transaction(store).objectStore(store);
        for (const request of [all.getAllKeys(), all.getAll()]) {
          await new Promise((resolve) => (request.onsuccess = resolve));
          found.push(request.result);
        }
      }
      base.close();
    }
    for (const name of await caches.keys()) {
      const cache = await caches.open(name);
      for (const request of await cache.keys()) {
        const answer = await cache.match(request);
        if (!/\.(js|wasm|css|svg)$/.test(request.url)) found.push(request.url, await answer?.text());
      }
    }
    return JSON.stringify(found);
  });
}

async function signOut(sheet: SheetPage): Promise<void> {
  await sheet.page.getByRole("button", { name: /本庄市 担当者/ }).click();
  await sheet.page.getByRole("button", { name: "サインアウト" }).click();
}

test("a draft goes to the server, the browser keeps nothing, and the draft is there at the next sign-in", async ({
  sheetOf,
}) => {
  const honjo = await sheetOf("honjo");
  await honjo.edit(honjo.entry(RULES));
  await honjo.text.fill("○書きかけのままサインアウトした文。");
  expect(await kept(honjo.page)).toMatch("書きかけのまま");
  await honjo.text.press("Escape");
  await signOut(honjo);
  await expect(honjo.page.getByLabel("パスワード")).toBeVisible();
  expect(await kept(honjo.page)).not.toMatch(NOBODYS);
  expect(await honjo.page.context().cookies()).toEqual([]);

  await signIn(honjo.page, "honjo");
  await honjo.open();
  await expect(honjo.entry(RULES)).toContainText("別の端末で書きかけ");
  await honjo.edit(honjo.entry(RULES));
  await expect(honjo.text).toHaveValue("○書きかけのままサインアウトした文。");
});

test("the next person at the same PC sees nothing of the one before, whose session has only expired", async ({ sheetOf }) => {
  const honjo = await sheetOf("honjo");
  await honjo.edit(honjo.entry(RULES));
  await honjo.text.fill("○本庄市の書きかけ。");
  await honjo.page.context().clearCookies();
  await honjo.page.reload();
  await signIn(honjo.page, "misato");
  await expect(honjo.entries).toHaveCount(64);
  await expect(honjo.page.getByText("下書きがあります")).toHaveCount(0);
  await honjo.edit(honjo.entry(RULES));
  await expect(honjo.text).not.toHaveValue(/書きかけ/);
  await honjo.text.press("Escape");

  // And the first one finds all again.
  await honjo.page.context().clearCookies();
  await honjo.page.reload();
  await signIn(honjo.page, "honjo");
  await expect(honjo.text).toHaveValue("○本庄市の書きかけ。");
});

test("while what was typed is being sent nothing more is typed, and an answer that comes late leaves nothing", async ({
  sheetOf,
}) => {
  const honjo = await sheetOf("honjo");
  await honjo.edit(honjo.entry(RULES));
  await honjo.text.fill("○書きかけ。");
  const drafts = await honjo.holdAnswers(/saveDraft/);
  const beside = await honjo.holdAnswers(/handouts/);
  await honjo.text.press("Escape");
  await honjo.page.getByRole("link", { name: "資料" }).first().click();
  await signOut(honjo);
  const leaving = honjo.page.getByRole("dialog", { name: "サインアウト" });
  await expect(leaving).toContainText("送っています");
  await honjo.page.keyboard.press("Escape");
  await expect(leaving).toBeVisible();
  drafts();
  await expect(honjo.page.getByLabel("パスワード")).toBeVisible();
  const late = honjo.page.waitForResponse((response) => /handouts/.test(response.request().postData() ?? ""));
  beside();
  await late;
  await honjo.page.waitForTimeout(300);
  expect(await kept(honjo.page)).not.toMatch(NOBODYS);
});

test("what was given up in one tab does not come back in another that was signed out with it", async ({ server, sheetOf }) => {
  const honjo = await sheetOf("honjo");
  await honjo.keptForReload();
  const other = await honjo.page.context().newPage();
  await other.goto(honjo.address);
  await expect(other.locator("[data-entry]").first()).toBeAttached();
  await honjo.edit(honjo.entry(RULES));
  await server.stop();
  await honjo.text.fill("○あきらめた文。");
  await honjo.text.press("Escape");
  await expect(other.getByText("下書きがあります")).toBeVisible();
  await signOut(honjo);
  await honjo.page.getByRole("button", { name: "消してサインアウト" }).click();
  await expect(other.getByLabel("パスワード")).toBeVisible();
  await server.start();
  await signIn(other, "honjo");
  await other.goto(honjo.address);
  await expect(other.locator("[data-entry]").first()).toBeAttached();
  await expect(other.getByText("下書きがあります")).toHaveCount(0);
});

test("whoever signs in is not signed out by what the browser had still to tell", async ({ server, sheetOf }) => {
  const honjo = await sheetOf("honjo");
  await honjo.keptForReload();
  const browser = honjo.page.context();
  const other = await browser.newPage();
  await other.goto(honjo.address);
  await expect(other.locator("[data-entry]").first()).toBeAttached();
  await server.stop();
  await signOut(honjo);
  await expect(other.getByLabel("パスワード")).toBeVisible();
  // The server is back, and what it is told is slow.
  let letThrough = (): void => {};
  const free = new Promise<void>((done) => (letThrough = done));
  const isTold = (request: Request): boolean => /signOut/.test(request.postData() ?? "");
  await browser.route("**/graphql", async (route) => {
    if (isTold(route.request())) await free;
    await route.continue();
  });
  const told = browser.waitForEvent("request", isTold);
  await server.start();
  await told;
  await other.getByLabel("ログイン名").fill("honjo");
  await other.getByLabel("パスワード").fill("renkei-demo");
  await other.getByRole("button", { name: "サインイン" }).click();
  await other.waitForTimeout(1000);
  letThrough();
  await expect(other.getByLabel("パスワード")).toBeHidden();
  await other.waitForTimeout(300);
  await other.goto(honjo.address);
  await expect(other.locator("[data-entry]").first()).toBeAttached();
});

test("without the server the person is asked: stay, keep a file, or discard", async ({ server, sheetOf, apiOf }) => {
  const honjo = await sheetOf("honjo");
  await honjo.keptForReload();
  await honjo.edit(honjo.entry(RULES));
  await server.stop();
  await honjo.text.fill("○送れなかった文。");
  await honjo.text.press("Control+Enter");
  await expect(honjo.page.getByText("送信待ち1件")).toBeVisible();

  await signOut(honjo);
  const asked = honjo.page.getByRole("dialog", { name: "まだ送れていないものがあります" });
  await expect(asked).toContainText("変更が1件");
  await expect(asked.getByRole("button", { name: "サインアウトしない" })).toBeFocused();
  await asked.getByRole("button", { name: "サインアウトしない" }).click();
  await expect(honjo.entry("送れなかった文。")).toContainText("送信待ち");

  await signOut(honjo);
  const download = honjo.page.waitForEvent("download");
  await asked.getByRole("link", { name: "文をファイルに残す" }).click();
  const file = await (await download).createReadStream();
  expect(Buffer.concat(await file.toArray()).toString()).toContain("送れなかった文。");
  await asked.getByRole("button", { name: "消してサインアウト" }).click();
  await expect(honjo.page.getByLabel("パスワード")).toBeVisible();
  expect(await kept(honjo.page)).not.toMatch(NOBODYS);
  await honjo.page.reload();
  await expect(honjo.page.getByLabel("パスワード")).toBeVisible();

  // The server hears of it before anybody is let in.
  await server.start();
  await honjo.page.reload();
  await expect(honjo.page.getByLabel("パスワード")).toBeVisible();
  await expect.poll(async () => honjo.page.context().cookies()).toEqual([]);
  expect((await (await apiOf("honjo")).entries("ウ", "STATUS"))[0]?.version).toBe(1);
});

test("what was put together from two texts and put off is in the file too", async ({ server, sheetOf, apiOf }) => {
  const misato = await apiOf("misato");
  const begun = await misato.create("ア", "GOAL", 2026, "研修会を年2回開催する。");
  const honjo = await sheetOf("honjo");
  await honjo.edit(honjo.entryOf(begun.id));
  await misato.rewrite(begun, "研修会を年3回開催する。");
  await honjo.text.fill("○研修会を年4回開催する。");
  await honjo.text.press("Control+Enter");
  await honjo.conflict.getByRole("textbox", { name: "まとめた文" }).fill("○研修会を年5回開催する。");
  await honjo.conflict.getByRole("button", { name: "あとで決める" }).click();
  await expect(honjo.conflict).toBeHidden();
  await server.stop();
  await signOut(honjo);
  const download = honjo.page.waitForEvent("download");
  await honjo.page.getByRole("link", { name: "文をファイルに残す" }).click();
  const file = await (await download).createReadStream();
  const kept = Buffer.concat(await file.toArray()).toString();
  for (const typed of ["年4回", "年5回"]) expect(kept).toContain(typed);
});
