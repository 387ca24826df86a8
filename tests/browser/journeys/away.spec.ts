// The server goes, the session ends: what was typed and done stays, waits in order, and is sent once.
import { holdDatabase } from "../support/database.ts";
import { expect, test } from "../support/journey.ts";
import { signIn } from "../support/signin.ts";

const RULES = "入退院調整ルール改訂を行い";

test("the server stops while somebody types, the page is reloaded, and nothing typed is lost", async ({
  server,
  sheetOf,
  apiOf,
}) => {
  const honjo = await sheetOf("honjo");
  await honjo.keptForReload();
  await honjo.edit(honjo.entry(RULES));
  await server.stop();
  await honjo.text.fill("○サーバーが止まっている間に書いた文。");
  await honjo.page.reload();
  await expect(honjo.text).toHaveValue("○サーバーが止まっている間に書いた文。");

  await server.start();
  await honjo.text.press("Control+Enter");
  await honjo.expectSaved();
  expect((await (await apiOf("honjo")).entries("ウ", "STATUS"))[0]?.body).toBe(
    "サーバーが止まっている間に書いた文。",
  );
});

test("what was sent to a server that is away is saved once, by itself, when it is back", async ({
  server,
  sheetOf,
  apiOf,
}) => {
  const honjo = await sheetOf("honjo");
  await honjo.keptForReload();
  await honjo.edit(honjo.entry(RULES));
  await server.stop();
  await honjo.text.fill("○送ったあとも残る文。");
  await honjo.text.press("Control+Enter");
  // The editor is free for the next one; the sheet shows what will stand there, and that it waits.
  const entry = honjo.entry("送ったあとも残る文。");
  await expect(entry).toContainText("送信待ち");
  await expect(honjo.editor).toBeHidden();
  await expect(honjo.page.getByText("送信待ち1件")).toBeVisible();
  await honjo.page.reload();
  await expect(entry).toContainText("送信待ち");

  await server.start();
  await honjo.expectSaved();
  await expect(entry).not.toContainText("送信待ち");
  const [saved] = await (await apiOf("honjo")).entries("ウ", "STATUS");
  expect(saved?.body).toBe("送ったあとも残る文。");
  expect(saved?.version).toBe(2);
});

test("what waits is sent as well when the server is back before the browser's database has answered", async ({
  server,
  sheetOf,
}) => {
  const honjo = await sheetOf("honjo");
  await honjo.keptForReload();
  const holder = await honjo.page.context().newPage();
  await holder.goto("/healthz");
  await honjo.edit(honjo.entry(RULES));
  await server.stop();
  await honjo.text.fill("○遅い記憶装置でも送られる文。");
  await honjo.text.press("Control+Enter");
  await expect(honjo.page.getByText("送信待ち1件")).toBeVisible();

  const release = await holdDatabase(holder);
  const asked = honjo.page.waitForRequest((request) => request.postData()?.includes("viewer") ?? false);
  await honjo.page.reload({ waitUntil: "domcontentloaded" });
  await asked;
  const entered = honjo.page.waitForResponse(
    async (response) => response.url().endsWith("/graphql") && (await response.text()).includes("viewer"),
  );
  await server.start();
  await entered;
  await honjo.page.waitForTimeout(100);
  await release();
  await honjo.expectSaved();
  await expect(honjo.entry("遅い記憶装置でも送られる文。")).not.toContainText("送信待ち");
});

