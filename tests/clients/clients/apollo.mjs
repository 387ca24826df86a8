// Apollo Client: its normalised cache as the schema tells, and graphql-ws for subscriptions.

import { ApolloClient, ApolloLink, HttpLink, InMemoryCache, gql } from '@apollo/client'
import { GraphQLWsLink } from '@apollo/client/link/subscriptions'
import { OperationTypeNode } from 'graphql'
import { createClient } from 'graphql-ws'

export const open = ({ url, jar, introspection, get }) => {
  const socket = createClient({ url: url.replace('http', 'ws'), webSocketImpl: jar.WebSocket, connectionParams: jar.connectionParams })
  const client = new ApolloClient({
    link: ApolloLink.split(
      ({ operationType }) => operationType === OperationTypeNode.SUBSCRIPTION,
      new GraphQLWsLink(socket),
      new HttpLink({ uri: url, fetch: jar.fetch, useGETForQueries: get }),
    ),
    cache: new InMemoryCache({
      possibleTypes: possibleTypes(introspection),
      // The same item has another title on another year's sheet, so it is part of what it stands in.
      typePolicies: { Item: { keyFields: false } },
    }),
  })
  const change = async (mutation, variables) =>
    (await client.mutate({ mutation: gql(mutation), variables })).data
  return {
    signIn: change,
    ask: async (query, variables) =>
      (await client.query({ query: gql(query), variables, fetchPolicy: 'network-only' })).data,
    change,
    listen: (query, variables, hear, fail) => {
      const heard = client
        .subscribe({ query: gql(query), variables })
        .subscribe({ next: ({ data, error }) => (error ? fail(error) : hear(data)), error: fail })
      return () => heard.unsubscribe()
    },
    watch: (query, variables, see, fail) => {
      const watched = client.watchQuery({ query: gql(query), variables }).subscribe({
        next: ({ data, dataState, error }) => {
          if (error) fail(error)
          else if (dataState === 'complete') see(data)
        },
        error: fail,
      })
      return () => watched.unsubscribe()
    },
    cached: (query, variables) => client.readQuery({ query: gql(query), variables }),
    close: async () => {
      client.stop()
      await socket.dispose()
    },
  }
}

/** Which types an interface or a union may be, as Apollo's documentation has it made of an introspection. */
const possibleTypes = ({ __schema }) =>
  Object.fromEntries(
    __schema.types
      .filter((type) => type.possibleTypes)
      .map((type) => [type.name, type.possibleTypes.map((possible) => possible.name)]),
  )
