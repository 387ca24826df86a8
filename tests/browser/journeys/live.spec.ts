// Another's saved change comes within a second, in place, and disturbs nothing.
import { execFileSync } from "node:child_process";
import type { Api } from "../support/api.ts";
import { composing } from "../support/ime.ts";
import { expect, test } from "../support/journey.ts";
import { SOON, followed, said, stateOf, top } from "../support/live.ts";
import { Proxy } from "../support/proxy.ts";
import { binary } from "../support/server.ts";
import { SheetPage } from "../support/sheet.ts";

const RULES = "入退院調整ルール改訂を行い";

async function move(api: Api, id: string, version: number, code: string, facet: string, fiscalYear: number): Promise<void> {
  const sheet = await api.sheet();
  const itemId = sheet.rows.find((row) => row.item.code === code)?.item.id;
  const { moveEntry } = await api.call<{ moveEntry: { __typename: string } }>(
    "mutation ($input: MoveEntryInput!) { moveEntry(input: $input) { __typename } }",
    { input: { requestId: crypto.randomUUID(), id, version, itemId, facet, fiscalYear, afterEntryId: null } },
  );
  expect(moveEntry.__typename).toBe("EntrySaved");
}

test("whatever others do is seen within a second, while somebody goes on typing", async ({ sheetOf, apiOf }) => {
  const misato = await apiOf("misato");
  const [above] = await misato.entries("イ", "STATUS");
  const [tagged, moved] = await misato.entries("ア", "STATUS");
  if (!above || !tagged || !moved) throw new Error("the sample has no such entries");
  const honjo = await sheetOf("honjo");
  await followed(honjo);
  await honjo.edit(honjo.entry(RULES));
  await honjo.text.fill("○書きかけの文を途中まで。");
  await honjo.text.evaluate((area: HTMLTextAreaElement) => area.setSelectionRange(3, 5));
  const before = await stateOf(honjo);

  // Higher than it was, above what is being typed.
  const long = "とても長い文になりました。".repeat(12);
  await misato.rewrite(above, long);
  await expect(honjo.entryOf(above.id)).toContainText(long, SOON);
  expect(await stateOf(honjo)).toEqual(before);
  await expect(honjo.entryOf(above.id)).toHaveClass(/fresh/);
  await expect(honjo.entryOf(above.id)).not.toHaveClass(/fresh/);

  const created = await misato.create("イ", "STATUS", 2025, "新しく追加された取組。");
  await expect(honjo.cell("イ/STATUS").locator("[data-entry]").last()).toContainText("新しく追加された取組。", SOON);
  await misato.tag(tagged, ["END_OF_LIFE"]);
  await expect(honjo.entryOf(tagged.id).getByRole("img")).toHaveAccessibleName(/看取り/, SOON);
  await move(misato, moved.id, moved.version, "イ", "STATUS", 2025);
  await expect(honjo.cell("イ/STATUS").locator("[data-entry]").first()).toHaveAttribute("data-entry", moved.id, SOON);
  await expect(honjo.cell("ア/STATUS").locator(`[data-entry="${moved.id}"]`)).toHaveCount(0);
  await misato.remove(created);
  await expect(honjo.entryOf(created.id)).toHaveCount(0, SOON);
  expect(await stateOf(honjo)).toEqual(before);

  await honjo.text.press("Control+Enter");
  await honjo.expectSaved();
  expect((await misato.entries("ウ", "STATUS"))[0]?.body).toBe("書きかけの文を途中まで。");
});

