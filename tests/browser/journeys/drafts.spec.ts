// What is typed and not saved: it survives the browser's end, comes along to another PC, and is never out of reach.
import { mkdtemp, readFile, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type BrowserContext, chromium } from "@playwright/test";
import { SheetPage } from "../support/sheet.ts";
import { expect, test } from "../support/journey.ts";
import { followed, top } from "../support/live.ts";

const RULES = "入退院調整ルール改訂を行い";
/** Within so many milliseconds of a keystroke the browser has it for good. */
const COMMITTED_MS = 100;

/** Ends a browser as a crash or a power switch does: all processes that have its profile open. */
async function kill(profile: string): Promise<void> {
  for (const pid of (await readdir("/proc")).filter((name) => /^\d+$/.test(name))) {
    const command = await readFile(`/proc/${pid}/cmdline`, "utf8").catch(() => "");
    if (command.includes(`--user-data-dir=${profile}`)) process.kill(Number(pid), "SIGKILL");
  }
}

test("a browser that is killed a tenth of a second after a letter has kept it", async ({ server, sheetOf, launchOptions }) => {
  const profile = await mkdtemp(join(tmpdir(), "renkei-profile-"));
  const cookies = await (await sheetOf("honjo")).page.context().cookies();
  const address = (await sheetOf("honjo")).address;
  const start = async (): Promise<[BrowserContext, SheetPage]> => {
    const context = await chromium.launchPersistentContext(profile, { ...launchOptions, baseURL: server.url });
    await context.addCookies(cookies.map(({ name, value, domain, path }) => ({ name, value, domain, path })));
    const sheet = new SheetPage(context.pages()[0] ?? (await context.newPage()), address);
    await sheet.open();
    return [context, sheet];
  };
  let typed = "○";
  for (const word of ["一度目。", "二度目。", "三度目。"]) {
    const [context, sheet] = await start();
    if (typed === "○") {
      await sheet.edit(sheet.entry(RULES));
      await sheet.text.fill(typed);
    }
    await expect(sheet.text).toHaveValue(typed);
    await sheet.text.press("End");
    await sheet.page.keyboard.insertText(word);
    typed += word;
    await sheet.page.waitForTimeout(COMMITTED_MS);
    const closed = context.waitForEvent("close");
    await kill(profile);
    await closed;
  }
  const [context, sheet] = await start();
  await expect(sheet.text).toHaveValue(typed);
  await context.close();
  await rm(profile, { recursive: true, force: true });
});

test("what is typed in a page's last moment is there when it has been loaded again", async ({ sheetOf }) => {
  const honjo = await sheetOf("honjo");
  await honjo.edit(honjo.entry(RULES));
  await honjo.text.fill("○書き始め。");
  await honjo.page.evaluate(() => {
    // After this nothing of the page runs any more.
    addEventListener("pagehide", () => {
      const area = document.querySelector<HTMLTextAreaElement>("#editor-text");
      if (!area) return;
      area.value += "最後の一文字まで。";
      area.dispatchEvent(new InputEvent("input", { bubbles: true }));
    });
  });
  await honjo.page.reload();
  await expect(honjo.text).toHaveValue("○書き始め。最後の一文字まで。");
});

test("every keystroke is in the browser's database within a tenth of a second", async ({ sheetOf }) => {
  const honjo = await sheetOf("honjo");
  await honjo.edit(honjo.entry(RULES));
  await honjo.text.fill("○書き始め。");
  const waits = await honjo.page.evaluate(async () => {
    const area = document.querySelector<HTMLTextAreaElement>("#editor-text");
    const base = await new Promise<IDBDatabase>((resolve) => {
      const request = indexedDB.open("renkei");
      request.onsuccess = () => resolve(request.result);
    });
    const stands = async (text: string) => {
      const request = base.transaction("kept").objectStore("kept").getAll();
      await new Promise((resolve) => (request.onsuccess = resolve));
      return request.result.some((value: unknown) => String(value).includes(text));
    };
    const waits: number[] = [];
    for (let letter = 0; letter < 30 && area; letter++) {
      const text = `${letter}番目の文。`;
      area.value += text;
      const begun = performance.now();
      area.dispatchEvent(new InputEvent("input", { bubbles: true }));
      while (!(await stands(text))) if (performance.now() - begun > 1_000) return [1_000];
      waits.push(performance.now() - begun);
    }
    base.close();
    return waits;
  });
  expect(waits).toHaveLength(30);
  // Another journey begins its browser beside this one now and then, and takes the machine's time for a moment.
  const [nearlyAll] = waits.sort((a, b) => b - a).slice(2);
  expect(nearlyAll).toBeLessThan(COMMITTED_MS);
});

