// The benchmark's surroundings: those of the journeys, one thing at a time.
import { defineConfig } from "@playwright/test";
import journeys from "./playwright.config.ts";

export default defineConfig(journeys, {
  testDir: "bench",
  outputDir: "../../artefacts/bench",
  workers: 1,
  timeout: 600_000,
  use: { trace: "off" },
});
