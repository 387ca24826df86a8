// The same DOM and the same styles as the matrix page, filtered by a few lines of plain JavaScript.
import type { Page } from "@playwright/test";
import type { Sheet } from "../support/api.ts";

export async function plainPage(matrix: Page, sheet: Sheet): Promise<Page> {
  const html = await matrix.evaluate(() => {
    const css = [...document.styleSheets].flatMap((sheet) => [...sheet.cssRules].map((rule) => rule.cssText));
    const copy = document.documentElement.cloneNode(true) as HTMLElement;
    for (const element of copy.querySelectorAll("script, link")) element.remove();
    const style = document.createElement("style");
    style.textContent = css.join("\n");
    copy.querySelector("head")?.append(style);
    return `<!doctype html>${copy.outerHTML}`;
  });
  const page = await matrix.context().newPage();
  await page.setContent(html);
  const entries = sheet.rows.flatMap((row) => row.cells.flatMap((cell) => cell.entries));
  await page.evaluate(filter, Object.fromEntries(entries.map((entry) => [entry.id, entry.scenes])));
  return page;
}

/** In the page: what the client does on a change, without a framework. */
function filter(scenesOf: Record<string, string[]>): void {
  const chips = [...document.querySelectorAll<HTMLElement>(".scene-chips .chip")].map((chip) => ({
    scene: chip.dataset.scene ?? "",
    box: chip.querySelector("input") as HTMLInputElement,
    count: chip.querySelector(".count") as HTMLElement,
  }));
  const cells = [...document.querySelectorAll<HTMLElement>("[data-cell]")].map((cell) => ({
    cell,
    hidden: undefined as HTMLElement | undefined,
    entries: [...cell.querySelectorAll<HTMLElement>("[data-entry]")].map((element) => ({
      element,
      scenes: new Set(scenesOf[element.dataset.entry ?? ""]),
    })),
  }));
  const result = document.querySelector(".result > span") as HTMLElement;
  document.querySelector(".scene-chips")?.addEventListener("change", () => {
    const chosen = chips.filter((chip) => chip.box.checked).map((chip) => chip.scene);
    const counts = chips.map(() => 0);
    let shown = 0;
    for (const cell of cells) {
      let hidden = 0;
      for (const { element, scenes } of cell.entries) {
        for (const [index, chip] of chips.entries()) if (scenes.has(chip.scene)) counts[index] = (counts[index] ?? 0) + 1;
        const shows = chosen.length === 0 || chosen.some((scene) => scenes.has(scene));
        if (element.hidden === shows) element.hidden = !shows;
        if (shows) shown++;
        else hidden++;
      }
      tell(cell, hidden);
    }
    for (const [index, chip] of chips.entries()) chip.count.textContent = String(counts[index]);
    result.textContent = `${shown}件`;
  });

  function tell(cell: { cell: HTMLElement; hidden: HTMLElement | undefined }, hidden: number): void {
    if (hidden === 0) {
      cell.hidden?.remove();
      cell.hidden = undefined;
      return;
    }
    if (!cell.hidden) {
      cell.hidden = document.createElement("p");
      cell.hidden.className = "hidden-here";
      cell.cell.append(cell.hidden);
    }
    cell.hidden.textContent = `ほか${hidden}件は絞り込みで非表示`;
  }
}
