// The files of a built client in front of a server, so that two clients can be measured on one server in one run.
import { existsSync, readFileSync, statSync } from "node:fs";
import { type IncomingMessage, type Server as HttpServer, type ServerResponse, createServer, request } from "node:http";
import { connect } from "node:net";
import { extname, join } from "node:path";
import type { Server } from "../support/server.ts";

const TYPES: Record<string, string> = {
  ".css": "text/css",
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript",
  ".svg": "image/svg+xml",
  ".wasm": "application/wasm",
};

export class Files {
  private constructor(
    private readonly listener: HttpServer,
    readonly url: string,
  ) {}

  /** `folder` is Trunk's `dist`; what is no file of it goes to the server, or is the page. */
  static async of(folder: string, server: Server): Promise<Files> {
    const listener = createServer((asked, answer) => serve(folder, server, asked, answer));
    listener.on("upgrade", (asked: IncomingMessage, client, head: Buffer) => {
      const upstream = connect(Number(new URL(server.url).port), "127.0.0.1", () => {
        const headers = asked.rawHeaders.reduce((text, part, at) => text + part + (at % 2 === 0 ? ": " : "\r\n"), "");
        upstream.write(`${asked.method} ${asked.url} HTTP/1.1\r\n${headers}\r\n`);
        upstream.write(head);
        upstream.pipe(client).pipe(upstream);
      });
      upstream.on("error", () => client.destroy());
      client.on("error", () => upstream.destroy());
    });
    await new Promise<void>((listening) => listener.listen(0, "127.0.0.1", listening));
    const address = listener.address();
    if (address === null || typeof address === "string") throw new Error("there is no port");
    return new Files(listener, `http://127.0.0.1:${address.port}`);
  }

  async remove(): Promise<void> {
    this.listener.closeAllConnections();
    await new Promise((closed) => this.listener.close(closed));
  }
}

function serve(folder: string, server: Server, asked: IncomingMessage, answer: ServerResponse): void {
  const path = new URL(asked.url ?? "/", server.url).pathname;
  if (path === "/graphql" || path === "/healthz") return pass(server, asked, answer);
  const named = join(folder, path);
  const isFile = path !== "/" && existsSync(named) && statSync(named).isFile();
  const file = isFile ? named : join(folder, "index.html");
  const compressed = existsSync(`${file}.br`);
  answer.writeHead(200, {
    "content-type": TYPES[extname(file)] ?? "application/octet-stream",
    "cache-control": isFile ? "public, max-age=31536000, immutable" : "no-cache",
    ...(compressed ? { "content-encoding": "br" } : {}),
  });
  answer.end(readFileSync(compressed ? `${file}.br` : file));
}

function pass(server: Server, asked: IncomingMessage, answer: ServerResponse): void {
  const upstream = request(server.url + asked.url, { method: asked.method, headers: asked.headers }, (answered) => {
    answer.writeHead(answered.statusCode ?? 502, answered.headers);
    answered.pipe(answer);
  });
  upstream.on("error", () => answer.destroy());
  asked.pipe(upstream);
}
