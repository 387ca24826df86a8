// One person at one PC: a browser that is killed, a clock that is wrong, two tabs, and what they do to the sheet.
import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Locator, Page, Response, Route } from "@playwright/test";
import { composing } from "../support/ime.ts";
import type { Server } from "../support/server.ts";
import { Chromium, removeProfile } from "./chromium.ts";
import { Ledger } from "./ledger.ts";

const DAY_MS = 86_400_000;
/** Milliseconds that a step waits for what it needs; then it is left out, as a person would give up. */
const PATIENCE = { timeout: 1_500 };
/** The cookie that tells a browser's pages how wrong its clock is, in milliseconds. */
const SKEW = "soak-skew";
const DEATH = /closed|crashed|detached|ECONNREFUSED|disconnected|interrupted/i;

export interface Surroundings {
  server: Server;
  /** Path of the sheet. */
  address: string;
  /** The cell that everybody writes in: ウ/PLAN */
  cell: string;
  ledger: Ledger;
  /** The cell's entries on a page. */
  entries: (page: Page) => Locator;
}

export class Person {
  private chromium!: Chromium;
  private tabs: Page[] = [];
  private offline = false;

  private constructor(
    readonly number: number,
    private readonly login: string,
    private readonly profile: string,
    /** Makes the browser keep nothing and send nothing twice: to see that the test sees the loss. */
    private readonly forgetful: boolean,
  ) {}

  static async sitDown(number: number, login: string, forgetful: boolean): Promise<Person> {
    const profile = await mkdtemp(join(tmpdir(), "renkei-soak-"));
    const person = new Person(number, login, profile, forgetful);
    await person.launch();
    return person;
  }

  async leaveForGood(): Promise<void> {
    await this.chromium.kill();
    await removeProfile(this.profile);
  }

  /** A clean browser that looks at the sheet. */
  async begin(here: Surroundings): Promise<void> {
    await this.goOnline();
    this.tabs = [await this.chromium.forget(here.server.url)];
    await this.signIn(here);
    await this.look(here, this.tab(0));
  }

  tab(wanted: number): Page {
    const page = this.tabs[wanted % this.tabs.length];
    if (!page) throw new Error("a person without a page");
    return page;
  }

  get pages(): readonly Page[] {
    return this.tabs;
  }

  // What a person does.

  async type(here: Surroundings, page: Page, which: number, where: number, how: number): Promise<void> {
    if (await hinders(page)) return here.ledger.note("  something is in the way");
    const area = page.locator("#editor-text");
    if (!(await area.isVisible())) {
      const entries = here.entries(page);
      const count = await entries.count();
      if (count === 0) return here.ledger.note("  no entry is there");
      await open(entries.nth(Math.floor(which * count)));
    }
    await this.insert(here, page, where, how);
  }

  private async insert(here: Surroundings, page: Page, where: number, how: number): Promise<void> {
    const area = page.locator("#editor-text");
    await area.waitFor({ state: "visible", ...PATIENCE });
    await area.evaluate((area: HTMLTextAreaElement, where) => {
      // Never into a piece, nor before a line's mark.
      const places = [...area.value.matchAll(/[^〔〕]*?(?=$|\n|〔|。)/g)].map((found) => found.index + found[0].length);
      const fit = [...new Set(places)].filter((at) => {
        const line = area.value.slice(area.value.lastIndexOf("\n", at - 1) + 1, at);
        return line.length > 0 && area.value.lastIndexOf("〔", at - 1) <= area.value.lastIndexOf("〕", at - 1);
      });
      const at = fit[Math.floor(where * fit.length)] ?? area.value.length;
      area.focus();
      area.setSelectionRange(at, at);
    }, where, PATIENCE);
    const piece = here.ledger.nextPiece();
    // Were it to be lost half typed, it would not count.
    if (how < 0.25) {
      const ime = await composing(page);
      await ime.compose("れんけい");
      await ime.compose(piece);
      await ime.commit(piece);
    } else if (how < 0.5) {
      await page.keyboard.type(piece);
    } else {
      await page.keyboard.insertText(piece);
    }
    // Where the answer to a save closes the editor a moment before, nothing was typed, and the person sees it.
    if (!(await page.evaluate(arrived, piece))) return here.ledger.note("  the editor was gone");
    here.ledger.typed(piece, this.number);
    here.ledger.note(`  ${piece} typed`);
  }

  async save(page: Page): Promise<void> {
    const area = page.locator("#editor-text");
    if (await area.isVisible()) await area.press("Control+Enter", PATIENCE);
  }

  async leave(page: Page): Promise<void> {
    const area = page.locator("#editor-text");
    if (await area.isVisible()) await area.press("Escape", PATIENCE);
  }

