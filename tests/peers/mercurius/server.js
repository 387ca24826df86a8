// The sheet and its saves by Mercurius and graphql-jit: no rights, no log, no merging, no kept answers. It reads the
// server's own tables, as the client's own document asks.
//
// DATABASE names the database, VIEWER who asks, CONFIGURATION how it runs: `loaders` (people by a batching loader),
// `loaders-jit` (the same, compiled by graphql-jit), `jit` (everything read at the root, compiled by graphql-jit). It prints
// its address. NODE_ENV is `production`.
import Fastify from "fastify";
import mercurius from "mercurius";
import { open } from "./store.js";

const SCHEMA = `
  type Query {
    viewer: Viewer
    sheet(regionId: ID!, fiscalYear: Int!): Sheet
  }
  type Mutation { updateEntry(input: UpdateEntryInput!): EntrySaved }
  type Viewer { id: ID! }
  type Sheet {
    id: ID! fiscalYear: Int! title: String! itemHeading: String! itemFootnote: String phase: String! seq: Int!
    secretariat: OrganizationId! columns: [Column!]! region: Region! rows: [Row!]!
  }
  type Region {
    id: ID! name: String! organizations: [Organization!]! handouts(fiscalYear: Int!): [Handout!]! sheets: [Year!]!
  }
  type Handout { number: Int! }
  type Year { fiscalYear: Int! title: String! }
  type OrganizationId { id: ID! }
  type Organization { id: ID! kind: String! name: String! shortName: String! }
  type Column { facet: String! fiscalYear: Int! heading: String! asOf: String footnote: String }
  type Row { item: Item! cells: [Cell!]! }
  type Item { id: ID! code: String! title: String! scenes: [String!]! }
  type Cell { facet: String! fiscalYear: Int! viewerCanEdit: Boolean! entries: [Entry!]! }
  type Entry {
    id: ID! item: ItemId! facet: String! fiscalYear: Int! body: String! notes: [Note!]! explicitScenes: [String!]!
    owner: OrganizationId position: Int! version: Int! deletedAt: String updatedAt: String! updatedBy: Account
    viewerCanEdit: Boolean!
  }
  type ItemId { id: ID! }
  type Account { id: ID! name: String! organization: ShortName! }
  type ShortName { shortName: String! }
  type Note { kind: String! text: String! depth: Int! }
  input UpdateEntryInput { id: ID! version: Int! body: String! }
  type EntrySaved { entry: Saved! change: Change! }
  type Saved { id: ID! version: Int! body: String! }
  type Change { seq: Int! }
`;

const { CONFIGURATION = "jit", DATABASE, VIEWER } = process.env;
const store = await open(DATABASE);
const byLoader = CONFIGURATION.startsWith("loaders");
const app = Fastify();
await app.register(mercurius, {
  schema: SCHEMA,
  resolvers: {
    Query: {
      viewer: () => ({ id: VIEWER }),
      sheet: (_, { regionId, fiscalYear }) => store.sheet(regionId, fiscalYear, !byLoader),
    },
    Mutation: { updateEntry: (_, { input }) => store.update(input.id, input.version, input.body) },
  },
  loaders: byLoader
    ? { Entry: { updatedBy: { loader: (queries) => store.people(queries.map(({ obj }) => obj.updatedById)), opts: { cache: false } } } }
    : {},
  jit: CONFIGURATION.endsWith("jit") ? 1 : 0,
});
console.log(await app.listen({ host: "127.0.0.1", port: 0 }));
