// The product's GraphQL API as another person uses it while the browser is open.
import { randomUUID } from "node:crypto";
import type { Server } from "./server.ts";

export interface Entry {
  id: string;
  version: number;
  body: string;
  notes: { kind: string; text: string; depth: number }[];
  explicitScenes: string[];
  /** Those that count for the filter: the explicit ones, or the item's. */
  scenes: string[];
  owner: { name: string } | null;
  item: { id: string; code: string };
  facet: string;
  fiscalYear: number;
}

export interface Sheet {
  id: string;
  region: { id: string; organizations: { id: string; name: string }[] };
  rows: { item: { id: string; code: string; title: string }; cells: { facet: string; fiscalYear: number; entries: Entry[] }[] }[];
}

const ENTRY =
  "id version body notes { kind text depth } explicitScenes scenes owner { name } item { id code } facet fiscalYear";

export class Api {
  private constructor(
    private readonly server: Server,
    private readonly cookie: string,
  ) {}

  static async signIn(server: Server, login: string): Promise<Api> {
    const answer = await post(server, "", "mutation ($input: SignInInput!) { signIn(input: $input) { __typename } }", {
      input: { login, password: "renkei-demo" },
    });
    const cookie = answer.headers.getSetCookie()[0]?.split(";")[0];
    if (!cookie) throw new Error(`${login} could not sign in`);
    return new Api(server, cookie);
  }

  async call<Data>(document: string, variables: object = {}): Promise<Data> {
    const answer = await post(this.server, this.cookie, document, variables);
    const { data, errors } = (await answer.json()) as { data: Data; errors?: unknown };
    if (errors) throw new Error(JSON.stringify(errors));
    return data;
  }

  /** The sheet of 2026, of the sample's region or another. */
  async sheet(name = "本庄市児玉郡"): Promise<Sheet> {
    const { regions } = await this.call<{ regions: { id: string; name: string }[] }>("{ regions { id name } }");
    const { sheet } = await this.call<{ sheet: Sheet }>(
      `query ($region: ID!) { sheet(regionId: $region, fiscalYear: 2026) {
        id region { id organizations { id name } }
        rows { item { id code title } cells { facet fiscalYear entries { ${ENTRY} } } } } }`,
      { region: regions.find((region) => region.name === name)?.id },
    );
    return sheet;
  }

  /** This person has seen the sheet as it is now, on a visit that is over. */
  async seen(): Promise<void> {
    const { id } = await this.sheet();
    const { node } = await this.call<{ node: { seq: number } }>("query ($id: ID!) { node(id: $id) { ... on Sheet { seq } } }", {
      id,
    });
    await this.call("mutation ($input: NoteVisitInput!) { noteVisit(input: $input) }", {
      input: { sheetId: id, seq: node.seq },
    });
  }

  /** The entries of a cell such as ("ア", "STATUS"). */
  async entries(code: string, facet: string): Promise<Entry[]> {
    const row = (await this.sheet()).rows.find((row) => row.item.code === code);
    return row?.cells.find((cell) => cell.facet === facet)?.entries ?? [];
  }

  async entry(id: string): Promise<Entry> {
    const { node } = await this.call<{ node: Entry }>(
      `query ($id: ID!) { node(id: $id) { ... on Entry { ${ENTRY} } } }`,
      { id },
    );
    return node;
  }

  /** What was done to the entry, oldest first. */
  async history(id: string): Promise<string[]> {
    const { node } = await this.call<{ node: { changes: { edges: { node: { summary: string } }[] } } }>(
      "query ($id: ID!) { node(id: $id) { ... on Entry { changes(first: 50) { edges { node { summary } } } } } }",
      { id },
    );
    return node.changes.edges.map((edge) => edge.node.summary).reverse();
  }

  /** Replaces an entry's body and leaves the rest. */
  async rewrite(entry: Entry, body: string): Promise<Entry> {
    const input = {
      requestId: randomUUID(),
      id: entry.id,
      version: entry.version,
      body,
      notes: entry.notes,
      explicitScenes: entry.explicitScenes,
    };
    return this.save("updateEntry", "UpdateEntryInput", input);
  }

  /** Replaces an entry's explicit scenes and leaves the rest. */
  async tag(entry: Entry, explicitScenes: string[]): Promise<Entry> {
    const { id, version, body, notes } = entry;
    const input = { requestId: randomUUID(), id, version, body, notes, explicitScenes };
    return this.save("updateEntry", "UpdateEntryInput", input);
  }

  async remove(entry: Entry): Promise<void> {
    await this.call("mutation ($input: DeleteEntryInput!) { deleteEntry(input: $input) { __typename } }", {
      input: { requestId: randomUUID(), id: entry.id, version: entry.version },
    });
  }

  /** Brings back what `remove` took away. */
  async bringBack(entry: Entry): Promise<Entry> {
    const { node } = await this.call<{ node: { version: number; changes: { edges: { node: { id: string } }[] } } }>(
      "query ($id: ID!) { node(id: $id) { ... on Entry { version changes(first: 1) { edges { node { id } } } } } }",
      { id: entry.id },
    );
    const changeId = node.changes.edges[0]?.node.id;
    const input = { requestId: randomUUID(), entryId: entry.id, changeId, version: node.version };
    return this.save("restoreEntry", "RestoreEntryInput", input);
  }

  /** A new entry of one organisation, or a joint one. */
  async create(code: string, facet: string, fiscalYear: number, body: string, owner?: string): Promise<Entry> {
    const sheet = await this.sheet();
    const input = {
      requestId: randomUUID(),
      sheetId: sheet.id,
      itemId: sheet.rows.find((row) => row.item.code === code)?.item.id,
      facet,
      fiscalYear,
      body,
      ownerId: owner ? sheet.region.organizations.find((organization) => organization.name === owner)?.id : null,
    };
    return this.save("createEntry", "CreateEntryInput", input);
  }

  private async save(mutation: string, type: string, input: object): Promise<Entry> {
    const data = await this.call<Record<string, { entry?: Entry; message?: string }>>(
      `mutation ($input: ${type}!) { ${mutation}(input: $input) {
        __typename ... on EntrySaved { entry { ${ENTRY} } } ... on Refusal { message } } }`,
      { input },
    );
    const saved = data[mutation]?.entry;
    if (!saved) throw new Error(JSON.stringify(data));
    return saved;
  }
}

function post(server: Server, cookie: string, query: string, variables: object): Promise<Response> {
  return fetch(`${server.url}/graphql`, {
    method: "POST",
    headers: { "content-type": "application/json", cookie },
    body: JSON.stringify({ query, variables }),
  });
}