  async tag(here: Surroundings, page: Page, which: number, where: number, how: number): Promise<void> {
    await this.type(here, page, which, where, how);
    const chips = page.locator("#editor .chip");
    if (await chips.first().isVisible()) await chips.nth(Math.floor(how * 4)).click(PATIENCE);
  }

  async move(here: Surroundings, page: Page, which: number, how: number): Promise<void> {
    await this.press(here, page, which, how < 0.5 ? "Alt+ArrowUp" : "Alt+ArrowDown");
  }

  async remove(here: Surroundings, page: Page, which: number): Promise<void> {
    await this.press(here, page, which, "Delete");
  }

  /** What was not sent yet and is taken back on the page is given up: neither the edit nor its undoing has to be kept. */
  async undo(here: Surroundings, page: Page): Promise<void> {
    here.ledger.undoers.add(this.number);
    if (await hinders(page)) return;
    const shown = async () => Ledger.in(await page.locator(`[data-cell="${here.cell}"]`).innerText(PATIENCE));
    const before = await shown();
    await this.press(here, page, 0, "Control+z");
    await page.waitForTimeout(50);
    const after = new Set(await shown());
    here.ledger.givenUp(before.filter((piece) => !after.has(piece)), this.number);
  }

  async redo(here: Surroundings, page: Page): Promise<void> {
    here.ledger.undoers.add(this.number);
    await this.press(here, page, 0, "Control+Shift+z");
  }

  async add(here: Surroundings, page: Page, which: number, where: number, how: number): Promise<void> {
    await this.press(here, page, which, "Shift+Enter");
    if (await page.locator("#editor-text").isVisible()) await this.insert(here, page, where, how);
  }

  private async press(here: Surroundings, page: Page, which: number, key: string): Promise<void> {
    if ((await hinders(page)) || (await page.locator("#editor-text").isVisible())) return;
    const entries = here.entries(page);
    const count = await entries.count();
    if (count === 0) return;
    const entry = entries.nth(Math.floor(which * count));
    await entry.focus(PATIENCE);
    await page.keyboard.press(key);
  }

  // What happens to a person's PC.

  async goOffline(): Promise<void> {
    this.offline = true;
    await this.chromium.context.setOffline(true);
  }

  async goOnline(): Promise<void> {
    if (!this.offline) return;
    this.offline = false;
    await this.chromium.context.setOffline(false);
  }

  async reload(page: Page): Promise<void> {
    await page.reload({ waitUntil: "domcontentloaded", timeout: 10_000 }).catch(ignoreOffline);
  }

  async die(here: Surroundings, how: number): Promise<void> {
    const count = this.tabs.length;
    const cookies = await this.chromium.context.cookies();
    here.ledger.dies(this.number);
    await this.chromium.kill();
    await this.launch();
    // Chromium writes cookies down after half a minute; mostly the session outlives it.
    if (how < 0.8) await this.chromium.context.addCookies(cookies);
    if (this.offline) await this.chromium.context.setOffline(true);
    const [first = await this.chromium.context.newPage()] = this.chromium.context.pages();
    this.tabs = [first];
    while (this.tabs.length < count) this.tabs.push(await this.chromium.context.newPage());
    for (const page of this.tabs) {
      this.listen(here, page);
      await page.goto(here.server.url + here.address, { waitUntil: "domcontentloaded", timeout: 10_000 }).catch(ignoreOffline);
    }
  }

  async skew(here: Surroundings, how: number): Promise<void> {
    const value = String(Math.round((how - 0.5) * 6 * DAY_MS));
    await this.chromium.context.addCookies([{ name: SKEW, value, url: here.server.url }]);
  }

  /** The server hears the next change and the browser does not hear the answer. */
  async dropNextAnswer(page: Page): Promise<void> {
    let dropped = false;
    await page.route("**/graphql", async (route: Route) => {
      const mutates = /^\s*mutation/.test(queryOf(route.request().postData()));
      if (dropped || !mutates) return route.fallback();
      dropped = true;
      await route.fetch().catch(() => undefined);
      await route.abort("connectionreset").catch(() => undefined);
      await page.unroute("**/graphql").catch(() => undefined);
    });
  }

  async expire(here: Surroundings): Promise<void> {
    const cookies = await this.chromium.context.cookies(here.server.url);
    const cookie = cookies.map(({ name, value }) => `${name}=${value}`).join("; ");
    await fetch(`${here.server.url}/graphql`, {
      method: "POST",
      headers: { "content-type": "application/json", cookie },
      body: JSON.stringify({ query: "mutation { signOut }" }),
    }).catch(() => undefined);
  }

  async secondTab(here: Surroundings): Promise<void> {
    const [, second] = this.tabs;
    if (second) {
      this.tabs.pop();
      await second.close({ runBeforeUnload: false });
    } else {
      const page = await this.chromium.context.newPage();
      this.tabs.push(page);
      await this.look(here, page).catch(ignoreOffline);
    }
  }

