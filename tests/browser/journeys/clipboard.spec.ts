// Copying and pasting, with Excel, Word and a mail program beside the sheet.
import type { Page } from "@playwright/test";
import { copied, excel, libreOffice, paste, pasteFromTab, word, wordListLine, wordPage } from "../support/clipboard.ts";
import { composing } from "../support/ime.ts";
import { expect, test } from "../support/journey.ts";
import type { SheetPage } from "../support/sheet.ts";

const EMPTY = "ア/GOAL";

function preview(sheet: SheetPage) {
  return sheet.page.getByRole("dialog", { name: /の貼り付け$/ });
}

test("what is pasted into the editor arrives whole, and a line's kind changes with one key", async ({ sheetOf, apiOf }) => {
  const hub = await sheetOf("hub");
  await hub.cell(EMPTY).getByRole("button", { name: "取組を追加" }).click();
  await expect(hub.text).toHaveValue("○");
  await paste(hub.page, { plain: '"○研修会を\n開催した。\n※対象は""全職員""\n(1) 講義\n２．演習\t会場は本庄"\r\n' });
  await expect(hub.text).toHaveValue("○研修会を\n開催した。\n*対象は\"全職員\"\n①講義\n②演習　会場は本庄");
  await expect(hub.editor.getByText("2行目は、前の行につなげて保存します。")).toBeVisible();
  // One step of the field's own undo takes the paste back.
  await hub.page.keyboard.press("Control+z");
  await expect(hub.text).toHaveValue("○");
  await hub.page.keyboard.press("Control+Shift+z");
  await expect(hub.text).toHaveValue(/^○研修会を\n開催した。/);

  await hub.page.keyboard.press("Control+Home");
  await hub.page.keyboard.press("ArrowDown");
  await expect(hub.editor.getByText("2行目：前の行の続き")).toBeVisible();
  await hub.page.keyboard.press("F4");
  await expect(hub.text).toHaveValue(/^○研修会を\n\*開催した。\n/);
  await hub.page.keyboard.press("F4");
  await expect(hub.text).toHaveValue(/^○研修会を\n・開催した。\n/);
  await hub.editor.getByRole("button", { name: "続き" }).click();
  await expect(hub.text).toHaveValue(/^○研修会を\n開催した。\n/);

  await hub.page.keyboard.press("Control+Enter");
  await hub.expectSaved();
  const entries = await (await apiOf("hub")).entries("ア", "GOAL");
  const entry = entries.at(-1);
  expect(entry?.body).toBe("研修会を 開催した。");
  expect(entry?.notes.map((note) => [note.kind, note.text])).toEqual([
    ["ASTERISK", '対象は"全職員"'],
    ["NUMBERED", "講義"],
    ["NUMBERED", "演習　会場は本庄"],
  ]);
});

const PROGRAMS = {
  Excel: (page, rows) => paste(page, excel(rows)),
  Word: (page, rows) => paste(page, word(rows)),
  LibreOffice: (page, rows) => paste(page, libreOffice(rows)),
  "another tab of Chromium": pasteFromTab,
} satisfies Record<string, (page: Page, rows: string[][]) => Promise<void>>;

for (const [program, pasteFrom] of Object.entries(PROGRAMS)) {
  test(`a block of cells from ${program} fills cells, all or nothing, with one request and one undo`, async ({ sheetOf, apiOf }) => {
    const hub = await sheetOf("hub");
    const api = await apiOf("hub");
    const counts = async () => Promise.all(["ア", "イ"].flatMap((item) => ["GOAL", "PLAN"].map(async (facet) => (await api.entries(item, facet)).length)));
    const before = await counts();
    await hub.cell("ア/GOAL").focus();
    await pasteFrom(hub.page, [["○表から一つ\n*注記", "○表から二つ\n○表から三つ"], ["", "○表から四つ"]]);
    const dialog = preview(hub);
    await expect(dialog).toBeVisible();
    await expect(dialog.getByRole("heading", { level: 3 })).toHaveCount(3);
    let asked = 0;
    hub.page.on("request", (request) => {
      if (/createEntries|deleteEntries/.test(request.postData() ?? "")) asked += 1;
    });
    await dialog.getByRole("button", { name: "4件の取組として追加" }).click();
    await expect(dialog).toBeHidden();
    await expect(hub.entry("表から四つ")).toBeVisible();
    expect(asked).toBe(1);
    expect(await counts()).toEqual([before[0]! + 1, before[1]! + 2, before[2]!, before[3]! + 1]);
    await hub.cell("ア/GOAL").focus();
    await hub.page.keyboard.press("Control+z");
    await expect(hub.entry("表から四つ")).toHaveCount(0);
    await expect(hub.entry("表から一つ")).toHaveCount(0);
    expect(asked).toBe(2);
    expect(await counts()).toEqual(before);
  });
}

