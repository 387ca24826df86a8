// The server goes, the session ends: what was typed stays.
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
  await expect(honjo.editor).toContainText("つながりません");
  await honjo.page.reload();
  await expect(honjo.text).toHaveValue("○送ったあとも残る文。");

  await server.start();
  await honjo.expectSaved();
  const api = await apiOf("honjo");
  const [entry] = await api.entries("ウ", "STATUS");
  expect(entry?.body).toBe("送ったあとも残る文。");
  expect(entry?.version).toBe(2);
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

test("whoever signs in later finds the text in the editor", async ({ sheetOf }) => {
  const honjo = await sheetOf("honjo");
  await honjo.edit(honjo.entry(RULES));
  await honjo.text.fill("○あとでサインインしても残る文。");
  await honjo.page.context().clearCookies();
  await honjo.text.press("Control+Enter");
  await honjo.page.getByRole("dialog", { name: /サインイン/ }).getByRole("button", { name: "あとでする" }).click();
  await expect(honjo.text).toHaveValue("○あとでサインインしても残る文。");
  await expect(honjo.editor).toContainText("サインイン");
});
