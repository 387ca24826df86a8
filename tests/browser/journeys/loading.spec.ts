// How the client comes: what it asks for first is asked for at once; and where a file of it is missing, as in the middle
// of an upgrade, the page says so and can be opened again.
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

test("the sheet is asked for beside the viewer, once, before the client has loaded", async ({ sheetOf }) => {
  const { page, address } = await sheetOf("honjo");
  const asked: string[] = [];
  let both = () => {};
  const atOnce = new Promise<void>((resolve) => {
    both = resolve;
  });
  // Neither is answered before the other one is asked for.
  await page.route("**/graphql", async (route) => {
    const operation = route.request().postDataJSON()?.operationName;
    asked.push(operation);
    if (asked.includes("Viewer") && asked.includes("Sheet")) both();
    if (["Viewer", "Sheet"].includes(operation)) await atOnce;
    await route.continue();
  });
  let askedBefore: string[] | undefined;
  await page.route(/\.wasm$/, async (route) => {
    await atOnce;
    askedBefore ??= [...asked];
    await route.continue();
  });
  await page.goto(address);
  await expect(page.locator("[data-entry]")).toHaveCount(64);
  expect(asked.filter((operation) => ["Viewer", "Sheet"].includes(operation)).sort()).toEqual(["Sheet", "Viewer"]);
  // Where the service worker has the file, nothing of it is asked for.
  if (askedBefore) expect(askedBefore.sort()).toEqual(["Sheet", "Viewer"]);
});

test("whoever signs in on the way sees what they may, and not what was asked for before", async ({ newBrowser, apiOf }) => {
  const { region } = await (await apiOf("honjo")).sheet();
  const page = await newBrowser();
  await page.goto(`/regions/${region.id}/sheets/2026`);
  await page.getByLabel("ログイン名").fill("honjo");
  await page.getByLabel("パスワード").fill("renkei-demo");
  await page.getByRole("button", { name: "サインイン" }).click();
  await expect(page.locator("[data-entry]")).toHaveCount(64);
  await expect(page.getByRole("dialog")).toBeHidden();
});
