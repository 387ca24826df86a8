// Something between browser and server, as networks have it: it passes bytes, cuts lines, or lets no WebSocket pass.
import { type Server as Listener, type Socket, connect, createServer } from "node:net";
import type { Server } from "./server.ts";

export class Proxy {
  private readonly pairs = new Set<[Socket, Socket]>();
  private open = true;
  private sockets = true;

  private constructor(
    private readonly listener: Listener,
    readonly host: string,
  ) {}

  static async before(server: Server): Promise<Proxy> {
    const listener = createServer();
    await new Promise<void>((listening) => listener.listen(0, "127.0.0.1", listening));
    const address = listener.address();
    if (address === null || typeof address === "string") throw new Error("the proxy has no port");
    const proxy = new Proxy(listener, `127.0.0.1:${address.port}`);
    listener.on("connection", (client) => proxy.pass(client, server));
    return proxy;
  }

  get url(): string {
    return `http://${this.host}`;
  }

  /** Every line goes dead without a word, as when a laptop is closed; new ones lead nowhere. */
  cut(): void {
    this.open = false;
    for (const [client, server] of this.pairs) {
      client.pause();
      server.pause();
    }
  }

  /** New lines pass again; the dead ones are gone. */
  mend(): void {
    this.open = true;
    this.drop();
  }

  /** Breaks every line, as a proxy that is restarted. */
  drop(): void {
    for (const pair of this.pairs) for (const socket of pair) socket.destroy();
    this.pairs.clear();
  }

  /** Answers every upgrade with an error from now on, as some proxies do; or passes them again. */
  passSockets(pass: boolean): void {
    this.sockets = pass;
    this.drop();
  }

  async remove(): Promise<void> {
    this.drop();
    await new Promise((closed) => this.listener.close(closed));
  }

  private pass(client: Socket, target: Server): void {
    client.on("error", () => client.destroy());
    if (!this.open) {
      this.pairs.add([client, client]);
      return void client.pause();
    }
    const server = connect(Number(target.host.split(":")[1]), "127.0.0.1");
    server.on("error", () => client.destroy());
    const pair: [Socket, Socket] = [client, server];
    this.pairs.add(pair);
    const over = (): void => {
      this.pairs.delete(pair);
      client.destroy();
      server.destroy();
    };
    client.on("close", over);
    server.on("close", over);
    client.on("data", (bytes) => {
      if (!this.sockets && /^GET \/graphql[\s\S]*upgrade: websocket/i.test(bytes.toString("latin1"))) {
        client.end("HTTP/1.1 502 Bad Gateway\r\ncontent-length: 0\r\nconnection: close\r\n\r\n");
        return;
      }
      server.write(bytes);
    });
    server.on("data", (bytes) => client.write(bytes));
  }
}
