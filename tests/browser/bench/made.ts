// A made sheet of 2,000 entries in a region of its own, brought in by the product's own commands.
import { execFileSync } from "node:child_process";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type Server, binary } from "../support/server.ts";

/** 25 items × 4 facets × 20 entries. */
const ITEMS = 25;
const ENTRIES_PER_CELL = 20;
const SCENES = ["日常の療養支援", "入退院支援", "急変時の対応", "看取り"];
const HEADINGS = [
  "事業項目と4つの場面分類",
  "令和7年度取組状況及び結果 （令和7年12月末時点）",
  "令和7年度評価",
  "令和8年度目標",
  "令和8年度の計画",
];
const CODES = "アイウエオカキクケコサシスセソタチツテトナニヌネノ";

export async function madeSheet(server: Server, region: string): Promise<void> {
  const file = join(server.folder, "made.tsv");
  await writeFile(file, [HEADINGS, ...rows()].map((fields) => fields.join("\t")).join("\n"));
  const renkei = (args: string[], input = "") =>
    execFileSync(binary, [...args, "--database", server.database], { input, stdio: ["pipe", "ignore", "inherit"] });
  renkei(["region", "add", region]);
  renkei(["import", file, "--region", region, "--fiscal-year", "2026"]);
  renkei(
    ["account", "add", "--login", "bench", "--name", "測定 担当者", "--organization", "在宅医療連携拠点", "--region", region, "--role", "EDITOR"],
    "renkei-demo\n",
  );
}

function rows(): string[][] {
  return Array.from({ length: ITEMS }, (_, item) => {
    // Most items concern all scenes, as on the real sheet; some only a part.
    const scenes = SCENES.filter((_, scene) => item % 3 !== 0 || (item + scene) % 2 === 0);
    const title = `（${CODES[item]}） 測定用の事業項目${item + 1} ${scenes.map((scene) => `<div>${scene}</div>`).join(" ")}`;
    const cells = [0, 1, 2, 3].map((facet) =>
      Array.from({ length: ENTRIES_PER_CELL }, (_, entry) => text(item, facet, entry)).join(" "),
    );
    return [title, ...cells];
  });
}

/** As long as the real ones: some 60 characters, every third with a note. */
function text(item: number, facet: number, entry: number): string {
  const body = `○${item + 1}の${facet + 1}の${entry + 1}：在宅医療・介護関係者の連携を進めるため、多職種の研修会や意見交換会を計画的に開催し、情報の共有と周知を継続した。`;
  return entry % 3 === 0 ? `${body} <small>*第${entry + 1}回は関係機関と共催する</small>` : body;
}
