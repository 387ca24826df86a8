// Firefox by WebDriver BiDi.
import { type BrowserContext, type KeyInput, type Page, launch } from "puppeteer-core";
import { type Engine, type Key, type Tab, WINDOW } from "./tab.ts";

export async function firefox(): Promise<Engine> {
  const browser = await launch({
    browser: "firefox",
    executablePath: "/usr/bin/firefox-esr",
    extraPrefsFirefox: { "intl.accept_languages": "ja-JP" },
  });
  return {
    newTab: async () => {
      const context = await browser.createBrowserContext();
      const page = await context.newPage();
      await page.setViewport(WINDOW);
      return new FirefoxTab(context, page);
    },
    end: () => browser.close(),
  };
}

class FirefoxTab implements Tab {
  constructor(
    private readonly context: BrowserContext,
    private readonly page: Page,
  ) {}

  async open(address: string): Promise<void> {
    await this.page.goto(address);
  }

  async reload(): Promise<void> {
    await this.page.reload();
  }

  async run<Given extends unknown[], Result>(what: (...given: Given) => Result, ...given: Given): Promise<Awaited<Result>> {
    return (await this.page.evaluate(what, ...given)) as Awaited<Result>;
  }

  async type(text: string): Promise<void> {
    await this.page.keyboard.type(text);
  }

  async press(key: Key, held?: Key): Promise<void> {
    if (held) await this.page.keyboard.down(held);
    await this.page.keyboard.press(key as KeyInput);
    if (held) await this.page.keyboard.up(held);
  }

  async close(): Promise<void> {
    await this.context.close();
  }
}
