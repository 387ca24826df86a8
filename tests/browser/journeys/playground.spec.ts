// The playground: the ready-made questions, another's change as it happens, CSV, and the question before a mutation.
import AxeBuilder from "@axe-core/playwright";
import { readFile } from "node:fs/promises";
import type { BrowserContextOptions, Download, Locator, Page } from "@playwright/test";
import { expect, test as base } from "../support/journey.ts";

const READY_MADE = [
  "看取り（全市町）",
  "市町の取組（場面ごと）",
  "場面なしの取組",
  "目標と評価",
  "ある日からの変更",
  "場面ごとの数",
  "保存する（書き込み）",
  "変更を見守る",
];
const WRITES = "保存する（書き込み）";
const WATCHES = "変更を見守る";

class Playground {
  readonly result: Locator;
  readonly question: Locator;

  constructor(readonly page: Page) {
    this.result = page.getByRole("region", { name: "結果" });
    this.question = page.getByRole("dialog", { name: "書き込みますか" });
  }

  async open(): Promise<void> {
    await this.page.goto("/playground");
    // The editor is a large program.
    await expect(this.page.locator(".graphiql-query-editor .view-line").first()).toBeVisible({ timeout: 30_000 });
    // The schema has been read: the editor knows what can be asked.
    await expect(this.page.getByRole("button", { name: /^スキーマを読みなおす/ })).toBeEnabled();
  }

  async choose(title: string): Promise<void> {
    await this.page.getByRole("tab", { name: title }).click();
  }

  async run(): Promise<void> {
    await this.page.getByRole("button", { name: /^実行/ }).click();
  }

  /** What GraphiQL holds as the answer; undefined until it is there whole. */
  async answer(): Promise<any> {
    const text = await this.page.evaluate(() => {
      const models = (globalThis as any).__MONACO.editor.getModels();
      return models.find((model: any) => model.uri.path.endsWith("response.json")).getValue();
    });
    try {
      return JSON.parse(text);
    } catch {
      return undefined;
    }
  }

  async answered(): Promise<any> {
    await expect.poll(() => this.answer()).toBeTruthy();
    return this.answer();
  }

  async write(what: "operation.graphql" | "variables.json", text: string): Promise<void> {
    await this.page.evaluate(
      ([end, text]) => {
        const models = (globalThis as any).__MONACO.editor.getModels();
        models.find((model: any) => model.uri.path.endsWith(end)).setValue(text);
      },
      [what, text],
    );
    // GraphiQL reads what was typed a moment later.
    await this.page.waitForTimeout(500);
  }

  async csv(): Promise<{ name: string; bytes: Buffer }> {
    const download: Promise<Download> = this.page.waitForEvent("download");
    await this.page.getByRole("button", { name: "CSVで保存" }).click();
    const file = await download;
    return { name: file.suggestedFilename(), bytes: await readFile(await file.path()) };
  }
}

const test = base.extend<{ playgroundOf: (login: string, options?: BrowserContextOptions) => Promise<Playground> }>({
  playgroundOf: async ({ newBrowser }, use) => {
    await use(async (login, options) => {
      const page = await newBrowser(options);
      await page.request.post("/graphql", {
        data: {
          query: "mutation ($input: SignInInput!) { signIn(input: $input) { __typename } }",
          variables: { input: { login, password: "renkei-demo" } },
        },
      });
      const playground = new Playground(page);
      await playground.open();
      return playground;
    });
  },
});

test("who is signed out is told to sign in, and comes back", async ({ newBrowser }) => {
  const page = await newBrowser();
  await page.goto("/playground");
  await expect(page.getByText("この画面を使うには、サインインが必要です。")).toBeVisible();
  const { violations } = await new AxeBuilder({ page }).analyze();
  expect(violations).toEqual([]);
  await page.getByRole("link", { name: "サインインする" }).click();
  await page.getByLabel("ログイン名").fill("honjo");
  await page.getByLabel("パスワード").fill("renkei-demo");
  await page.getByRole("button", { name: "サインイン" }).click();
  await expect(page.getByRole("tab", { name: READY_MADE[0] })).toBeVisible();
});

