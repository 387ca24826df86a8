// The audits of GraphQL over HTTP that npm `graphql-http` brings, against the server at the address given, signed in.
// Prints how many pass and each that doesn't; with an encoding of answers that may be chosen.

import { serverAudits } from 'graphql-http'
import { Jar } from './jar.mjs'

const AUDITS = 61

const [address, login, password, encoding] = process.argv.slice(2)
const url = `${address}/graphql`
const jar = new Jar(encoding)
await jar.ask(url, 'mutation($input: SignInInput!) { signIn(input: $input) { __typename } }', {
  input: { login, password },
})
const { viewer } = await jar.ask(url, '{ viewer { login } }')
if (viewer?.login !== login) throw new Error('not signed in')

let passed = 0
for (const audit of serverAudits({ url, fetchFn: jar.fetch })) {
  const { status, reason } = await audit.fn().catch((error) => ({ status: 'thrown', reason: error.message }))
  if (status === 'ok') passed += 1
  else console.log(`${audit.id} ${audit.name}: ${status}, ${reason}`)
}
console.log(`graphql-http's audits: ${passed} of ${AUDITS}`)
process.exitCode = passed === AUDITS ? 0 : 1
