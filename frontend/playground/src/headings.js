// What columns are called: the API's names in the words of the sheet, the way there before each.

const NAMES = {
  account: "アカウント",
  action: "種類",
  after: "後",
  asOf: "時点",
  at: "日時",
  before: "前",
  body: "本文",
  by: "変更者",
  byName: "名前",
  byOrganization: "機関",
  cells: "欄",
  change: "変更",
  changes: "変更履歴",
  code: "記号",
  columns: "列",
  cursor: "位置",
  deletedAt: "削除日時",
  depth: "段",
  edges: "一覧",
  entries: "取組",
  entry: "取組",
  evaluation: "評価",
  explicit: "明示した数",
  explicitScenes: "明示した場面",
  facet: "欄",
  fiscalYear: "年度",
  footnote: "脚注",
  goal: "目標",
  handouts: "資料",
  heading: "見出し",
  hiddenCount: "隠れている数",
  id: "ID",
  item: "事業項目",
  items: "事業項目",
  kind: "種類",
  label: "名前",
  login: "ログイン名",
  name: "名前",
  node: "内容",
  notes: "注記",
  number: "番号",
  organization: "機関",
  organizations: "機関",
  owner: "主体",
  phase: "段階",
  plan: "計画",
  position: "順",
  region: "圏域",
  regions: "圏域",
  role: "役割",
  rows: "行",
  scene: "場面",
  sceneCounts: "場面ごとの数",
  scenes: "場面",
  secretariat: "事務局",
  seq: "通し番号",
  sheet: "表",
  sheets: "表",
  shortName: "略称",
  status: "取組状況及び結果",
  summary: "内容",
  text: "文",
  title: "題名",
  total: "数",
  updatedAt: "更新日時",
  updatedBy: "更新者",
  version: "版",
  viewerCanEdit: "編集できるか",
};

const JOINT = ".";

/** What holds the sheet's own parts says nothing of a column. */
const HOLDERS = ["rows", "cells", "entries", "edges", "node"];

/** For a column: 事業項目.記号. What the sheet has no word for keeps its name. */
export function heading(path) {
  const telling = path.filter((name) => !HOLDERS.includes(name));
  const words = (telling.length === 0 ? path.slice(-1) : telling).map(word);
  return words.length === 0 ? "値" : words.join(JOINT);
}

/** For one name of the API, or an alias. */
export function word(name) {
  return Object.hasOwn(NAMES, name) ? NAMES[name] : name;
}
