// A renkei server of one test's own: its own database, its own port, stopped and started again at will.
import { type ChildProcess, spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { createInterface } from "node:readline";

export const binary = process.env.RENKEI_BIN ?? resolve(import.meta.dirname, "../../../target/release/renkei");

export class Server {
  private child: ChildProcess | undefined;
  private log: string[] = [];

  private constructor(
    /** For the database and whatever else goes with the server. */
    readonly folder: string,
    /** 127.0.0.1:port; the same after a restart. */
    public host = "127.0.0.1:0",
  ) {}

  static async fresh(): Promise<Server> {
    const server = new Server(await mkdtemp(join(tmpdir(), "renkei-journey-")));
    await server.start();
    return server;
  }

  get url(): string {
    return `http://${this.host}`;
  }

  get database(): string {
    return `sqlite://${join(this.folder, "renkei.db")}`;
  }

  get isStopped(): boolean {
    return !this.child;
  }

  async start(): Promise<void> {
    const child = spawn(binary, ["serve", "--demo", "--listen", this.host, "--database", this.database], {
      cwd: this.folder,
      stdio: ["ignore", "pipe", "pipe"],
    });
    this.child = child;
    child.stderr.on("data", (text) => this.log.push(String(text)));
    this.host = await new Promise((listening, failed) => {
      createInterface({ input: child.stdout }).on("line", (line) => {
        this.log.push(`${line}\n`);
        const address = /http:\/\/(127\.0\.0\.1:\d+)/.exec(line);
        if (address?.[1]) listening(address[1]);
      });
      child.once("error", failed);
      child.once("exit", (code) => failed(new Error(`the server ended with ${code}:\n${this.log.join("")}`)));
    });
  }

  async stop(): Promise<void> {
    const child = this.child;
    this.child = undefined;
    if (!child || child.exitCode !== null) return;
    const ended = new Promise((done) => child.once("exit", done));
    child.kill("SIGKILL");
    await ended;
  }

  async remove(): Promise<void> {
    await this.stop();
    await rm(this.folder, { recursive: true, force: true });
  }
}
