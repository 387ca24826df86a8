// A window of a browser that Playwright does not drive: what the journeys need of it.

/** Keys that are no letters. */
export type Key = "Control" | "End" | "Enter" | "Escape" | "F2";

export interface Tab {
  open(address: string): Promise<void>;
  reload(): Promise<void>;
  /** Runs in the page; what goes in and comes out is JSON. */
  run<Given extends unknown[], Result>(what: (...given: Given) => Result, ...given: Given): Promise<Awaited<Result>>;
  /** Strikes the keys of a text, the browser's own way. */
  type(text: string): Promise<void>;
  press(key: Key, held?: Key): Promise<void>;
  close(): Promise<void>;
}

export interface Engine {
  /** A window of somebody who was never here. */
  newTab(): Promise<Tab>;
  end(): Promise<void>;
}

/** As wide and as high as the journeys' windows in Chromium. */
export const WINDOW = { width: 1366, height: 768 };
