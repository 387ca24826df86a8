// A file of the client is missing, as in the middle of an upgrade: the page says so and can be opened again.
import { expect, test } from "../support/journey.ts";

const FILES = {
  stylesheet: /\.css$/,
  "start script": /\/start-[0-9a-f]+\.js$/,
  "JavaScript of the client": /\/renkei-frontend-[0-9a-f]+\.js$/,
  "WASM of the client": /\.wasm$/,
};

for (const [name, file] of Object.entries(FILES)) {
  test(`without the ${name} there are words and a link that opens the page again`, async ({ newBrowser }) => {
    const page = await newBrowser({ serviceWorkers: "block" });
    let missing = 0;
    await page.route(file, async (route) => {
      missing += 1;
      await route.fulfill({ status: 404, contentType: "text/plain", body: "not found" });
    });
    // Until its stylesheet has come, everything of the page counts as visible.
    await page.goto("/sign-in");
    const again = page.getByRole("link", { name: "もう一度開く" });
    await expect(page.getByRole("alert").filter({ hasText: "まだ読み込めていません" })).toBeVisible();
    await expect(again).toBeVisible();
    expect(missing).toBeGreaterThan(0);

    await page.unroute(file);
    await again.click();
    await expect(page.getByLabel("パスワード")).toBeVisible();
    await expect(again).toBeHidden();
  });
}

test("nothing is said while the files are only on their way", async ({ newBrowser }) => {
  const page = await newBrowser({ serviceWorkers: "block", reducedMotion: "reduce" });
  await page.route(/\.wasm$/, async (route) => {
    await new Promise((later) => setTimeout(later, 3000));
    await route.continue();
  });
  await page.goto("/sign-in", { waitUntil: "commit" });
  const late = page.getByRole("alert").filter({ hasText: "まだ読み込めていません" });
  await expect(page.getByText("読み込んでいます…")).toBeVisible();
  await expect(late).toBeHidden();
  await expect(page.getByLabel("パスワード")).toBeVisible();
  await expect(late).toHaveCount(0);
});

test("whoever wants no motion is told all the same", async ({ newBrowser }) => {
  const page = await newBrowser({ serviceWorkers: "block", reducedMotion: "reduce" });
  await page.route(/\/start-[0-9a-f]+\.js$/, (route) => route.abort());
  await page.goto("/sign-in", { waitUntil: "commit" });
  await expect(page.getByRole("link", { name: "もう一度開く" })).toBeVisible();
});
