// How soon after opening the address is the matrix on the screen, and can an entry's editor be opened? This client, a page
// of plain JavaScript with the same table and, where RENKEI_OTHER_CLIENT names the `dist` of another one, that one, in
// turn. Where RENKEI_FIGURES names a file, the figures are written there too, as Markdown.
import { writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { type Browser, type Page, test } from "@playwright/test";
import { Api } from "../support/api.ts";
import { Server } from "../support/server.ts";
import { Files } from "./files.ts";
import { plainClient } from "./plain-client.ts";

const ROUNDS = 9;
const CLIENT = resolve(import.meta.dirname, "../../../frontend/dist");
const OTHER_CLIENT = process.env.RENKEI_OTHER_CLIENT;

interface Conditions {
  name: string;
  mbits?: number;
  latencyMs?: number;
  slowdown?: number;
}

const CONDITIONS: Conditions[] = [
  { name: "no limits" },
  { name: "20 Mbit/s, 20 ms", mbits: 20, latencyMs: 20 },
  { name: "processor ÷ 4", slowdown: 4 },
  { name: "processor ÷ 4, 10 Mbit/s", mbits: 10, latencyMs: 20, slowdown: 4 },
];

/** Milliseconds since the navigation began. */
interface Start {
  matrix: number;
  editor: number;
}

interface Visit {
  /** Nothing of the client is in the browser. */
  cold: Start;
  /** Its files are in the browser's cache. */
  warm: Start;
}

test("start", async ({ browser }) => {
  const server = await Server.fresh();
  const clients = [await Files.of(CLIENT, server)];
  try {
    const sheet = await (await Api.signIn(server, "hub")).sheet("本庄市児玉郡");
    const address = `/regions/${sheet.region.id}/sheets/2026`;
    const plain = join(server.folder, "plain");
    await plainClient(browser, clients[0]?.url ?? "", address, plain);
    const beside = [plain, OTHER_CLIENT].filter((folder) => folder !== undefined);
    for (const folder of beside) clients.push(await Files.of(folder, server));
    const lines = ["", `Milliseconds from opening the address (medians of ${ROUNDS}; cold, warm)`];
    lines.push("".padEnd(28) + ["matrix", "editor"].map((head) => head.padStart(16)).join(""));
    const table = [
      `Milliseconds from opening the address to the first matrix, 64 entries; the median of ${ROUNDS} visits. Plain is a page of plain JavaScript with the same stylesheet and table (\`tests/browser/bench/plain-client.ts\`).\n`,
      "| conditions | cold | plain, cold | ratio | warm | plain, warm | ratio |",
      "|---|---|---|---|---|---|---|",
    ];
    for (const conditions of CONDITIONS) {
      const visits: Visit[][] = clients.map(() => []);
      for (let round = 0; round < ROUNDS; round++) {
        for (const [at, client] of clients.entries()) {
          visits[at]?.push(await visit(browser, client.url, address, conditions));
        }
      }
      lines.push(...rows(conditions.name, visits));
      table.push(row(conditions.name, visits));
    }
    console.log([...lines, ""].join("\n"));
    if (process.env.RENKEI_FIGURES) await writeFile(process.env.RENKEI_FIGURES, [...table, ""].join("\n"));
  } finally {
    for (const client of clients) await client.remove();
    await server.remove();
  }
});

async function visit(browser: Browser, url: string, address: string, conditions: Conditions): Promise<Visit> {
  const context = await browser.newContext({ baseURL: url, serviceWorkers: "block" });
  const page = await context.newPage();
  await page.request.post("/graphql", {
    data: {
      query: "mutation ($input: SignInInput!) { signIn(input: $input) { __typename } }",
      variables: { input: { login: "hub", password: "renkei-demo" } },
    },
  });
  await limit(page, conditions);
  await page.addInitScript(watch);
  const start = async (): Promise<Start> => {
    await page.goto(address, { waitUntil: "commit" });
    await page.waitForFunction(() => (window as unknown as { start?: Partial<Start> }).start?.editor !== undefined);
    const times = await page.evaluate(() => (window as unknown as { start: Start }).start);
    await page.goto("about:blank");
    return times;
  };
  const cold = await start();
  const warm = await start();
  await context.close();
  return { cold, warm };
}

async function limit(page: Page, { mbits, latencyMs, slowdown }: Conditions): Promise<void> {
  const session = await page.context().newCDPSession(page);
  if (mbits) {
    const bytes = (mbits * 1_000_000) / 8;
    await session.send("Network.enable");
    await session.send("Network.emulateNetworkConditions", {
      offline: false,
      latency: latencyMs ?? 0,
      downloadThroughput: bytes,
      uploadThroughput: bytes,
    });
  }
  if (slowdown) await session.send("Emulation.setCPUThrottlingRate", { rate: slowdown });
}

/** In the page: asks for an entry's editor in each frame until it is there, as somebody in a hurry does. */
function watch(): void {
  const start: Partial<Start> = {};
  (window as unknown as { start: Partial<Start> }).start = start;
  const editor = (): Element | null => document.querySelector("#editor-text");
  const look = (): void => {
    const entry = document.querySelector<HTMLElement>("[data-entry]");
    if (entry) start.matrix ??= performance.now();
    // One that is there is about to have the focus.
    if (entry && !editor()) {
      entry.focus();
      entry.dispatchEvent(new KeyboardEvent("keydown", { key: "F2", bubbles: true, cancelable: true }));
    }
    if (editor() && document.activeElement === editor()) start.editor = performance.now();
    else requestAnimationFrame(look);
  };
  requestAnimationFrame(look);
}

function figures(visits: Visit[]): [number, number, number, number] {
  const of = (pick: (visit: Visit) => number): number => middle(visits.map(pick));
  return [
    of((visit) => visit.cold.matrix),
    of((visit) => visit.warm.matrix),
    of((visit) => visit.cold.editor),
    of((visit) => visit.warm.editor),
  ];
}

function rows(name: string, visits: Visit[][]): string[] {
  const line = (label: string, all: number[], digits: number): string =>
    label.padEnd(28) + all.map((figure) => figure.toFixed(digits).padStart(8)).join("");
  const [ours = [], ...others] = visits.map(figures);
  const beside = others.flatMap((other, at) => [
    line(at === 0 ? "  plain JavaScript" : "  the other client", other, 0),
    line("  ratio", ours.map((figure, at) => figure / (other[at] ?? Number.NaN)), 2),
  ]);
  return [line(name, ours, 0), ...beside];
}

function row(name: string, visits: Visit[][]): string {
  const [cold, warm] = figures(visits[0] ?? []);
  const [plainCold, plainWarm] = figures(visits[1] ?? []);
  const of = (ours: number, plain: number): string => `${ours.toFixed(0)} | ${plain.toFixed(0)} | ${(ours / plain).toFixed(2)}`;
  return `| ${name} | ${of(cold, plainCold)} | ${of(warm, plainWarm)} |`;
}

function middle(figures: number[]): number {
  return figures.toSorted((a, b) => a - b)[Math.floor(figures.length / 2)] ?? Number.NaN;
}
