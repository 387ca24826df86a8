// What stands in a field, in the words of the sheet: its names for what the API has codes for, Japan's years, Tokyo's
// time. What people have written stays as they wrote it.
import { japanMinute } from "./japan.js";

/** What people write themselves. */
const TEXTS = new Set(["body", "text", "title", "label", "name", "shortName", "byName", "byOrganization", "summary", "message", "heading", "footnote", "login"]);
const CODES = {
  DAILY_CARE: "日常の療養支援",
  HOSPITAL_TRANSITION: "入退院支援",
  EMERGENCY: "急変時の対応",
  END_OF_LIFE: "看取り",
  STATUS: "取組状況及び結果",
  EVALUATION: "評価",
  GOAL: "目標",
  PLAN: "計画",
  DRAFT: "作成中",
  REVIEW: "確認中",
  FIXED: "確定",
  ASTERISK: "＊",
  NUMBERED: "番号",
  DOT: "・",
  VIEWER: "閲覧者",
  EDITOR: "編集者",
  APPROVER: "承認者",
  ADMIN: "圏域の管理者",
  HUB: "在宅医療連携拠点",
  MUNICIPALITY: "市町村",
  HEALTH_CENTER: "保健所",
  SUPPORT_CENTER: "支援センター",
  COUNCIL: "協議会",
  CREATE: "追加",
  UPDATE: "編集",
  MOVE: "移動",
  ASSIGN: "主体の変更",
  DELETE: "削除",
  RESTORE: "復元",
  RESOLVE: "コメントの解決",
  REOPEN: "コメントの再開",
  COMMENT: "コメント",
  WITHDRAW: "コメントの取り消し",
  ADDED: "追加",
  CHANGED: "変更",
  MOVED: "移動",
  DELETED: "削除",
};
/** A moment as the API writes it: 2026-02-06T01:23:45.678Z. */
const MOMENT = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/;
/** The first year of each era, the newest first. */
const ERAS = [
  ["令和", 2019],
  ["平成", 1989],
  ["昭和", 1926],
  ["大正", 1912],
  ["明治", 1868],
];

/** The value of a column of this name. */
export function worded(name, value) {
  if (typeof value === "boolean") return value ? "はい" : "いいえ";
  if (name === "fiscalYear" && Number.isInteger(value)) return fiscalYear(value);
  if (typeof value !== "string" || TEXTS.has(name)) return value;
  if (Object.hasOwn(CODES, value)) return CODES[value];
  return MOMENT.test(value) ? tokyo(value) : value;
}

/** 2026: 令和8年度 */
function fiscalYear(year) {
  // A fiscal year begins in April: of the eras' first years only 令和's and 明治's bear the new name.
  const era = ERAS.find(([, first]) => year >= first);
  if (!era) return `${year}年度`;
  const number = year - era[1] + 1;
  return `${era[0]}${number === 1 ? "元" : number}年度`;
}

/** 2026-02-06 10:23, which a spreadsheet reads as that minute and can sort by. */
function tokyo(moment) {
  const at = Date.parse(moment);
  return Number.isNaN(at) ? moment : japanMinute(at);
}