test("the page may load what is the server's, and run no script that stands in it", async ({ playgroundOf }) => {
  const honjo = await playgroundOf("honjo");
  const policies = async (path: string) => {
    const policy = (await honjo.page.request.get(path)).headers()["content-security-policy"] ?? "";
    return Object.fromEntries(policy.split(";").map((one) => one.trim().split(/ (.*)/s)));
  };
  const policy = await policies("/playground");
  expect(policy).toMatchObject({ "default-src": "'none'", "script-src": "'self'", "connect-src": "'self'", "worker-src": "'self'" });
  expect(policy["style-src"]).toBe("'self' 'unsafe-inline'");
  expect(Object.values(policy).join(" ")).not.toMatch(/unsafe-eval|https?:|\*/);
  // Nobody else's page is as free.
  expect((await policies("/"))["style-src"]).toBe("'self'");
  const scripts = await honjo.page.locator("script").evaluateAll((all) => all.map((one) => [one.getAttribute("src"), one.textContent]));
  for (const [address, text] of scripts) {
    expect(address).toMatch(/^\/playground\/[\w.-]+-[0-9a-f]{16}\.js$/);
    expect(text).toBe("");
  }
});

test("from the sheet there and back", async ({ sheetOf }) => {
  const honjo = await sheetOf("honjo");
  await honjo.page.getByRole("navigation", { name: "表の画面" }).getByRole("link", { name: "API" }).click();
  const playground = new Playground(honjo.page);
  await expect(playground.page).toHaveURL(/\/playground\?region=[0-9a-f-]{36}&year=2026$/);
  await expect(playground.page.getByRole("banner")).toContainText("本庄市児玉郡");
  await playground.page.getByRole("link", { name: "表", exact: true }).click();
  await expect(honjo.entries).toHaveCount(64);
});

test("every ready-made question is answered, with the viewer's own region", async ({ playgroundOf, apiOf }) => {
  const api = await apiOf("misato");
  await api.create("ウ", "PLAN", 2026, "美里町だけで行う取組。", "美里町");
  const [tagged] = await api.entries("ウ", "PLAN");
  const misato = await playgroundOf("misato");
  const answers: Record<string, any> = {};
  for (const title of READY_MADE.filter((title) => title !== WRITES && title !== WATCHES)) {
    await misato.choose(title);
    await misato.run();
    const answer = await misato.answered();
    expect(answer.errors, title).toBeUndefined();
    answers[title] = answer.data.sheet;
  }
  const entries = (rows: any[]) => rows.flatMap((row) => row.cells.flatMap((cell: any) => cell.entries));
  expect(entries(answers["看取り（全市町）"].rows)).toHaveLength(65);
  const own = answers["市町の取組（場面ごと）"];
  for (const scene of ["dailyCare", "hospitalTransition", "emergency", "endOfLife"]) {
    expect(entries(own[scene]).map((entry) => entry.body)).toEqual(["美里町だけで行う取組。"]);
  }
  expect(entries(answers["場面なしの取組"].rows)).toHaveLength(65);
  expect(answers["目標と評価"].rows).toHaveLength(8);
  expect(answers["目標と評価"].rows.some((row: any) => row.evaluation.entries.length > 0)).toBe(true);
  const summaries = answers["ある日からの変更"].changes.edges.map((edge: any) => edge.node.summary);
  expect(summaries[0]).toContain("（ウ）令和8年度の計画の取組");
  const counts = answers["場面ごとの数"].rows.find((row: any) => row.item.code === tagged?.item.code).sceneCounts;
  expect(counts).toHaveLength(4);
  const row = (await api.sheet()).rows.find((row) => row.item.code === "ウ");
  const standing = row?.cells.reduce((sum, cell) => sum + cell.entries.length, 0);
  for (const count of counts) expect(count).toMatchObject({ total: standing, explicit: 0 });
});

test("a question of one's own is helped with, and its result kept over a reload", async ({ playgroundOf }) => {
  const honjo = await playgroundOf("honjo");
  await honjo.page.getByRole("button", { name: "新しいタブ" }).click();
  await honjo.write("operation.graphql", "# 自分の問い合わせ\n{ vi }");
  await honjo.page.evaluate(() => {
    const editor = (globalThis as any).__MONACO.editor.getEditors()[0];
    editor.setPosition({ lineNumber: 2, column: 5 });
    editor.focus();
  });
  await honjo.page.keyboard.press("Control+Space");
  await expect(honjo.page.getByRole("option", { name: /^viewer/ })).toBeVisible();
  await honjo.page.keyboard.press("Enter");
  await honjo.page.keyboard.type(" { name }");
  await honjo.page.keyboard.press("Control+Enter");
  await expect.poll(async () => (await honjo.answer())?.data?.viewer?.name).toBe("本庄市 担当者");
  await expect(honjo.page.getByRole("tab", { name: "自分の問い合わせ" })).toBeVisible();
  // What is typed is kept a moment later.
  await honjo.page.waitForTimeout(1000);
  await honjo.page.reload();
  await expect(honjo.page.getByRole("tab", { name: "自分の問い合わせ" })).toBeVisible();
  await expect(honjo.page.getByRole("tab")).toHaveCount(READY_MADE.length + 1);
  await expect(honjo.page.getByRole("tab", { name: "自分の問い合わせ" })).toHaveAttribute("aria-selected", "true");
  await expect(honjo.page.locator(".graphiql-query-editor")).toContainText("viewer { name }");
});