test("a draft goes along to another PC within seconds, and is thrown away on both", async ({ sheetOf, apiOf }) => {
  const office = await sheetOf("honjo");
  await office.edit(office.entry(RULES));
  await office.text.fill("○庁舎で書きかけた文。");
  const api = await apiOf("honjo");
  const { id } = await api.sheet();
  const drafts = async () =>
    (
      await api.call<{ drafts: { outline: string }[] }>("query ($id: ID) { drafts(sheetId: $id) { outline } }", { id })
    ).drafts.map((draft) => draft.outline);
  await expect.poll(drafts).toEqual(["○庁舎で書きかけた文。"]);

  const home = await sheetOf("honjo");
  await expect(home.entry(RULES)).toContainText("別の端末で書きかけ");
  await home.entry(RULES).getByRole("button", { name: "続きを書く" }).click();
  await expect(home.text).toHaveValue("○庁舎で書きかけた文。");
  await home.text.press("End");
  await home.page.keyboard.insertText("続き。");
  await expect.poll(drafts).toEqual(["○庁舎で書きかけた文。続き。"]);
  await home.text.press("Control+Enter");
  await home.expectSaved();
  await expect.poll(drafts).toEqual([]);
});

test("what was typed without a line and outlived a reload goes along to another PC when the line is back", async ({
  server,
  sheetOf,
  apiOf,
}) => {
  const office = await sheetOf("honjo");
  await office.keptForReload();
  await office.edit(office.entry(RULES));
  await office.text.fill("○はじめの文。");
  const api = await apiOf("honjo");
  const drafts = async () =>
    (await api.call<{ drafts: { outline: string }[] }>("{ drafts { outline } }")).drafts.map((draft) => draft.outline);
  await expect.poll(drafts).toEqual(["○はじめの文。"]);
  await server.stop();
  await office.text.fill("○はじめの文。そのあとの文。");
  await office.page.reload();
  await expect(office.text).toHaveValue("○はじめの文。そのあとの文。");
  await server.start();
  await expect.poll(drafts, { timeout: 15_000 }).toEqual(["○はじめの文。そのあとの文。"]);
});

test("a draft that was thrown away is given back as long as that is offered", async ({ sheetOf }) => {
  const honjo = await sheetOf("honjo");
  await honjo.edit(honjo.entry(RULES));
  await honjo.text.fill("○うっかり捨てた文。");
  await honjo.editor.getByRole("button", { name: "下書きを捨てる" }).click();
  await expect(honjo.editor).toBeHidden();
  await honjo.page.locator(".toast", { hasText: "下書きを捨てました。" }).getByRole("button", { name: "元に戻す" }).click();
  await expect(honjo.text).toHaveValue("○うっかり捨てた文。");
  await expect(honjo.page.locator(".toast", { hasText: "下書きを捨てました。" })).toBeHidden();
  await honjo.page.reload();
  await expect(honjo.text).toHaveValue("○うっかり捨てた文。");
});

test("a draft that was thrown away is given back on another page too, and to nobody else", async ({ sheetOf }) => {
  const honjo = await sheetOf("honjo");
  const { page } = honjo;
  const offer = page.locator(".toast", { hasText: "下書きを捨てました。" });
  const throwAway = async (text: string) => {
    await honjo.text.fill(text);
    await honjo.editor.getByRole("button", { name: "下書きを捨てる" }).click();
    await expect(offer).toBeVisible();
  };
  await honjo.edit(honjo.entry(RULES));
  await throwAway("○ほかの画面で取りもどす文。");
  await page.getByRole("navigation").getByRole("link", { name: "変更履歴" }).click();
  await offer.getByRole("button", { name: "元に戻す" }).click();
  await expect(offer).toBeHidden();
  await expect(page.locator(".crash")).toHaveCount(0);
  await page.getByRole("navigation").getByRole("link", { name: "表", exact: true }).click();
  await expect(honjo.text).toHaveValue("○ほかの画面で取りもどす文。");
  await throwAway("○ほかの人には渡さない文。");
  await page.getByRole("button", { name: /担当者/ }).click();
  await page.getByRole("button", { name: "サインアウト" }).click();
  await expect(page.getByLabel("ログイン名")).toBeVisible();
  await expect(offer).toBeHidden();
});