test("an afternoon away: edits, a new entry, a move and a deletion wait in order and are done once each", async ({
  server,
  sheetOf,
  apiOf,
}) => {
  const before = await apiOf("honjo");
  const [edited, moved] = await before.entries("ウ", "PLAN");
  const [removed] = await before.entries("エ", "PLAN");
  if (!edited || !moved || !removed) throw new Error("the sample has no such entries");
  const honjo = await sheetOf("honjo");
  await honjo.keptForReload();
  await server.stop();

  await honjo.edit(honjo.entryOf(edited.id));
  await honjo.text.fill("○一つ目の文。");
  await honjo.text.press("Control+Enter");
  await expect(honjo.editor).toBeHidden();
  // Once more, from what waits.
  await honjo.edit(honjo.entryOf(edited.id));
  await expect(honjo.text).toHaveValue("○一つ目の文。");
  await honjo.text.fill("○一つ目の文。二度目。");
  await honjo.text.press("Control+Enter");
  await expect(honjo.editor).toBeHidden();
  for (const body of ["新しい文その一。", "新しい文その二。"]) {
    await honjo.entryOf(edited.id).focus();
    await honjo.page.keyboard.press("Shift+Enter");
    await honjo.text.fill(`○${body}`);
    await honjo.text.press("Control+Enter");
    await expect(honjo.cell("ウ/PLAN")).toContainText(body);
    // The focus has gone back to the cell.
    await expect(honjo.editor).toBeHidden();
  }
  await honjo.entryOf(moved.id).focus();
  await honjo.page.keyboard.press("Alt+ArrowUp");
  await expect(honjo.entryOf(moved.id)).toContainText("送信待ち：移動");
  await honjo.entryOf(removed.id).focus();
  await honjo.page.keyboard.press("Delete");
  await expect(honjo.entryOf(removed.id)).toContainText("送信待ち：削除");
  await expect(honjo.page.getByText("送信待ち6件")).toBeVisible();
  await honjo.page.reload();
  await expect(honjo.page.getByText("送信待ち6件")).toBeVisible();

  await server.start();
  await honjo.expectSaved();
  const api = await apiOf("honjo");
  const bodies = (await api.entries("ウ", "PLAN")).map((entry) => entry.body);
  expect(bodies.filter((body) => body.startsWith("一つ目の文。"))).toEqual(["一つ目の文。二度目。"]);
  expect(bodies.filter((body) => body.startsWith("新しい文")).sort()).toEqual(["新しい文その一。", "新しい文その二。"]);
  expect(bodies[0]).toBe(moved.body);
  expect((await api.entry(edited.id)).version).toBe(3);
  expect(await api.history(removed.id)).toHaveLength(2);
  await expect(honjo.entryOf(removed.id)).toHaveCount(0);
});

test("what is added without a line stands where it was added, until it is sent and after", async ({
  server,
  sheetOf,
  apiOf,
}) => {
  const [first, second] = await (await apiOf("honjo")).entries("ウ", "PLAN");
  if (!first || !second) throw new Error("the sample has no such entries");
  const honjo = await sheetOf("honjo");
  await honjo.keptForReload();
  await server.stop();
  await honjo.entryOf(first.id).focus();
  await honjo.page.keyboard.press("Shift+Enter");
  await honjo.text.fill("○間に加えた文。");
  await honjo.text.press("Control+Enter");
  const texts = async () =>
    (await honjo.cell("ウ/PLAN").locator(".entries > li").allInnerTexts()).map((text) => text.replace(/\s/g, ""));
  const stands = async () => {
    const all = await texts();
    const at = all.findIndex((text) => text.includes("間に加えた文。"));
    const start = (body: string) => body.replace(/\s/g, "").slice(0, 8);
    return at > 0 && !!all[at - 1]?.includes(start(first.body)) && !!all[at + 1]?.includes(start(second.body));
  };
  await expect(honjo.cell("ウ/PLAN")).toContainText("間に加えた文。");
  await expect.poll(stands).toBe(true);
  await honjo.page.reload();
  await expect(honjo.page.getByText("送信待ち1件")).toBeVisible();
  await expect.poll(stands).toBe(true);
  await server.start();
  await honjo.expectSaved();
  await expect.poll(stands).toBe(true);
  expect((await (await apiOf("honjo")).entries("ウ", "PLAN"))[1]?.body).toBe("間に加えた文。");
});

test("a toast names its entry, and goes when that has been brought back", async ({ sheetOf, apiOf }) => {
  const [entry] = await (await apiOf("honjo")).entries("ウ", "PLAN");
  if (!entry) throw new Error("the sample has no such entry");
  const honjo = await sheetOf("honjo");
  await honjo.entryOf(entry.id).focus();
  await honjo.page.keyboard.press("Delete");
  const toast = honjo.page.locator(".toast", { hasText: entry.body.slice(0, 14) });
  await expect(toast).toContainText("を削除しました");
  await honjo.page.keyboard.press("Control+z");
  await expect(honjo.entryOf(entry.id)).toBeVisible();
  await expect(toast).toHaveCount(0, { timeout: 3_000 });
});

