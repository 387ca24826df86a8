// What every journey stands on: a fresh server, people with a browser each, and a record of every request.
import { type Browser, type BrowserContext, type BrowserContextOptions, type Page, test as base, expect } from "@playwright/test";
import { Api } from "./api.ts";
import { Server } from "./server.ts";
import { SheetPage } from "./sheet.ts";

export { expect };

interface Fixtures {
  /** A server of this test's own. */
  server: Server;
  /** Opens a browser of one's own, nobody signed in. */
  newBrowser: (options?: BrowserContextOptions) => Promise<Page>;
  /** Opens a browser whose owner is signed in and looks at the sample's sheet. */
  sheetOf: (login: string, options?: BrowserContextOptions) => Promise<SheetPage>;
  /** The API as this person. */
  apiOf: (login: string) => Promise<Api>;
}

export const test = base.extend<Fixtures>({
  server: async ({}, use) => {
    const server = await Server.fresh();
    await use(server);
    await server.remove();
  },

  newBrowser: async ({ browser, server, contextOptions }, use) => {
    const record = new Recording();
    const contexts: BrowserContext[] = [];
    const hosts = new Set([server.host]);
    await use(async (options = {}) => {
      // One that stands behind a proxy of the test's own.
      if (options.baseURL) hosts.add(new URL(options.baseURL).host);
      const context = await open(browser, server, { ...contextOptions, ...options });
      record.watch(context);
      contexts.push(context);
      return context.newPage();
    });
    record.expectClean(hosts);
    // What is asked for behind a test's back is answered no more, and that is no fault of the test.
    const pages = contexts.flatMap((context) => context.pages());
    await Promise.all(pages.map((page) => page.unrouteAll({ behavior: "ignoreErrors" })));
    await Promise.all(contexts.map((context) => context.close()));
  },

  sheetOf: async ({ newBrowser, server }, use) => {
    await use(async (login, options) => {
      const page = await newBrowser(options);
      await page.request.post("/graphql", {
        data: {
          query: "mutation ($input: SignInInput!) { signIn(input: $input) { __typename } }",
          variables: { input: { login, password: "renkei-demo" } },
        },
      });
      const { region } = await (await Api.signIn(server, login)).sheet();
      const sheet = new SheetPage(page, `/regions/${region.id}/sheets/2026`);
      await sheet.open();
      return sheet;
    });
  },

  apiOf: async ({ server }, use) => {
    await use((login) => Api.signIn(server, login));
  },
});

function open(browser: Browser, server: Server, options: BrowserContextOptions): Promise<BrowserContext> {
  return browser.newContext({ baseURL: server.url, ...options });
}

/** Every request of every browser of a test, and everything that broke in them. */
class Recording {
  private readonly requests: string[] = [];
  private readonly faults: string[] = [];

  watch(context: BrowserContext): void {
    context.on("request", (request) => this.requests.push(request.url()));
    context.on("weberror", (fault) => this.faults.push(fault.error().message));
    context.on("console", (message) => {
      if (/panicked|Content Security Policy/.test(message.text())) this.faults.push(message.text());
    });
    context.on("page", (page) => {
      page.on("websocket", (socket) => this.requests.push(socket.url()));
    });
  }

  /** No request left for another host, nothing panicked. */
  expectClean(hosts: Set<string>): void {
    const outside = this.requests.filter((url) => !/^(data|blob|about):/.test(url) && !hosts.has(new URL(url).host));
    expect(outside, "requests that leave the server").toEqual([]);
    expect(this.faults, "faults in the page").toEqual([]);
    expect(this.requests.length, "requests seen at all").toBeGreaterThan(0);
  }
}
