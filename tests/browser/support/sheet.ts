// The matrix page as a person sees it: scenes, cells, entries, the editor.
import { type Locator, type Page, expect } from "@playwright/test";

export type Scene = "日常の療養支援" | "入退院支援" | "急変時の対応" | "看取り";

export class SheetPage {
  readonly grid: Locator;
  readonly editor: Locator;
  readonly text: Locator;
  readonly save: Locator;
  readonly leave: Locator;
  readonly conflict: Locator;
  readonly search: Locator;

  constructor(
    readonly page: Page,
    readonly address: string,
  ) {
    this.grid = page.getByRole("grid");
    this.editor = page.getByRole("dialog", { name: /取組を(編集|追加)/ });
    this.text = this.editor.getByRole("textbox", { name: "取組の文" });
    this.save = this.editor.getByRole("button", { name: /^保存/ });
    this.leave = this.editor.getByRole("button", { name: /^やめる/ });
    this.conflict = page.getByRole("dialog", { name: "同じ取組が先に更新されました" });
    this.search = page.getByRole("searchbox", { name: "本文を検索" });
  }

  async open(query = ""): Promise<void> {
    await this.page.goto(this.address + query);
    await expect(this.page.locator("[data-entry]").first()).toBeAttached();
  }

  scene(scene: Scene): Locator {
    return this.page.getByRole("checkbox", { name: new RegExp(`^${scene}`) });
  }

  get explicitOnly(): Locator {
    return this.page.getByRole("checkbox", { name: "明示のみ" });
  }

  get clear(): Locator {
    return this.page.getByRole("button", { name: "解除" });
  }

  async expectCount(scene: Scene, count: number): Promise<void> {
    await expect(this.scene(scene)).toHaveAccessibleName(new RegExp(`^${scene}\\D*${count}(\\D|$)`));
  }

  /** A cell by its item and facet, such as "ア/STATUS". */
  cell(name: string): Locator {
    return this.page.locator(`[data-cell="${name}"]`);
  }

  /** The entries that are shown, in the order of the page. */
  get entries(): Locator {
    return this.page.locator("[data-entry]:visible");
  }

  entry(text: string): Locator {
    return this.page.locator("[data-entry]", { hasText: text });
  }

  entryOf(id: string): Locator {
    return this.page.locator(`[data-entry="${id}"]`);
  }

  async edit(entry: Locator): Promise<void> {
    await entry.click({ position: { x: 40, y: 10 } });
    await expect(this.editor).toBeVisible();
    await expect(this.text).toBeFocused();
  }

  /** Waits until the browser could open the page without the server. */
  async keptForReload(): Promise<void> {
    await this.page.evaluate(async () => void (await navigator.serviceWorker.ready));
  }

  /** The server does what it is asked, and its answers to what is named come when they are let through. */
  async holdAnswers(to = /./): Promise<() => void> {
    let letThrough = (): void => {};
    const free = new Promise<void>((done) => (letThrough = done));
    await this.page.route("**/graphql", async (route) => {
      if (!to.test(route.request().postData() ?? "")) return route.fallback();
      const response = await route.fetch();
      await free;
      await route.fulfill({ response });
    });
    return letThrough;
  }

  async expectSaved(): Promise<void> {
    await expect(this.editor).toBeHidden();
    await expect(this.page.getByText("すべて保存済み")).toBeVisible();
  }
}
