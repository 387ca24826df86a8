// What a person does at a window, and what they see there.
import { expect } from "../support/journey.ts";
import { compose } from "./composition.ts";
import type { Tab } from "./tab.ts";

export const TEXT = "#editor-text";
/** While a dialog is open. */
export const CONFLICT = "dialog[open]";
export const MERGED = "#merged-text";

export class Person {
  constructor(readonly tab: Tab) {}

  async signIn(login: string): Promise<void> {
    await this.focus("input[autocomplete=username]");
    await this.tab.type(login);
    await this.focus("input[type=password]");
    await this.tab.type("renkei-demo");
    await this.tab.press("Enter");
    await this.missing("input[type=password]");
  }

  /** Opens the editor by its key, and types on at once as people do. */
  async edit(id: string, typed = ""): Promise<void> {
    await this.focus(`#entry-${id}`);
    await this.tab.press("F2");
    if (typed) await this.tab.type(typed);
    await this.there(TEXT);
  }

  async save(): Promise<void> {
    await this.tab.press("Enter", "Control");
  }

  async saved(): Promise<void> {
    await this.missing(TEXT);
    await this.sees("すべて保存済み");
  }

  /** Composes as Safari tells of it: the end first, then the key that has made it. */
  async compose(steps: string[], committed: string): Promise<void> {
    await this.tab.run(compose, steps, committed);
  }

  /** Presses the button, or chooses what is labelled so, whose words begin with these. */
  async press(words: string): Promise<void> {
    const pressed = () =>
      this.tab.run((words) => {
        const all = [...document.querySelectorAll<HTMLElement>("button, label")];
        const found = all.filter((one) => one.offsetParent && one.innerText.trim().startsWith(words));
        found[0]?.click();
        return found.length > 0;
      }, words);
    await expect.poll(pressed).toBe(true);
  }

  async focus(selector: string): Promise<void> {
    await this.there(selector);
    await this.tab.run((selector) => document.querySelector<HTMLElement>(selector)?.focus(), selector);
  }

  value(selector: string): Promise<string | undefined> {
    return this.tab.run((selector) => document.querySelector<HTMLTextAreaElement>(selector)?.value, selector);
  }

  /** Entries that are shown. */
  entries(): Promise<number> {
    return this.tab.run(
      () => [...document.querySelectorAll<HTMLElement>("[data-entry]")].filter((entry) => entry.offsetParent).length,
    );
  }

  async sees(words: string, where = "body"): Promise<void> {
    const text = () => this.tab.run((where) => document.querySelector<HTMLElement>(where)?.innerText, where);
    await expect.poll(text).toContain(words);
  }

  /** The browser keeps it: a letter is there within a tenth of a second, and stays whatever happens to the page. */
  async keeps(words: string): Promise<void> {
    const kept = () =>
      this.tab.run(
        (words) =>
          new Promise<boolean>((resolve) => {
            const opened = indexedDB.open("renkei");
            opened.onsuccess = () => {
              const all = opened.result.transaction("kept").objectStore("kept").getAll();
              all.onsuccess = () => {
                opened.result.close();
                resolve(all.result.some((text) => String(text).includes(words)));
              };
            };
          }),
        words,
      );
    await expect.poll(kept).toBe(true);
  }

  async there(selector: string): Promise<void> {
    await expect.poll(() => this.shows(selector)).toBe(true);
  }

  async missing(selector: string): Promise<void> {
    await expect.poll(() => this.shows(selector)).toBe(false);
  }

  shows(selector: string): Promise<boolean> {
    return this.tab.run((selector) => {
      const found = document.querySelector<HTMLElement>(selector);
      return found !== null && found.getClientRects().length > 0;
    }, selector);
  }
}
