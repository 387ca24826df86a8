// The server goes, the session ends: what was typed and done stays, waits in order, and is sent once.
import { expect, test } from "../support/journey.ts";

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

test("what waits for a sign-in is sent when the same person signs in, however much later", async ({ sheetOf, apiOf }) => {
  const honjo = await sheetOf("honjo");
  await honjo.edit(honjo.entry(RULES));
  await honjo.text.fill("○あとでサインインしても残る文。");
  await honjo.page.context().clearCookies();
  await honjo.text.press("Control+Enter");
  await honjo.page.getByRole("dialog", { name: /サインイン/ }).getByRole("button", { name: "あとでする" }).click();
  await expect(honjo.entry("あとでサインインしても残る文。")).toContainText("送信待ち");

  await honjo.page.reload();
  await honjo.page.getByLabel("ログイン名").fill("honjo");
  await honjo.page.getByLabel("パスワード").fill("renkei-demo");
  await honjo.page.getByRole("button", { name: "サインイン" }).click();
  await honjo.expectSaved();
  expect((await (await apiOf("honjo")).entries("ウ", "STATUS"))[0]?.body).toBe("あとでサインインしても残る文。");
});

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