test("a save for which the session had ended is done after signing in again over the page", async ({ sheetOf, apiOf }) => {
  const honjo = await sheetOf("honjo");
  await honjo.edit(honjo.entry(RULES));
  await honjo.text.fill("○期限が切れても残る文。");
  await honjo.page.context().clearCookies();
  await honjo.text.press("Control+Enter");

  const again = honjo.page.getByRole("dialog", { name: /サインイン/ });
  await again.getByLabel("パスワード").fill("renkei-demo");
  await again.getByRole("button", { name: "サインイン" }).click();
  await expect(again).toBeHidden();
  await honjo.expectSaved();
  expect((await (await apiOf("honjo")).entries("ウ", "STATUS"))[0]?.body).toBe("期限が切れても残る文。");
});

test("signing in again gives the focus back to where it was", async ({ sheetOf }) => {
  const honjo = await sheetOf("honjo");
  const { page } = honjo;
  const again = page.getByRole("dialog", { name: /サインイン/ });
  const signIn = async (): Promise<void> => {
    await expect(again.getByLabel("パスワード")).toBeFocused();
    await again.getByLabel("パスワード").fill("renkei-demo");
    await page.keyboard.press("Enter");
    await expect(again).toBeHidden();
  };
  const entry = honjo.entry(RULES);
  const id = (await entry.getAttribute("data-entry")) ?? "";
  await honjo.edit(entry);
  await honjo.text.fill("○期限が切れたあとの文。");
  await page.request.post("/graphql", { data: { query: "mutation { signOut }" } });
  await signIn();
  await expect(honjo.text).toBeFocused();

  await page.context().clearCookies();
  await honjo.text.press("Control+Enter");
  await signIn();
  await honjo.expectSaved();
  await expect(honjo.entryOf(id)).toBeFocused();

  await page.goto("/account/tokens");
  await page.getByRole("textbox", { name: "名前" }).fill("期限のあと");
  await page.context().clearCookies();
  await page.getByRole("textbox", { name: "名前" }).press("Enter");
  await signIn();
  await expect(page.getByRole("group", { name: "「期限のあと」を作りました" })).toBeFocused();
});

test("what waits for a sign-in is sent when the same person signs in, however much later", async ({ sheetOf, apiOf }) => {
  const honjo = await sheetOf("honjo");
  await honjo.edit(honjo.entry(RULES));
  await honjo.text.fill("○あとでサインインしても残る文。");
  await honjo.page.context().clearCookies();
  await honjo.text.press("Control+Enter");
  await honjo.page.getByRole("dialog", { name: /サインイン/ }).getByRole("button", { name: "あとでする" }).click();
  await expect(honjo.entry("あとでサインインしても残る文。")).toContainText("送信待ち");

  await honjo.page.reload();
  await signIn(honjo.page, "honjo");
  await honjo.expectSaved();
  expect((await (await apiOf("honjo")).entries("ウ", "STATUS"))[0]?.body).toBe("あとでサインインしても残る文。");
});

test("who puts off the sign-in and does it later on the same page has their work sent", async ({ sheetOf, apiOf }) => {
  const honjo = await sheetOf("honjo");
  await honjo.edit(honjo.entry(RULES));
  await honjo.text.fill("○あとで同じ画面から送った文。");
  await honjo.page.request.post("/graphql", { data: { query: "mutation { signOut }" } });
  const again = honjo.page.getByRole("dialog", { name: /サインイン/ });
  await again.getByRole("button", { name: "あとでする" }).click();
  await honjo.text.press("Control+Enter");
  await again.getByRole("button", { name: "あとでする" }).click();
  await expect(honjo.entry("あとで同じ画面から送った文。")).toContainText("送信待ち");
  await honjo.page.getByRole("contentinfo").getByRole("button", { name: "サインイン" }).click();
  await again.getByLabel("パスワード").fill("renkei-demo");
  await again.getByRole("button", { name: "サインイン" }).click();
  await expect(again).toBeHidden();
  await honjo.expectSaved();
  expect((await (await apiOf("honjo")).entries("ウ", "STATUS"))[0]?.body).toBe("あとで同じ画面から送った文。");
});

test("the corner counts what is being typed, here and on every other page", async ({ sheetOf }) => {
  const honjo = await sheetOf("honjo");
  const draft = honjo.page.getByText("保存していない下書きが1件あります");
  await honjo.edit(honjo.entry(RULES));
  await expect(draft).toBeHidden();
  await honjo.text.fill("○書いている途中の文。");
  await expect(draft).toBeVisible();
  await honjo.page.getByRole("link", { name: "API" }).first().waitFor();
  await honjo.page.evaluate(() => history.pushState(null, "", "/account"));
  await honjo.page.evaluate(() => dispatchEvent(new PopStateEvent("popstate")));
  await expect(honjo.editor).toBeHidden();
  await expect(draft).toBeVisible();
});

