import { isStillValid } from '../../accounts/sessions/access-tokens.ts'
import { activeSessions } from '../../accounts/sessions/active-sessions.ts'
import type { StreamedEvent } from '../../outbox/events.ts'
/**
 * The open streams of a process: their subscriptions, and the messages sent to them. It reads events from the database
 * while a stream is open, so any number of processes may run. Nothing is kept for people who aren't connected.
 */
import type { App } from '../../platform/app.ts'
import { isDatabaseAway } from '../../platform/db/index.ts'
import { Refusal } from '../../platform/errors.ts'
import type { AccountId, TokenId } from '../../platform/ids.ts'
import { getLogger } from '../../platform/log.ts'
import type { Channel } from './channels.ts'
import { type Feed, openFeed } from './feed.ts'
import { type NewsDelivery, type NewsListener, type News, newsOf } from './news.ts'

/** A message: the stream's name as the app spells it, the event's name, and the payload. */
export type Message = Readonly<{ stream: readonly string[]; event: News['event']; payload: string | undefined }>

/** Whose connection it is, and what opened it: the token of an app, or the session of a browser. It ends with that. */
export type StreamOwner = {
  accountId: AccountId
  tokenId: TokenId | null
  sessionId: string | null
  scopes: readonly string[]
  /** The client's address, for the limit. */
  address: string
}

/** A person's connection, over WebSocket or Server-Sent Events. None of its functions throws. */
export type Connection = StreamOwner & {
  send(message: Message): void
  /** Called at regular intervals, to keep the connection alive, and to detect a dead one. */
  beat(): void
  end(why: 'revoked' | 'stopping' | 'replaced'): void
}

/** What a connection can do after it has joined. */
export type JoinedConnection = {
  subscribe(channel: Channel, label: string[]): void
  unsubscribe(label: string[]): void
  /** Number of its subscriptions. */
  count(): number
  leave(): void
}

export type Hub = AsyncDisposable & {
  /**
   * Adds a connection, which receives the events of its subscriptions from then on.
   *
   * @throws Refusal `too_many` when its account or address has too many already, `unavailable` while the process stops
   */
  join(connection: Connection): Promise<JoinedConnection>
  size(): number
}

type Subscription = NewsListener & { connection: Connection; label: string[] }

export type HubOptions = {
  beatMs?: number
  /** How often tokens are checked, as access may end without an event. */
  checkMs?: number
}

/** The feed and timers that run while a stream is open. */
type Engine = { feed: Feed; timers: NodeJS.Timeout[] }

const log = getLogger('streaming')
const maxOfAccount = 20
const maxOfAddress = 50
/** Streams of pages in one browser, which opens six connections to a server at most. A further one takes the place of the first. */
const maxOfSession = 3
/** Events whose news are loaded in parallel. They are sent in order. */
const atOnce = 4

