// What shows who somebody is: cookies, as a browser keeps them, for clients that have none of their own, or an API token.
// And what went over the wire.

import WebSocket from 'ws'

export class Jar {
  #cookies = new Map()
  /** Instead of cookies. */
  token
  /** How many requests went by which method. */
  methods = {}
  /** How many answers came in which encoding. */
  encodings = {}

  /** @param encoding what the client says that it accepts */
  constructor(encoding = 'gzip, deflate, br') {
    const jar = this
    this.fetch = async (address, init = {}) => {
      const headers = new Headers(init.headers)
      headers.set('accept-encoding', encoding)
      Object.entries(jar.headers).forEach(([name, value]) => headers.set(name, value))
      const response = await fetch(address, { ...init, headers })
      response.headers.getSetCookie().forEach((cookie) => jar.#keep(cookie))
      count(jar.methods, init.method ?? 'GET')
      count(jar.encodings, response.headers.get('content-encoding') ?? 'identity')
      return response
    }
    this.WebSocket = class extends WebSocket {
      constructor(url, protocols) {
        super(url, protocols, { headers: jar.cookie ? { cookie: jar.cookie } : {} })
      }
    }
  }

  get headers() {
    if (this.token) return this.connectionParams
    return this.cookie ? { cookie: this.cookie } : {}
  }

  /** What a WebSocket says first, since browsers let it have no headers. */
  get connectionParams() {
    return this.token ? { authorization: `Bearer ${this.token}` } : {}
  }

  get cookie() {
    if (this.token) return ''
    return [...this.#cookies].map(([name, value]) => `${name}=${value}`).join('; ')
  }

  /** All requests so far. */
  get requests() {
    return Object.values(this.methods).reduce((sum, count) => sum + count, 0)
  }

  /** Asks without any client's help. */
  async ask(url, query, variables) {
    const headers = { 'content-type': 'application/json' }
    const response = await this.fetch(url, { method: 'POST', headers, body: JSON.stringify({ query, variables }) })
    const { data, errors } = await response.json()
    if (errors) throw new Error(JSON.stringify(errors))
    return data
  }

  #keep(cookie) {
    const [name, value] = cookie.split(';')[0].split('=')
    if (value && !/max-age=0/i.test(cookie)) this.#cookies.set(name, value)
    else this.#cookies.delete(name)
  }
}

const count = (counts, what) => (counts[what] = (counts[what] ?? 0) + 1)
