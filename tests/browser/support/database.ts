// The browser's database, as it is after a crash or beside a virus scanner.
import type { Page } from "@playwright/test";

/** Whoever asks the database now waits, in whatever tab, until it is let go. `page` is one that has nothing to do. */
export async function holdDatabase(page: Page): Promise<() => Promise<void>> {
  await page.evaluate(async () => {
    const base = await new Promise<IDBDatabase>((resolve) => {
      const request = indexedDB.open("renkei");
      request.onsuccess = () => resolve(request.result);
    });
    const store = base.transaction("kept", "readwrite").objectStore("kept");
    const hold = () => {
      if (!Object.hasOwn(globalThis, "released")) store.get("nothing").onsuccess = hold;
    };
    hold();
  });
  return () => page.evaluate(() => void Object.assign(globalThis, { released: true }));
}