test("the guide opens what it tells of, and leaves a narrow screen to it", async ({ playgroundOf }) => {
  const honjo = await playgroundOf("honjo", { viewport: { width: 390, height: 844 } });
  const title = READY_MADE[5] ?? "";
  await honjo.choose(title);
  await honjo.page.getByRole("button", { name: `タブを閉じる：${title}` }).click();
  await expect(honjo.page.getByRole("tab", { name: title })).toHaveCount(0);
  await honjo.page.getByRole("button", { name: "使い方を表示" }).click();
  const guide = honjo.page.getByRole("region", { name: "使い方" });
  await guide.getByRole("button", { name: title }).click();
  await expect(guide).toBeHidden();
  await expect(honjo.page.getByRole("tab", { name: title })).toHaveAttribute("aria-selected", "true");
  await honjo.run();
  expect((await honjo.answered()).data.sheet.rows).toHaveLength(8);
  // What is open already is shown, not opened twice.
  await honjo.page.getByRole("button", { name: "使い方を表示" }).click();
  await guide.getByRole("button", { name: READY_MADE[0] }).click();
  await expect(honjo.page.getByRole("tab", { name: READY_MADE[0] })).toHaveAttribute("aria-selected", "true");
  await expect(honjo.page.getByRole("tab")).toHaveCount(READY_MADE.length);
});

test("the schema is explained in Japanese", async ({ playgroundOf }) => {
  const honjo = await playgroundOf("honjo");
  await honjo.page.getByRole("button", { name: "スキーマの説明を表示" }).click();
  await honjo.page.getByRole("link", { name: "Query", exact: true }).first().click();
  await expect(honjo.page.getByText("圏域の、その年度の計画・評価表。")).toBeVisible();
});

test("a subscription shows what others change", async ({ playgroundOf, apiOf }) => {
  const honjo = await playgroundOf("honjo");
  await honjo.choose(WATCHES);
  await honjo.run();
  await expect.poll(async () => (await honjo.answer())?.events?.length).toBe(1);
  const misato = await apiOf("misato");
  const [entry] = await misato.entries("ア", "PLAN");
  if (!entry) throw new Error("the sample has no such entry");
  await misato.rewrite(entry, "美里町が書き換えた計画。");
  await expect.poll(async () => (await honjo.answer()).events[0].data?.sheetEvents).toMatchObject({
    __typename: "EntrySaved",
    entry: { id: entry.id, body: "美里町が書き換えた計画。" },
    change: { byName: "美里町 担当者" },
  });
  await misato.remove(await misato.entry(entry.id));
  await expect.poll(async () => (await honjo.answer()).events.length).toBe(3);
  await honjo.page.getByRole("button", { name: /^停止/ }).click();
  await misato.create("ア", "PLAN", 2026, "もう見守っていない。");
  await honjo.page.waitForTimeout(500);
  expect((await honjo.answer()).events).toHaveLength(3);
});