test("what one reads stays where it is, with its selection and its focus", async ({ sheetOf, apiOf }) => {
  const misato = await apiOf("misato");
  const [above, second] = await misato.entries("ア", "STATUS");
  const [read] = await misato.entries("エ", "STATUS");
  if (!above || !second || !read) throw new Error("the sample has no such entries");
  const honjo = await sheetOf("honjo");
  await followed(honjo);
  const entry = honjo.entryOf(read.id);
  await entry.evaluate((element) => element.scrollIntoView({ block: "center" }));
  await entry.locator(".body").selectText();
  const selected = await honjo.page.evaluate(() => String(getSelection()));
  const place = await top(entry);
  await misato.rewrite(above, "上の行がとても高くなりました。".repeat(30));
  await expect(honjo.entryOf(above.id)).toContainText("とても高くなりました", SOON);
  expect(Math.abs((await top(entry)) - place)).toBeLessThanOrEqual(1);
  expect(await honjo.page.evaluate(() => String(getSelection()))).toBe(selected);

  await entry.focus();
  const [now] = await misato.entries("エ", "STATUS");
  if (!now) throw new Error("it has gone");
  await misato.rewrite(now, "焦点のある取組が変わりました。");
  await expect(entry).toContainText("焦点のある取組が変わりました。", SOON);
  await expect(entry).toBeFocused();
  const neighbour = (await misato.entries("エ", "STATUS"))[1];
  await misato.remove(await misato.entry(read.id));
  await expect(entry).toHaveCount(0, SOON);
  if (neighbour) await expect(honjo.entryOf(neighbour.id)).toBeFocused();
});

test("an open menu stays open, and nothing moves under it", async ({ sheetOf, apiOf }) => {
  const misato = await apiOf("misato");
  const [above] = await misato.entries("ア", "STATUS");
  if (!above) throw new Error("the sample has no such entry");
  const honjo = await sheetOf("honjo");
  await followed(honjo);
  await honjo.entry(RULES).focus();
  await honjo.page.keyboard.press("Shift+F10");
  const menu = honjo.page.getByRole("menu");
  await expect(menu).toBeVisible();
  const [place, entry] = [await top(menu), await top(honjo.entry(RULES))];
  await misato.rewrite(above, "上の行がとても高くなりました。".repeat(20));
  await expect(honjo.entryOf(above.id)).toContainText("とても高くなりました", SOON);
  expect(Math.abs((await top(menu)) - place)).toBeLessThanOrEqual(1);
  expect(Math.abs((await top(honjo.entry(RULES))) - entry)).toBeLessThanOrEqual(1);
  await expect(menu.locator(":focus")).toHaveCount(1);
});

test("an input method goes on composing while the same entry changes beneath, and both edits are kept", async ({
  sheetOf,
  apiOf,
}) => {
  const misato = await apiOf("misato");
  const [entry] = await misato.entries("ウ", "STATUS");
  if (!entry) throw new Error("the sample has no such entry");
  const honjo = await sheetOf("honjo");
  await followed(honjo);
  await honjo.edit(honjo.entryOf(entry.id));
  await honjo.text.press("Control+End");
  const ime = await composing(honjo.page);
  await ime.compose("けんしゅう");
  await misato.rewrite(entry, `令和7年度に${entry.body}`);
  await expect(honjo.entryOf(entry.id)).toContainText(`令和7年度に${entry.body.slice(0, 8)}`, SOON);
  await ime.compose("けんしゅうも");
  await ime.commit("研修も実施。");
  await expect(honjo.text).toHaveValue(/研修も実施。$/);
  await expect(honjo.text).toHaveValue(/^○入退院調整ルール/);
  await expect(honjo.editor).toContainText("美里町 担当者がこの取組を更新しました。保存すると合わせます。");
  await honjo.text.press("Control+Enter");
  await honjo.expectSaved();
  const after = await misato.entry(entry.id);
  const text = after.body + after.notes.map((note) => note.text).join("");
  expect(text).toContain("令和7年度に");
  expect(text).toContain("研修も実施。");
});

