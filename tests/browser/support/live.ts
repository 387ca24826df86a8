// What happens on a sheet by itself: others' changes, who they are, and what must stay as it is meanwhile.
import { type Locator, expect } from "@playwright/test";
import type { SheetPage } from "./sheet.ts";

/** Milliseconds in which another's saved change is to be seen. */
export const SOON = { timeout: 1_000 };

/** Waits until news come by themselves. */
export async function followed(sheet: SheetPage, by: "socket" | "polling" = "socket"): Promise<void> {
  await expect(sheet.page.locator(".live-how")).toHaveAttribute("data-live", by, { timeout: 30_000 });
}

/** What is said politely to who cannot see the page. */
export function said(sheet: SheetPage): Locator {
  return sheet.page.locator(".unseen[aria-live=polite]");
}

/** The names in the header of who else has the sheet open. */
export function people(sheet: SheetPage): Locator {
  return sheet.page.getByRole("button", { name: /この表を開いている人/ });
}

/** Who is said to edit an entry, at the entry. */
export function editing(entry: Locator): Locator {
  return entry.locator(".editing-here");
}

/** Where something is in the window. */
export async function top(element: Locator): Promise<number> {
  const box = await element.boundingBox();
  if (!box) throw new Error("it is not in sight");
  return Math.round(box.y);
}

/** Everything about the open editor that nothing may disturb. */
export function stateOf(sheet: SheetPage): Promise<object> {
  return sheet.text.evaluate((area: HTMLTextAreaElement) => ({
    text: area.value,
    caret: [area.selectionStart, area.selectionEnd],
    focused: document.activeElement === area,
    place: Math.round(area.getBoundingClientRect().top),
  }));
}