test("a result becomes CSV that Excel opens rightly", async ({ playgroundOf, apiOf }) => {
  const misato = await apiOf("misato");
  await misato.create("ア", "PLAN", 2026, '=HYPERLINK("x"),数式', "美里町");
  const honjo = await playgroundOf("honjo");
  await expect(honjo.page.getByRole("button", { name: "CSVで保存" })).toHaveAttribute("aria-disabled", "true");
  await honjo.run();
  await honjo.answered();
  const { name, bytes } = await honjo.csv();
  expect(name).toMatch(/^看取り（全市町）_\d{4}-\d{2}-\d{2}\.csv$/);
  expect([...bytes.subarray(0, 3)]).toEqual([0xef, 0xbb, 0xbf]);
  const lines = bytes.subarray(3).toString("utf8").split("\r\n");
  expect(lines[0]).toBe(
    "事業項目.記号,事業項目.題名,欄,年度,主体.略称,本文,注記.文,明示した場面",
  );
  expect(lines.at(-1)).toBe("");
  expect(lines.join("")).not.toContain("\n");
  const formula = lines.find((line) => line.includes("HYPERLINK"));
  expect(formula).toContain(`,計画,令和8年度,美里,"'=HYPERLINK(""x""),数式",`);
  // 65 entries: one line for each, and more for those with several notes. An empty cell has none.
  const { sheet } = (await honjo.answer()).data;
  const cells = sheet.rows.flatMap((row: any) => row.cells);
  const entries = cells.flatMap((cell: any) => cell.entries);
  const expected = entries.reduce((sum: number, entry: any) => sum + Math.max(1, entry.notes.length), 0);
  expect(lines).toHaveLength(1 + expected + 1);

  // Of several lists one is chosen.
  await honjo.choose("市町の取組（場面ごと）");
  await honjo.run();
  await honjo.answered();
  await honjo.page.getByRole("combobox", { name: "CSVにする一覧" }).selectOption({ value: "sheet.mentioned" });
  const mentioned = (await honjo.csv()).bytes.toString("utf8");
  expect(mentioned).toContain("本庄市");
  expect(mentioned).toContain("事業項目.記号,事業項目.題名,欄,年度,本文,明示した場面\r\n");
});

test("a mutation asks first, and names its region", async ({ playgroundOf, apiOf }) => {
  const api = await apiOf("honjo");
  const honjo = await playgroundOf("honjo");
  const sent: string[] = [];
  honjo.page.on("request", (request) => sent.push(request.postData() ?? ""));
  const writes = () => sent.filter((data) => data.includes("mutation SaveEntry"));
  await honjo.choose(WRITES);
  const variables = await honjo.page.evaluate(() => {
    const models = (globalThis as any).__MONACO.editor.getModels();
    return models.find((model: any) => model.uri.path.endsWith("variables.json")).getValue();
  });
  const input = { ...JSON.parse(variables).input, body: "遊び場から書き換えた。" };
  const before = await api.entry(input.id);
  await honjo.write("variables.json", JSON.stringify({ input }));

  // Escape and キャンセル send nothing.
  for (const leave of [() => honjo.page.keyboard.press("Escape"), () => honjo.question.getByRole("button", { name: "キャンセル" }).click()]) {
    await honjo.run();
    await expect(honjo.question).toContainText("書き込み先の圏域：本庄市児玉郡");
    await expect(honjo.question).toContainText("updateEntry");
    await expect(honjo.question).toContainText("取組を編集します。");
    await expect(honjo.question.getByRole("button", { name: "キャンセル" })).toBeFocused();
    await leave();
    await expect(honjo.question).toBeHidden();
    await expect.poll(() => honjo.answer()).toEqual({ message: "キャンセルしました。何も送っていません。" });
  }
  expect(writes()).toEqual([]);
  expect(await api.entry(input.id)).toEqual(before);

  await honjo.run();
  await honjo.question.getByRole("button", { name: "書き込む" }).click();
  await expect.poll(async () => (await honjo.answer())?.data?.updateEntry.__typename).toBe("EntrySaved");
  expect(writes()).toHaveLength(1);
  expect((await api.entry(input.id)).body).toBe("遊び場から書き換えた。");

  // The same question again is another request: it is judged anew, and a refusal can be read.
  await honjo.write("variables.json", JSON.stringify({ input: { ...input, body: "" } }));
  await honjo.run();
  await honjo.question.getByRole("button", { name: "書き込む" }).click();
  await expect.poll(async () => (await honjo.answer())?.data?.updateEntry).toMatchObject({ code: "INVALID", field: "body" });
});

test("of several operations the one that writes asks, and the one that reads does not", async ({ playgroundOf, apiOf }) => {
  const { id } = await (await apiOf("honjo")).sheet();
  const honjo = await playgroundOf("honjo");
  await honjo.write(
    "operation.graphql",
    `query Look { viewer { name } }\nmutation Leave { announcePresence(input: { sheetId: "${id}", visitId: "x" }) }`,
  );
  const choose = async (name: string) => {
    await honjo.run();
    await honjo.page.getByRole("menuitem", { name }).click();
  };
  await choose("Look");
  await expect.poll(async () => (await honjo.answer())?.data?.viewer?.name).toBe("本庄市 担当者");
  await expect(honjo.question).toBeHidden();
  await choose("Leave");
  await expect(honjo.question).toContainText("書き込み先の圏域：本庄市児玉郡");
  await expect(honjo.question).toContainText("announcePresence");
  await honjo.page.keyboard.press("Escape");
  await expect.poll(() => honjo.answer()).toEqual({ message: "キャンセルしました。何も送っていません。" });
});