test("news are said in one polite sentence, one's own are none", async ({ sheetOf, apiOf }) => {
  const [misato, kamikawa] = [await apiOf("misato"), await apiOf("kamikawa")];
  const honjo = await sheetOf("honjo");
  await followed(honjo);
  const [entry] = await misato.entries("ウ", "PLAN");
  if (!entry) throw new Error("the sample has no such entry");
  await misato.rewrite(entry, "美里町が書いた計画。");
  await expect(said(honjo)).toHaveText("美里町 担当者が（ウ）令和8年度の計画の取組を編集しました");
  await misato.create("ア", "GOAL", 2026, "目標その一。");
  await kamikawa.create("ア", "GOAL", 2026, "目標その二。");
  await expect(said(honjo)).toHaveText("神川町 担当者ほか1人がこの表を2か所更新しました");

  // Somebody's own change, made elsewhere.
  const elsewhere = await apiOf("honjo");
  const mine = await elsewhere.create("ア", "GOAL", 2026, "自分が別のPCで書いた目標。");
  await expect(honjo.entryOf(mine.id)).toBeVisible(SOON);
  await expect(honjo.entryOf(mine.id)).not.toHaveClass(/fresh/);
  await misato.create("ア", "GOAL", 2026, "目標その三。");
  await expect(said(honjo)).toHaveText(/^美里町 担当者が（ア）/);
});

test("news do not speak over what somebody has done themselves", async ({ sheetOf, apiOf }) => {
  const misato = await apiOf("misato");
  const [entry, other] = await misato.entries("ウ", "PLAN");
  if (!entry || !other) throw new Error("the sample has no such entries");
  const honjo = await sheetOf("honjo");
  await followed(honjo);
  // Every sentence, with how long it stood, in milliseconds.
  await said(honjo).evaluate((region) => {
    const heard: [string, number][] = [];
    Object.assign(window, { heard });
    let begun = performance.now();
    new MutationObserver(() => {
      const last = heard.at(-1);
      if (last) last[1] = performance.now() - begun;
      begun = performance.now();
      heard.push([region.textContent ?? "", Number.POSITIVE_INFINITY]);
    }).observe(region, { childList: true, characterData: true, subtree: true });
  });
  await honjo.edit(honjo.entryOf(entry.id));
  await honjo.text.fill("○本庄市が書いた計画。");
  await honjo.text.press("Control+Enter");
  await expect(said(honjo)).toHaveText("保存しました。");
  await misato.rewrite(other, "美里町が書いた計画。");
  await expect(honjo.entryOf(other.id)).toContainText("美里町が書いた計画。", SOON);
  await expect(said(honjo)).toHaveText(/^美里町 担当者が（ウ）/);
  const heard = await honjo.page.evaluate(() => (window as unknown as { heard: [string, number][] }).heard);
  const stood = heard.find(([sentence]) => sentence === "保存しました。")?.[1];
  expect(stood).toBeGreaterThan(1_500);
});

test("with reduced motion the mark comes and goes without moving", async ({ sheetOf, apiOf }) => {
  const misato = await apiOf("misato");
  const [entry] = await misato.entries("ア", "STATUS");
  if (!entry) throw new Error("the sample has no such entry");
  const honjo = await sheetOf("honjo", { reducedMotion: "reduce" });
  await followed(honjo);
  await misato.rewrite(entry, "動きを減らす設定でも分かる変更。");
  await expect(honjo.entryOf(entry.id)).toHaveClass(/fresh/, SOON);
  const style = await honjo.entryOf(entry.id).evaluate((element) => {
    const { transitionDuration, animationName } = getComputedStyle(element);
    return { transitionDuration, animationName };
  });
  expect(style).toEqual({ transitionDuration: "0s", animationName: "none" });
  await expect(honjo.entryOf(entry.id)).not.toHaveClass(/fresh/);
});

test("two tabs of one person show the same, and neither calls the other somebody else", async ({ sheetOf }) => {
  const first = await sheetOf("honjo");
  await followed(first);
  const page = await first.page.context().newPage();
  const second = new SheetPage(page, first.address);
  await second.open();
  await followed(second);
  await first.edit(first.entry(RULES));
  await first.text.fill("○一つめのタブで書いた文。");
  await first.text.press("Control+Enter");
  await first.expectSaved();
  await expect(second.entry("一つめのタブで書いた文。")).toBeVisible(SOON);
  await expect(second.page.getByRole("button", { name: /この表を開いている人/ })).toBeHidden();
  await expect(said(second)).not.toContainText("本庄市");
});

