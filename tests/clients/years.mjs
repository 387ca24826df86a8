// Two years' sheets in one normalised cache, where the same items have other titles: each year keeps its own.
//
//     node years.mjs CLIENT SERVER PASSWORD

import assert from 'node:assert/strict'
import { getIntrospectionQuery } from 'graphql'
import { bare } from './bare.mjs'
import { Jar } from './jar.mjs'
import * as documents from './documents.mjs'

const [client, server, password] = process.argv.slice(2)
const url = `${server}/graphql`
const { open } = await import(`./clients/${client}.mjs`)
const jar = new Jar()
await jar.ask(url, documents.SIGN_IN, { input: { login: 'honjo', password } })
const introspection = await jar.ask(url, getIntrospectionQuery(), {})
const { ask, cached, close } = open({ url, jar, introspection })

const { regions } = await ask(documents.REGIONS, {})
const years = regions[0].sheets.map(({ fiscalYear }) => ({ region: regions[0].id, year: fiscalYear, filter: null }))
const sheets = []
for (const year of years) sheets.push((await ask(documents.SHEET, year)).sheet)
const [newer, older] = sheets.map(({ rows }) => rows[0].item)
assert.equal(newer.id, older.id, 'one item')
assert.notEqual(newer.title, older.title, 'by two titles')
for (const [nth, year] of years.entries()) {
  const { sheet } = await jar.ask(url, documents.SHEET, year)
  assert.deepEqual(bare(cached(documents.SHEET, year).sheet), bare(sheet), `${year.year}`)
  assert.deepEqual(bare(sheets[nth]), bare(sheet), `${year.year}`)
}
await close()
console.log(`${client}: ${years.length} years in one cache`)
process.exit(0)
