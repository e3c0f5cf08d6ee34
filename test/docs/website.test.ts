/** docs/website.md gives the page of the website for each endpoint: it names each endpoint once, and only existing pages. */
import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { pages } from '../../web/app.tsx'
import { missing } from '../api/contract/recipes.ts'

const page = readFileSync('docs/website.md', 'utf8')
const rows = [...page.matchAll(/^\| ([^|]+) \| (`[A-Z]+ [^|]+) \| ([^|]+) \|$/gm)]
const codes = (cell = '') => [...cell.matchAll(/`([^`]+)`/g)].map(([, code = '']) => code)

/** Areas for programs, or for admins. */
const forPrograms = /^(oauth|discovery|health|oembed|apps|push|streaming|async_refreshes|proofs|web|admin)$/
/** Endpoints of which only programs make use, and other forms of the last version. */
const leftOut = new Set([
  'GET /api/v1/accounts/:id/identity_proofs',
  'GET /api/v1/donation_campaigns',
  'GET /api/v1/instance/activity',
  'GET /api/v1/instance/languages',
  'GET /api/v1/instance/peers',
  'GET /api/v1/peers/search',
])
const versionless = (endpoint: string) => endpoint.replace(/ \/api\/v\d\//, ' /api/').replace(/:\w+/g, ':')

const endpoints = readFileSync('test/api/contract/endpoints.tsv', 'utf8')
  .trimEnd()
  .split('\n')
  .slice(1)
  .map((line) => {
    const [method = '', path = '', area = ''] = line.split('\t')
    return { area, name: `${method} ${path}` }
  })
  .filter(({ area, name }) => !forPrograms.test(area) && !leftOut.has(name) && !Object.hasOwn(missing, name))

test('each endpoint for people is in exactly one row', () => {
  const said = rows.flatMap(([, , named]) => codes(named))
  expect(said.filter((name) => !endpoints.some((endpoint) => endpoint.name === name))).toEqual([])
  expect(said.toSorted()).toEqual([...new Set(said)].toSorted())
  const known = new Set(said.map(versionless))
  const sameWay = (name: string) => versionless(name.replace(/^PUT/, 'PATCH'))
  expect(
    endpoints
      .map(({ name }) => name)
      .filter((name) => !known.has(versionless(name)) && !known.has(sameWay(name)))
      .filter((name) => !/\/v1\/filters/.test(name)),
  ).toEqual([])
})

test('the pages that docs/website.md names exist', () => {
  const routes = pages({} as never).routes.map(({ path }) => path.replaceAll(/\{[^}]+\}/g, ''))
  const shapes = new Set(routes.map((path) => path.replace(/^\/:at/, '/@name').replace(/:\w+/g, ':')))
  const named = [...page.matchAll(/`(\/[^` ]*)`/g)].map(([, path = '']) => path)
  expect(named.length).toBeGreaterThan(30)
  expect(named.filter((path) => !shapes.has(path.replace(/:\w+/g, ':')))).toEqual([])
})
