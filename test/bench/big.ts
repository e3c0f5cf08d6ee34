/**
 * A database as large instances have it: ten million posts and a million accounts, made by SQL in minutes; then requests and jobs
 * on it, by the code that really runs, each statement as PostgreSQL explains it (`auto_explain`):
 *
 *   nice npx node --import tsx test/bench/big.ts [--posts 10000000] [--accounts 1000000] [--locals 20000] [--jobs 1000000]
 *     [--data DIR] [--only TEXT] [--plans TEXT] [--large 1000000]
 *
 * With `--data` the folder is kept, and used again by the next run; it takes 2.5 kB a post, and `DATA_DIR` may name it for other
 * benches. Changes of a run stay: the next run finds other rows to delete, and fewer to sweep. `--only` measures the scenes
 * whose name contains a text, `--plans` prints the plans of those that contain another.
 *
 * Ends with 1 if a scene read a table of more than `--large` rows in whole without allowing that.
 */
import { mkdtemp, mkdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import type { App } from '#src/platform/app.ts'
import { loadConfig } from '#src/platform/config.ts'
import { connect, type Db } from '#src/platform/db/index.ts'
import { migrate } from '#src/platform/db/migrate.ts'
import { openHttp } from '#src/platform/http/client.ts'
import { configureLogging } from '#src/platform/log.ts'
import { loadSecrets } from '#src/platform/secrets.ts'
import { localStorage } from '#src/platform/storage/storage.ts'
import { urisOf } from '#src/platform/uris.ts'
import { saveOrigin } from '#src/process/origin.ts'
import { domainGate } from '#src/rules/servers/gate.ts'
import { connectExplaining, type Explained, nodesOf, readsOf } from '#test/plans.ts'
import { answers } from '../../web/server.ts'
import { castOf } from './big/cast.ts'
import { fill, sizesOf } from './big/fill.ts'
import { type Scene, scenes } from './big/scenes.ts'
import { startBigServer } from './big/server.ts'
import { printSizes, largeTables } from './big/sizes.ts'

const { values } = parseArgs({
  options: {
    posts: { type: 'string', default: '10000000' },
    accounts: { type: 'string', default: '1000000' },
    locals: { type: 'string', default: '20000' },
    jobs: { type: 'string', default: '1000000' },
    data: { type: 'string' },
    only: { type: 'string', default: '' },
    plans: { type: 'string' },
    large: { type: 'string', default: '1000000' },
  },
})
const print = (line: string) => process.stdout.write(`${line}\n`)
const origin = 'http://localhost:3000'
const sizes = {
  posts: Number(values.posts),
  accounts: Number(values.accounts),
  locals: Number(values.locals),
  jobs: Number(values.jobs),
  origin,
}
const folder = values.data ? resolve(values.data) : await mkdtemp(join(tmpdir(), 'pipit-big-'))
await mkdir(folder, { recursive: true, mode: 0o700 })

async function fillIfEmpty(): Promise<void> {
  const server = await startBigServer(folder, 'careless')
  try {
    const known = await sizesOf(server.url)
    if (known) {
      print(`${folder} has ${known.posts} posts and ${known.accounts} accounts`)
      return
    }
    await server.empty()
    await migrate(server.url)
    const began = performance.now()
    await fill(server.url, sizes, (what, ms) => print(`${(ms / 1000).toFixed(1).padStart(8)} s  ${what}`))
    print(`Filled in ${((performance.now() - began) / 60_000).toFixed(1)} minutes`)
  } finally {
    await server.stop()
  }
}

async function openApp(url: string, db: Db): Promise<App> {
  const config = loadConfig(
    { ORIGIN: origin, DATA_DIR: folder, DATABASE_URL: url, LOG_LEVEL: 'error', RATE_LIMIT_FACTOR: '100000' },
    folder,
  )
  const secrets = await loadSecrets(db)
  const remote = {
    account: async () => null,
    url: async () => null,
    refresh: async () => {},
    reread: async () => {},
    interactionPage: async () => null,
  }
  return Object.freeze({
    config,
    db,
    secrets,
    uris: urisOf(config, secrets),
    http: openHttp(config, domainGate(db)),
    storage: localStorage(join(folder, 'media')),
    remote,
  })
}

type Measured = {
  name: string
  coldMs: number
  warmMs: number | null
  statements: Explained[]
  scans: string[]
  error: string | null
}

async function measure(
  scene: Scene,
  plain: App,
  explaining: App,
  statements: Explained[],
  large: Map<string, number>,
): Promise<Measured> {
  const timed = async (app: App) => {
    const began = performance.now()
    await scene.run(app, answers(app))
    return performance.now() - began
  }
  let error: string | null = null
  const safely = (run: Promise<number>) =>
    run.catch((reason: unknown) => {
      error = String(reason instanceof Error ? `${reason.message} ${String(reason.cause ?? '')}` : reason)
        .replaceAll(/\s+/g, ' ')
        .slice(0, 300)
      return Number.NaN
    })
  const coldMs = scene.changes ? Number.NaN : await safely(timed(plain))
  const warmMs = scene.changes ? null : await safely(timed(plain))
  statements.length = 0
  const explainedMs = await safely(timed(explaining))
  const seen = [...statements]
  const scans = seen
    .flatMap(readsOf)
    .filter(({ table, isWhole }) => isWhole && large.has(table) && !scene.mayRead?.tables.includes(table))
    .map(({ table, rows }) => `${table} (${rows} rows)`)
  return { name: scene.name, coldMs: scene.changes ? explainedMs : coldMs, warmMs, statements: seen, scans, error }
}

function report({ name, coldMs, warmMs, statements, scans, error }: Measured): void {
  const slowest = statements.toSorted((a, b) => b.ms - a.ms)[0]
  const inDatabase = statements.reduce((sum, { ms }) => sum + ms, 0)
  const blocks = statements.reduce(
    (sum, { plan }) => sum + (plan['Shared Hit Blocks'] ?? 0) + (plan['Shared Read Blocks'] ?? 0),
    0,
  )
  const mostRows = statements.flatMap(readsOf).reduce((most, { rows }) => Math.max(most, rows), 0)
  const ms = (value: number | null) => (value === null ? '' : value.toFixed(1)).padStart(9)
  print(
    `${name.padEnd(42)}${ms(coldMs)}${ms(warmMs)}${String(statements.length).padStart(7)}${ms(inDatabase)}${ms(slowest?.ms ?? null)}${String(blocks).padStart(10)}${String(mostRows).padStart(10)}  ${slowest ? summary(slowest.text) : ''}`,
  )
  for (const scan of new Set(scans)) print(`    READ IN WHOLE: ${scan}`)
  if (error) print(`    FAILED: ${error}`)
  if (values.plans && name.includes(values.plans)) {
    for (const { text, ms: took, plan } of statements.toSorted((a, b) => b.ms - a.ms).slice(0, 5))
      print(`\n${took} ms  ${text.trim()}\n${outline(plan).join('\n')}\n`)
  }
}

const summary = (text: string): string => text.trim().replaceAll(/\s+/g, ' ').slice(0, 60)
const outline = (plan: Explained['plan']): string[] =>
  nodesOf(plan).map(
    (node) =>
      `  ${node['Node Type']} ${node['Index Name'] ?? ''} ${node['Relation Name'] ?? ''} rows ${node['Actual Rows']} × ${node['Actual Loops']}, left out ${node['Rows Removed by Filter'] ?? 0}, blocks ${(node['Shared Hit Blocks'] ?? 0) + (node['Shared Read Blocks'] ?? 0)}`,
  )

configureLogging('error')
await fillIfEmpty()
const server = await startBigServer(folder, 'production')
const plain = connect(server.url, 4)
const { db, statements } = connectExplaining(server.url, 4)
let failures = 0
try {
  const apps = [await openApp(server.url, plain), await openApp(server.url, db)] as const
  await plain.transaction((tx) => saveOrigin(tx, apps[0].config))
  await printSizes(plain, sizes.posts, print)
  const large = await largeTables(plain, Number(values.large))
  print(
    `\nTables of more than ${values.large} rows: ${[...large].map(([table, rows]) => `${table} ${rows}`).join(', ')}\n`,
  )
  print(
    `${''.padEnd(42)}${['cold ms', 'warm ms'].map((title) => title.padStart(9)).join('')}${'stmts'.padStart(7)}${['in db ms', 'slowest'].map((title) => title.padStart(9)).join('')}${'blocks'.padStart(10)}${'most rows'.padStart(10)}  slowest statement`,
  )
  for (const scene of scenes(await castOf(plain)).filter(({ name }) => name.includes(values.only))) {
    const measured = await measure(scene, ...apps, statements, large)
    report(measured)
    failures += measured.scans.length + (measured.error ? 1 : 0)
  }
  await Promise.all(apps.map(({ http }) => http[Symbol.asyncDispose]()))
} finally {
  await Promise.all([plain.$client.end(), db.$client.end()])
  await server.stop()
  if (!values.data) await rm(folder, { recursive: true, force: true })
}
print(
  failures === 0
    ? '\nNothing read a large table in whole.'
    : `\n${failures} scenes failed or read a large table in whole.`,
)
process.exitCode = failures === 0 ? 0 : 1
