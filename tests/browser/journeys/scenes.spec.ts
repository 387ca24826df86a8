// The main job: tag by care scene, filter, and show a colleague the same.
import { expect, test } from "../support/journey.ts";

const RESOURCES = "市町ホームページの情報更新を行った。";

test("an entry is tagged, every filter shows it in its place, and its address shows a colleague the same", async ({
  sheetOf,
  newBrowser,
}) => {
  const honjo = await sheetOf("honjo");
  const entry = honjo.entry(RESOURCES);
  await expect(honjo.entries).toHaveCount(64);

  await honjo.edit(entry);
  await honjo.editor.getByRole("checkbox", { name: "看取り" }).check();
  await honjo.save.click();
  await honjo.expectSaved();
  await honjo.expectCount("看取り", 64);
  await honjo.expectCount("急変時の対応", 63);
  await expect(entry.getByRole("img", { name: "場面：看取り" })).toBeVisible();

  await honjo.scene("急変時の対応").check();
  await expect(entry).toBeHidden();
  await expect(honjo.entries).toHaveCount(63);
  await expect(honjo.cell("ア/STATUS")).toContainText("ほか1件は絞り込みで非表示");

  await honjo.scene("急変時の対応").uncheck();
  await honjo.scene("看取り").check();
  await honjo.explicitOnly.check();
  await expect(honjo.entries).toHaveCount(1);
  await expect(honjo.entries).toContainText(RESOURCES);
  await expect(honjo.page.getByText("64件中 1件", { exact: true })).toBeVisible();

  const colleague = await newBrowser();
  await colleague.goto(honjo.page.url());
  await colleague.getByLabel("ログイン名").fill("misato");
  await colleague.getByLabel("パスワード").fill("renkei-demo");
  await colleague.getByRole("button", { name: "サインイン" }).click();
  await expect(colleague.locator("[data-entry]:visible")).toHaveCount(1);
  await expect(colleague.locator("[data-entry]:visible")).toContainText(RESOURCES);
  await expect(colleague.getByRole("checkbox", { name: /^看取り/ })).toBeChecked();
  await expect(colleague.getByRole("checkbox", { name: "明示のみ" })).toBeChecked();
  expect(colleague.url()).toBe(honjo.page.url());
});
