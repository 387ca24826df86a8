// Two people write the same entry: neither text is lost.
import { expect, test } from "../support/journey.ts";

const COUNCIL = "在宅医療・介護連携推進協議会を開催した。";

test("a stale save shows base, theirs and yours, and both live on in the text that combines them", async ({
  sheetOf,
  apiOf,
}) => {
  const misato = await apiOf("misato");
  const [entry] = await misato.entries("イ", "STATUS");
  if (!entry) throw new Error("the sample has no such entry");
  const honjo = await sheetOf("honjo");
  await honjo.edit(honjo.entry(COUNCIL));
  await misato.rewrite(entry, `夜間に${entry.body}`);
  const typed = (await honjo.text.inputValue()).replace("開催した。", "オンラインで開催した。");
  await honjo.text.fill(typed);
  await honjo.text.press("Control+Enter");

  await expect(honjo.conflict).toBeVisible();
  await expect(honjo.conflict).toContainText(`夜間に${entry.body}`);
  await expect(honjo.conflict).toContainText("オンラインで");
  const merged = honjo.conflict.getByRole("textbox", { name: "まとめた文" });
  await expect(merged).toHaveValue(/^○夜間に.*オンラインで開催した。/);
  await honjo.conflict.getByRole("button", { name: "この内容で保存" }).click();
  await expect(honjo.conflict).toBeHidden();

  const after = await misato.entry(entry.id);
  expect(after.body).toBe(`夜間に${entry.body.replace("開催した。", "オンラインで開催した。")}`);
  expect(after.notes).toEqual(entry.notes);
  expect(await misato.history(entry.id)).toHaveLength(3);
});

test("deciding later keeps one's own text, over a reload too", async ({ sheetOf, apiOf }) => {
  const misato = await apiOf("misato");
  const [entry] = await misato.entries("イ", "STATUS");
  if (!entry) throw new Error("the sample has no such entry");
  const honjo = await sheetOf("honjo");
  await honjo.edit(honjo.entry(COUNCIL));
  await misato.rewrite(entry, "美里町が書いた文。");
  await honjo.text.fill("○本庄市が書いた文。");
  await honjo.save.click();
  await honjo.conflict.getByRole("button", { name: "あとで決める" }).click();
  await expect(honjo.conflict).toBeHidden();
  expect((await misato.entry(entry.id)).body).toBe("美里町が書いた文。");

  await honjo.page.reload();
  await honjo.edit(honjo.entryOf(entry.id));
  await expect(honjo.text).toHaveValue("○本庄市が書いた文。");
  await honjo.save.click();
  await expect(honjo.conflict).toContainText("美里町が書いた文。");
});

test("an entry that somebody deleted meanwhile keeps the text that was typed", async ({ sheetOf, apiOf }) => {
  const misato = await apiOf("misato");
  const [entry] = await misato.entries("イ", "STATUS");
  if (!entry) throw new Error("the sample has no such entry");
  const honjo = await sheetOf("honjo");
  await honjo.edit(honjo.entry(COUNCIL));
  await misato.remove(entry);
  await honjo.text.fill("○消えてはいけない文。");
  await honjo.save.click();
  const dialog = honjo.page.getByRole("dialog", { name: "同じ取組が先に削除されました" });
  await expect(dialog).toContainText("消えてはいけない文。");
  await dialog.getByRole("button", { name: "復元して保存" }).click();
  await expect(dialog).toBeHidden();
  await expect.poll(async () => (await misato.entry(entry.id)).body).toBe("消えてはいけない文。");
  await expect(honjo.entryOf(entry.id)).toContainText("消えてはいけない文。");
});
