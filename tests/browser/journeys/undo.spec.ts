// Taking back one's own changes, and doing them again, also after others have changed what stands beside.
import { type SheetPage } from "../support/sheet.ts";
import { expect, test } from "../support/journey.ts";
import { followed } from "../support/live.ts";

async function rewrite(sheet: SheetPage, id: string, change: (outline: string) => string): Promise<void> {
  await sheet.edit(sheet.entryOf(id));
  await sheet.text.fill(change(await sheet.text.inputValue()));
  await sheet.text.press("Control+Enter");
  await sheet.expectSaved();
}

test("edit, move, addition and deletion are taken back one after the other, and done again", async ({ sheetOf, apiOf }) => {
  const api = await apiOf("honjo");
  const [first, second] = await api.entries("ウ", "PLAN");
  if (!first || !second) throw new Error("the sample has no such entries");
  const ids = async () => (await api.entries("ウ", "PLAN")).map((entry) => entry.id);
  const before = await ids();
  const honjo = await sheetOf("honjo");
  const press = (keys: string) => honjo.page.keyboard.press(keys);

  await rewrite(honjo, first.id, (outline) => outline.replace("○", "○書きなおした。"));
  await honjo.entryOf(first.id).focus();
  await press("Alt+ArrowDown");
  await expect.poll(ids).toEqual([second.id, first.id, ...before.slice(2)]);
  await honjo.entryOf(first.id).focus();
  await press("Shift+Enter");
  await honjo.text.fill("○足した文。");
  await honjo.text.press("Control+Enter");
  await honjo.expectSaved();
  await honjo.entryOf(second.id).focus();
  await press("Delete");
  await expect(honjo.entryOf(second.id)).toHaveCount(0);
  await expect.poll(ids).not.toContain(second.id);

  await press("Control+z");
  await expect(honjo.entryOf(second.id)).toBeVisible();
  await press("Control+z");
  await expect(honjo.entry("足した文。")).toHaveCount(0);
  await press("Control+z");
  await expect.poll(ids).toEqual(before);
  await press("Control+z");
  await expect.poll(async () => (await api.entry(first.id)).body).toBe(first.body);
  await press("Control+z");
  await expect(honjo.page.getByText("元に戻せる操作はありません。").first()).toBeVisible();

  await press("Control+Shift+z");
  await expect.poll(async () => (await api.entry(first.id)).body).toContain("書きなおした。");
  await press("Control+y");
  await expect.poll(ids).toEqual([second.id, first.id, ...before.slice(2)]);
  await press("Control+y");
  await expect(honjo.entry("足した文。")).toBeVisible();
  await press("Control+y");
  await expect(honjo.entryOf(second.id)).toHaveCount(0);
  await expect.poll(ids).not.toContain(second.id);
});

test("moves of one entry are taken back one after the other, with an edit between them, and done again", async ({ sheetOf, apiOf }) => {
  const api = await apiOf("honjo");
  const [first, second, third, ...rest] = await api.entries("ウ", "PLAN");
  if (!first || !second || !third) throw new Error("the sample has no such entries");
  const others = rest.map((entry) => entry.id);
  const orders = [
    [first.id, second.id, third.id, ...others],
    [second.id, first.id, third.id, ...others],
  ];
  const honjo = await sheetOf("honjo");
  const standsAs = async (order: string[] | undefined) => {
    await expect.poll(async () => (await api.entries("ウ", "PLAN")).map((entry) => entry.id)).toEqual(order);
    await honjo.expectSaved();
  };
  for (const [key, order] of [["ArrowUp", 1], ["ArrowDown", 0], ["ArrowUp", 1]] as const) {
    await honjo.entryOf(second.id).focus();
    await honjo.page.keyboard.press(`Alt+${key}`);
    await standsAs(orders[order]);
  }
  await rewrite(honjo, second.id, (outline) => outline.replace("○", "○書きなおした。"));
  await honjo.entryOf(second.id).focus();
  await honjo.page.keyboard.press("Alt+ArrowDown");
  await standsAs(orders[0]);
  await honjo.page.keyboard.press("Control+z");
  await standsAs(orders[1]);
  await honjo.page.keyboard.press("Control+z");
  await expect.poll(async () => (await api.entry(second.id)).body).toBe(second.body);
  await honjo.expectSaved();
  for (const order of [0, 1, 0]) {
    await honjo.page.keyboard.press("Control+z");
    await standsAs(orders[order]);
  }
  for (const order of [1, 0, 1]) {
    await honjo.page.keyboard.press("Control+Shift+z");
    await standsAs(orders[order]);
  }
});

