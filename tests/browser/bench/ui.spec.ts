// How heavy is the first load, and how soon after a click is the filtered matrix on the screen? For the real sheet
// and a made one of 2,000 entries, beside a page of plain JavaScript that filters the same DOM.
import { type Browser, test } from "@playwright/test";
import { Api } from "../support/api.ts";
import { Server } from "../support/server.ts";
import { madeSheet } from "./made.ts";
import { measureClicks, type Times } from "./clicks.ts";
import { plainPage } from "./plain.ts";

const FIRST_LOAD_BYTES = 560_000;
const FRAME_MS = 1000 / 60;
const MADE_REGION = "測定用の圏域";

test("ui", async ({ browser }) => {
  const server = await Server.fresh();
  try {
    const load = await firstLoad(browser, server);
    const real = await compare(browser, server, { login: "hub", region: "本庄市児玉郡", boundMs: FRAME_MS });
    await madeSheet(server, MADE_REGION);
    const made = await compare(browser, server, { login: "bench", region: MADE_REGION, boundMs: 3 * FRAME_MS });
    print(load, [real, made]);
  } finally {
    await server.remove();
  }
});

interface Load {
  name: string;
  bytes: number;
}

interface Comparison {
  name: string;
  boundMs: number;
  client: Times;
  plain: Times;
}

/** What a browser that was never here loads for the sign-in page, as it comes over the line. */
async function firstLoad(browser: Browser, server: Server): Promise<Load[]> {
  const context = await browser.newContext({ serviceWorkers: "block" });
  const page = await context.newPage();
  const loads: Promise<Load>[] = [];
  page.on("requestfinished", (request) => {
    const path = new URL(request.url()).pathname;
    if (path === "/graphql" || request.resourceType() === "font") return;
    // What comes from the browser's own cache has no size.
    loads.push(request.sizes().then((sizes) => ({ name: path, bytes: Math.max(sizes.responseBodySize, 0) })));
  });
  await page.goto(server.url);
  await page.getByLabel("パスワード").waitFor();
  await page.waitForLoadState("networkidle");
  const found = await Promise.all(loads);
  await context.close();
  return found;
}

interface Case {
  login: string;
  region: string;
  boundMs: number;
}

async function compare(browser: Browser, server: Server, { login, region, boundMs }: Case): Promise<Comparison> {
  const api = await Api.signIn(server, login);
  const sheet = await api.sheet(region);
  await tagEveryThird(api, sheet.rows.flatMap((row) => row.cells.flatMap((cell) => cell.entries)));
  const context = await browser.newContext({ baseURL: server.url });
  const page = await context.newPage();
  await page.request.post("/graphql", {
    data: {
      query: "mutation ($input: SignInInput!) { signIn(input: $input) { __typename } }",
      variables: { input: { login, password: "renkei-demo" } },
    },
  });
  await page.goto(`/regions/${sheet.region.id}/sheets/2026`);
  await page.locator("[data-entry]").first().waitFor();
  const entries = await page.locator("[data-entry]").count();
  const twin = await plainPage(page, await api.sheet(region));
  const client = await measureClicks(page);
  const plain = await measureClicks(twin);
  await context.close();
  return { name: `${entries} entries`, boundMs, client, plain };
}

/** So that the filter has something to do: every third entry concerns one or two scenes explicitly. */
async function tagEveryThird(api: Api, entries: Parameters<Api["tag"]>[0][]): Promise<void> {
  const scenes = ["DAILY_CARE", "HOSPITAL_TRANSITION", "EMERGENCY", "END_OF_LIFE"];
  for (const [index, entry] of entries.entries()) {
    if (index % 3 === 0) await api.tag(entry, scenes.filter((_, scene) => scene === (index / 3) % 4 || scene === index % 5));
  }
}

function print(load: Load[], comparisons: Comparison[]): void {
  const lines = ["", "First load, brotli, without fonts"];
  for (const { name, bytes } of load) lines.push(`${String(bytes).padStart(10)}  ${name}`);
  const bytes = load.reduce((sum, one) => sum + one.bytes, 0);
  lines.push(`${String(bytes).padStart(10)}  bytes of ${FIRST_LOAD_BYTES} ${verdict(bytes <= FIRST_LOAD_BYTES)}`);
  lines.push("", "From the click on a scene to the painted result, milliseconds (50 clicks)");
  lines.push("".padEnd(16) + ["median", "worst", "script", "frame", "bound"].map((head) => head.padStart(9)).join(""));
  for (const { name, boundMs, client, plain } of comparisons) {
    lines.push(row(name, client, boundMs));
    lines.push(row("  plain script", plain));
    lines.push(`  ratio of the medians ${(client.median / plain.median).toFixed(2)}`);
  }
  lines.push("", "script, frame: the parts of the median that are work; the rest is waiting for the next frame", "");
  console.log(lines.join("\n"));
}

function row(name: string, times: Times, boundMs?: number): string {
  const figures = [times.median, times.worst, times.script, times.frame].map((ms) => ms.toFixed(1).padStart(9)).join("");
  const bound = boundMs ? `${boundMs.toFixed(1).padStart(9)} ${verdict(times.median <= boundMs)}` : "";
  return `${name.padEnd(16)}${figures}${bound}`;
}

function verdict(met: boolean): string {
  return met ? "met" : "MISSED";
}