test("after a line that was dead, everything missed comes in order", async ({ server, sheetOf, apiOf }) => {
  test.setTimeout(120_000);
  const proxy = await Proxy.before(server);
  const misato = await apiOf("misato");
  const [entry] = await misato.entries("ウ", "STATUS");
  if (!entry) throw new Error("the sample has no such entry");
  const honjo = await sheetOf("honjo", { baseURL: proxy.url });
  await followed(honjo);
  proxy.cut();
  let now = entry;
  for (const text of ["一", "二", "三"]) now = await misato.rewrite(now, `切れている間の変更${text}。`);
  const created = await misato.create("ウ", "STATUS", 2025, "切れている間に追加。");
  // Nothing tells the browser; it finds out by the silence.
  await expect(honjo.page.locator(".live-how")).toHaveAttribute("data-live", "silent", { timeout: 20_000 });
  proxy.mend();
  await followed(honjo);
  await expect(honjo.entryOf(entry.id)).toContainText("切れている間の変更三。");
  await expect(honjo.entryOf(created.id)).toBeVisible();

  // Far behind: the sheet is read anew.
  proxy.cut();
  const many = (await misato.sheet()).rows.flatMap((row) => row.cells.flatMap((cell) => cell.entries));
  const own = many.filter((entry) => entry.owner === null && entry.fiscalYear === 2026).slice(0, 25);
  await Promise.all(
    own.map(async (entry) => {
      let last = entry;
      for (let n = 0; n < 42; n += 1) last = await misato.rewrite(last, `${entry.body}（${n}）`);
    }),
  );
  proxy.mend();
  await followed(honjo);
  for (const entry of own.slice(0, 3)) await expect(honjo.entryOf(entry.id)).toContainText("（41）");
  await proxy.remove();
});

test("where no WebSocket passes, the sheet is asked for every few seconds, and says so", async ({ server, sheetOf, apiOf }) => {
  test.setTimeout(90_000);
  const proxy = await Proxy.before(server);
  proxy.passSockets(false);
  const misato = await apiOf("misato");
  const [entry] = await misato.entries("ウ", "STATUS");
  if (!entry) throw new Error("the sample has no such entry");
  const honjo = await sheetOf("honjo", { baseURL: proxy.url });
  await followed(honjo, "polling");
  await expect(honjo.page.getByText("ライブ更新：定期確認")).toBeVisible();
  await misato.rewrite(entry, "定期確認で届いた変更。");
  await expect(honjo.entryOf(entry.id)).toContainText("定期確認で届いた変更。", { timeout: 6_000 });
  await expect(said(honjo)).toContainText("美里町 担当者が");
  await proxy.remove();
});

test("a session that has ended elsewhere asks to sign in again, over what is typed", async ({ sheetOf }) => {
  const honjo = await sheetOf("honjo");
  await followed(honjo);
  await honjo.edit(honjo.entry(RULES));
  await honjo.text.fill("○サインインし直しても残る文。");
  await honjo.page.request.post("/graphql", { data: { query: "mutation { signOut }" } });
  const again = honjo.page.getByRole("dialog", { name: /サインイン/ });
  await again.getByLabel("パスワード").fill("renkei-demo");
  await again.getByRole("button", { name: "サインイン" }).click();
  await expect(again).toBeHidden();
  await expect(honjo.text).toHaveValue("○サインインし直しても残る文。");
  await followed(honjo);
});

