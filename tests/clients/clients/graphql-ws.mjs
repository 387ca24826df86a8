// graphql-ws alone: queries, mutations and subscriptions on one line. Only signing in goes over HTTP, for the cookie.

import { createClient } from 'graphql-ws'

export const open = ({ url, jar }) => {
  const client = createClient({ url: url.replace('http', 'ws'), webSocketImpl: jar.WebSocket, connectionParams: jar.connectionParams })
  const once = async (query, variables) => {
    for await (const { data, errors } of client.iterate({ query, variables })) {
      if (errors) throw new Error(JSON.stringify(errors))
      return data
    }
    throw new Error('no answer')
  }
  return {
    signIn: (mutation, variables) => jar.ask(url, mutation, variables),
    ask: once,
    change: once,
    listen: (query, variables, hear, fail) =>
      client.subscribe(
        { query, variables },
        { next: ({ data, errors }) => (errors ? fail(errors) : hear(data)), error: fail, complete: () => {} },
      ),
    close: () => client.dispose(),
  }
}
