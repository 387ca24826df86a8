// Every state of a page that somebody can come to, each in a browser of its own: to be looked at and to be analysed.
import type { BrowserContextOptions, Page } from "@playwright/test";
import type { Api } from "./api.ts";
import { paste } from "./clipboard.ts";
import { expect } from "./journey.ts";
import type { Server } from "./server.ts";
import type { SheetPage } from "./sheet.ts";

export interface Tools {
  server: Server;
  newBrowser: (options?: BrowserContextOptions) => Promise<Page>;
  sheetOf: (login: string, options?: BrowserContextOptions) => Promise<SheetPage>;
  apiOf: (login: string) => Promise<Api>;
}

type State = (tools: Tools, options: BrowserContextOptions) => Promise<Page>;

/** The sheet as honjo sees it, brought to a state. */
function sheet(bring: (honjo: SheetPage, tools: Tools) => Promise<unknown>, login = "honjo"): State {
  return async (tools, options) => {
    const opened = await tools.sheetOf(login, options);
    await bring(opened, tools);
    return opened.page;
  };
}

/** Another page of honjo's. */
function page(path: (address: string) => string, seen: string | RegExp, login = "honjo"): State {
  return sheet(async ({ page, address }) => {
    await page.goto(path(address));
    await expect(page.getByText(seen).first()).toBeVisible();
  }, login);
}

async function snapshot({ apiOf }: Tools): Promise<void> {
  const approver = await apiOf("hub-approver");
  const { id } = await approver.sheet();
  const call = "mutation ($input: CreateSnapshotInput!) { createSnapshot(input: $input) { __typename } }";
  await approver.call(call, { input: { requestId: crypto.randomUUID(), sheetId: id, label: "第1回協議会" } });
}

async function menu(honjo: SheetPage, name: string | RegExp): Promise<void> {
  await honjo.page.getByRole("button", { name }).first().click();
}

/** What stands beside an entry, by its menu. */
async function beside(honjo: SheetPage, choice: string): Promise<void> {
  await honjo.cell("イ/STATUS").locator("[data-entry]").first().focus();
  await honjo.page.keyboard.press("Shift+F10");
  await honjo.page.getByRole("menuitem", { name: choice }).click();
  await expect(honjo.page.locator("dialog.beside")).toBeVisible();
}