test("own moves come back in order, and what somebody else has written between them stays", async ({ sheetOf, apiOf }) => {
  const misato = await apiOf("misato");
  const before = (await misato.entries("ウ", "PLAN")).map((entry) => entry.id);
  const [first = "", second = "", ...others] = before;
  const honjo = await sheetOf("honjo");
  await followed(honjo);
  const standsAs = async (order: string[]) => {
    await expect.poll(async () => (await misato.entries("ウ", "PLAN")).map((entry) => entry.id)).toEqual(order);
    await honjo.expectSaved();
  };
  const write = async (body: string) => {
    await misato.rewrite(await misato.entry(second), body);
    await expect(honjo.entryOf(second)).toContainText(body);
  };
  await honjo.entryOf(second).focus();
  await honjo.page.keyboard.press("Alt+ArrowUp");
  await standsAs([second, first, ...others]);
  await write("美里町が間に書いた文。");
  await honjo.entryOf(second).focus();
  await honjo.page.keyboard.press("Alt+ArrowDown");
  await standsAs(before);

  await honjo.page.keyboard.press("Control+z");
  await standsAs([second, first, ...others]);
  await write("美里町がまた書いた文。");
  await honjo.page.keyboard.press("Control+z");
  await standsAs(before);
  await honjo.page.keyboard.press("Control+Shift+z");
  await standsAs([second, first, ...others]);
  await honjo.page.keyboard.press("Control+Shift+z");
  await standsAs(before);
  await expect(honjo.entryOf(second)).toContainText("美里町がまた書いた文。");
  expect((await misato.entry(second)).body).toBe("美里町がまた書いた文。");
});

test("what is taken back before its answer has come is taken back after it, the last thing first", async ({ sheetOf, apiOf }) => {
  const api = await apiOf("honjo");
  const [first, second] = await api.entries("ウ", "PLAN");
  if (!first || !second) throw new Error("the sample has no such entries");
  const honjo = await sheetOf("honjo");
  await followed(honjo);
  await rewrite(honjo, first.id, (outline) => outline.replace("○", "○書きなおした。"));
  const letThrough = await honjo.holdAnswers(/deleteEntry/);
  await honjo.entryOf(second.id).focus();
  await honjo.page.keyboard.press("Delete");
  // Told by an event.
  await expect(honjo.entryOf(second.id)).toHaveCount(0);
  await honjo.page.keyboard.press("Control+z");
  await honjo.page.keyboard.press("Control+z");
  letThrough();
  await expect(honjo.entryOf(second.id)).toBeVisible();
  await expect.poll(async () => (await api.entry(first.id)).body).toBe(first.body);
  await honjo.page.keyboard.press("Control+y");
  await expect.poll(async () => (await api.entry(first.id)).body).toContain("書きなおした。");
  await honjo.page.keyboard.press("Control+y");
  await expect(honjo.entryOf(second.id)).toHaveCount(0);
});

test("an edit and a deletion that are taken back at once come back by redoing", async ({ sheetOf, apiOf }) => {
  const api = await apiOf("honjo");
  const [first] = await api.entries("ウ", "PLAN");
  if (!first) throw new Error("the sample has no such entry");
  const honjo = await sheetOf("honjo");
  await rewrite(honjo, first.id, (outline) => outline.replace("○", "○書きなおした。"));
  await honjo.entryOf(first.id).focus();
  await honjo.page.keyboard.press("Delete");
  await expect(honjo.entryOf(first.id)).toHaveCount(0);
  await honjo.expectSaved();
  const letThrough = await honjo.holdAnswers(/restoreEntry/);
  await honjo.page.keyboard.press("Control+z");
  await honjo.page.keyboard.press("Control+z");
  letThrough();
  await expect.poll(async () => (await api.entry(first.id)).body).toBe(first.body);
  await honjo.expectSaved();
  await honjo.page.keyboard.press("Control+y");
  await expect.poll(async () => (await api.entry(first.id)).body).toContain("書きなおした。");
  await honjo.expectSaved();
  await expect(honjo.entryOf(first.id)).toBeVisible();
  await honjo.page.keyboard.press("Control+y");
  await expect(honjo.entryOf(first.id)).toHaveCount(0);
});

