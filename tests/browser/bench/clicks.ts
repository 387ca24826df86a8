// The time from a click on a scene to the painted result, in whatever page.
import type { Page } from "@playwright/test";

const WARM_UP = 6;
const CLICKS = 50;

export interface Times {
  median: number;
  worst: number;
  /** The median of what the script takes, and of what the frame takes: the rest is waiting for the frame to begin. */
  script: number;
  frame: number;
}

interface Clock {
  painted: { total: number; script: number; frame: number }[];
}

/** Clicks 急変時の対応 on and off. */
export async function measureClicks(page: Page): Promise<Times> {
  await page.bringToFront();
  await page.evaluate(startClock);
  const chip = page.locator(".chip[data-scene=EMERGENCY]").first();
  const box = await chip.boundingBox();
  if (!box) throw new Error("no checkbox to click");
  for (let click = 1; click <= WARM_UP + CLICKS; click++) {
    await page.mouse.click(box.x + box.width / 2, box.y + box.height / 2);
    await page.waitForFunction((count) => (window as unknown as { clock: Clock }).clock.painted.length >= count, click);
    // Not in step with the frames: a person's click comes at any time within one.
    await page.waitForTimeout(20 + ((click * 7) % 17));
  }
  const painted = (await page.evaluate(() => (window as unknown as { clock: Clock }).clock.painted)).slice(WARM_UP);
  return {
    median: middle(painted.map((click) => click.total)),
    worst: Math.max(...painted.map((click) => click.total)),
    script: middle(painted.map((click) => click.script)),
    frame: middle(painted.map((click) => click.frame)),
  };
}

function middle(figures: number[]): number {
  const sorted = figures.toSorted((a, b) => a - b);
  const at = sorted.length / 2;
  return ((sorted[Math.floor(at - 0.5)] ?? Number.NaN) + (sorted[Math.ceil(at - 0.5)] ?? Number.NaN)) / 2;
}

/**
 * In the page: from the click event to the first task after the frame that shows its result. A message that is sent
 * from within the frame is delivered after it has been painted.
 */
function startClock(): void {
  const clock: Clock = { painted: [] };
  (window as unknown as { clock: Clock }).clock = clock;
  let running = false;
  const scriptEnd = new MessageChannel();
  const frameEnd = new MessageChannel();
  let clicked = 0;
  let script = 0;
  let frame = 0;
  scriptEnd.port1.onmessage = () => {
    script = performance.now() - clicked;
  };
  frameEnd.port1.onmessage = () => {
    const now = performance.now();
    // The message may come only after the frame.
    clock.painted.push({ total: now - clicked, script: Math.min(script, frame - clicked), frame: now - frame });
    running = false;
  };
  addEventListener(
    "click",
    () => {
      // A click on a label is followed by one on its box.
      if (running) return;
      running = true;
      clicked = performance.now();
      script = Number.POSITIVE_INFINITY;
      scriptEnd.port2.postMessage(undefined);
      requestAnimationFrame(() => {
        frame = performance.now();
        frameEnd.port2.postMessage(undefined);
      });
    },
    { capture: true },
  );
}
