// Randomised schedules against the real server in real browsers: nobody loses a character, whatever happens to whom.
//
// SOAK_SCHEDULES (how many), SOAK_SEED (the first one's; the others follow), SOAK_WITHOUT_OUTBOX=1 (browsers keep
// nothing; the run succeeds if that is seen). One alone is replayed with SOAK_SCHEDULES=1 and its seed.
import { test as base, expect } from "@playwright/test";
import { Stage } from "./stage.ts";
import { draw, told } from "./plan.ts";

const COUNT = Number(process.env.SOAK_SCHEDULES ?? 24);
const SEED = Number(process.env.SOAK_SEED ?? 1);
const FORGETFUL = process.env.SOAK_WITHOUT_OUTBOX === "1";

const test = base.extend<object, { stage: Stage }>({
  stage: [
    async ({}, use) => {
      const stage = await Stage.open(FORGETFUL);
      await use(stage);
      await stage.close();
    },
    { scope: "worker" },
  ],
});

let losses = 0;

for (let seed = SEED; seed < SEED + COUNT; seed += 1) {
  test(`schedule ${seed}`, async ({ stage }) => {
    const schedule = draw(seed);
    const { faults, log } = await stage.play(schedule);
    if (FORGETFUL) losses += faults.some((fault) => fault.startsWith("LOST")) ? 1 : 0;
    else expect(faults, `${told(schedule)}\n\nWhat happened:\n${log.join("\n")}\n\nFaults:`).toEqual([]);
  });
}

if (FORGETFUL) {
  test("browsers that keep nothing lose something, and it is seen", () => {
    console.log(`${losses} of ${COUNT} schedules lost something`);
    expect(losses).toBeGreaterThan(0);
  });
}
