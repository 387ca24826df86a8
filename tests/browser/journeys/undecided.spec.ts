// What a person must see to is told in words, also when the server could not be asked for them at first.
import { expect, test } from "../support/journey.ts";
import { followed } from "../support/live.ts";

test("who has deleted what a draft is about is asked for again when the server is back", async ({ sheetOf, apiOf }) => {
  const misato = await apiOf("misato");
  const [entry] = await misato.entries("ウ", "STATUS");
  if (!entry) throw new Error("the sample has no such entry");
  const honjo = await sheetOf("honjo");
  await followed(honjo);
  await honjo.edit(honjo.entryOf(entry.id));
  await honjo.text.fill("○消えた取組の文。");
  await honjo.text.press("Escape");
  let asked = 0;
  await honjo.page.route("**/graphql", (route) => {
    if (!/query FindEntry/.test(route.request().postData() ?? "")) return route.fallback();
    asked += 1;
    return asked === 1 ? route.abort() : route.fallback();
  });
  await misato.remove(entry);
  const told = honjo.page.locator(".away", { hasText: "確認が必要なものが1件あります。" });
  await expect(told).toContainText("美里町 担当者がこの取組を削除しました。", { timeout: 15_000 });
  expect(asked).toBe(2);
});