/** @param present makes the payload of news; undefined for none */
export function openHub(
  { db, uris }: Pick<App, 'db' | 'uris'>,
  present: (news: News) => string | undefined,
  { beatMs = 15_000, checkMs = 4_000 }: HubOptions = {},
): Hub {
  const joined = new Map<Connection, Map<string, Subscription>>()
  let engine: Engine | null = null
  let isOver = false

  const onEvents = async (events: StreamedEvent[], handled: () => void): Promise<void> => {
    for (let i = 0; i < events.length; i += atOnce) {
      const some = events.slice(i, i + atOnce)
      // Each event is sent before a later one can fail, so that it isn't sent again.
      const read = await Promise.allSettled(some.map((event) => readNews(event)))
      for (const [j, result] of read.entries()) {
        if (result.status === 'rejected') {
          if (isDatabaseAway(result.reason)) throw result.reason
          log.error('An event of type {type} could not be streamed: {error}', {
            type: some[j]?.type,
            error: result.reason,
          })
        } else {
          result.value()
        }
        handled()
      }
    }
  }
  /** Loads the news of an event. @returns a function that sends them */
  const readNews = async (event: StreamedEvent): Promise<() => void> => {
    if (event.type === 'token.revoked') return () => endThose(({ tokenId }) => tokenId === event.tokenId)
    const listeners = [...joined.values()].flatMap((subscriptions) => [...subscriptions.values()])
    const deliveries = (await newsOf({ db, uris }, event, listeners)).filter(({ to }) => to.length > 0)
    const ready = deliveries.map((delivery) => ({ delivery, payload: present(delivery.news) }))
    return () => {
      for (const { delivery, payload } of ready) send(delivery, payload)
    }
  }
  const send = ({ to, news: { event } }: NewsDelivery<Subscription>, payload: string | undefined): void => {
    const messages = new Map<string, Message>()
    for (const { connection, label } of to) {
      const key = keyOf(label)
      // A connection that left or unsubscribed in the meantime receives nothing.
      if (!joined.get(connection)?.has(key)) continue
      const message = messages.get(key) ?? { stream: label, event, payload }
      messages.set(key, message)
      connection.send(message)
    }
  }

  const endThose = (
    which: (connection: Connection) => boolean,
    why: Parameters<Connection['end']>[0] = 'revoked',
  ): void => {
    for (const connection of [...joined.keys()].filter(which)) {
      leave(connection)
      connection.end(why)
    }
  }
  const leave = (connection: Connection): void => {
    joined.delete(connection)
    if (joined.size === 0) void stop()
  }

  const check = async (): Promise<void> => {
    // A connection that joins during the query has just been checked.
    const connections = [...joined.keys()]
    const tokens = new Set(connections.flatMap(({ tokenId }) => tokenId ?? []))
    const sessions = new Set(connections.flatMap(({ sessionId }) => sessionId ?? []))
    const [goodTokens, goodSessions] = await Promise.all([
      tokens.size > 0 ? isStillValid(db, [...tokens]) : new Set<TokenId>(),
      activeSessions(db, [...sessions]),
    ])
    endThose(
      ({ tokenId, sessionId }) =>
        (tokenId !== null && tokens.has(tokenId) && !goodTokens.has(tokenId)) ||
        (sessionId !== null && sessions.has(sessionId) && !goodSessions.has(sessionId)),
    )
  }
  const start = (): Engine => {
    const feed = openFeed(db, onEvents)
    const beats = setInterval(() => {
      for (const connection of joined.keys()) connection.beat()
    }, beatMs)
    const checks = setInterval(
      () =>
        void check().catch((error: unknown) => log.warn('Tokens of streams could not be checked: {error}', { error })),
      checkMs,
    )
    return { feed, timers: [beats.unref(), checks.unref()] }
  }
  const stop = async (): Promise<void> => {
    const running = engine
    engine = null
    for (const timer of running?.timers ?? []) clearInterval(timer)
    await running?.feed[Symbol.asyncDispose]()
  }

  return {
    size: () => joined.size,
    async join(connection) {
      if (isOver) throw new Refusal('unavailable', 'This server is being restarted')
      const ofSession = [...joined.keys()].filter(
        ({ sessionId }) => sessionId !== null && sessionId === connection.sessionId,
      )
      const surplus = new Set(ofSession.slice(0, Math.max(0, ofSession.length - maxOfSession + 1)))
      endThose((one) => surplus.has(one), 'replaced')
      const others = [...joined.keys()]
      if (others.filter(({ accountId }) => accountId === connection.accountId).length >= maxOfAccount)
        throw new Refusal('too_many', 'Too many open streams of this account')
      if (connection.address && others.filter(({ address }) => address === connection.address).length >= maxOfAddress)
        throw new Refusal('too_many', 'Too many open streams from this address')

      const subscriptions = new Map<string, Subscription>()
      joined.set(connection, subscriptions)
      engine ??= start()
      try {
        await engine.feed.started
      } catch (error) {
        leave(connection)
        throw error
      }
      const { accountId, scopes } = connection
      return {
        subscribe: (channel, label) =>
          void subscriptions.set(keyOf(label), { connection, accountId, scopes, channel, label }),
        unsubscribe: (label) => void subscriptions.delete(keyOf(label)),
        count: () => subscriptions.size,
        leave: () => leave(connection),
      }
    },
    async [Symbol.asyncDispose]() {
      isOver = true
      const stopped = stop()
      endThose(() => true, 'stopping')
      await stopped
    },
  }
}

const keyOf = (label: string[]): string => label.join(' ')
