// Japan's clock is nine hours ahead of UTC, all year.
const JAPAN_MS = 9 * 60 * 60 * 1000;

/** 2026-11-26, as it is called in Japan. */
export function japanDay(now) {
  return written(now).slice(0, 10);
}

/** 2026-11-26 09:05 */
export function japanMinute(now) {
  return written(now).slice(0, 16).replace("T", " ");
}

function written(now) {
  return new Date(now + JAPAN_MS).toISOString();
}
