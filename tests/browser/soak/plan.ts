// A schedule: what several people do to a few entries of one cell, drawn from a seed and the same every time.

export const STEPS = [
  ["type", 30],
  ["save", 16],
  ["leave", 4],
  ["tag", 4],
  ["move", 4],
  ["add", 5],
  ["remove", 2],
  ["undo", 4],
  ["redo", 2],
  ["together", 4],
  ["offline", 3],
  ["online", 5],
  ["reload", 4],
  ["killBrowser", 3],
  ["killServer", 2],
  ["stopServer", 2],
  ["startServer", 4],
  ["skew", 2],
  ["drop", 4],
  ["expire", 2],
  ["signIn", 2],
  ["secondTab", 3],
  ["decide", 3],
] as const satisfies readonly (readonly [string, number])[];

export type Deed = (typeof STEPS)[number][0];

export interface Step {
  deed: Deed;
  /** Which of the people, and which of their tabs if there are two. */
  who: number;
  tab: number;
  /** Numbers from 0 to 1 for whatever the step has to choose: which entry, where in the text, how. */
  which: number;
  where: number;
  how: number;
}

export interface Schedule {
  seed: number;
  people: number;
  entries: number;
  steps: Step[];
}

const PEOPLE = [2, 2, 2, 3];
const ENTRIES = [1, 2, 2, 3];
const STEPS_MIN = 8;
const STEPS_MAX = 18;

export function draw(seed: number): Schedule {
  const random = generator(seed);
  const among = <T>(choices: readonly T[]): T => choices[Math.floor(random() * choices.length)] as T;
  const people = among(PEOPLE);
  const entries = among(ENTRIES);
  const count = STEPS_MIN + Math.floor(random() * (STEPS_MAX - STEPS_MIN + 1));
  const step = (): Step => ({
    deed: weighed(random()),
    who: Math.floor(random() * people),
    tab: Math.floor(random() * 2),
    which: random(),
    where: random(),
    how: random(),
  });
  return { seed, people, entries, steps: Array.from({ length: count }, step) };
}

/** One line a step, as far as it can be told beforehand. */
export function told(schedule: Schedule): string {
  const { seed, people, entries, steps } = schedule;
  const number = (value: number) => value.toFixed(2);
  const lines = steps.map(
    ({ deed, who, tab, which, where, how }, at) =>
      `${String(at + 1).padStart(4)}  person ${who}, tab ${tab}: ${deed} (${[which, where, how].map(number).join(" ")})`,
  );
  return [`seed ${seed}: ${people} people, ${entries} entries`, ...lines].join("\n");
}

function weighed(at: number): Deed {
  const sum = STEPS.reduce((sum, [, weight]) => sum + weight, 0);
  let left = at * sum;
  for (const [deed, weight] of STEPS) {
    left -= weight;
    if (left < 0) return deed;
  }
  return "type";
}

/** Mulberry32: small, and the same on every machine. */
function generator(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