test("what was written on in a new entry before its answer is taken back before the entry is", async ({ sheetOf }) => {
  const honjo = await sheetOf("honjo");
  await honjo.cell("ウ/PLAN").locator("[data-entry]").first().focus();
  await honjo.page.keyboard.press("Shift+Enter");
  await honjo.text.fill("○新しい文。");
  const letThrough = await honjo.holdAnswers(/createEntry/);
  await honjo.text.press("Control+Enter");
  await honjo.text.fill("○新しい文。続き。");
  await honjo.text.press("Control+Enter");
  letThrough();
  await honjo.expectSaved();
  await expect(honjo.entry("新しい文。続き。")).toHaveCount(1);
  await honjo.page.keyboard.press("Control+z");
  await expect(honjo.entry("新しい文。続き。")).toHaveCount(0);
  await expect(honjo.entry("新しい文。")).toHaveCount(1);
  await honjo.expectSaved();
  await honjo.page.keyboard.press("Control+z");
  await expect(honjo.entry("新しい文。")).toHaveCount(0);
});

test("without the server nothing is promised of what needs its answer", async ({ server, sheetOf, apiOf }) => {
  const api = await apiOf("honjo");
  const before = (await api.entries("ウ", "PLAN")).map((entry) => entry.id);
  const honjo = await sheetOf("honjo");
  await server.stop();
  const first = honjo.entryOf(before[0] ?? "");
  await first.focus();
  await honjo.page.keyboard.press("Delete");
  await expect(honjo.page.getByText("送信待ち1件")).toBeVisible();
  await honjo.page.keyboard.press("Control+z");
  await expect(honjo.page.getByText("送信が済むまで、この操作は元に戻せません。").first()).toBeVisible();
  // Nor is it changed any more, which the server would take for somebody else's.
  await first.focus();
  await honjo.page.keyboard.press("Delete");
  await honjo.page.keyboard.press("Alt+ArrowDown");
  await honjo.page.keyboard.press("Enter");
  await expect(honjo.editor).toBeHidden();
  await expect(honjo.page.getByText("送信待ち1件")).toBeVisible();
  await server.start();
  await honjo.expectSaved();
  await expect(first).toHaveCount(0);
  await honjo.page.keyboard.press("Control+z");
  await expect.poll(async () => (await api.entries("ウ", "PLAN")).map((entry) => entry.id)).toEqual(before);
});

test("an older version that was brought back is taken back with its owner and its place", async ({ sheetOf, apiOf }) => {
  const api = await apiOf("hub");
  const standing = async () => (await api.entries("ウ", "PLAN")).map(({ id, body, owner }) => [id, body, owner?.name]);
  const [first] = await api.entries("ウ", "PLAN");
  if (!first) throw new Error("the sample has no such entry");
  const hub = await sheetOf("hub");
  await hub.entryOf(first.id).focus();
  await hub.page.keyboard.press("Alt+ArrowDown");
  await hub.expectSaved();
  await rewrite(hub, first.id, () => "○新しい文。");
  const before = await standing();
  await hub.entryOf(first.id).focus();
  await hub.page.keyboard.press("ContextMenu");
  await hub.page.getByRole("menuitem", { name: /変更履歴/ }).click();
  await hub.page.getByRole("button", { name: "この版に戻す" }).last().click();
  await expect.poll(async () => (await api.entry(first.id)).body).toBe(first.body);
  await hub.page.keyboard.press("Escape");
  await hub.entryOf(first.id).focus();
  await hub.page.keyboard.press("Control+z");
  await expect.poll(standing).toEqual(before);
});

test("versions that were brought back one after the other are taken back in order, and done again", async ({ sheetOf, apiOf }) => {
  const api = await apiOf("honjo");
  const honjo = await sheetOf("honjo");
  const [first] = await api.entries("ウ", "PLAN");
  if (!first) throw new Error("the sample has no such entry");
  const expectBody = (body: string) => expect.poll(async () => (await api.entry(first.id)).body).toBe(body);
  await rewrite(honjo, first.id, () => "○一つ目の文。");
  await rewrite(honjo, first.id, () => "○二つ目の文。");
  await honjo.entryOf(first.id).focus();
  await honjo.page.keyboard.press("ContextMenu");
  await honjo.page.getByRole("menuitem", { name: /変更履歴/ }).click();
  const back = honjo.page.getByRole("button", { name: "この版に戻す" });
  await back.last().click();
  await expectBody(first.body);
  // Of the two texts and the first one.
  await expect(back).toHaveCount(3);
  await back.nth(1).click();
  await expectBody("一つ目の文。");
  await honjo.page.keyboard.press("Escape");
  await honjo.entryOf(first.id).focus();
  for (const [keys, body] of [
    ["Control+z", first.body],
    ["Control+z", "二つ目の文。"],
    ["Control+z", "一つ目の文。"],
    ["Control+y", "二つ目の文。"],
    ["Control+y", first.body],
  ] as const) {
    await honjo.page.keyboard.press(keys);
    await expectBody(body);
    await honjo.expectSaved();
  }
});

