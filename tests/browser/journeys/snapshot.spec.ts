// A snapshot is asked for while the server is away: made once when it is back, or not at all where it was given up.
import type { Locator } from "@playwright/test";
import type { Api } from "../support/api.ts";
import { expect, test } from "../support/journey.ts";
import type { SheetPage } from "../support/sheet.ts";

const WAITING = "サーバーにつながりしだい作ります。";

/** The dialog with a name in it. */
async function named(sheet: SheetPage, label: string): Promise<Locator> {
  await sheet.page.getByRole("button", { name: /変更箇所/ }).click();
  await sheet.page.getByRole("button", { name: "提出版を作る…" }).click();
  const dialog = sheet.page.getByRole("dialog", { name: "提出版を作る" });
  await dialog.getByRole("textbox").fill(label);
  return dialog;
}

async function snapshots(api: Api): Promise<string[]> {
  const { id } = await api.sheet();
  const { node } = await api.call<{ node: { snapshots: { label: string }[] } }>(
    "query ($id: ID!) { node(id: $id) { ... on Sheet { snapshots { label } } } }",
    { id },
  );
  return node.snapshots.map(({ label }) => label);
}

test("however often it is asked for while the server is away, one is made when it is back", async ({ sheetOf, apiOf, server }) => {
  const hub = await apiOf("hub");
  const approver = await sheetOf("hub-approver");
  const dialog = await named(approver, "第1回協議会");
  await server.stop();
  await dialog.getByRole("textbox").press("Enter");
  await expect(dialog.getByText(WAITING)).toBeVisible();
  await expect(dialog.getByRole("button", { name: "作っています…" })).toHaveAttribute("aria-disabled", "true");
  for (let times = 0; times < 2; times++) await dialog.getByRole("textbox").press("Enter");
  await server.start();
  await expect(dialog).toBeHidden({ timeout: 30_000 });
  await expect(approver.page.locator(".toast", { hasText: "提出版「第1回協議会」を作りました。" })).toHaveCount(1);
  await approver.page.waitForTimeout(500);
  expect(await snapshots(hub)).toEqual(["第1回協議会"]);
});

test("one that was made, though its answer was lost, is not made again when it is asked for once more", async ({
  sheetOf,
  apiOf,
}) => {
  const approver = await sheetOf("hub-approver");
  const { page } = approver;
  let lost = false;
  await page.route("**/graphql", async (route) => {
    if (lost || !/createSnapshot/.test(route.request().postData() ?? "")) return route.fallback();
    lost = true;
    await route.fetch();
    return route.fulfill({ status: 500, body: "" });
  });
  const dialog = await named(approver, "第1回協議会");
  await dialog.getByRole("button", { name: "作る" }).click();
  await expect(dialog.getByText("サーバーの応答を読めませんでした")).toBeVisible();
  await dialog.getByRole("button", { name: "やめる" }).click();
  await named(approver, "第1回協議会");
  await dialog.getByRole("button", { name: "作る" }).click();
  await expect(dialog).toBeHidden();
  expect(await snapshots(await apiOf("hub"))).toEqual(["第1回協議会"]);
});

test("one that was given up while the server was away is never made", async ({ sheetOf, apiOf, server }) => {
  const hub = await apiOf("hub");
  const approver = await sheetOf("hub-approver");
  const dialog = await named(approver, "第1回協議会");
  await server.stop();
  await dialog.getByRole("button", { name: "作る" }).click();
  await expect(dialog.getByText(WAITING)).toBeVisible();
  await dialog.getByRole("button", { name: "やめる" }).click();
  await expect(dialog).toBeHidden();
  const away = approver.page.locator(".away");
  await expect(away).toBeVisible();
  await server.start();
  await expect(away).toBeHidden({ timeout: 30_000 });
  await approver.page.waitForTimeout(1_000);
  expect(await snapshots(hub)).toEqual([]);
});
