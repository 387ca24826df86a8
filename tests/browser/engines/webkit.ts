// WebKit by WebDriver: GTK's small browser on a screen of its own.
import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { createServer } from "node:net";
import type { Readable } from "node:stream";
import { type Engine, type Key, type Tab, WINDOW } from "./tab.ts";

/** What WebDriver calls the keys that are no letters. */
const KEYS: Record<Key, string> = {
  Control: "\uE009",
  End: "\uE010",
  Enter: "\uE007",
  Escape: "\uE00C",
  F2: "\uE032",
};

/** A start takes two seconds on an idle machine. */
const START_MILLISECONDS = 20_000;
const STARTS = 3;

export async function webkit(): Promise<Engine> {
  const screen = spawn("Xvfb", ["-displayfd", "3", "-screen", "0", "1400x900x24", "-nolisten", "tcp"], {
    stdio: ["ignore", "ignore", "ignore", "pipe"],
  });
  const display = await firstLine(screen, screen.stdio[3] as Readable);
  return {
    newTab: () => startedTab(display),
    end: () => ended(screen),
  };
}

/** The browser hangs at some of its starts; it is ended then, with its driver, and started again. */
async function startedTab(display: string): Promise<WebKitTab> {
  for (let starts = 1; ; starts++) {
    const port = await freePort();
    const driver = spawn("WebKitWebDriver", [`--port=${port}`], {
      // A group of its own, which the browser belongs to.
      detached: true,
      env: {
        ...process.env,
        DISPLAY: `:${display}`,
        // Everything is from this machine, and root has no sandbox.
        WEBKIT_DISABLE_SANDBOX_THIS_IS_DANGEROUS: "1",
      },
      stdio: "ignore",
    });
    try {
      return await WebKitTab.begin(driver, `http://127.0.0.1:${port}`);
    } catch (error) {
      await groupEnded(driver);
      if (starts === STARTS) throw error;
    }
  }
}

class WebKitTab implements Tab {
  private constructor(
    private readonly driver: ChildProcess,
    private readonly session: string,
  ) {}

  static async begin(driver: ChildProcess, remote: string): Promise<WebKitTab> {
    await answers(remote);
    const alwaysMatch = { "webkitgtk:browserOptions": { binary: miniBrowser(), args: ["--automation"] } };
    const { sessionId } = await ask<{ sessionId: string }>(
      "POST",
      `${remote}/session`,
      { capabilities: { alwaysMatch } },
      AbortSignal.timeout(START_MILLISECONDS),
    );
    const tab = new WebKitTab(driver, `${remote}/session/${sessionId}`);
    await tab.ask("POST", "/window/rect", { x: 0, y: 0, ...WINDOW });
    return tab;
  }

  async open(address: string): Promise<void> {
    await this.ask("POST", "/url", { url: address });
  }

  /** Left and opened again: after this browser's own refresh (2.50.6) a page that had WebAssembly compiles none. */
  async reload(): Promise<void> {
    const address = await this.run(() => location.href);
    await this.open("about:blank");
    await this.open(address);
  }

  async run<Given extends unknown[], Result>(what: (...given: Given) => Result, ...given: Given): Promise<Awaited<Result>> {
    return this.ask("POST", "/execute/sync", { script: `return (${what})(...arguments)`, args: given });
  }

  async type(text: string): Promise<void> {
    await this.strike([...text].flatMap((letter) => [down(letter), up(letter)]));
  }

  async press(key: Key, held?: Key): Promise<void> {
    const pressed = [down(KEYS[key]), up(KEYS[key])];
    await this.strike(held ? [down(KEYS[held]), ...pressed, up(KEYS[held])] : pressed);
  }

  async close(): Promise<void> {
    await this.ask("DELETE", "");
    await groupEnded(this.driver);
  }

  private async strike(actions: object[]): Promise<void> {
    await this.ask("POST", "/actions", { actions: [{ type: "key", id: "keyboard", actions }] });
  }

  private ask<Answer>(method: string, path: string, body?: object): Promise<Answer> {
    return ask(method, this.session + path, body);
  }
}

/** Debian keeps it in a folder of the machine's architecture. */
function miniBrowser(): string {
  const places = readdirSync("/usr/lib").map((folder) => join("/usr/lib", folder, "webkit2gtk-4.1/MiniBrowser"));
  const found = places.find((file) => existsSync(file));
  if (!found) throw new Error("WebKit's MiniBrowser is missing");
  return found;
}

function down(value: string): object {
  return { type: "keyDown", value };
}

function up(value: string): object {
  return { type: "keyUp", value };
}

async function ask<Answer>(method: string, address: string, body?: object, signal?: AbortSignal): Promise<Answer> {
  const answer = await fetch(address, { method, body: body ? JSON.stringify(body) : null, signal: signal ?? null });
  const { value } = (await answer.json()) as { value: Answer };
  if (!answer.ok) throw new Error(`${method} ${address}: ${JSON.stringify(value)}`);
  return value;
}

async function answers(remote: string): Promise<void> {
  for (let looks = 0; looks < 100; looks++) {
    if (await fetch(`${remote}/status`).then((answer) => answer.ok, () => false)) return;
    await new Promise((later) => setTimeout(later, 50));
  }
  throw new Error("WebKitWebDriver does not answer");
}

async function freePort(): Promise<number> {
  const listener = createServer();
  await new Promise<void>((listening) => listener.listen(0, "127.0.0.1", listening));
  const address = listener.address();
  await new Promise((closed) => listener.close(closed));
  if (address === null || typeof address === "string") throw new Error("there is no free port");
  return address.port;
}

function firstLine(child: ChildProcess, output: Readable): Promise<string> {
  return new Promise((resolve, failed) => {
    let text = "";
    output.on("data", (piece) => {
      text += String(piece);
      if (text.includes("\n")) resolve(text.trim());
    });
    child.once("error", failed);
    child.once("exit", (code) => failed(new Error(`${child.spawnfile} ended with ${code}`)));
  });
}

function ended(child: ChildProcess): Promise<void> {
  return exit(child, () => child.kill());
}

/** The process and those that it started. */
function groupEnded(child: ChildProcess): Promise<void> {
  return exit(child, () => process.kill(-(child.pid as number)));
}

async function exit(child: ChildProcess, kill: () => void): Promise<void> {
  if (child.exitCode !== null || child.pid === undefined) return;
  const exited = new Promise((done) => child.once("exit", done));
  kill();
  await exited;
}