test("a deletion that was taken back in the history is taken back with it", async ({ sheetOf, apiOf }) => {
  const api = await apiOf("honjo");
  const honjo = await sheetOf("honjo");
  const [first] = await api.entries("ウ", "PLAN");
  if (!first) throw new Error("the sample has no such entry");
  const expectThere = (is: boolean) =>
    expect.poll(async () => (await api.entries("ウ", "PLAN")).some((entry) => entry.id === first.id)).toBe(is);
  await honjo.entryOf(first.id).focus();
  await honjo.page.keyboard.press("Delete");
  await expectThere(false);
  const cell = honjo.cell("ウ/PLAN");
  await cell.hover();
  await cell.getByRole("button", { name: /履歴/ }).click();
  await honjo.page.getByRole("button", { name: "復元する" }).first().click();
  await expectThere(true);
  await honjo.page.keyboard.press("Escape");
  await honjo.entryOf(first.id).focus();
  await honjo.page.keyboard.press("Control+z");
  await expectThere(false);
  await honjo.expectSaved();
  await honjo.page.keyboard.press("Control+z");
  await expectThere(true);
});

test("a deleted entry that was brought back to save a text goes again in one step", async ({ sheetOf, apiOf }) => {
  const misato = await apiOf("misato");
  const begun = await misato.create("ウ", "PLAN", 2026, "消える取組。");
  const honjo = await sheetOf("honjo");
  await followed(honjo);
  await honjo.edit(honjo.entryOf(begun.id));
  await honjo.text.fill("○自分の文。");
  await misato.remove(await misato.entry(begun.id));
  await honjo.text.press("Control+Enter");
  await honjo.page.getByRole("button", { name: "復元して保存" }).click();
  await expect(honjo.entry("自分の文。")).toBeVisible();
  await honjo.expectSaved();
  await honjo.page.keyboard.press("Control+z");
  await expect(honjo.entry("自分の文。")).toHaveCount(0);
  await honjo.page.keyboard.press("Control+z");
  await expect(honjo.page.getByText("元に戻せる操作はありません。").first()).toBeVisible();
});

test("moves that wait are taken back one after the other when the server is back", async ({ server, sheetOf, apiOf }) => {
  const api = await apiOf("honjo");
  const before = (await api.entries("ウ", "PLAN")).map((entry) => entry.id);
  const honjo = await sheetOf("honjo");
  await server.stop();
  const second = honjo.entryOf(before[1] ?? "");
  for (const key of ["ArrowUp", "ArrowUp", "ArrowDown"]) {
    await second.focus();
    await honjo.page.keyboard.press(`Alt+${key}`);
  }
  await honjo.page.keyboard.press("Control+z");
  await honjo.page.keyboard.press("Control+z");
  await server.start();
  await honjo.expectSaved();
  expect((await api.entries("ウ", "PLAN")).map((entry) => entry.id)).toEqual(before);
});

test("a move is taken back also when the one above has gone since", async ({ sheetOf, apiOf }) => {
  const api = await apiOf("honjo");
  const [first, second, third, ...rest] = await api.entries("ウ", "PLAN");
  if (!first || !second || !third) throw new Error("the sample has no such entries");
  const ids = async () => (await api.entries("ウ", "PLAN")).map((entry) => entry.id);
  const others = rest.map((entry) => entry.id);
  const honjo = await sheetOf("honjo");
  await honjo.entryOf(second.id).focus();
  await honjo.page.keyboard.press("Alt+ArrowDown");
  await expect.poll(ids).toEqual([first.id, third.id, second.id, ...others]);
  await api.remove(first);
  await expect(honjo.entryOf(first.id)).toHaveCount(0);
  await honjo.page.keyboard.press("Control+z");
  await expect.poll(ids).toEqual([second.id, third.id, ...others]);
  await honjo.page.keyboard.press("Control+Shift+z");
  await expect.poll(ids).toEqual([third.id, second.id, ...others]);
});

