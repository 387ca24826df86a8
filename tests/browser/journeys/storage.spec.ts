// The browser's database: what an older client left in it is found, and one that is closed under the page is opened again.
import type { Page } from "@playwright/test";
import { expect, test } from "../support/journey.ts";

const RULES = "入退院調整ルール改訂を行い";

/** Runs before the page: notes every connection to the database, so that it can be closed as a browser does. */
function noteConnections(): void {
  const connections: IDBDatabase[] = [];
  Object.assign(window, { connections });
  const open = IDBFactory.prototype.open;
  IDBFactory.prototype.open = function (name: string, version?: number) {
    if (Object.hasOwn(window, "databaseIsGone")) throw new DOMException("gone", "UnknownError");
    const request = open.call(this, name, version);
    request.addEventListener("success", () => connections.push(request.result));
    return request;
  };
}

function closeDatabase(page: Page): Promise<number> {
  return page.evaluate(() => {
    const { connections } = window as unknown as { connections: IDBDatabase[] };
    for (const connection of connections) connection.close();
    return connections.length;
  });
}

test("what is typed after the browser has closed its database is there after a reload", async ({ server, sheetOf }) => {
  const honjo = await sheetOf("honjo");
  await honjo.keptForReload();
  await honjo.page.addInitScript(noteConnections);
  await honjo.page.reload();
  await honjo.edit(honjo.entry(RULES));
  await honjo.text.fill("○閉じられる前の文。");
  await server.stop();
  expect(await closeDatabase(honjo.page)).toBeGreaterThan(0);
  await honjo.text.fill("○閉じられる前の文。閉じられた後の文。");
  await expect(honjo.editor).toContainText("下書き");
  await expect(honjo.editor).not.toContainText("残せません");
  // Once more, and with nothing typed since it was opened again.
  await closeDatabase(honjo.page);
  await honjo.text.press("Control+Enter");
  await expect(honjo.page.getByText("送信待ち1件")).toBeVisible();
  await honjo.page.reload();
  await expect(honjo.entry("閉じられる前の文。閉じられた後の文。")).toContainText("送信待ち");
  await server.start();
  await honjo.expectSaved();
});

test("a database that cannot be opened again is named as the reason, and what was typed is kept once it can", async ({
  sheetOf,
}) => {
  const honjo = await sheetOf("honjo");
  await honjo.page.addInitScript(noteConnections);
  await honjo.page.reload();
  await honjo.edit(honjo.entry(RULES));
  await honjo.page.evaluate(() => Object.assign(window, { databaseIsGone: true }));
  await closeDatabase(honjo.page);
  await honjo.text.fill("○この画面だけにある文。");
  await expect(honjo.editor).toContainText("ブラウザーの記録場所を開けません");
  await expect(honjo.editor).not.toContainText("空きが足りません");
  await expect(honjo.page.getByRole("contentinfo")).toContainText("このPCに残せません");
  await honjo.page.evaluate(() => delete (window as unknown as { databaseIsGone?: boolean }).databaseIsGone);
  await expect(honjo.editor).not.toContainText("残せません");
  await honjo.page.reload();
  await expect(honjo.text).toHaveValue("○この画面だけにある文。");
});

