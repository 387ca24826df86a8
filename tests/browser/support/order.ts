// Which way a text runs on the screen.
import type { Locator } from "@playwright/test";

/** Whether a text within an element stands there from left to right. */
export function runsToTheRight(within: Locator, text: string): Promise<boolean> {
  return within.evaluate((element, text) => {
    const walker = document.createTreeWalker(element, NodeFilter.SHOW_TEXT);
    for (let node = walker.nextNode(); node; node = walker.nextNode()) {
      const start = node.textContent?.indexOf(text) ?? -1;
      if (start < 0) continue;
      const left = (at: number): number => {
        const letter = document.createRange();
        letter.setStart(node, at);
        letter.setEnd(node, at + 1);
        return letter.getBoundingClientRect().left;
      };
      return left(start) < left(start + text.length - 1);
    }
    throw new Error(`there is no ${text}`);
  }, text);
}
