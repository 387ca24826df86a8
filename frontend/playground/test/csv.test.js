import assert from "node:assert/strict";
import { test } from "node:test";
import { csv, field, lists } from "../src/csv.js";

/** The file as rows of fields, read by the rules of RFC 4180 alone. */
function read(text) {
  assert.equal(text[0], "\uFEFF");
  const rows = [[]];
  let at = 1;
  while (at < text.length) {
    let value = "";
    if (text[at] === '"') {
      for (at += 1; ; at += 1) {
        if (text[at] !== '"') value += text[at];
        else if (text[at + 1] === '"') value += text[(at += 1)];
        else break;
      }
      at += 1;
    } else {
      while (![",", "\r"].includes(text[at])) value += text[at++];
    }
    rows.at(-1).push(value);
    if (text[at] === ",") at += 1;
    else {
      assert.equal(text.slice(at, at + 2), "\r\n");
      at += 2;
      rows.push([]);
    }
  }
  rows.pop();
  return rows;
}

test("the bytes that Excel wants: a byte order mark, CRLF after every line", () => {
  const bytes = Buffer.from(csv([{ x: 1 }, { x: "あ" }]), "utf8");
  assert.deepEqual(bytes, Buffer.from("\uFEFFx\r\n1\r\nあ\r\n", "utf8"));
  assert.deepEqual([...bytes.subarray(0, 3)], [0xef, 0xbb, 0xbf]);
});

test("commas, quotes and line breaks are quoted, and come back", () => {
  const texts = ['say "a, b"', "一行目\n二行目", "a\r\nb", ",", '"', "　空白 "];
  assert.deepEqual(read(csv(texts.map((x) => ({ x })))), [["x"], ...texts.map((text) => [text])]);
  assert.equal(field('a"b'), '"a""b"');
  assert.equal(field("a b"), "a b");
});

test("what a spreadsheet would compute is kept whole behind an apostrophe", () => {
  for (const text of ["=1+1", "+81", "-1", "@SUM(A1)", "\tx", "\rx", "\n=x", "＝1+1", "＋", "－", "＠"]) {
    assert.equal(read(csv([{ x: text }]))[1][0], `'${text}`);
  }
  assert.equal(field('=HYPERLINK("x","y")'), `"'=HYPERLINK(""x"",""y"")"`);
  for (const text of ["", "a=1", "（＝）", "○=", " =1"]) assert.equal(field(text), text);
});

test("what a spreadsheet would read as a number or a date is kept as well", () => {
  const numbers = ["007", "00", "1E5", "1e-7", "1.50", ".5", "1,000", "50%", "¥300", "￥300", "(1)", "（１）", "１２", " 2026", "123456789012", "1234567890123456"];
  const dates = ["1-2", "4/1", "４／１", "1-2-3", "2026/4", "2026/4/1 9:00", "4/1/2026", "4/2026", "1 1/2", "Apr 1", "1-Apr-26", "MARCH1"];
  const japanese = ["R7/6/16", "R8.4.1", "令和8/4/1", "4月1日", "2026年4月", "令和8年4月1日", "令和元年5月1日 10:30", "R8年4月1日"];
  const times = ["9:00", "1:2", "10:30:15", "9:00 pm", "9 AM", "10時30分"];
  for (const text of [...numbers, ...dates, ...japanese, ...times]) {
    assert.equal(read(csv([{ x: text }]))[1][0], `'${text}`);
  }
});

test("what stands in a cell as it was written is left alone", () => {
  const same = ["0", "7", "2026", "12345678901", "0.5", "1.25"];
  const instants = ["2026-04-01", "2026-04-01 09:00"];
  const ids = ["0197a3c2-5b1e-7c44-9d0a-3f6e2b8c1d55", "00000000-0000-4000-8000-000000000000"];
  const words = ["0495-25-1111", "367-0051", "1.2.3", "1、2", "①", "⑴", "ア", "令和8年度", "2026年", "4月", "5人", "第1回", "3/4の町", "R8", "H1-2", "1,2", "9:00-17:00", "4月1日から", "2026\n4/1", ".", "%", "()", "Apr", "Mark 1"];
  for (const text of [...same, ...instants, ...ids, ...words]) assert.equal(read(csv([{ x: text }]))[1][0], text);
});

test("a heading that a spreadsheet would compute is none either", () => {
  assert.equal(read(csv([{ "=x": 1 }]))[0][0], "'=x");
});