test("a block that goes beyond the table adds nothing and says why", async ({ sheetOf }) => {
  const hub = await sheetOf("hub");
  await hub.cell("ア/PLAN").focus();
  await paste(hub.page, excel([["○一つ", "○二つ"]]));
  const dialog = preview(hub);
  await expect(dialog.getByText(/表からはみ出す/)).toBeVisible();
  await expect(dialog.getByRole("button", { name: /として追加/ })).toBeDisabled();
  await hub.page.keyboard.press("Escape");
  await expect(dialog).toBeHidden();
});

test("several entries pasted into the editor are shown, and the editor's own text stays", async ({ sheetOf }) => {
  const hub = await sheetOf("hub");
  await hub.edit(hub.entry("入退院調整ルール改訂を行い"));
  const before = await hub.text.inputValue();
  await paste(hub.page, { plain: "○貼った一つ\n*注\n○貼った二つ" });
  const dialog = preview(hub);
  await dialog.getByRole("button", { name: "2件の取組として追加" }).click();
  await expect(dialog).toBeHidden();
  await expect(hub.entry("貼った二つ")).toBeVisible();
  await expect(hub.text).toHaveValue(before);
});

test("typing on an entry goes on at its end, and on a cell begins a new one", async ({ sheetOf }) => {
  const hub = await sheetOf("hub");
  const entry = hub.entry("入退院調整ルール改訂を行い");
  await entry.focus();
  await hub.page.keyboard.press("x");
  await expect(hub.text).toHaveValue(/x$/);
  await hub.page.keyboard.press("Escape");
  await hub.cell("エ/GOAL").focus();
  await hub.page.keyboard.type("abc");
  await expect(hub.text).toHaveValue("○abc");
  await hub.page.keyboard.press("Escape");

  // The first key of a composition goes to the input method.
  await hub.cell("オ/GOAL").focus();
  const devtools = await hub.page.context().newCDPSession(hub.page);
  await devtools.send("Input.dispatchKeyEvent", { type: "rawKeyDown", key: "Process", code: "KeyK", windowsVirtualKeyCode: 229 });
  const ime = await composing(hub.page);
  await ime.compose("かいぎ");
  await ime.commit("会議");
  await expect(hub.text).toHaveValue("○会議");
});

test("what is copied is the paper's text, and comes back with scenes and owner", async ({ sheetOf, apiOf }) => {
  const api = await apiOf("hub");
  const made = await api.create("エ", "GOAL", 2026, "控えを配る。", "本庄市");
  void made;
  const hub = await sheetOf("hub");
  const entry = hub.entry("控えを配る。");
  await entry.focus();
  const found = await copied(hub.page, () => hub.page.keyboard.press("Control+c"));
  expect(found.plain).toBe("○控えを配る。");
  expect(found.html).toContain("data-owner=");
  await hub.cell("オ/GOAL").focus();
  await paste(hub.page, found);
  await expect(hub.text).toHaveValue("○控えを配る。");
  await hub.page.keyboard.press("Control+Enter");
  await hub.expectSaved();
  const [pasted] = (await api.entries("オ", "GOAL")).filter((entry) => entry.body === "控えを配る。");
  expect(pasted?.owner?.name).toBe("本庄市");
});

test("a row is copied by cells and pasted as the identical entries", async ({ sheetOf, apiOf }) => {
  const hub = await sheetOf("hub");
  const api = await apiOf("hub");
  const [source] = await api.entries("ク", "PLAN");
  await hub.page.locator("#item-ク").focus();
  const found = await copied(hub.page, () => hub.page.keyboard.press("Control+c"));
  const row = (await api.sheet()).rows.find((row) => row.item.code === "ク");
  expect(found.plain.split("\t").length).toBe(row?.cells.length);
  void source;
  // Only the columns of this sheet's own year can be written.
  await hub.cell("ク/PLAN").focus();
  const cell = await copied(hub.page, async () => {
    await hub.cell("ク/PLAN").focus();
    await hub.page.keyboard.press("Control+c");
  });
  await hub.cell("キ/PLAN").focus();
  await paste(hub.page, cell);
  const count = (await api.entries("ク", "PLAN")).length;
  if (count > 1) await preview(hub).getByRole("button", { name: /として追加/ }).click();
  else await hub.page.keyboard.press("Control+Enter");
  await expect(async () => {
    const text = (entry: { body: string; notes: unknown; explicitScenes: unknown }) => [entry.body, entry.notes, entry.explicitScenes];
    const from = (await api.entries("ク", "PLAN")).map(text);
    const to = (await api.entries("キ", "PLAN")).map(text).slice(-from.length);
    expect(to).toEqual(from);
  }).toPass();
});