  // What stands in the way.

  async signInAgain(page: Page): Promise<void> {
    const password = page.locator("input[name=password]:visible");
    if (!(await password.isVisible())) return;
    const login = page.locator("input[name=login]:visible");
    if (await login.isEditable(PATIENCE)) await login.fill(this.login, PATIENCE);
    await password.fill("renkei-demo", PATIENCE);
    await password.press("Enter", PATIENCE);
    await password.waitFor({ state: "hidden", timeout: 5_000 }).catch(() => undefined);
  }

  /** Takes everything that anybody typed, and saves. */
  async decide(here: Surroundings, page: Page): Promise<void> {
    const dialog = page.locator("dialog[open]", { has: page.locator("#merged-text") });
    if (!(await dialog.isVisible())) return;
    const merged = dialog.locator("#merged-text");
    const text = await merged.inputValue(PATIENCE);
    const missing = new Set(Ledger.in(await dialog.innerText(PATIENCE)));
    for (const piece of Ledger.in(text)) missing.delete(piece);
    // What is proposed is for a person to put right, of whom this one sees to it that each piece stands there once.
    const right = once(text) + [...missing].join("");
    if (right !== text) await merged.fill(right, PATIENCE);
    // Where something else has come in since it was read, it is read again.
    const decided = await dialog.evaluate((dialog, right) => {
      if (dialog.querySelector("textarea")?.value !== right) return false;
      [...dialog.querySelectorAll<HTMLElement>(".button.main")].at(-1)?.click();
      return true;
    }, right);
    const what = decided ? "is decided" : "has changed while it was read";
    here.ledger.note(`  a conflict ${what}, ${missing.size} pieces put in by hand`);
  }

  /** What the server did not take: what can be saved or asked again is, the rest is given up by somebody who sees it. */
  private async seeTo(here: Surroundings, list: Locator): Promise<void> {
    const item = list.locator("li").first();
    if (!(await item.isVisible())) return list.locator(".button", { hasText: "閉じる" }).click(PATIENCE);
    for (const way of ["保存", "もう一度試す"]) {
      const button = item.locator(".button", { hasText: way });
      if (await button.isVisible()) return button.click(PATIENCE);
    }
    const shown = await item.innerText(PATIENCE);
    here.ledger.givenUp(Ledger.in(shown), this.number);
    here.ledger.note(`  given up: ${shown.replace(/\s+/g, " ")}`);
    await item.locator(".button", { hasText: "取りやめる" }).click(PATIENCE);
  }

  /** Does what is left to do on a page, one thing at a time; why it is not at rest, if it is not. */
  async tidy(here: Surroundings, page: Page): Promise<string> {
    if (await page.locator(".crash").isVisible()) return "the page is at its end";
    if (await page.locator("input[name=password]:visible").isVisible()) {
      await this.signInAgain(page);
      return "has to sign in";
    }
    if (!new URL(page.url()).pathname.startsWith(here.address)) {
      await this.look(here, page);
      return "was not at the sheet";
    }
    if (await page.locator("dialog[open]").first().isVisible()) {
      const list = page.locator("dialog[open]", { hasText: "確認が必要なもの" });
      await ((await list.isVisible()) ? this.seeTo(here, list) : this.decide(here, page));
      return "has to decide";
    }
    const area = page.locator("#editor-text");
    if (await area.isVisible()) {
      // What was begun and not written, as when signing in came between, is closed.
      const written = /[^\s○]/.test(await area.inputValue(PATIENCE));
      await (written ? this.save(page) : this.leave(page));
      return "has an open editor";
    }
    const draft = page.locator(`[data-cell="${here.cell}"] .draft-here:visible`).first();
    if (await draft.isVisible()) {
      const entry = page.locator("[data-entry]", { has: draft });
      if ((await entry.count()) > 0) await open(entry.first());
      else await draft.click(PATIENCE);
      return "has a draft";
    }
    const live = await page.locator(".live-how").getAttribute("data-live", PATIENCE);
    if (live === "signed-out") await page.locator(".live-how .link-button").click(PATIENCE);
    if (live === "silent" || live === "signed-out") return "hears nothing";
    const state = await page.locator(".save-state").getAttribute("data-state", PATIENCE);
    if (state === "needs-you") await page.locator(".away .link-button", { hasText: "見る" }).click(PATIENCE);
    return state === "saved" ? "" : `the footer says ${await page.locator(".save-state").innerText(PATIENCE)}`;
  }

  async signIn(here: Surroundings): Promise<void> {
    const variables = { input: { login: this.login, password: "renkei-demo" } };
    const query = "mutation ($input: SignInInput!) { signIn(input: $input) { __typename } }";
    await this.chromium.context.request.post(`${here.server.url}/graphql`, { data: { query, variables } });
  }