test("a draft that was thrown away right before a reload does not come back", async ({ sheetOf, apiOf }) => {
  const honjo = await sheetOf("honjo");
  await honjo.edit(honjo.entry(RULES));
  await honjo.text.fill("○捨てられる文。");
  const api = await apiOf("honjo");
  const drafts = async () => (await api.call<{ drafts: unknown[] }>("{ drafts { id } }")).drafts.length;
  await expect.poll(drafts).toBe(1);
  // The page goes before the server has been told.
  await honjo.page.route("**/graphql", async (route) => {
    if (!/discardDraft/.test(route.request().postData() ?? "")) await route.fallback();
  });
  await honjo.editor.getByRole("button", { name: "下書きを捨てる" }).click();
  await expect(honjo.editor).toBeHidden();
  await honjo.page.unrouteAll({ behavior: "ignoreErrors" });

  // The next one asks for the drafts, and is answered after it has thrown this one away.
  const letThrough = await honjo.holdAnswers(/drafts\(sheetId/);
  const asked = honjo.page.waitForRequest((request) => /drafts\(sheetId/.test(request.postData() ?? ""));
  await honjo.page.reload();
  await asked;
  await expect.poll(drafts).toBe(0);
  const answered = honjo.page.waitForResponse((response) => /drafts\(sheetId/.test(response.request().postData() ?? ""));
  letThrough();
  await answered;
  await honjo.expectSaved();
  await honjo.page.waitForTimeout(500);
  await honjo.expectSaved();
  await expect(honjo.entry(RULES)).not.toContainText("下書き");
  await expect.poll(drafts).toBe(0);
});

test("a draft from another PC can be thrown away where it is offered", async ({ sheetOf, apiOf }) => {
  const office = await sheetOf("honjo");
  await office.edit(office.entry(RULES));
  await office.text.fill("○庁舎で書きかけた文。");
  const api = await apiOf("honjo");
  const drafts = async () => (await api.call<{ drafts: unknown[] }>("{ drafts { id } }")).drafts.length;
  await expect.poll(drafts).toBe(1);
  await office.page.close();
  const home = await sheetOf("honjo");
  await home.entry(RULES).getByRole("button", { name: "破棄" }).click();
  await expect(home.entry(RULES)).not.toContainText("書きかけ");
  await expect.poll(drafts).toBe(0);
});

test("a new entry that was begun is offered in its cell on another PC", async ({ sheetOf, apiOf }) => {
  const office = await sheetOf("honjo");
  await office.entry(RULES).focus();
  await office.page.keyboard.press("Shift+Enter");
  await office.text.fill("○新しく書きかけた取組。");
  const api = await apiOf("honjo");
  await expect.poll(async () => (await api.call<{ drafts: unknown[] }>("{ drafts { id } }")).drafts.length).toBe(1);
  const home = await sheetOf("honjo");
  await home.cell("ウ/STATUS").getByRole("button", { name: "続きを書く" }).click();
  await expect(home.text).toHaveValue("○新しく書きかけた取組。");
});

test("a new entry that was begun is gone on with where it was added, and what was left for it does not open by itself", async ({
  sheetOf,
  apiOf,
}) => {
  const misato = await apiOf("misato");
  const above = await misato.create("ア", "GOAL", 2026, "一つ目の目標。");
  await misato.create("ア", "GOAL", 2026, "二つ目の目標。");
  const honjo = await sheetOf("honjo");
  const [first, other] = [honjo.entryOf(above.id), honjo.cell("ア/STATUS").locator("[data-entry]").first()];
  const fromFirst = async () => (await top(honjo.editor)) - (await top(first));
  await first.focus();
  await honjo.page.keyboard.press("Shift+Enter");
  await honjo.text.fill("○間に書きかけた取組。");
  const place = await fromFirst();
  await honjo.text.press("Escape");
  await honjo.edit(other);
  await honjo.text.fill("○あとで続ける文。");
  const begun = honjo.cell("ア/GOAL").getByRole("button", { name: "書きかけの取組があります" });
  await begun.click();
  await expect(honjo.text).toHaveValue("○間に書きかけた取組。");
  await expect.poll(async () => Math.abs((await fromFirst()) - place)).toBeLessThanOrEqual(1);
  await honjo.text.press("Escape");
  await honjo.page.reload();
  await expect(begun).toBeVisible();
  await expect(other).toContainText("下書きがあります");
  await expect(honjo.editor).toBeHidden();
});

test("a draft whose entry is gone is listed, with its text", async ({ sheetOf, apiOf }) => {
  const misato = await apiOf("misato");
  const [entry] = await misato.entries("ウ", "STATUS");
  if (!entry) throw new Error("the sample has no such entry");
  const honjo = await sheetOf("honjo");
  await honjo.edit(honjo.entryOf(entry.id));
  await honjo.text.fill("○行き場をなくしてはいけない文。");
  await honjo.text.press("Escape");
  await misato.remove(entry);
  await expect(honjo.entryOf(entry.id)).toHaveCount(0);
  await honjo.page.reload();
  await expect(honjo.page.getByText("確認が必要1件")).toBeVisible();
  await honjo.page.getByRole("button", { name: "見る" }).click();
  const list = honjo.page.getByRole("dialog", { name: "確認が必要なもの" });
  await expect(list).toContainText("行き場をなくしてはいけない文。");
  await list.getByRole("button", { name: /^保存/ }).click();
  const deleted = honjo.page.getByRole("dialog", { name: "同じ取組が先に削除されました" });
  await expect(deleted).toContainText("行き場をなくしてはいけない文。");
  await deleted.getByRole("button", { name: "復元して保存" }).click();
  await expect(honjo.entry("行き場をなくしてはいけない文。")).toBeVisible();
  await honjo.expectSaved();
});

test("a deletion under a draft names who did it, can be agreed to, and that can be taken back", async ({ sheetOf, apiOf }) => {
  const misato = await apiOf("misato");
  const [entry] = await misato.entries("ウ", "STATUS");
  if (!entry) throw new Error("the sample has no such entry");
  const honjo = await sheetOf("honjo");
  await followed(honjo);
  await honjo.edit(honjo.entryOf(entry.id));
  await honjo.text.fill("○同意して捨てる文。");
  await honjo.text.press("Escape");
  await misato.remove(entry);
  const banner = honjo.page.locator(".away");
  await expect(banner).toContainText("（ウ）・令和7年度の取組状況及び結果");
  await expect(banner).toContainText(entry.body.slice(0, 14));
  await expect(banner).toContainText("美里町 担当者がこの取組を削除しました。");
  await banner.getByRole("button", { name: "一覧を見る" }).click();
  const list = honjo.page.getByRole("dialog", { name: "確認が必要なもの" });
  await expect(list).toContainText("美里町 担当者がこの取組を削除しました。");
  await list.getByRole("button", { name: "削除に同意する" }).click();
  await expect(list).toContainText("ありません");
  await list.getByRole("button", { name: "閉じる" }).click();
  await honjo.expectSaved();
  // And taken back.
  const toast = honjo.page.locator(".toast", { hasText: "同意して捨てる文。" });
  await toast.getByRole("button", { name: "元に戻す" }).click();
  await expect(toast).toHaveCount(0);
  await expect(banner).toContainText("美里町 担当者がこの取組を削除しました。");
  await banner.getByRole("button", { name: "一覧を見る" }).click();
  await expect(list).toContainText("同意して捨てる文。");
  await list.getByRole("button", { name: "保存（復元する）" }).click();
  const deleted = honjo.page.getByRole("dialog", { name: "同じ取組が先に削除されました" });
  await deleted.getByRole("button", { name: "削除に同意する" }).click();
  await expect(deleted).toBeHidden();
  await honjo.expectSaved();
  expect(await misato.history(entry.id)).toHaveLength(2);
});

test("the corner leads to a draft, from its sheet and from any other page", async ({ sheetOf }) => {
  const honjo = await sheetOf("honjo");
  await honjo.edit(honjo.entry(RULES));
  await honjo.text.fill("○書きかけのまま離れた文。");
  await honjo.text.press("Escape");
  const corner = honjo.page.getByRole("contentinfo");
  await corner.getByRole("button", { name: "下書きを開く" }).click();
  await expect(honjo.text).toHaveValue("○書きかけのまま離れた文。");
  await honjo.text.press("Escape");
  await honjo.page.getByRole("link", { name: "連携 はじめの画面" }).click();
  await expect(honjo.page.getByRole("heading", { name: "圏域と年度" })).toBeVisible();
  await corner.getByRole("button", { name: "下書きを開く" }).click();
  await expect(honjo.text).toHaveValue("○書きかけのまま離れた文。");
});

test("a draft is told of at once when its entry goes, and again where it was typed when that comes back", async ({
  sheetOf,
  apiOf,
}) => {
  const misato = await apiOf("misato");
  const [entry] = await misato.entries("ウ", "STATUS");
  if (!entry) throw new Error("the sample has no such entry");
  const honjo = await sheetOf("honjo");
  await followed(honjo);
  await honjo.edit(honjo.entryOf(entry.id));
  await honjo.text.fill("○行き場をなくしてはいけない文。");
  await honjo.text.press("Escape");
  await expect(honjo.entryOf(entry.id)).toContainText("下書き");
  await misato.remove(entry);
  await expect(honjo.page.getByText("確認が必要なものが1件あります。")).toBeVisible();
  await misato.bringBack(entry);
  await expect(honjo.entryOf(entry.id)).toContainText("下書き");
  await expect(honjo.page.getByText("確認が必要なものが1件あります。")).toHaveCount(0);
});

test("a clock that is set back loses nothing", async ({ sheetOf, apiOf }) => {
  const honjo = await sheetOf("honjo");
  await honjo.edit(honjo.entry(RULES));
  await honjo.text.fill("○時計が正しいときに書いた文。");
  const api = await apiOf("honjo");
  const drafts = async () =>
    (await api.call<{ drafts: { outline: string }[] }>("{ drafts { outline } }")).drafts.map((draft) => draft.outline);
  await expect.poll(drafts).toEqual(["○時計が正しいときに書いた文。"]);
  await honjo.page.clock.setSystemTime(new Date(Date.now() - 7 * 86_400_000));
  await honjo.text.fill("○時計が一週間戻ってから書いた文。");
  await expect.poll(drafts).toEqual(["○時計が一週間戻ってから書いた文。"]);
  await honjo.page.reload();
  await expect(honjo.text).toHaveValue("○時計が一週間戻ってから書いた文。");
});

test("a draft of an entry that somebody has just added is there after the line has dropped, where it stood", async ({
  server,
  sheetOf,
  apiOf,
}) => {
  const misato = await apiOf("misato");
  const honjo = await sheetOf("honjo");
  await honjo.keptForReload();
  await followed(honjo);
  const added = await misato.create("ウ", "PLAN", 2026, "美里町が足したばかりの文。");
  const entry = honjo.entryOf(added.id);
  await honjo.edit(entry);
  await server.stop();
  await honjo.text.fill("○美里町が足したばかりの文。本庄市の続き。");
  const place = () => honjo.cell("ウ/PLAN").locator("[data-entry]").evaluateAll((all, id) => all.findIndex((one) => one.getAttribute("data-entry") === id), added.id);
  const before = await place();
  await honjo.page.reload();
  await expect(honjo.text).toHaveValue("○美里町が足したばかりの文。本庄市の続き。");
  await honjo.text.press("Escape");
  await expect(entry).toContainText("美里町が足したばかりの文。");
  await expect(entry).toContainText("下書きがあります");
  expect(await place()).toBe(before);
  await server.start();
  await honjo.edit(entry);
  await honjo.text.press("Control+Enter");
  await honjo.expectSaved();
  expect((await misato.entry(added.id)).body).toBe("美里町が足したばかりの文。本庄市の続き。");
});
