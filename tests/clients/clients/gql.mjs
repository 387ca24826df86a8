// Python's gql, in a process of its own that is told what to do in lines of JSON (gql_client.py).

import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline'

export const open = ({ url, jar, python, transport }) => {
  const program = new URL('../gql_client.py', import.meta.url).pathname
  const child = spawn(python, [program, url, transport, ...(jar.token ? [jar.token] : [])], { stdio: ['pipe', 'pipe', 'inherit'] })
  process.on('exit', () => child.kill())
  const waiting = new Map()
  const listening = new Map()
  createInterface({ input: child.stdout }).on('line', (line) => {
    const { id, data, error, encoding, heard } = JSON.parse(line)
    if (heard) return listening.get(id)?.(heard)
    if (encoding) jar.encodings[encoding] = (jar.encodings[encoding] ?? 0) + 1
    const { resolve, reject } = waiting.get(id)
    waiting.delete(id)
    if (error) reject(new Error(error))
    else resolve(data)
  })
  child.on('exit', (code) => waiting.forEach(({ reject }) => reject(new Error(`gql_client.py ended with ${code}`))))
  let last = 0
  const tell = (told, document, variables, hear) =>
    new Promise((resolve, reject) => {
      const id = (last += 1)
      waiting.set(id, { resolve, reject })
      if (hear) listening.set(id, hear)
      child.stdin.write(`${JSON.stringify({ id, do: told, document, variables })}\n`)
    })
  return {
    signIn: (mutation, variables) => tell('sign in', mutation, variables),
    ask: (query, variables) => tell('ask', query, variables),
    change: (mutation, variables) => tell('ask', mutation, variables),
    listen: (subscription, variables, hear, fail) => {
      tell('listen', subscription, variables, hear).catch(fail)
      return () => {}
    },
    close: async () => {
      const ended = new Promise((resolve) => child.on('exit', resolve))
      child.stdin.end()
      return ended
    },
  }
}