  private async launch(): Promise<void> {
    this.chromium = await Chromium.launch(this.profile);
    if (this.forgetful) await this.chromium.context.addInitScript(keepNothing);
    await this.chromium.context.addInitScript(skewed, SKEW);
    await this.chromium.context.addInitScript(listening);
  }

  async look(here: Surroundings, page: Page): Promise<void> {
    this.listen(here, page);
    await page.goto(here.server.url + here.address, { waitUntil: "domcontentloaded" });
    await here.entries(page).first().waitFor({ state: "visible", timeout: 10_000 });
  }

  private listen(here: Surroundings, page: Page): void {
    page.removeAllListeners("response");
    page.on("response", (response) => void this.hear(here, response).catch(() => undefined));
    page.on("console", (message) => {
      if (/panicked/.test(message.text())) here.ledger.note(`  PANIC: ${message.text()}`);
    });
  }

  /** Notes who changed what and was answered what, as far as it was heard. */
  private async hear(here: Surroundings, response: Response): Promise<void> {
    const asked = response.request().postData();
    const mutates = /^\s*mutation (\w+)/.exec(queryOf(asked));
    if (!response.url().endsWith("/graphql") || !mutates) return;
    here.ledger.note(`    person ${this.number} ${mutates[1]} ${JSON.stringify(variablesOf(asked))} → ${await response.text()}`);
    const { data } = (await response.json()) as { data?: Record<string, { change?: { seq: number } } | null> };
    for (const payload of Object.values(data ?? {})) {
      if (payload?.change) here.ledger.acknowledged.set(payload.change.seq, this.login);
    }
  }
}

/** Without what stands in it for the second time. */
function once(text: string): string {
  let right = text;
  for (const piece of Ledger.in(text)) {
    const after = right.indexOf(piece) + piece.length;
    right = right.slice(0, after) + right.slice(after).replaceAll(piece, "");
  }
  return right;
}

/** Something modal that must be seen to first. */
async function hinders(page: Page): Promise<boolean> {
  return page.locator("dialog[open], input[name=password]:visible").first().isVisible();
}

async function open(entry: Locator): Promise<void> {
  await entry.focus(PATIENCE);
  await entry.press("Enter", PATIENCE);
}

function queryOf(body: string | null): string {
  return String(read(body).query ?? "");
}

function variablesOf(body: string | null): unknown {
  return read(body).variables;
}

function read(body: string | null): { query?: string; variables?: unknown } {
  try {
    return JSON.parse(body ?? "{}") as { query?: string; variables?: unknown };
  } catch {
    return {};
  }
}

/** A page that cannot be loaded is one of the things that happen. */
function ignoreOffline(error: Error): void {
  if (!/net::|Timeout|interrupted/.test(error.message)) throw error;
}

export function isDeath(error: unknown): boolean {
  return error instanceof Error && DEATH.test(error.message);
}

/** In the page: notes what arrives in a text, whatever becomes of the text afterwards. */
function listening(): void {
  const texts: string[] = [];
  Object.assign(globalThis, { soakTexts: texts });
  const note = ({ target }: Event) => target instanceof HTMLTextAreaElement && texts.push(target.value);
  addEventListener("input", note, { capture: true });
}

/** In the page: whether it did. */
function arrived(piece: string): boolean {
  return (globalThis as { soakTexts?: string[] }).soakTexts?.some((text) => text.includes(piece)) ?? false;
}

/** In the page: its clock is wrong by what a cookie says. */
function skewed(cookie: string): void {
  const offset = () => Number(new RegExp(`${cookie}=(-?\\d+)`).exec(document.cookie)?.[1] ?? 0);
  const True = globalThis.Date;
  globalThis.Date = class extends True {
    constructor(...given: unknown[]) {
      super(...((given.length === 0 ? [True.now() + offset()] : given) as []));
    }

    static override now(): number {
      return True.now() + offset();
    }
  } as DateConstructor;
}

/** In the page: what it means to keep vanishes, and what was sent once is not sent again. */
function keepNothing(): void {
  IDBObjectStore.prototype.put = function (this: IDBObjectStore) {
    return this.getKey("nothing") as IDBRequest<IDBValidKey>;
  };
  Storage.prototype.setItem = () => undefined;
  const sent = new Set<string>();
  const send = globalThis.fetch;
  globalThis.fetch = async (input, init) => {
    const request = input instanceof Request ? input : undefined;
    const body = typeof init?.body === "string" ? init.body : await request?.clone().text();
    const id = /"requestId":"([^"]+)"/.exec(body ?? "")?.[1];
    if (id && sent.has(id)) return Response.json({ data: null, errors: [{ message: "sent once already" }] });
    if (id) sent.add(id);
    return send(input, init);
  };
}
