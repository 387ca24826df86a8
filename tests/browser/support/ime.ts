// An input method's events, as Chromium's DevTools protocol can make them.
import type { Page } from "@playwright/test";

export interface Ime {
  /** Shows `text` as the composition so far. */
  compose(text: string): Promise<void>;
  /** Ends the composition with `text`. */
  commit(text: string): Promise<void>;
  /** A key that goes to the input method first, as Enter does while it offers candidates. */
  key(code: "Enter" | "Escape", modifier?: "Control"): Promise<void>;
}

const CONTROL = 2;
/** The key code by which a browser says that an input method has the key (UI Events, 229). */
const PROCESS_KEY = 229;

export async function composing(page: Page): Promise<Ime> {
  const devtools = await page.context().newCDPSession(page);
  return {
    compose: async (text) => {
      const end = text.length;
      await devtools.send("Input.imeSetComposition", { text, selectionStart: end, selectionEnd: end });
    },
    commit: async (text) => {
      await devtools.send("Input.insertText", { text });
    },
    key: async (code, modifier) => {
      const modifiers = modifier ? CONTROL : 0;
      await devtools.send("Input.dispatchKeyEvent", {
        type: "rawKeyDown",
        code,
        key: code,
        modifiers,
        windowsVirtualKeyCode: PROCESS_KEY,
      });
      await devtools.send("Input.dispatchKeyEvent", { type: "keyUp", code, key: code, modifiers });
    },
  };
}
