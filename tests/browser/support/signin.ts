// Signing in at the page for it.
import { type Page, expect } from "@playwright/test";

export async function signIn(page: Page, login: string): Promise<void> {
  await page.getByLabel("ログイン名").fill(login);
  await page.getByLabel("パスワード").fill("renkei-demo");
  await page.getByRole("button", { name: "サインイン" }).click();
  await expect(page.getByLabel("パスワード")).toBeHidden();
}
