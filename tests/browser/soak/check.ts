// What must be true at the end of a schedule, asked of the API and of every browser.
import type { Page } from "@playwright/test";
import type { Api } from "../support/api.ts";
import { Ledger, type Piece } from "./ledger.ts";
import type { Person, Surroundings } from "./person.ts";

interface State {
  body: string;
  notes: { text: string }[];
}

interface Change {
  seq: number;
  action: string;
  entry: { entryId: string; before: State | null; after: State } | null;
}

/** An entry as somebody sees it: its id, and its letters without marks and spaces. */
export type Seen = [id: string, text: string];

export interface Truth {
  changes: Change[];
  /** The cell's entries, in order. */
  entries: Seen[];
}

const PAGE_SIZE = 20;

export async function truth(api: Api, here: Surroundings, sheetId: string, afterSeq: number): Promise<Truth> {
  const [code = "", facet = ""] = here.cell.split("/");
  const entries = (await api.entries(code, facet)).map(({ id, body, notes }): Seen => [id, letters({ body, notes })]);
  return { changes: await changesSince(api, sheetId, afterSeq), entries };
}

/** The sheet's changes after `afterSeq`, oldest first; no more than the last pages of them. */
export async function changesSince(api: Api, sheetId: string, afterSeq: number, pages = Infinity): Promise<Change[]> {
  const found: Change[] = [];
  let after: string | null = null;
  for (let page = 0; page < pages; page += 1) {
    const { node } = await api.call<{
      node: { changes: { edges: { cursor: string; node: Change }[]; pageInfo: { hasNextPage: boolean } } };
    }>(
      `query ($id: ID!, $after: String) { node(id: $id) { ... on Sheet { changes(first: ${PAGE_SIZE}, after: $after) {
        edges { cursor node { seq action entry { entryId
          before { body notes { text } } after { body notes { text } } } } }
        pageInfo { hasNextPage } } } } }`,
      { id: sheetId, after },
    );
    const { edges, pageInfo } = node.changes;
    found.push(...edges.map((edge) => edge.node));
    const last = edges.at(-1);
    if (!pageInfo.hasNextPage || !last || last.node.seq <= afterSeq) break;
    after = last.cursor;
  }
  return found.filter((change) => change.seq > afterSeq).sort((a, b) => a.seq - b.seq);
}

/** What is wrong, in sentences; nothing, if all is well. */
export function faults(ledger: Ledger, truth: Truth, kept: string): string[] {
  return [
    ...gaps(truth),
    ...unwritten(ledger, truth),
    ...ledger.pieces.flatMap((piece) => faultsOf(piece, ledger, truth, kept)),
    ...ledger.log.filter((line) => line.includes("PANIC")),
  ];
}

function gaps({ changes }: Truth): string[] {
  return changes.flatMap((change, at) => {
    const before = changes[at - 1];
    return before && change.seq !== before.seq + 1 ? [`after seq ${before.seq} comes ${change.seq}`] : [];
  });
}

function unwritten(ledger: Ledger, { changes }: Truth): string[] {
  const known = new Set(changes.map((change) => change.seq));
  const missing = [...ledger.acknowledged].filter(([seq]) => !known.has(seq));
  return missing.map(([seq, login]) => `LOST: seq ${seq} was acknowledged to ${login} and is not in the history`);
}

function faultsOf(piece: Piece, ledger: Ledger, { changes, entries }: Truth, kept: string): string[] {
  const faults: string[] = [];
  const stands = entries.filter(([, text]) => text.includes(piece.text)).length;
  const times = entries.reduce((sum, [, text]) => sum + text.split(piece.text).length - 1, 0);
  const undone = ledger.undoers.has(piece.who);
  const has = (state: State | null) => state !== null && letters(state).includes(piece.text);
  const comes = changes.filter(({ entry }) => entry && has(entry.after) && !has(entry.before));
  const goes = changes.filter(({ entry, action }) => entry && action !== "DELETE" && has(entry.before) && !has(entry.after));
  if (comes.length === 0 && !kept.includes(piece.text) && !piece.mayBeLost) {
    faults.push(`LOST: ${piece.text} of person ${piece.who} is neither in the history nor in a draft nor in a conflict`);
  }
  if (times > 1) faults.push(`TWICE: ${piece.text} stands ${times} times in ${stands} entries`);
  if (comes.length > 1 && !undone) faults.push(`TWICE: ${piece.text} was brought in by ${comes.map(({ seq }) => seq)}`);
  for (const { seq } of undone ? [] : goes) faults.push(`OVERWRITTEN: ${piece.text} was taken away by seq ${seq}`);
  return faults;
}

/** Until every page shows what the API says; what differs, if it stays so. */
export async function differing(people: Person[], here: Surroundings, entries: Seen[], patience: number): Promise<string[]> {
  const wanted = entries.map((entry) => entry.join(" ")).join("\n");
  const end = Date.now() + patience;
  for (;;) {
    const different: string[] = [];
    for (const person of people) {
      for (const page of person.pages) {
        const shown = (await seen(page, here.cell)).map((entry) => entry.join(" ")).join("\n");
        if (shown !== wanted) different.push(`DIFFERENT: person ${person.number} sees\n${shown}\ninstead of\n${wanted}`);
      }
    }
    if (different.length === 0 || Date.now() > end) return different;
    await new Promise((done) => setTimeout(done, 100));
  }
}

function seen(page: Page, cell: string): Promise<Seen[]> {
  return page.locator(`[data-cell="${cell}"]`).evaluate((cell) =>
    [...cell.querySelectorAll<HTMLElement>("[data-entry]")].map((entry): [string, string] => {
      const copy = document.createElement("div");
      for (const part of entry.querySelectorAll(".body, .notes")) copy.append(part.cloneNode(true));
      for (const mark of copy.querySelectorAll(".owner, .scenes, .scene-word, .note-mark")) mark.remove();
      return [entry.dataset["entry"] ?? "", (copy.textContent ?? "").replace(/\s/g, "")];
    }),
  );
}

/** Everything that the browser keeps and shows of what was typed. */
export async function kept(person: Person): Promise<string> {
  const [page] = person.pages;
  if (!page) return "";
  const shown = person.pages.map((page) =>
    page.evaluate(() => [...document.querySelectorAll("textarea")].map((area) => area.value).join("\n")),
  );
  const stored = page.evaluate(async () => {
    const names = (await indexedDB.databases()).map(({ name }) => name ?? "");
    const answer = <T>(request: IDBRequest<T>) =>
      new Promise<T>((done, failed) => {
        request.onsuccess = () => done(request.result);
        request.onerror = () => failed(request.error);
      });
    const texts: unknown[] = [{ ...localStorage }];
    for (const name of names) {
      const base = await answer(indexedDB.open(name));
      for (const store of base.objectStoreNames) {
        texts.push(await answer(base.transaction(store).objectStore(store).getAll()));
      }
      base.close();
    }
    return JSON.stringify(texts);
  });
  return [...(await Promise.all(shown)), await stored].join("\n");
}

function letters({ body, notes }: State): string {
  return [body, ...notes.map((note) => note.text)].join("").replace(/\s/g, "");
}