test("signing out in another tab leaves nothing of the playground behind", async ({ playgroundOf }) => {
  const honjo = await playgroundOf("honjo");
  await honjo.write("operation.graphql", "# 人に見せない\n{ viewer { name } }");
  const client = await honjo.page.context().newPage();
  await client.goto("/");
  await client.getByRole("button", { name: "本庄市 担当者" }).click();
  await client.getByRole("button", { name: "サインアウト" }).click();
  await expect(client.getByRole("button", { name: "サインイン" })).toBeVisible();
  await expect(honjo.page.getByText("この画面を使うには、サインインが必要です。")).toBeVisible();
  const kept = await client.evaluate(async () => {
    const request = indexedDB.open("renkei");
    await new Promise((done) => (request.onsuccess = done));
    const texts = request.result.transaction("kept").objectStore("kept").getAllKeys();
    await new Promise((done) => (texts.onsuccess = done));
    return texts.result.map(String).concat(Object.keys(localStorage), Object.keys(sessionStorage));
  });
  expect(kept.filter((key) => key.includes("playground") || key.includes("graphiql"))).toEqual([]);
});

test("the editors follow when the system turns dark and light again", async ({ playgroundOf }) => {
  const honjo = await playgroundOf("honjo", { colorScheme: "light" });
  // All words stand in the colour of plain text until the editor has read the grammar, and one that it has just put
  // another in place of has no colour.
  const coloured = honjo.page.locator(".graphiql-query-editor .view-line span span:not(.mtk1)").first();
  const words = () =>
    coloured.evaluate((word) => {
      const [own, plain] = [word, word.closest(".view-lines") ?? word].map((of) => getComputedStyle(of).color);
      return own === plain ? "" : own;
    });
  let before: string | undefined = "";
  await expect.poll(async () => (before = await words())).toBeTruthy();
  await honjo.page.emulateMedia({ colorScheme: "dark" });
  await expect.poll(async () => !["", before].includes(await words())).toBe(true);
  await honjo.page.emulateMedia({ colorScheme: "light" });
  await expect.poll(words).toBe(before);
});

for (const [name, options] of [
  ["wide", { viewport: { width: 1366, height: 768 } }],
  ["narrow", { viewport: { width: 390, height: 844 } }],
  ["dark", { viewport: { width: 1366, height: 768 }, colorScheme: "dark" }],
] as [string, BrowserContextOptions][]) {
  test(`accessible: ${name}`, async ({ playgroundOf }) => {
    // Six analyses, each of a large page.
    test.setTimeout(180_000);
    const honjo = await playgroundOf("honjo", options);
    await honjo.run();
    await honjo.answered();
    await expectAccessible(honjo.page);
    for (const panel of ["使い方", "スキーマの説明", "履歴"]) {
      // On a wide screen the guide is there from the start.
      const show = honjo.page.getByRole("button", { name: `${panel}を表示` });
      if (await show.isVisible()) await show.click();
      await expect(honjo.page.getByRole("button", { name: `${panel}を隠す` })).toBeVisible();
      await expectAccessible(honjo.page);
    }
    await honjo.page.getByRole("button", { name: "スキーマの説明を表示" }).click();
    await honjo.page.getByRole("link", { name: "Query", exact: true }).first().click();
    await expectAccessible(honjo.page);
    await honjo.choose(WRITES);
    await honjo.run();
    await expect(honjo.question).toBeVisible();
    await expectAccessible(honjo.page);
    const overflow = await honjo.page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
    expect(overflow).toBeLessThanOrEqual(0);
  });
}

async function expectAccessible(page: Page): Promise<void> {
  const { violations } = await new AxeBuilder({ page }).analyze();
  const found = violations.map((violation) => ({
    rule: violation.id,
    where: violation.nodes.slice(0, 4).map((node) => node.html.slice(0, 300)),
  }));
  expect(found).toEqual([]);
}
