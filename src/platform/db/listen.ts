import { setTimeout as sleep } from 'node:timers/promises'
import { Client } from 'pg'
import { getLogger } from '../log.ts'
import { within } from '../time.ts'
import type { Db } from './index.ts'

const log = getLogger('db')
const firstPauseMs = 100
const longestPauseMs = 10_000
/** How often the connection is probed, and how long an answer may take. */
const probeMs = 15_000
const answerMs = 5_000

/**
 * Keeps one connection that listens for notifications of a channel, and opens another when it breaks. Notifications in
 * between are lost: so `onNotification` is called after each connect, too, with null instead of a payload.
 *
 * @param onBreak called when the connection broke
 */
export function listenFor(
  db: Db,
  channel: string,
  onNotification: (payload: string | null) => void,
  onBreak = (): void => {},
): AsyncDisposable {
  const ending = new AbortController()
  const done = keepListening(db, channel, onNotification, onBreak, ending.signal)
  return {
    async [Symbol.asyncDispose]() {
      ending.abort()
      await done
    },
  }
}

async function keepListening(
  db: Db,
  channel: string,
  onNotification: (payload: string | null) => void,
  onBreak: () => void,
  signal: AbortSignal,
): Promise<void> {
  for (let pauseMs = firstPauseMs; !signal.aborted;) {
    try {
      await listenOnce(db, channel, signal, (payload) => {
        pauseMs = firstPauseMs
        onNotification(payload)
      })
    } catch (error) {
      if (signal.aborted) return
      onBreak()
      log.warn('Not listening for {channel}, trying again in {pauseMs} ms: {error}', { channel, pauseMs, error })
      await sleep(pauseMs * (0.5 + Math.random() / 2), undefined, { signal, ref: false }).catch(() => {})
      pauseMs = Math.min(pauseMs * 2, longestPauseMs)
    }
  }
}

/** Listens until the connection breaks, which throws, or the signal ends it. */
async function listenOnce(
  db: Db,
  channel: string,
  signal: AbortSignal,
  onNotification: (payload: string | null) => void,
): Promise<void> {
  const { connectionString } = db.$client.options
  const client = new Client({
    connectionString,
    connectionTimeoutMillis: answerMs,
    query_timeout: answerMs,
    keepAlive: true,
    application_name: 'pipit listener',
  })
  const broken = new Promise<never>((_, fail) => {
    client.on('error', fail)
    client.on('end', () => fail(new Error('The connection ended')))
  })
  broken.catch(() => {})
  client.on('notification', ({ payload = null }) => onNotification(payload))
  try {
    await client.connect()
    await client.query(`listen ${client.escapeIdentifier(channel)}`)
    onNotification(null)
    while (!signal.aborted) {
      await Promise.race([broken, sleep(probeMs, undefined, { signal, ref: false }).catch(() => {})])
      if (!signal.aborted) await Promise.race([broken, client.query('select')])
    }
  } finally {
    await within(
      answerMs,
      client.end().catch(() => {}),
      undefined,
    )
  }
}