test("in a text box the keys are the text's own", async ({ sheetOf, apiOf }) => {
  const api = await apiOf("honjo");
  const [first, second] = await api.entries("ウ", "PLAN");
  if (!first || !second) throw new Error("the sample has no such entries");
  const honjo = await sheetOf("honjo");
  await rewrite(honjo, first.id, (outline) => outline.replace("○", "○書きなおした。"));
  await honjo.edit(honjo.entryOf(second.id));
  await honjo.page.keyboard.type("あ");
  await honjo.page.keyboard.press("Control+z");
  await expect(honjo.text).not.toHaveValue(/あ$/);
  expect((await api.entry(first.id)).body).toContain("書きなおした。");
});

test("what somebody else has written beside it since stays", async ({ sheetOf, apiOf }) => {
  const api = await apiOf("honjo");
  const misato = await apiOf("misato");
  const entry = await api.create("ウ", "PLAN", 2026, "研修会を二回開く。参加者に聞き取りを行う。");
  const honjo = await sheetOf("honjo");
  await rewrite(honjo, entry.id, (outline) => outline.replace("研修会", "多職種の研修会"));
  const now = await misato.entry(entry.id);
  await misato.rewrite(now, now.body.replace("聞き取り", "アンケートと聞き取り"));
  await honjo.entryOf(entry.id).focus();
  await honjo.page.keyboard.press("Control+z");
  await expect
    .poll(async () => (await api.entry(entry.id)).body)
    .toBe("研修会を二回開く。参加者にアンケートと聞き取りを行う。");
  await honjo.page.keyboard.press("Control+Shift+z");
  await expect
    .poll(async () => (await api.entry(entry.id)).body)
    .toBe("多職種の研修会を二回開く。参加者にアンケートと聞き取りを行う。");
});

test("a merged save is taken back without what was merged in", async ({ sheetOf, apiOf }) => {
  const api = await apiOf("honjo");
  const misato = await apiOf("misato");
  const entry = await api.create("ウ", "PLAN", 2026, "研修会を二回開く。参加者に聞き取りを行う。");
  const honjo = await sheetOf("honjo");
  await honjo.edit(honjo.entryOf(entry.id));
  await misato.rewrite(entry, entry.body.replace("聞き取り", "アンケートと聞き取り"));
  await honjo.text.fill("○多職種の研修会を二回開く。参加者に聞き取りを行う。");
  await honjo.text.press("Control+Enter");
  // Said for a few seconds.
  await expect(honjo.page.getByText("ほかの人の変更と合わせて保存しました。")).toBeAttached();
  await honjo.expectSaved();
  await expect(honjo.entryOf(entry.id)).toContainText("多職種の研修会を二回開く。参加者にアンケートと聞き取りを行う。");
  await honjo.page.keyboard.press("Control+z");
  await expect
    .poll(async () => (await api.entry(entry.id)).body)
    .toBe("研修会を二回開く。参加者にアンケートと聞き取りを行う。");
});

test("what somebody else has changed itself since is asked about, with both texts", async ({ sheetOf, apiOf }) => {
  const api = await apiOf("honjo");
  const misato = await apiOf("misato");
  const [entry] = await api.entries("ウ", "PLAN");
  if (!entry) throw new Error("the sample has no such entry");
  const honjo = await sheetOf("honjo");
  await rewrite(honjo, entry.id, () => "○本庄市が書いた文。");
  await misato.rewrite(await misato.entry(entry.id), "美里町が書いた別の話。");
  await honjo.entryOf(entry.id).focus();
  await honjo.page.keyboard.press("Control+z");
  await expect(honjo.conflict).toBeVisible();
  await expect(honjo.conflict).toContainText("美里町 担当者");
  await expect(honjo.page.getByText("ほかの人が同じところを更新しています。").first()).toBeAttached();
  expect((await api.entry(entry.id)).body).toBe("美里町が書いた別の話。");
});

test("a new entry that somebody else has written into is not taken away", async ({ sheetOf, apiOf }) => {
  const misato = await apiOf("misato");
  const honjo = await sheetOf("honjo");
  const [first] = await misato.entries("ウ", "PLAN");
  await honjo.entryOf(first?.id ?? "").focus();
  await honjo.page.keyboard.press("Shift+Enter");
  await honjo.text.fill("○足した文。");
  await honjo.text.press("Control+Enter");
  await honjo.expectSaved();
  const added = (await misato.entries("ウ", "PLAN")).find((entry) => entry.body === "足した文。");
  if (!added) throw new Error("it was not added");
  await misato.rewrite(added, "足した文。美里町も書いた。");
  await honjo.page.keyboard.press("Control+z");
  await expect(honjo.page.getByText("元に戻せません").first()).toBeVisible();
  expect((await misato.entry(added.id)).body).toBe("足した文。美里町も書いた。");
});
