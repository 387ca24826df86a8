// What each journey stands on: a fresh server, and somebody signed in at a browser of this engine.
import { test as base, expect } from "../support/journey.ts";
import { firefox } from "./firefox.ts";
import { Person } from "./person.ts";
import type { Engine, Tab } from "./tab.ts";
import { webkit } from "./webkit.ts";

export { expect };

const ENGINES = { firefox, webkit };

export interface Options {
  engineName: keyof typeof ENGINES;
}

interface Fixtures {
  tab: Tab;
  /** Somebody of 本庄市, who looks at the sample's sheet. */
  honjo: Person;
}

export const test = base.extend<Fixtures, Options & { engine: Engine }>({
  engineName: ["firefox", { option: true, scope: "worker" }],

  engine: [
    async ({ engineName }, use) => {
      const engine = await ENGINES[engineName]();
      await use(engine);
      await engine.end();
    },
    { scope: "worker" },
  ],

  tab: [
    async ({ engine }, use) => {
      const tab = await engine.newTab();
      await use(tab);
      await tab.close();
    },
    // A browser that hangs at its start is started again.
    { timeout: 90_000 },
  ],

  honjo: async ({ tab, server, apiOf }, use) => {
    const { region } = await (await apiOf("honjo")).sheet();
    const honjo = new Person(tab);
    await tab.open(`${server.url}/regions/${region.id}/sheets/2026`);
    await honjo.signIn("honjo");
    await honjo.there("[data-entry]");
    await use(honjo);
  },
});
