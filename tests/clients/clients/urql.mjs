// urql with Graphcache, which knows the schema, and graphql-ws for subscriptions.

import { Client, fetchExchange, subscriptionExchange } from '@urql/core'
import { cacheExchange } from '@urql/exchange-graphcache'
import { createClient } from 'graphql-ws'

/**
 * What has no id is part of what it stands in; Graphcache wants to be told. So is an item, which has another title on
 * another year's sheet.
 */
const PARTS = [
  'Cell',
  'ChangeConnection',
  'ChangeEdge',
  'Column',
  'EntryText',
  'Item',
  'Note',
  'PageInfo',
  'Presence',
  'Row',
  'UnresolvedReference',
]

export const open = ({ url, jar, introspection, get }) => {
  const socket = createClient({ url: url.replace('http', 'ws'), webSocketImpl: jar.WebSocket, connectionParams: jar.connectionParams })
  const client = new Client({
    url,
    fetch: jar.fetch,
    preferGetMethod: get ? 'force' : false,
    exchanges: [
      cacheExchange({ schema: introspection, keys: Object.fromEntries(PARTS.map((part) => [part, () => null])) }),
      fetchExchange,
      subscriptionExchange({
        forwardSubscription: (request) => ({
          subscribe: (sink) => ({ unsubscribe: socket.subscribe({ ...request, query: request.query ?? '' }, sink) }),
        }),
      }),
    ],
  })
  const told = ({ data, error }) => {
    if (error) throw error
    return data
  }
  const each = (see, fail) => (result) => (result.error ? fail(result.error) : see(result.data))
  const change = async (mutation, variables) => told(await client.mutation(mutation, variables))
  return {
    signIn: change,
    ask: async (query, variables) => told(await client.query(query, variables, { requestPolicy: 'network-only' })),
    change,
    listen: (query, variables, hear, fail) =>
      client.subscription(query, variables).subscribe(each(hear, fail)).unsubscribe,
    watch: (query, variables, see, fail) => client.query(query, variables).subscribe(each(see, fail)).unsubscribe,
    cached: (query, variables) => told(client.readQuery(query, variables) ?? { data: null }),
    close: () => socket.dispose(),
  }
}
