/** docs/api.md matches the routes and the table of Mastodon's endpoints. */
import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { apiRoutes } from '../../api/app.ts'
import { missing } from '../api/contract/recipes.ts'

const page = readFileSync('docs/api.md', 'utf8')
const part = (title: string): string => new RegExp(`^## ${title}\n([^]*?)(?=^## |$(?![^]))`, 'm').exec(page)?.[1] ?? ''
/** Names of parameters differ; where they stand does not. */
const shape = (endpoint: string): string => endpoint.replace(/:\w+/g, ':')

const endpoints = readFileSync('test/api/contract/endpoints.tsv', 'utf8')
  .trimEnd()
  .split('\n')
  .slice(1)
  .map((line) => {
    const [method = '', path = '', area = ''] = line.split('\t')
    return { area, name: `${method} ${path}`, path }
  })
const routes = apiRoutes({} as never, {} as never)
  .routes.filter(({ method }) => method !== 'ALL')
  .map(({ method, path }) => `${method} ${path}`)
const routeShapes = new Set(routes.map(shape))
/** Endpoints of website, federation and health checks; `contract.test.ts` calls them. */
const isAnsweredElsewhere = ({ path }: { path: string }): boolean =>
  /^\/(oauth\/authorize|\.well-known\/|nodeinfo\/|health$)/.test(path)
const isThere = (endpoint: (typeof endpoints)[number]): boolean =>
  routeShapes.has(shape(endpoint.name)) || isAnsweredElsewhere(endpoint)

test('each area has the number of endpoints that the page says', () => {
  const said = [...part('What is there').matchAll(/^\| (\w+) \| (\d+ of \d+) \|/gm)].map(([, area, count]) => [
    area,
    count,
  ])
  const counted = [...Map.groupBy(endpoints, ({ area }) => area)].map(([area, own]) => [
    area,
    `${own.filter(isThere).length} of ${own.length}`,
  ])
  expect(Object.fromEntries(said)).toEqual(Object.fromEntries(counted))
})

test('the page lists exactly the endpoints that are left out', () => {
  const said = [...part('What is left out').matchAll(/^\| `([A-Z]+ [^`]+)` \|/gm)].map(([, name]) => name)
  const absent = endpoints.filter((endpoint) => !isThere(endpoint))
  expect(said.toSorted()).toEqual(absent.map(({ name }) => name).toSorted())
  expect(said.toSorted()).toEqual(Object.keys(missing).toSorted())
})

test('the page lists the routes that Mastodon does not document, except PUT in place of PATCH', () => {
  const said = [...part('Additions').matchAll(/^ *\| `([A-Z]+ [^`]+)` \|/gm)].map(([, name]) => name)
  const documented = new Set(endpoints.map(({ name }) => shape(name)))
  const twin = (name: string): string =>
    name.startsWith('PUT') ? name.replace('PUT', 'PATCH') : name.replace('PATCH', 'PUT')
  const added = new Set(routes.filter((name) => !documented.has(shape(name)) && !documented.has(shape(twin(name)))))
  expect(said.toSorted()).toEqual([...added].toSorted())
})
