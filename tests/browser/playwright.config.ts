// How the journeys run: Debian's Chromium without a window of its own, which takes half the processor of the one that
// could have one, and one fresh server a test, nothing from outside this machine.
import { defineConfig } from "@playwright/test";

export default defineConfig({
  testDir: "journeys",
  outputDir: "../../artefacts/journeys",
  fullyParallel: true,
  workers: 2,
  retries: 0,
  forbidOnly: true,
  timeout: 60_000,
  expect: { timeout: 10_000 },
  use: {
    browserName: "chromium",
    launchOptions: {
      executablePath: "/usr/bin/chromium-headless-shell",
      args: [
        "--no-sandbox",
        "--disable-gpu",
        "--disable-quic",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
        // Whatever a page might ask for outside this machine is not even looked up.
        "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
      ],
    },
    viewport: { width: 1366, height: 768 },
    locale: "ja-JP",
    // Not Japan's: the product's times are Tokyo's wherever the browser is.
    timezoneId: "America/New_York",
    // A trace costs a third of a journey's time: `--trace retain-on-failure` writes one of what has failed.
    trace: "off",
    screenshot: "only-on-failure",
  },
});
