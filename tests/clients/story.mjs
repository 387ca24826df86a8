// One small story, told by whichever client is named: two people sign in, read the sheet, filter it, save an entry,
// meet a conflict, and the one hears what the other saves. Clients with a normalised cache show what has changed
// without asking again. Prints what was seen, fails otherwise.
//
//     node story.mjs CLIENT SERVER PASSWORD [--token] [--get] [--encoding=ENCODING]
//         [--python=PROGRAM] [--transport=TRANSPORT]
//
// A client is a file of clients/, which opens connections of this shape: `signIn`, `ask` (over the network), `change`
// and `cached` take a document and its variables and give the data; `listen` and `watch` hand on each event, and each
// state of an answer as the cache changes, until what they give back is called; `close` ends everything.

import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { parseArgs } from 'node:util'
import { buildClientSchema, getIntrospectionQuery, parse, validate } from 'graphql'
import { bare } from './bare.mjs'
import { Jar } from './jar.mjs'
import * as documents from './documents.mjs'

const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    token: { type: 'boolean', default: false },
    get: { type: 'boolean', default: false },
    encoding: { type: 'string' },
    python: { type: 'string' },
    transport: { type: 'string' },
  },
})
const [client, server, password] = positionals
const url = `${server}/graphql`
const { open } = await import(`./clients/${client}.mjs`)
const PATIENCE = 60_000
setTimeout(() => fail(new Error('the story does not end')), PATIENCE).unref()

const fail = (error) => {
  console.error(error)
  process.exit(1)
}
// A client that finds our ids or types unfit says so to the developer's console.
const complaints = []
console.warn = (...words) => complaints.push(words.join(' '))
console.error = ((tell) => (...words) => (complaints.push(words.join(' ')), tell(...words)))(console.error)

/** A person at a client of their own, who signs in there, or gives it a token. */
const join = async (login, introspection) => {
  const jar = new Jar(options.encoding)
  if (options.token) jar.token = await tokenOf(login)
  const connection = open({ url, jar, introspection, ...options })
  if (!options.token) {
    const { signIn } = await connection.signIn(documents.SIGN_IN, { input: { login, password } })
    assert.equal(signIn.account?.login, login, JSON.stringify(signIn))
  }
  assert.equal((await connection.ask(documents.VIEWER, {})).viewer?.login, login)
  return { login, jar, ...connection }
}

const signedIn = async (login) => {
  const jar = new Jar(options.encoding)
  await jar.ask(url, documents.SIGN_IN, { input: { login, password } })
  return jar
}

const tokenOf = async (login) => {
  const input = { requestId: randomUUID(), name: 'お話', scope: 'FULL', days: 1 }
  const { createToken } = await (await signedIn(login)).ask(url, documents.CREATE_TOKEN, { input })
  assert.equal(createToken.__typename, 'TokenCreated', JSON.stringify(createToken))
  return createToken.secret
}

/** Until it holds; the story's patience ends it otherwise. */
const until = async (holds) => {
  while (!holds()) await new Promise((resolve) => setTimeout(resolve, 10))
}

const entriesOf = (sheet) => sheet.rows.flatMap((row) => row.cells.flatMap((cell) => cell.entries))
const entryOf = (sheet, id) => entriesOf(sheet).find((entry) => entry.id === id)
const hiddenIn = (sheet) => sheet.rows.flatMap((row) => row.cells).reduce((sum, cell) => sum + cell.hiddenCount, 0)
const edit = ({ id, version, notes, explicitScenes }, body) => ({
  input: {
    requestId: randomUUID(),
    id,
    version,
    body,
    notes: notes.map(({ kind, text, depth }) => ({ kind, text, depth })),
    explicitScenes,
  },
})

// The schema as whoever is signed in is told it; every document of the story keeps to it.
const introspection = await (await signedIn('honjo')).ask(url, getIntrospectionQuery(), {})
const schema = buildClientSchema(introspection)
for (const [name, document] of Object.entries(documents)) {
  assert.deepEqual(validate(schema, parse(document)), [], name)
}

const honjo = await join('honjo', introspection)
const hub = await join('hub', introspection)

// Read.
const { regions } = await honjo.ask(documents.REGIONS, {})
const region = regions.find(({ name }) => name === '本庄市児玉郡')
const year = region.sheets[0].fiscalYear
const whole = { region: region.id, year, filter: null }
const read = async (person, variables = whole) => (await person.ask(documents.SHEET, variables)).sheet
const before = await read(honjo)
assert.deepEqual([year, before.rows.length, entriesOf(before).length], [2026, 8, 64])
assert.equal(hiddenIn(before), 0)

// Filter: what is explicitly about 看取り, which the sample leaves to people to say.
const explicitly = { ...whole, filter: { scenes: ['END_OF_LIFE'], explicitScenesOnly: true } }
const none = await read(honjo, explicitly)
assert.deepEqual([entriesOf(none).length, hiddenIn(none), none.rows.length], [0, 64, 8])

