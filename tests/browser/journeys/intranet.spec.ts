// On an intranet's name by plain http: no secure context, so no Web Locks, no service worker, no clipboard and no
// crypto.randomUUID. Everything works all the same.
import { SheetPage } from "../support/sheet.ts";
import { expect, test as base } from "../support/journey.ts";
import { signIn } from "../support/signin.ts";

const NAME = "renkei.example";
const RULES = "入退院調整ルール改訂を行い";

const test = base.extend<{ intranet: SheetPage }>({
  // The name leads to this machine, and no other name leads anywhere.
  launchOptions: async ({ launchOptions }, use) => {
    const others = (launchOptions.args ?? []).filter((argument) => !argument.startsWith("--host-resolver-rules="));
    const rules = `--host-resolver-rules=MAP ${NAME} 127.0.0.1,MAP * ~NOTFOUND,EXCLUDE 127.0.0.1`;
    await use({ ...launchOptions, args: [...others, rules] });
  },

  /** The sheet, by whoever signs in at the page for it. */
  intranet: async ({ server, newBrowser, apiOf }, use) => {
    const page = await newBrowser({ baseURL: server.url.replace("127.0.0.1", NAME) });
    const { region } = await (await apiOf("honjo")).sheet();
    const sheet = new SheetPage(page, `/regions/${region.id}/sheets/2026`);
    await page.goto(sheet.address);
    await signIn(page, "honjo");
    await expect(sheet.entry(RULES)).toBeVisible();
    expect(await page.evaluate(() => [isSecureContext, "locks" in navigator, "clipboard" in navigator])).toEqual([
      false,
      false,
      false,
    ]);
    await use(sheet);
  },
});

test("on a plain http name, what is edited is saved", async ({ intranet, apiOf }) => {
  await intranet.edit(intranet.entry(RULES));
  await intranet.text.fill("○庁内の名前で開いて書いた文。");
  await intranet.text.press("Control+Enter");
  await intranet.expectSaved();
  expect((await (await apiOf("honjo")).entries("ウ", "STATUS"))[0]?.body).toBe("庁内の名前で開いて書いた文。");
});

test("on a plain http name, a draft stands where it was typed when the page is loaded again", async ({ intranet }) => {
  await intranet.edit(intranet.entry(RULES));
  await intranet.text.fill("○書きかけの文");
  await intranet.page.reload();
  await expect(intranet.text).toHaveValue("○書きかけの文");
  await intranet.text.press("Escape");
  await intranet.page.reload();
  await expect(intranet.entry(RULES)).toContainText("下書きがあります");
});

test("on a plain http name, two tabs show the same draft, and it is saved once", async ({ intranet, apiOf }) => {
  const two = new SheetPage(await intranet.page.context().newPage(), intranet.address);
  await two.open();
  await intranet.edit(intranet.entry(RULES));
  await intranet.text.fill("○一つ目のタブで書いた文。");
  await two.edit(two.entry(RULES));
  await expect(two.text).toHaveValue("○一つ目のタブで書いた文。");
  await two.text.press("End");
  await two.page.keyboard.type("続き。");
  await expect(intranet.text).toHaveValue("○一つ目のタブで書いた文。続き。");
  await intranet.text.press("Control+Enter");
  await intranet.expectSaved();
  await two.expectSaved();
  const [entry] = await (await apiOf("honjo")).entries("ウ", "STATUS");
  expect([entry?.body, entry?.version]).toEqual(["一つ目のタブで書いた文。続き。", 2]);
});

test("on a plain http name, what is asked for while the server is away is done when it is back", async ({
  intranet,
  server,
  apiOf,
}) => {
  const two = new SheetPage(await intranet.page.context().newPage(), intranet.address);
  await two.open();
  await server.stop();
  await intranet.edit(intranet.entry(RULES));
  await intranet.text.fill("○切れている間に書いた文。");
  await intranet.text.press("Control+Enter");
  await expect(two.page.getByText("送信待ち1件")).toBeVisible();
  await server.start();
  await intranet.expectSaved();
  await two.expectSaved();
  const after = await apiOf("honjo");
  const [entry] = await after.entries("ウ", "STATUS");
  expect([entry?.body, entry?.version]).toEqual(["切れている間に書いた文。", 2]);
});
