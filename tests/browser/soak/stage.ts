// Where schedules are played: one server and a few people, used again from one schedule to the next.
import { Api } from "../support/api.ts";
import { Server } from "../support/server.ts";
import { type Truth, changesSince, differing, faults, kept, truth } from "./check.ts";
import { Ledger } from "./ledger.ts";
import { Person, type Surroundings, isDeath } from "./person.ts";
import type { Schedule, Step } from "./plan.ts";

const LOGINS = ["honjo", "misato", "hub"];
/** Who looks at what became of it, and clears up. */
const JUDGE = "kamikawa";
const ITEMS = ["ア", "イ", "ウ", "エ", "オ", "カ", "キ", "ク"];
const FACET = "PLAN";
const YEAR = 2026;
/** Milliseconds for everything to come to rest at the end. */
const REST_MS = 45_000;
const LOOK_MS = 50;

export interface Outcome {
  faults: string[];
  log: string[];
}

export class Stage {
  private readonly people: Person[] = [];
  private serverStands = true;

  private constructor(
    private readonly server: Server,
    private judge: Api,
    private readonly forgetful: boolean,
  ) {}

  static async open(forgetful: boolean): Promise<Stage> {
    const server = await Server.fresh();
    return new Stage(server, await Api.signIn(server, JUDGE), forgetful);
  }

  async close(): Promise<void> {
    for (const person of this.people) await person.leaveForGood();
    await this.server.remove();
  }

  async play(schedule: Schedule): Promise<Outcome> {
    const ledger = new Ledger(schedule.seed);
    const code = ITEMS[schedule.seed % ITEMS.length] ?? "ア";
    const sheet = await this.judge.sheet();
    const cell = `${code}/${FACET}`;
    await this.lay(code, schedule);
    const since = (await changesSince(this.judge, sheet.id, 0, 1)).at(-1)?.seq ?? 0;
    const here: Surroundings = {
      server: this.server,
      address: `/regions/${sheet.region.id}/sheets/${YEAR}`,
      cell,
      ledger,
      entries: (page) => page.locator(`[data-cell="${cell}"] [data-entry]:visible`),
    };
    const people = await this.gather(schedule.people);
    await Promise.all(people.map((person) => person.begin(here)));
    for (const [at, step] of schedule.steps.entries()) {
      ledger.note(`${at + 1}. person ${step.who}: ${step.deed}`);
      await this.perform(here, people, step).catch((error: unknown) => {
        // A page that is being reloaded, a browser without a server: what happens to people happens to the test.
        if (!isDeath(error) && !/Timeout/.test(String(error))) throw error;
        ledger.note(`  came to nothing: ${String(error).split("\n")[0]}`);
      });
    }
    ledger.note("everything comes to rest");
    const restless = await this.settle(here, people);
    const found: Truth = await truth(this.judge, here, sheet.id, since);
    const texts = await Promise.all(people.map(kept));
    const drafts = await Promise.all(LOGINS.slice(0, schedule.people).map((login) => this.draftsOf(login, sheet.id)));
    const wrong = faults(ledger, found, [...texts, ...drafts].join("\n"));
    const different = await differing(people, here, found.entries, REST_MS / 4);
    return { faults: [...wrong, ...restless, ...(this.forgetful ? [] : different)], log: ledger.log };
  }

  /** The cell as every schedule finds it: a few entries, nothing else. */
  private async lay(code: string, { entries, seed }: Schedule): Promise<void> {
    for (const entry of await this.judge.entries(code, FACET)) await this.judge.remove(entry);
    for (let number = 1; number <= entries; number += 1) {
      await this.judge.create(code, FACET, YEAR, `第${number}の取組（${seed}）を行う。参加者に資料を配る。`);
    }
  }

  private async gather(count: number): Promise<Person[]> {
    while (this.people.length < count) {
      const number = this.people.length;
      this.people.push(await Person.sitDown(number, LOGINS[number] ?? "hub", this.forgetful));
    }
    return this.people.slice(0, count);
  }

  private async perform(here: Surroundings, people: Person[], step: Step): Promise<void> {
    const { deed, which, where, how } = step;
    const person = people[step.who];
    if (!person) return;
    const page = person.tab(step.tab);
    switch (deed) {
      case "type":
        return person.type(here, page, which, where, how);
      case "save":
        return person.save(page);
      case "leave":
        return person.leave(page);
      case "tag":
        await person.tag(here, page, which, where, how);
        return person.save(page);
      case "move":
        return person.move(here, page, which, how);
      case "add":
        return person.add(here, page, which, where, how);
      case "remove":
        return person.remove(here, page, which);
      case "undo":
        return person.undo(here, page);
      case "redo":
        return person.redo(here, page);
      case "together":
        await Promise.all(people.map((other) => other.type(here, other.tab(0), which, where, how)));
        await Promise.all(people.map((other) => other.save(other.tab(0))));
        return;
      case "offline":
        return person.goOffline();
      case "online":
        return person.goOnline();
      case "reload":
        return person.reload(page);
      case "killBrowser":
        return person.die(here, how);
      case "killServer":
        await this.stopServer();
        return this.startServer();
      case "stopServer":
        return this.stopServer();
      case "startServer":
        return this.startServer();
      case "skew":
        return person.skew(here, how);
      case "drop":
        return person.dropNextAnswer(page);
      case "expire":
        return person.expire(here);
      case "signIn":
        return person.signInAgain(page);
      case "secondTab":
        return person.secondTab(here);
      case "decide":
        return person.decide(here, page);
    }
  }

  private async stopServer(): Promise<void> {
    this.serverStands = false;
    await this.server.stop();
  }

  private async startServer(): Promise<void> {
    if (this.serverStands) return;
    await this.server.start();
    this.serverStands = true;
  }

  /** The server and the line are back, everybody signs in, sends what waits, saves what is a draft, decides what is
   * asked. What does not come to rest is a fault. */
  private async settle(here: Surroundings, people: Person[]): Promise<string[]> {
    await this.startServer();
    for (const person of people) await person.goOnline();
    // Whoever keeps nothing need not come to rest.
    const end = Date.now() + (this.forgetful ? REST_MS / 9 : REST_MS);
    let restless: string[] = [];
    do {
      restless = [];
      for (const person of people) {
        for (const page of person.pages) {
          const why = await person.tidy(here, page).catch((error: unknown) => String(error).split("\n")[0] ?? "");
          if (why) restless.push(`RESTLESS: person ${person.number}: ${why}`);
        }
      }
      if (restless.length > 0) await new Promise((done) => setTimeout(done, LOOK_MS));
    } while (restless.length > 0 && Date.now() < end);
    return restless;
  }

  /** The drafts that the server keeps for somebody, in any form. They are discarded: the next schedule begins anew. */
  private async draftsOf(login: string, sheetId: string): Promise<string> {
    const api = await Api.signIn(this.server, login);
    const { drafts } = await api.call<{ drafts: Place[] }>(
      "query ($id: ID!) { drafts(sheetId: $id) { deviceId entryId itemId facet fiscalYear outline merged } }",
      { id: sheetId },
    );
    for (const { deviceId, entryId, itemId, facet, fiscalYear } of drafts) {
      const input = { sheetId, deviceId, entryId, itemId, facet, fiscalYear };
      await api.call("mutation ($input: DiscardDraftInput!) { discardDraft(input: $input) }", { input });
    }
    return JSON.stringify(drafts);
  }
}

interface Place {
  deviceId: string;
  entryId: string | null;
  itemId: string | null;
  facet: string | null;
  fiscalYear: number | null;
}