test("codes, years and moments are told in the sheet's words, and what people wrote is left alone", () => {
  const changed = { facet: "PLAN", fiscalYear: 2026, scenes: ["EMERGENCY", "END_OF_LIFE"], at: "2026-02-06T15:23:45.678Z", body: "PLAN", viewerCanEdit: false };
  assert.deepEqual(read(csv([changed, { fiscalYear: 2019, at: "2026-04-01T00:00:00+09:00", body: "2026-02-06T15:23:45Z" }])), [
    ["欄", "年度", "場面", "日時", "本文", "編集できるか"],
    ["計画", "令和8年度", "急変時の対応、看取り", "2026-02-07 00:23", "PLAN", "いいえ"],
    ["", "令和元年度", "", "2026-04-01 00:00", "2026-02-06T15:23:45Z", ""],
  ]);
});

test("numbers stay what they are", () => {
  assert.deepEqual(read(csv([{ a: -1, b: 0, c: 1.5, f: null }])), [
    ["a", "b", "c", "f"],
    ["-1", "0", "1.5", ""],
  ]);
});

test("what holds no entry has no row, and an entry without a note has one", () => {
  const entries = [{ body: "a", notes: [] }];
  const rows = [
    { item: { code: "ア" }, cells: [{ facet: "GOAL", entries }, { facet: "PLAN", entries: [] }] },
    { item: { code: "イ" }, cells: [{ facet: "GOAL", entries: [] }] },
    { item: { code: "ウ" }, goal: null, evaluation: { entries } },
  ];
  assert.deepEqual(read(csv(rows)).slice(1).map((row) => row[0]), ["ア", "ウ"]);
  assert.deepEqual(read(csv([{ changes: { edges: [] } }])).length, 1);
});

test("objects become columns, named by the way there", () => {
  const rows = read(csv([{ item: { code: "ア", title: "把握" }, owner: null }, { item: { code: "イ", title: "抽出" }, owner: { shortName: "本庄" } }]));
  assert.deepEqual(rows, [
    ["事業項目.記号", "事業項目.題名", "主体.略称"],
    ["ア", "把握", ""],
    ["イ", "抽出", "本庄"],
  ]);
});

test("lists become rows, on which what stands above is repeated", () => {
  const rows = read(
    csv([
      { code: "ア", cells: [{ facet: "GOAL", entries: [{ body: "a", notes: [] }, { body: "b", notes: [{ text: "x" }, { text: "y" }] }] }, { facet: "PLAN", entries: [] }] },
      { code: "イ", cells: [] },
    ]),
  );
  assert.deepEqual(rows, [
    ["記号", "欄", "本文", "注記.文"],
    ["ア", "目標", "a", ""],
    ["ア", "目標", "b", "x"],
    ["ア", "目標", "b", "y"],
  ]);
});

test("lists side by side fill the same rows, and nothing is told twice", () => {
  const rows = read(csv([{ code: "ア", goal: { entries: [{ body: "g" }] }, evaluation: { entries: [{ body: "1" }, { body: "2" }] } }]));
  assert.deepEqual(rows, [
    ["記号", "目標.本文", "評価.本文"],
    ["ア", "g", "1"],
    ["ア", "", "2"],
  ]);
});

test("plain values in a list stay in one field", () => {
  assert.deepEqual(read(csv([{ scenes: ["EMERGENCY", "END_OF_LIFE"] }, { scenes: [] }, { scenes: [null, 1] }])), [
    ["場面"],
    ["急変時の対応、看取り"],
    [""],
    ["、1"],
  ]);
  assert.deepEqual(read(csv(["a", "b"])), [["値"], ["a"], ["b"]]);
});

test("the columns of things of different kinds stand beside one another", () => {
  assert.deepEqual(read(csv([{ a: 1 }, { b: 2, a: 3 }])), [["a", "b"], ["1", ""], ["3", "2"]]);
  // The same word for two names of the API.
  assert.deepEqual(read(csv([{ name: 1, label: 2, entry: 3, entries: 4 }]))[0], ["名前", "名前（2）", "取組", "取組（2）"]);
});

test("every list that is not part of another one is offered", () => {
  const answer = { data: { sheet: { title: "t", rows: [{ cells: [{}] }], none: [] }, more: { edges: [{ node: {} }] } } };
  assert.deepEqual(lists(answer).map(({ path }) => path.join(".")), ["sheet.rows", "more.edges"]);
  assert.deepEqual(lists({ events: [{ at: "t" }] }).map(({ path }) => path), [["events"]]);
  for (const without of [null, undefined, {}, "x", { data: null, errors: [{}] }, { data: { sheet: null } }]) {
    assert.deepEqual(lists(without), []);
  }
});
