// The soak's surroundings: those of the journeys, one schedule after the other on one server and the same browsers.
import { defineConfig } from "@playwright/test";
import journeys from "./playwright.config.ts";

export default defineConfig(journeys, {
  testDir: "soak",
  outputDir: "../../artefacts/soak",
  fullyParallel: false,
  workers: 1,
  // A schedule ends itself long before; this is for a browser that hangs.
  timeout: 120_000,
  // What is waited for may never come, and then it came to nothing.
  use: { trace: "off", actionTimeout: 5_000 },
});
