// The time from a click on a scene to the painted result, in whatever page.
import type { Page } from "@playwright/test";

const WARM_UP = 6;
const CLICKS = 50;

export interface Times {
  median: number;
  worst: number;
  /** The median without the wait for the frame to begin. */
  work: number;
}

interface Clock {
  painted: { total: number; work: number }[];
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
  const sorted = (figures: number[]) => figures.toSorted((a, b) => a - b);
  const total = sorted(painted.map((click) => click.total));
  const work = sorted(painted.map((click) => click.work));
  return { median: middle(total), worst: total.at(-1) ?? Number.NaN, work: middle(work) };
}

function middle(sorted: number[]): number {
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
    clock.painted.push({ total: now - clicked, work: script + (now - frame) });
    running = false;
  };
  addEventListener(
    "click",
    () => {
      // A click on a label is followed by one on its box.
      if (running) return;
      running = true;
      clicked = performance.now();
      script = 0;
      scriptEnd.port2.postMessage(undefined);
      requestAnimationFrame(() => {
        frame = performance.now();
        frameEnd.port2.postMessage(undefined);
      });
    },
    { capture: true },
  );
}
