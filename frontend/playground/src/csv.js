// An answer's lists as CSV that Excel opens rightly.
//
// One row for each thing of the list. What lies in an object becomes a column of its own, named by the way there; a
// list of objects becomes further rows, on which what stands above it is repeated, so that Excel's filter finds it;
// several lists side by side fill the same rows. A list of plain values stays in one field. What would hold entries
// and holds none, as an empty cell, has no row.
import { heading } from "./headings.js";
import { worded } from "./values.js";

const BOM = "\uFEFF";
const LINE = "\r\n";
/** What makes a spreadsheet read a text as a formula. */
const FORMULA = /^[=+\-@\t\r\n]/;
/** What it reads as a number: 007, 1E5, 1,000, 1 1/2; (1) is less than nothing. */
const NUMBERS = [/[¥￥$]?(?=\.?\d)\d*(,\d{3})*(\.\d*)?(E[-+]?\d+)?%?/, /\d+ \d+\/\d+/, /\((?=\.?\d)\d*(,\d{3})*(\.\d*)?\)/];
/** What it reads as a day: 1-2, 2026/4/1; 4/1/2026; R7/6/16; 令和7年6月; 6月16日; Apr 1. */
const DAYS = [
  /(\d{1,2}|\d{4})[-/]\d{1,2}([-/]\d{1,2})?/,
  /\d{1,2}[-/](\d{1,2}[-/])?\d{4}/,
  /(明治|大正|昭和|平成|令和|[MTSHR])\d{1,2}[-/.]\d{1,2}[-/.]\d{1,2}/,
  /(明治|大正|昭和|平成|令和|[MTSHR])?(\d{1,4}|元)年\d{1,2}月(\d{1,2}日)?/,
  /\d{1,2}月\d{1,2}日/,
  /(\d{1,2}[-/ ]?)?(Jan(uary)?|Feb(ruary)?|Mar(ch)?|Apr(il)?|May|June?|July?|Aug(ust)?|Sept?(ember)?|Oct(ober)?|Nov(ember)?|Dec(ember)?)[-/ ]?\d{0,4}([-/, ]+\d{2,4})?/,
];
/** What it reads as a time: 9:00, 9 AM, 10時30分. */
const TIMES = [/\d{1,4}:\d{1,2}(:\d{1,2}(\.\d+)?)?( ?[AP]M?)?/, /\d{1,2} ?[AP]M/, /\d{1,2}時\d{1,2}分(\d{1,2}秒)?/];
const VALUE = new RegExp(`^(?=.*\\d)(${any(NUMBERS)}|${any(DAYS)}?( ?${any(TIMES)})?)$`, "i");
/** A number that a cell shows as it was written, and a day or a minute that stays it and can be sorted by. */
const SAME = /^((?!.{12})(0|[1-9]\d*)(\.\d*[1-9])?|\d{4}-\d\d-\d\d( \d\d:\d\d)?)$/;
/** Of the sheet: without something in one of them, there is nothing to be told. */
const HOLDERS = new Set(["rows", "cells", "entries", "edges"]);
const SEPARATOR = "、";

/** The lists in an answer that are not part of another one, each with the way there; empty ones are none. */
export function lists(answer) {
  const found = [];
  const walk = (value, path) => {
    if (Array.isArray(value)) {
      if (value.length > 0) found.push({ path, rows: value });
    } else if (isObject(value)) {
      for (const [name, inner] of Object.entries(value)) walk(inner, [...path, name]);
    }
  };
  if (answer?.data) walk(answer.data, []);
  else if (answer?.events) walk(answer.events, ["events"]);
  return found;
}

/** The file's text, its byte order mark included. */
export function csv(list) {
  const root = column();
  const rows = list.flatMap((value) => rowsOf(value, root, ""));
  const columns = leaves(root, []);
  const header = columns.map(({ path }) => heading(path)).map(distinct());
  const lines = rows.map((row) => columns.map(({ node }) => field(row.get(node))).join(","));
  return BOM + [header.map(field).join(","), ...lines].map((line) => line + LINE).join("");
}

/** A place in the tree of columns, whose order is that in which they were first seen. */
function column() {
  return { below: new Map(), filled: false };
}

function child(node, name) {
  if (!node.below.has(name)) node.below.set(name, column());
  return node.below.get(name);
}

/** The columns that hold something: those with nothing below, and those that hold values all the same. */
function leaves(node, path) {
  const below = [...node.below].flatMap(([name, inner]) => leaves(inner, [...path, name]));
  return node.filled || below.length === 0 ? [{ node, path }, ...below] : below;
}

/** A value's rows: each a map from a column to what stands there. */
function rowsOf(value, node, name) {
  const { own, below, holds } = spread(value, node, name);
  if (below.length > 0) return below.map((row) => new Map([...own, ...row]));
  return holds ? [] : [own];
}

/** What a value says once, the rows of the lists in it, and whether it is there to hold something. */
function spread(value, node, called) {
  if (!isObject(value)) return { own: put(node, plain(value, called)), below: [], holds: false };
  let own = new Map();
  let below = [];
  let holds = false;
  for (const [name, inner] of Object.entries(value)) {
    const place = child(node, name);
    if (isTable(inner)) {
      below = beside(below, inner.flatMap((one) => rowsOf(one, place, name)));
    } else {
      const found = spread(inner, place, name);
      own = new Map([...own, ...found.own]);
      below = beside(below, found.below);
      holds ||= found.holds;
    }
    holds ||= HOLDERS.has(name) && Array.isArray(inner);
  }
  return { own, below, holds };
}

function put(node, value) {
  // An absent object or list makes no column beside those of the present ones.
  if (value !== null && value !== "") node.filled = true;
  return new Map([[node, value]]);
}

/** Two lists fill the same rows; the shorter one leaves the rest empty. */
function beside(left, right) {
  const length = Math.max(left.length, right.length);
  return Array.from({ length }, (_, index) => new Map([...(left[index] ?? []), ...(right[index] ?? [])]));
}

function isObject(value) {
  return value !== null && typeof value === "object" && !Array.isArray(value);
}

/** A list that needs rows of its own. */
function isTable(value) {
  return Array.isArray(value) && value.some((one) => one !== null && typeof one === "object");
}

/** What stands in one field. */
function plain(value, name) {
  return Array.isArray(value) ? value.map((one) => worded(name, one) ?? "").join(SEPARATOR) : worded(name, value);
}

/** One field as it is written: what a spreadsheet would change begins with an apostrophe, numbers stay numbers. */
export function field(value) {
  if (value === null || value === undefined) return "";
  if (typeof value !== "string") return String(value);
  const safe = isChanged(value) ? `'${value}` : value;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

/** Whether a spreadsheet would change a text: it reads full width as well, and passes over the spaces around. */
function isChanged(value) {
  const text = value.replace(/[！-～]/g, (sign) => String.fromCharCode(sign.charCodeAt(0) - 0xfee0));
  return FORMULA.test(text) || (VALUE.test(text.trim()) && !SAME.test(value));
}

function any(patterns) {
  return `(${patterns.map(({ source }) => source).join("|")})`;
}

/** No two columns are called the same. */
function distinct() {
  const taken = new Set();
  return (name) => {
    let free = name;
    for (let count = 2; taken.has(free); count += 1) free = `${name}（${count}）`;
    taken.add(free);
    return free;
  };
}
