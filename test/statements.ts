/**
 * Records the statements that an instance sends to PostgreSQL: their number, and those without a name. PostgreSQL parses and plans
 * statements without a name at each run; tests list them with their reasons.
 */
import { connect, type Db } from '#src/platform/db/index.ts'
import { serve } from '../web/server.ts'
import { database, type TestDatabase } from './database.ts'
import { freePort } from './runtime/process.ts'

/** A statement as pg sent it; with no name, PostgreSQL forgets it at once. */
type Sent = { name: string | null; text: string }

/** The relevant messages of pg's connections. */
type Wire = {
  parse(message: { name?: string; text: string }): void
  bind(message: { statement?: string }): void
  query(text: string): void
}

/** Opens a pool that writes down each statement that it sends, those of transactions as well. The settings are those of `connect`. */
function connectRecording(url: string, poolSize: number): { db: Db; sent: Sent[] } {
  const db = connect(url, poolSize)
  const sent: Sent[] = []
  db.$client.on('connect', (client) => {
    const wire = (client as unknown as { connection: Wire }).connection
    const { parse, bind, query } = wire
    const texts = new Map<string, string>()
    wire.parse = (message) => {
      texts.set(message.name ?? '', message.text)
      parse.call(wire, message)
    }
    // A statement with a name is parsed once, and bound each time.
    wire.bind = (message) => {
      const name = message.statement ?? ''
      sent.push({ name: name || null, text: texts.get(name) ?? '' })
      bind.call(wire, message)
    }
    wire.query = (text) => {
      sent.push({ name: null, text })
      query.call(wire, text)
    }
  })
  return { db, sent }
}

export type Recorded = AsyncDisposable & {
  /** Its `db` and `app` record nothing: for making people and posts. */
  t: TestDatabase
  /** The App whose statements are recorded. */
  app: TestDatabase['app']
  /** Where `app` is served over HTTP. */
  origin: string
  /** The distinct texts of statements without a name in a further run of an action that already ran a few times. */
  unnamedOf(act: (time: number) => Promise<unknown>): Promise<string[]>
  /** How many statements are sent when something is done once more that was done before. */
  countOf(act: () => Promise<unknown>): Promise<number>
}

/** Runs before the counted one: a statement gets its name at its third run. */
const rehearsals = 4
/** Counted runs of an action: caches are loaded in some of them, not in each. */
const counts = 3

/** Statements that begin and end transactions have nothing to plan. */
const isBracket = (text: string): boolean => /^(?:begin|commit|rollback|savepoint|release savepoint)\b/i.test(text)

/** An instance on a database of its own whose statements are written down: `await using r = await recorded()`. */
export async function recorded(env: NodeJS.ProcessEnv = {}): Promise<Recorded> {
  const port = await freePort()
  const origin = `http://127.0.0.1:${port}`
  const t = await database({
    PORT: String(port),
    HOST: '127.0.0.1',
    ORIGIN: origin,
    RATE_LIMIT_FACTOR: '1000',
    ALLOW_PRIVATE_ADDRESSES: '127.0.0.0/8',
    ...env,
  })
  const { db, sent } = connectRecording(t.url, t.app.config.dbPoolSize)
  const app = Object.freeze({ ...t.app, db })
  const server = await serve(app)
  return {
    t,
    app,
    origin,
    async unnamedOf(act) {
      for (let time = 0; time < rehearsals; time++) await act(time)
      sent.length = 0
      await act(rehearsals)
      return [
        ...new Set(
          sent
            .filter(({ name, text }) => name === null && !isBracket(text))
            .map(({ text }) => text.replace(/\s+/g, ' ').trim()),
        ),
      ]
    },
    async countOf(act) {
      await act()
      const seen: number[] = []
      for (let time = 0; time < counts; time++) {
        sent.length = 0
        await act()
        seen.push(sent.filter(({ text }) => !isBracket(text)).length)
      }
      return Math.min(...seen)
    },
    async [Symbol.asyncDispose]() {
      await server[Symbol.asyncDispose]()
      await db.$client.end()
      await t[Symbol.asyncDispose]()
    },
  }
}

/** Why statements have no name: a part of each one's text, and the reason. Runs of white space in texts are single spaces. */
export type Reasons = Record<string, string>

/** Statements without a name of which no reason is given, and parts of texts that none of them has any more. Both are to be empty. */
export function compare(unnamed: string[], reasons: Reasons): { unstated: string[]; outdated: string[] } {
  const parts = Object.keys(reasons)
  return {
    unstated: unnamed.filter((text) => !parts.some((part) => text.includes(part))),
    outdated: parts.filter((part) => !unnamed.some((text) => text.includes(part))),
  }
}