export const STATES: Record<string, State> = {
  "sign-in": async ({ newBrowser }, options) => {
    const page = await newBrowser(options);
    await page.goto("/");
    await expect(page.getByLabel("パスワード")).toBeVisible();
    return page;
  },
  "sign-in refused": async ({ newBrowser }, options) => {
    const page = await newBrowser(options);
    await page.goto("/");
    await page.getByLabel("ログイン名").fill("honjo");
    await page.getByLabel("パスワード").fill("wrong");
    await page.getByRole("button", { name: "サインイン" }).click();
    await expect(page.getByRole("alert")).toBeVisible();
    return page;
  },
  start: page(() => "/", /令和8年度/),
  account: page(() => "/account", "パスワードの変更"),
  tokens: page(() => "/account/tokens", "APIトークン"),
  waiting: page(() => "/waiting", /./),
  handouts: page((address) => `${address}/handouts`, "重点取組内容"),
  history: page((address) => `${address}/history`, "変更履歴"),
  "search over the years": page((address) => `${address}/search?text=研修`, /件見つかりました/),
  import: page((address) => `${address}/import`, /取り込/),
  "not found": page(() => "/nowhere", /./),
  full: sheet(async () => {}),
  scrolled: sheet(async (honjo) => honjo.cell("オ/PLAN").locator("[data-entry]").last().scrollIntoViewIfNeeded()),
  tagged: sheet(async (honjo, { apiOf }) => {
    const hub = await apiOf("hub");
    const entries = (await hub.sheet()).rows.slice(0, 2).flatMap((row) => row.cells.flatMap((cell) => cell.entries));
    for (const [at, entry] of entries.entries()) {
      const scenes = ["DAILY_CARE", "HOSPITAL_TRANSITION", "EMERGENCY", "END_OF_LIFE"];
      await hub.tag(entry, scenes.slice(at % 4, at % 4 + 1 + (at % 3)));
    }
    await honjo.open();
  }),
  empty: sheet(async (honjo, { apiOf }) => {
    const hub = await apiOf("hub");
    for (const row of (await hub.sheet()).rows) for (const cell of row.cells) for (const entry of cell.entries) await hub.remove(entry);
    await honjo.page.reload();
    await expect(honjo.page.getByText("未記入").first()).toBeVisible();
  }),
  "scene filter explains": sheet(async (honjo) => honjo.scene("看取り").check()),
  searched: sheet(async (honjo) => honjo.search.fill("研修")),
  "nothing found": sheet(async (honjo) => {
    await honjo.scene("看取り").check();
    await honjo.search.fill("どこにもない言葉");
    await expect(honjo.page.locator(".filter-note")).toBeVisible();
  }),
  legend: sheet((honjo) => menu(honjo, /^場面の絞り込みについて/)),
  columns: sheet((honjo) => menu(honjo, /^列$/)),
  tip: sheet(async (honjo) => {
    await honjo.page.locator("label", { hasText: /^いずれか$/ }).hover();
    await expect(honjo.page.getByRole("tooltip")).toBeVisible();
  }),
  "entry at hand": sheet(async (honjo) => honjo.cell("イ/STATUS").locator("[data-entry]").first().focus()),
  editor: sheet(async (honjo) => {
    const entry = honjo.cell("イ/GOAL").locator("[data-entry]").first();
    await entry.scrollIntoViewIfNeeded();
    await honjo.edit(entry);
  }),
  "entry's menu": sheet(async (honjo) => {
    await honjo.cell("イ/STATUS").locator("[data-entry]").first().focus();
    await honjo.page.keyboard.press("Shift+F10");
  }),
  conflict: sheet(async (honjo, { apiOf }) => {
    const misato = await apiOf("misato");
    const [entry] = await misato.entries("イ", "GOAL");
    if (!entry) throw new Error("the sample has no such entry");
    await honjo.entryOf(entry.id).scrollIntoViewIfNeeded();
    await honjo.edit(honjo.entryOf(entry.id));
    await honjo.text.fill("○本庄市が書いた文。\n*注記も変えた。");
    await misato.rewrite(entry, "美里町が書いた文。");
    await honjo.text.press("Control+Enter");
    await expect(honjo.conflict).toBeVisible();
  }),
  "entry's history": sheet((honjo) => beside(honjo, "変更履歴")),
  comments: sheet(async (honjo) => beside(honjo, "コメント")),
  selection: sheet(async (honjo) => {
    const cell = honjo.cell("オ/PLAN").locator("[data-entry]");
    await cell.nth(0).focus();
    await honjo.page.keyboard.press("Space");
    await honjo.page.keyboard.press("Shift+ArrowDown");
    await expect(honjo.page.getByRole("toolbar", { name: "選択した取組" })).toBeVisible();
  }),
  "paste preview": sheet(async (honjo) => {
    await honjo.cell("ア/GOAL").focus();
    await paste(honjo.page, { plain: "○表から一つ\n*注記\n○表から二つ" });
    await expect(honjo.page.getByRole("dialog", { name: /の貼り付け$/ })).toBeVisible();
  }, "hub"),
  suggestions: sheet(async (honjo) => {
    await honjo.scene("看取り").check();
    await menu(honjo, "場面の候補を見る");
    await expect(honjo.page.getByRole("dialog", { name: "場面の候補" }).locator("mark").first()).toBeVisible();
  }),
  export: sheet((honjo) => menu(honjo, "出力")),
  "account's menu": sheet((honjo) => menu(honjo, /担当者/)),
  help: sheet(async (honjo) => honjo.page.keyboard.press("F1")),
  "snapshot's dialog": sheet(async (approver) => {
    await menu(approver, /変更箇所/);
    await approver.page.getByRole("button", { name: "提出版を作る…" }).click();
    await expect(approver.page.getByRole("dialog")).toBeVisible();
  }, "hub-approver"),
  "snapshot's choice": sheet(async (honjo, tools) => {
    await snapshot(tools);
    await honjo.open();
    await menu(honjo, /変更箇所/);
    await expect(honjo.page.getByRole("link", { name: /^提出版/ })).toBeVisible();
  }),
  snapshot: sheet(async (honjo, tools) => {
    await snapshot(tools);
    await honjo.open();
    await menu(honjo, /変更箇所/);
    await honjo.page.getByRole("link", { name: /^提出版/ }).click();
    await expect(honjo.page.getByText("変えられません。")).toBeVisible();
  }),
  changes: sheet(async (honjo, tools) => {
    await snapshot(tools);
    const misato = await tools.apiOf("misato");
    const [entry] = await misato.entries("ア", "STATUS");
    if (entry) await misato.rewrite(entry, `${entry.body}追記した。`);
    await honjo.open("?since=1");
    await expect(honjo.page.locator(".since-bar")).toBeVisible();
    await expect(honjo.page.locator("[data-since]").first()).toBeVisible();
  }),
  offline: sheet(async (honjo, { server }) => {
    await server.stop();
    await expect(honjo.page.locator(".away")).toBeVisible({ timeout: 30_000 });
  }),
  failed: async ({ sheetOf }, options) => {
    const { page } = await sheetOf("honjo", options);
    await page.route("**/graphql", (route) => route.abort());
    await page.getByRole("link", { name: "資料", exact: true }).click();
    await expect(page.getByRole("button", { name: "もう一度試す" })).toBeVisible();
    return page;
  },
};
