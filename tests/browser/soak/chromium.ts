// A Chromium of one's own, as a process that can be killed, on a profile that outlives it.
import { type ChildProcess, spawn } from "node:child_process";
import { rm } from "node:fs/promises";
import { createInterface } from "node:readline";
import { type Browser, type BrowserContext, type Page, chromium } from "@playwright/test";
import journeys from "../playwright.config.ts";

const LAUNCH = journeys.use?.launchOptions;

export class Chromium {
  private constructor(
    private readonly child: ChildProcess,
    private readonly browser: Browser,
    readonly context: BrowserContext,
  ) {}

  static async launch(profile: string): Promise<Chromium> {
    const own = ["--headless=new", "--remote-debugging-port=0", `--user-data-dir=${profile}`, "--lang=ja"];
    const quiet = ["--hide-crash-restore-bubble", "--window-size=1366,768", "--disable-dev-shm-usage"];
    const child = spawn(LAUNCH?.executablePath ?? "chromium", [...(LAUNCH?.args ?? []), ...own, ...quiet, "about:blank"], {
      // A process group of its own, so that its helpers end with it.
      detached: true,
      stdio: ["ignore", "ignore", "pipe"],
    });
    const address = await new Promise<string>((listening, failed) => {
      const lines: string[] = [];
      createInterface({ input: child.stderr }).on("line", (line) => {
        lines.push(line);
        const address = /DevTools listening on (ws:\S+)/.exec(line);
        if (address?.[1]) listening(address[1]);
      });
      child.once("error", failed);
      child.once("exit", (code) => failed(new Error(`Chromium ended with ${code}:\n${lines.join("\n")}`)));
    });
    const browser = await chromium.connectOverCDP(address);
    const [context] = browser.contexts();
    if (!context) throw new Error("Chromium has no profile");
    return new Chromium(child, browser, context);
  }

  /** The machine loses its power. */
  async kill(): Promise<void> {
    const ended = new Promise((done) => this.child.once("exit", done));
    try {
      process.kill(-(this.child.pid ?? 0), "SIGKILL");
    } catch {
      return;
    }
    await ended;
    await this.browser.close().catch(() => undefined);
  }

  /** As if this browser had never been to this server. */
  async forget(origin: string): Promise<Page> {
    const [page = await this.context.newPage(), ...others] = this.context.pages();
    await Promise.all(others.map((other) => other.close()));
    await page.unrouteAll({ behavior: "ignoreErrors" });
    await page.goto("about:blank");
    const devtools = await this.context.newCDPSession(page);
    await devtools.send("Storage.clearDataForOrigin", { origin, storageTypes: "all" });
    await devtools.detach();
    return page;
  }
}

export function removeProfile(folder: string): Promise<void> {
  return rm(folder, { recursive: true, force: true, maxRetries: 5 });
}