test("what the release before has left is found: a draft, what waits to be sent, and preferences", async ({
  sheetOf,
  apiOf,
}) => {
  const api = await apiOf("honjo");
  const sheet = await api.sheet();
  const [drafted, saved] = await api.entries("ウ", "PLAN");
  const [removed] = await api.entries("エ", "PLAN");
  if (!drafted || !saved || !removed) throw new Error("the sample has no such entries");
  const { viewer } = await api.call<{ viewer: { id: string } }>("{ viewer { id } }");
  const honjo = await sheetOf("honjo");
  await honjo.page.goto("/healthz");
  const requests = ["00000000-0000-4000-8000-000000000001", "00000000-0000-4000-8000-000000000002", "00000000-0000-4000-8000-000000000003"];
  const outbox = (at: number, request: string) => `outbox:${String(at).padStart(15, "0")}-${request}`;
  const rest = { began: null, typed: null, tab: "a tab that is gone", trouble: null, refused: false, merged: null };
  const text = (body: string) => ({ body, notes: [], explicitScenes: [] });
  const comment = {
    query: "mutation CreateThread($input: CreateThreadInput!) { answer: createThread(input: $input) { __typename } }",
    variables: {
      input: { requestId: "00000000-0000-4000-8000-000000000004", sheetId: sheet.id, entryId: drafted.id, body: "前の版で送った件。", mentionIds: [] },
    },
  };
  const kept: [string, object | string][] = [
    [
      `draft:${sheet.id}:entry:${drafted.id}`,
      {
        ...{ outline: "○前の版で書きかけた文。", scenes: ["END_OF_LIFE"], owner: null, after: null, version: drafted.version },
        ...{ follows: null, began: null, onto: null, at: Date.now() - 60_000, open: true, merged: null, trouble: null },
      },
    ],
    [
      outbox(1, requests[0] ?? ""),
      {
        ...{ operation: "Update", sheet: sheet.id, follows: null, ...rest },
        input: { requestId: requests[0], id: saved.id, version: saved.version, ...text("前の版で保存した文。") },
      },
    ],
    [
      outbox(2, requests[1] ?? ""),
      {
        ...{ operation: "Update", sheet: sheet.id, follows: requests[0], ...rest },
        input: { requestId: requests[1], id: saved.id, version: saved.version, ...text("前の版で保存した文。続き。") },
      },
    ],
    [
      outbox(3, requests[2] ?? ""),
      {
        ...{ operation: "Delete", sheet: sheet.id, follows: null, ...rest },
        input: { requestId: requests[2], id: removed.id, version: removed.version },
      },
    ],
    [
      `draft:comment:${sheet.region.id}/2026:entry:${drafted.id}`,
      { text: "前の版で送った件。", to: [], request: JSON.stringify(comment), trouble: "" },
    ],
    ["taste:hidden-columns", ["GOAL"]],
    ["taste:device", JSON.stringify("00000000-0000-4000-8000-00000000000d")],
  ];
  await honjo.page.evaluate(
    async ([account, kept]) => {
      const base = await new Promise<IDBDatabase>((resolve) => {
        const request = indexedDB.open("renkei", 1);
        request.onupgradeneeded = () => request.result.createObjectStore("kept");
        request.onsuccess = () => resolve(request.result);
      });
      const transaction = base.transaction("kept", "readwrite");
      for (const [name, value] of kept) {
        const text = typeof value === "string" ? value : JSON.stringify(value);
        transaction.objectStore("kept").put(text, `renkei:${account}:${name}`);
      }
      await new Promise((done) => (transaction.oncomplete = done));
      base.close();
    },
    [viewer.id, kept] as const,
  );
  await honjo.open();
  await expect(honjo.text).toHaveValue("○前の版で書きかけた文。");
  await expect(honjo.cell("ウ/GOAL")).toBeHidden();
  await expect.poll(async () => (await api.entry(saved.id)).body).toBe("前の版で保存した文。続き。");
  await expect(honjo.entryOf(removed.id)).toHaveCount(0);
  expect(await api.history(saved.id)).toHaveLength(3);
  const threads = async () =>
    (
      await api.call<{ node: { threads: { comments: { body: string }[] }[] } }>(
        "query ($id: ID!) { node(id: $id) { ... on Entry { threads { comments { body } } } } }",
        { id: drafted.id },
      )
    ).node.threads.flatMap((thread) => thread.comments.map((one) => one.body));
  await expect.poll(threads).toEqual(["前の版で送った件。"]);
  await honjo.text.press("Control+Enter");
  await honjo.expectSaved();
  const entry = await api.entry(drafted.id);
  expect([entry.body, entry.explicitScenes]).toEqual(["前の版で書きかけた文。", ["END_OF_LIFE"]]);
});