test("marking with the mouse gives the text alone", async ({ sheetOf }) => {
  const hub = await sheetOf("hub");
  const cell = hub.cell("ウ/STATUS");
  const marked = await cell.evaluate((cell) => {
    const range = document.createRange();
    range.selectNodeContents(cell);
    const selection = document.getSelection();
    selection?.removeAllRanges();
    selection?.addRange(range);
    return selection?.toString() ?? "";
  });
  expect(marked).toContain("入退院調整ルール改訂を行い");
  for (const word of ["○", "＊", "取組を追加", "履歴・コメント", "コピー"]) expect(marked).not.toContain(word);
});

test("a link leads to its entry, and lifts a filter that hides it", async ({ sheetOf }) => {
  const hub = await sheetOf("hub");
  const entry = hub.entry("入退院調整ルール改訂を行い");
  await entry.hover();
  await entry.getByRole("button", { name: "ほかの操作" }).click();
  const found = await copied(hub.page, () => hub.page.getByRole("menuitem", { name: "この取組へのリンクをコピー" }).click());
  const id = await entry.getAttribute("data-entry");
  expect(found.plain).toMatch(new RegExp(`/sheets/2026#entry-${id}$`));
  await hub.search.fill("どこにもない言葉");
  await expect(entry).toBeHidden();
  await hub.page.evaluate((hash) => (location.hash = hash), `#entry-${id}`);
  await expect(entry).toBeFocused();
  await expect(hub.page.getByText("絞り込みを解除して").first()).toBeVisible();
});