test("who does not sign in again is told that no news come, and can do so later", async ({ sheetOf }) => {
  const honjo = await sheetOf("honjo");
  await followed(honjo);
  await honjo.page.request.post("/graphql", { data: { query: "mutation { signOut }" } });
  const again = honjo.page.getByRole("dialog", { name: /サインイン/ });
  await again.getByRole("button", { name: "あとで" }).click();
  await expect(again).toBeHidden();
  const footer = honjo.page.getByRole("contentinfo");
  await expect(footer.getByText("ほかの人の更新が届きません")).toBeVisible();
  await footer.getByRole("button", { name: "サインイン" }).click();
  await again.getByLabel("パスワード").fill("renkei-demo");
  await again.getByRole("button", { name: "サインイン" }).click();
  await followed(honjo);
  await expect(footer.getByText("ほかの人の更新が届きません")).toBeHidden();
});

test("a right that is withdrawn shows at once, and what is being typed stays", async ({ server, sheetOf }) => {
  const honjo = await sheetOf("honjo");
  await followed(honjo);
  await honjo.edit(honjo.entry(RULES));
  await honjo.text.fill("○権限がなくなっても残る文。");
  await honjo.text.evaluate((area: HTMLTextAreaElement) => area.setSelectionRange(2, 4));
  const before = await stateOf(honjo);
  const role = (role: string): void => {
    const of = ["--login", "honjo", "--region", "本庄市児玉郡", "--role", role, "--database", server.database];
    execFileSync(binary, ["account", "set-role", ...of]);
  };
  role("VIEWER");
  await expect(honjo.cell("ウ/STATUS")).toHaveAttribute("aria-readonly", "true");
  expect(await stateOf(honjo)).toEqual(before);
  await followed(honjo);
  role("EDITOR");
  await expect(honjo.cell("ウ/STATUS")).not.toHaveAttribute("aria-readonly");
  expect(await stateOf(honjo)).toEqual(before);
  await honjo.text.press("Control+Enter");
  await honjo.expectSaved();
  await expect(honjo.entry("権限がなくなっても残る文。")).toBeVisible();
});

test("a change of the sheet itself makes the table anew, under what is being composed", async ({ server, sheetOf }) => {
  const honjo = await sheetOf("honjo");
  await followed(honjo);
  const entry = honjo.cell("オ/STATUS").locator("[data-entry]").first();
  await entry.evaluate((element) => element.scrollIntoView({ block: "center" }));
  await honjo.edit(entry);
  await honjo.text.press("Control+End");
  const ime = await composing(honjo.page);
  await ime.compose("けんしゅう");
  const before = await stateOf(honjo);
  const place = await top(entry);
  const of = ["--kind", "MUNICIPALITY", "--region", "本庄市児玉郡", "--database", server.database];
  execFileSync(binary, ["organization", "add", "寄居町", ...of]);
  await expect(honjo.page.getByRole("combobox", { name: "主体" })).toContainText("寄居町");
  expect(await stateOf(honjo)).toEqual(before);
  expect(Math.abs((await top(entry)) - place)).toBeLessThanOrEqual(1);
  await ime.commit("研修。");
  await expect(honjo.text).toHaveValue(/研修。$/);
});

test("a change of the sheet that cannot be read at first is read a little later", async ({ server, sheetOf }) => {
  const honjo = await sheetOf("honjo");
  await followed(honjo);
  let faults = 0;
  await honjo.page.route("**/graphql", async (route) => {
    const isSheet = /query Sheet\b/.test(route.request().postData() ?? "");
    if (!isSheet || faults === 3) return route.continue();
    faults += 1;
    const errors = [{ message: "障害 0123", extensions: { code: "FAULT" } }];
    await route.fulfill({ status: 500, contentType: "application/graphql-response+json", json: { errors } });
  });
  const of = ["--kind", "MUNICIPALITY", "--region", "本庄市児玉郡", "--database", server.database];
  execFileSync(binary, ["organization", "add", "寄居町", ...of]);
  await expect.poll(() => faults).toBe(3);
  await expect(honjo.page.getByRole("combobox", { name: "主体" })).toContainText("寄居町");
});
