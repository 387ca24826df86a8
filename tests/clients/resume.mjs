// The client that most programs use for GraphQL over WebSockets, against the server at the address given: it connects,
// subscribes, hears of changes, is cut off in the middle and goes on where it was. Prints what it saw, fails otherwise.

import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { createClient } from 'graphql-ws'
import WebSocket from 'ws'

const [url, login, password] = process.argv.slice(2)
const patience = setTimeout(() => {
  console.error('the story does not end')
  process.exit(1)
}, 60_000)

let cookie = ''
const answer = async (query, variables) => {
  const headers = { 'content-type': 'application/json', cookie }
  const response = await fetch(`${url}/graphql`, { method: 'POST', headers, body: JSON.stringify({ query, variables }) })
  cookie = response.headers.get('set-cookie')?.split(';')[0] ?? cookie
  const { data, errors } = await response.json()
  assert.equal(errors, undefined)
  return data
}

await answer('mutation($input: SignInInput!) { signIn(input: $input) { __typename } }', { input: { login, password } })
const { regions } = await answer('{ regions { id sheets { id fiscalYear seq } } }')
const region = regions[0]
const sheet = region.sheets[0]
const { sheet: matrix } = await answer(
  'query($region: ID!, $year: Int!) { sheet(regionId: $region, fiscalYear: $year) { rows { item { id } } } }',
  { region: region.id, year: sheet.fiscalYear },
)
const save = async (body) => {
  const { createEntry } = await answer(
    'mutation($input: CreateEntryInput!) { createEntry(input: $input) { ... on EntrySaved { change { seq } } } }',
    {
      input: {
        requestId: randomUUID(),
        sheetId: sheet.id,
        itemId: matrix.rows[0].item.id,
        facet: 'GOAL',
        fiscalYear: sheet.fiscalYear,
        body,
      },
    },
  )
  return createEntry.change.seq
}

// Browsers send the page's cookie by themselves.
class WithCookie extends WebSocket {
  constructor(address, protocols) {
    super(address, protocols, { headers: { cookie } })
  }
}
let socket
let connections = 0
const client = createClient({
  url: url.replace('http', 'ws') + '/graphql',
  webSocketImpl: WithCookie,
  retryAttempts: 5,
  retryWait: async () => {},
  on: {
    connected: (connected) => {
      socket = connected
      connections += 1
    },
  },
})

// Wherever the line breaks, the next subscription begins after what was heard last.
const heard = []
let after = sheet.seq
let tell = () => {}
const until = async (seq) => {
  while (heard.at(-1) !== seq) await new Promise((resolve) => (tell = resolve))
}
const listen = async () => {
  const query = `subscription($sheet: ID!, $after: Int) { sheetEvents(sheetId: $sheet, afterSeq: $after) {
    ... on EntrySaved { change { seq } } ... on PresenceChanged { present { visitId } } } }`
  const variables = {
    sheet: sheet.id,
    get after() {
      return after
    },
  }
  for await (const { data, errors } of client.iterate({ query, variables })) {
    assert.equal(errors, undefined)
    const seq = data.sheetEvents.change?.seq
    if (seq) {
      heard.push(seq)
      after = seq
      tell()
    }
  }
}
const listening = listen()

await until(await save('つながる'))
await until(await save('聞こえる'))
for (const cut of [() => socket.terminate(), () => socket.close(4900, 'a broken proxy')]) {
  const before = connections
  cut()
  // What happens meanwhile is not missed.
  await save('切れている間に')
  await until(await save('もどってから'))
  assert.equal(connections, before + 1)
}
const expected = Array.from({ length: 6 }, (_, nth) => sheet.seq + 1 + nth)
assert.deepEqual(heard, expected, 'each once, in order, none missing')

// Queries and mutations pass on the same line.
const viewer = await new Promise((resolve, reject) => {
  client.subscribe({ query: '{ viewer { login } }' }, { next: resolve, error: reject, complete: () => {} })
})
assert.equal(viewer.data.viewer.login, login)
await client.dispose()
await listening
clearTimeout(patience)
console.log(`graphql-ws connected ${connections} times and heard ${heard.length} changes`)