// Save: one's own tag makes the entry the only one that the filter shows.
const { createEntry } = await honjo.change(documents.CREATE, {
  input: {
    requestId: randomUUID(),
    sheetId: before.id,
    itemId: before.rows[0].item.id,
    facet: 'GOAL',
    fiscalYear: year,
    body: '看取りについての勉強会を開く。（カ）資料9',
    notes: [{ kind: 'ASTERISK', text: '年2回' }],
    explicitScenes: ['END_OF_LIFE'],
  },
})
assert.equal(createEntry.__typename, 'EntrySaved', JSON.stringify(createEntry))
const { id } = createEntry.entry
const shown = await read(honjo, explicitly)
assert.deepEqual([entriesOf(shown).map((entry) => entry.id), hiddenIn(shown)], [[id], 64])
const created = entryOf(await read(honjo), id)

// Whatever has an id is found by it, as what it is.
for (const [node, type, word] of [
  [id, 'Entry', created.body],
  [before.id, 'Sheet', before.title],
  [region.id, 'Region', region.name],
]) {
  const found = (await honjo.ask(documents.NODE, { id: node })).node
  assert.deepEqual([found.__typename, found.body ?? found.title ?? found.name], [type, word])
}
const { references } = (await honjo.ask(documents.NODE, { id })).node
assert.deepEqual(
  references.map((reference) => [reference.__typename, reference.code ?? reference.label]),
  [
    ['Item', 'カ'],
    ['UnresolvedReference', '資料9'],
  ],
)

// What somebody looks at, as their cache has it; and nothing is asked again from here on.
let seen
const stopWatching = honjo.watch?.(documents.SHEET, whole, ({ sheet }) => (seen = sheet), fail)
if (honjo.watch) await until(() => seen)
const heard = []
const stopListening = honjo.listen(
  documents.EVENTS,
  { sheet: before.id, after: before.seq },
  ({ sheetEvents }) => heard.push(sheetEvents),
  fail,
)
const saved = (version) =>
  heard.find(({ __typename, entry }) => __typename === 'EntrySaved' && entry.id === id && entry.version === version)
await until(() => saved(1))
const asked = honjo.jar.requests
const shows = async (body) => {
  if (!honjo.watch) return
  await until(() => entryOf(seen, id).body === body)
  assert.equal(entryOf(honjo.cached(documents.SHEET, whole).sheet, id).body, body)
  assert.equal(entryOf(honjo.cached(documents.SHEET, explicitly).sheet, id).body, body)
}

// One's own save shows at once, and the answer is all that was asked.
const first = (await honjo.change(documents.UPDATE, edit(created, '看取りの勉強会を年に2回開く。'))).updateEntry
assert.deepEqual([first.__typename, first.entry?.version], ['EntrySaved', 2], JSON.stringify(first))
await shows('看取りの勉強会を年に2回開く。')

// A conflict: the same words, from the same beginning. Both texts are told, and nothing is lost.
const conflict = (await hub.change(documents.UPDATE, edit(created, '看取りの事例検討会を開く。'))).updateEntry
assert.equal(conflict.__typename, 'EditConflict', JSON.stringify(conflict))
assert.deepEqual(
  [conflict.base.body, conflict.theirs.body, conflict.yours.body],
  [created.body, '看取りの勉強会を年に2回開く。', '看取りの事例検討会を開く。'],
)
const merged = '看取りの勉強会を年に2回、事例検討会とともに開く。'
const second = (await hub.change(documents.UPDATE, edit(conflict.theirs, merged))).updateEntry
assert.deepEqual([second.__typename, second.entry?.version], ['EntrySaved', 3], JSON.stringify(second))

// Subscribed: another's change arrives, by name, and shows.
await until(() => saved(3))
assert.deepEqual([saved(3).entry.body, saved(3).change.by.login], [merged, 'hub'])
await shows(merged)
const numbers = heard.flatMap(({ change }) => change?.seq ?? [])
assert.deepEqual(numbers, [before.seq + 1, before.seq + 2, before.seq + 3], 'each once, in order')

// A refusal is an answer like any other.
const refusal = (await honjo.change(documents.UPDATE, edit(saved(3).entry, ''))).updateEntry
assert.deepEqual([refusal.__typename, refusal.code, refusal.field], ['Refusal', 'INVALID', 'body'])

if (honjo.watch) {
  const changes = 2
  const own = client === 'graphql-ws' ? 0 : changes
  assert.equal(honjo.jar.requests - asked, own, 'nothing but the changes was asked')
  // What the cache gives is what the server gives: no two things share an id.
  const cached = honjo.cached(documents.SHEET, whole).sheet
  assert.deepEqual(bare(cached), bare((await honjo.jar.ask(url, documents.SHEET, whole)).sheet))
}

stopWatching?.()
stopListening()
await honjo.close()
await hub.close()
assert.deepEqual(complaints, [], 'the client has nothing to complain of')
const told = ({ jar }) => `${JSON.stringify(jar.methods)} ${JSON.stringify(jar.encodings)}`
console.log(`${client}: read, filtered, saved, in conflict, heard ${numbers.length} changes; ${told(honjo)}`)
process.exit(0)