test("where the browser keeps nothing, the corner says so as long as something is not saved", async ({ sheetOf }) => {
  const honjo = await sheetOf("honjo");
  await honjo.page.addInitScript(() => {
    IDBFactory.prototype.open = () => {
      throw new DOMException("no", "SecurityError");
    };
  });
  await honjo.page.reload();
  const corner = honjo.page.getByRole("contentinfo");
  await honjo.edit(honjo.entry(RULES));
  await honjo.text.fill("○この画面だけにある文。");
  await expect(corner).toContainText("このPCに残せません。閉じる前に保存してください");
  await honjo.text.press("Control+Enter");
  await honjo.expectSaved();
});

test("the corner never says that all is saved while something waits, however the page is opened", async ({
  server,
  sheetOf,
}) => {
  const honjo = await sheetOf("honjo");
  await honjo.keptForReload();
  await honjo.page.addInitScript(listenToCorner);
  await honjo.edit(honjo.entry(RULES));
  await server.stop();
  await honjo.text.fill("○まだ届いていない文。");
  await honjo.text.press("Control+Enter");
  await expect(honjo.page.getByText("送信待ち1件")).toBeVisible();
  await server.start();
  // The server has done it, and nobody knows until its answer is let through.
  const letThrough = await honjo.holdAnswers(/updateEntry/);

  const waiting = honjo.page.getByText("保存しています");
  await honjo.page.reload();
  await expect(honjo.entry("まだ届いていない文。")).toBeVisible();
  await expect(waiting).toBeVisible();
  expect(await honjo.page.evaluate(cornerSaid)).not.toContain("すべて保存済み");

  await honjo.page.context().clearCookies();
  await honjo.page.reload();
  await signIn(honjo.page, "honjo");
  await expect(honjo.entry("まだ届いていない文。")).toBeVisible();
  await expect(waiting).toBeVisible();
  expect(await honjo.page.evaluate(cornerSaid)).not.toContain("すべて保存済み");

  letThrough();
  await honjo.expectSaved();
});

/** Runs in the page: remembers everything that its corner says. */
function listenToCorner(): void {
  const said: string[] = [];
  Object.assign(window, { cornerSaid: said });
  new MutationObserver(() => {
    const text = document.querySelector(".save-state")?.textContent ?? "";
    if (text !== "" && text !== said.at(-1)) said.push(text);
  }).observe(document, { subtree: true, childList: true, characterData: true });
}

function cornerSaid(): string[] {
  return (window as unknown as { cornerSaid: string[] }).cornerSaid;
}

test("what the server refuses is listed until the person has decided, and holds up nothing else", async ({
  server,
  sheetOf,
  apiOf,
}) => {
  const api = await apiOf("honjo");
  const misato = await apiOf("misato");
  const [first, second] = await api.entries("ウ", "PLAN");
  const [other] = await api.entries("エ", "PLAN");
  if (!first || !second || !other) throw new Error("the sample has no such entries");
  const honjo = await sheetOf("honjo");
  await honjo.keptForReload();
  await honjo.page.context().setOffline(true);
  await honjo.entryOf(second.id).focus();
  await honjo.page.keyboard.press("Delete");
  await honjo.edit(honjo.entryOf(other.id));
  await honjo.text.fill("○ほかの取組は待たされない。");
  await honjo.text.press("Control+Enter");
  await expect(honjo.page.getByText("送信待ち2件")).toBeVisible();
  await misato.rewrite(second, "美里町が書きなおした文。");
  await honjo.page.context().setOffline(false);

  await expect(honjo.page.getByText("確認が必要1件")).toBeVisible();
  await expect.poll(async () => (await api.entry(other.id)).body).toBe("ほかの取組は待たされない。");
  expect((await api.entry(second.id)).body).toBe("美里町が書きなおした文。");
  await honjo.page.reload();
  await honjo.page.getByRole("button", { name: "見る" }).click();
  const list = honjo.page.getByRole("dialog", { name: "確認が必要なもの" });
  await expect(list).toContainText("美里町が書きなおした文。");
  await list.getByRole("button", { name: "取りやめる" }).click();
  await expect(list).toContainText("ありません");
  await list.getByRole("button", { name: "閉じる" }).click();
  await honjo.expectSaved();
  expect(server.host).toBeTruthy();
});