test("a filtered block pasted into a fresh sheet gives the identical entries, in one request with one undo", async ({
  sheetOf,
  apiOf,
}) => {
  test.slow();
  const api = await apiOf("hub");
  const all = async () => (await api.sheet()).rows.flatMap((row) => row.cells.flatMap((cell) => cell.entries));
  for (const entry of (await all()).filter((entry) => entry.body.includes("看取り"))) await api.tag(entry, ["END_OF_LIFE", "EMERGENCY"]);
  await api.create("ウ", "GOAL", 2026, "看取りの研修を開く。", "美里町");
  const hub = await sheetOf("hub");
  await hub.search.fill("研修");
  await expect(hub.page.locator("mark").first()).toBeVisible();
  const shown = await hub.entries.evaluateAll((entries) => entries.map((entry) => entry.getAttribute("data-entry")));
  expect(shown.length).toBeGreaterThan(5);
  const told = ({ item, facet, fiscalYear, body, notes, explicitScenes, owner }: Awaited<ReturnType<typeof all>>[number]) => ({
    cell: `${item.code}/${facet}/${fiscalYear}`,
    body,
    notes,
    explicitScenes,
    owner,
  });
  const expected = (await all()).filter((entry) => shown.includes(entry.id)).map(told);
  await hub.page.locator("#heading-item").focus();
  const block = await copied(hub.page, () => hub.page.keyboard.press("Control+c"));
  // Buttons and marks of the page are no part of it.
  for (const word of ["取組を追加", "履歴・コメント", "非表示"]) expect(block.plain + block.html).not.toContain(word);

  for (const entry of await all()) await api.remove(entry);
  await hub.clear.click();
  await expect(hub.entries).toHaveCount(0);
  let asked = 0;
  hub.page.on("request", (request) => {
    if (/answer: (createEntries|deleteEntries)\(/.test(request.postData() ?? "")) asked += 1;
  });
  await hub.page.locator("#heading-item").focus();
  await paste(hub.page, block);
  await preview(hub).getByRole("button", { name: `${expected.length}件の取組として追加` }).click();
  await expect(hub.entries).toHaveCount(expected.length);
  await expect.poll(async () => (await all()).map(told)).toEqual(expected);
  expect(asked).toBe(1);
  await hub.page.locator("#heading-item").focus();
  await hub.page.keyboard.press("Control+z");
  await expect(hub.entries).toHaveCount(0);
  expect(asked).toBe(2);
});

test("Word's list and a mail's tabs stay in the cell, with the marks that are seen", async ({ sheetOf }) => {
  const hub = await sheetOf("hub");
  const dialog = preview(hub);
  const lines = ["研修会を開催した。", "協議会を開催した。"];
  // Plain text has the font's letter, or what it shows.
  for (const [letter, plain] of [["l", "●"], ["&Oslash;", "Ø"], ["n", "\uf06e"]] as const) {
    await hub.cell(EMPTY).focus();
    await paste(hub.page, {
      plain: lines.map((line) => `${plain}\t${line}\r\n`).join(""),
      html: wordPage(lines.map((line) => wordListLine("Wingdings", letter, line)).join("\r\n")),
    });
    await expect(dialog.getByRole("heading", { level: 3 })).toHaveCount(1);
    for (const line of lines) await expect(dialog.getByText(line, { exact: true })).toBeVisible();
    await expect(dialog.getByRole("button", { name: "2件の取組として追加" })).toBeEnabled();
    await hub.page.keyboard.press("Escape");
    await expect(dialog).toBeHidden();
  }

  // Columns of a plain text may be cells; beside html they are none.
  const columns = "○日時\t令和8年3月6日\r\n○場所\t本庄市役所\r\n";
  await hub.cell(EMPTY).focus();
  await paste(hub.page, { plain: columns });
  await expect(dialog.getByRole("heading", { level: 3 })).toHaveCount(4);
  await hub.page.keyboard.press("Escape");
  await expect(dialog).toBeHidden();
  await hub.cell(EMPTY).focus();
  await paste(hub.page, { plain: columns, html: "<p>○日時&#9;令和8年3月6日</p><p>○場所&#9;本庄市役所</p>" });
  await expect(dialog.getByRole("heading", { level: 3 })).toHaveCount(1);
  await expect(dialog.getByText("場所　本庄市役所", { exact: true })).toBeVisible();
  await hub.page.keyboard.press("Escape");
  await expect(dialog).toBeHidden();

  await hub.cell(EMPTY).focus();
  await paste(hub.page, { plain: "○研修会\r\n\t*年2回\r\n\t*対象：医師\r\n" });
  await expect(hub.text).toHaveValue("○研修会\n*年2回\n*対象：医師");
});

test("nothing beside a pasted table is lost without a word", async ({ sheetOf }) => {
  const hub = await sheetOf("hub");
  const dialog = preview(hub);
  const table = (cells: string[]): string => `<table border=1><tr>${cells.map((cell) => `<td><p>${cell}</p></td>`).join("")}</tr></table>`;

  // Entries and tables one after another are one text.
  await hub.cell(EMPTY).focus();
  const body = `<p>○前の取組</p>${table(["○表の一つ", "○表の二つ"])}<p>○後の取組</p>${table(["○次の表"])}`;
  await paste(hub.page, { plain: "○前の取組\r\n○表の一つ\t○表の二つ\r\n○後の取組\r\n○次の表\r\n", html: wordPage(body) });
  await expect(dialog.getByText(/全体を1つの文として読みました/)).toBeVisible();
  await expect(dialog.getByRole("heading", { level: 3 })).toHaveCount(1);
  for (const text of ["前の取組", "表の一つ", "表の二つ", "後の取組", "次の表"]) await expect(dialog.getByText(text, { exact: true })).toBeVisible();
  await hub.page.keyboard.press("Escape");
  await expect(dialog).toBeHidden();

  // A title leaves the cells where they belong.
  await hub.cell(EMPTY).focus();
  await paste(hub.page, { plain: "令和8年度の取組\r\n○一つ\t○二つ\r\n", html: wordPage(`<p>令和8年度の\r\n取組</p>${table(["○一つ", "○二つ"])}`) });
  await expect(dialog.getByText(/表の外の文字は貼り付けません：「令和8年度の取組」/)).toBeVisible();
  await expect(dialog.getByRole("heading", { level: 3 })).toHaveCount(2);
  await expect(dialog.getByRole("button", { name: "2件の取組として追加" })).toBeEnabled();
});

test("a table's lists have their marks, and a line break of Word's source is none of the text", async ({ sheetOf }) => {
  const hub = await sheetOf("hub");
  const dialog = preview(hub);
  const bullets = `${wordListLine("Wingdings", "l", "市町ホームページの\r\n  情報更新")}${wordListLine("Symbol", "&middot;", "年2回")}`;
  const dots = "<ul><li>一つ目</li><li>二つ目</li></ul>";
  const numbers = "<p>○演習</p><ol><li>講義</li><li>発表</li></ol>";
  await hub.cell(EMPTY).focus();
  await paste(hub.page, { html: wordPage(`<table><tr><td>${bullets}</td><td>${dots}</td></tr><tr><td>${numbers}</td></tr></table>`) });
  await expect(dialog.getByRole("heading", { level: 3 })).toHaveCount(3);
  for (const text of ["市町ホームページの情報更新", "年2回", "一つ目", "二つ目", "演習", "講義", "発表"]) {
    await expect(dialog.getByText(text, { exact: true })).toBeVisible();
  }
  for (const mark of ["・", "①", "②"]) await expect(dialog.getByText(mark, { exact: true })).toBeVisible();
  await expect(dialog.getByRole("button", { name: "4件の取組として追加" })).toBeEnabled();
});
