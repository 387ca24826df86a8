// Firefox and WebKit: a few journeys, each in both. Playwright runs and counts them; the browsers have drivers of their
// own.
import { defineConfig } from "@playwright/test";
import journeys from "./playwright.config.ts";
import type { Options } from "./engines/journey.ts";

export default defineConfig<object, Options>(journeys, {
  testDir: "engines",
  outputDir: "../../artefacts/engines",
  // The first page of a browser that has just started takes longest.
  expect: { timeout: 20_000 },
  use: { trace: "off" },
  projects: [
    { name: "firefox", use: { engineName: "firefox" } },
    { name: "webkit", use: { engineName: "webkit" } },
  ],
});
