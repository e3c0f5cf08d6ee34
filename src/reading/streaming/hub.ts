import { isStillValid } from '../../accounts/sessions/access-tokens.ts'
import type { StreamedEvent } from '../../outbox/events.ts'
/**
 * The open streams of a process: who listens to what, and what is sent to whom. It reads what happens from the database while
 * there is a stream, so it works over any number of processes; nothing is kept for who isn't connected.
 */
import type { App } from '../../platform/app.ts'
import { isDatabaseAway } from '../../platform/db/index.ts'
import { Refusal } from '../../platform/errors.ts'
import type { AccountId, TokenId } from '../../platform/ids.ts'
import { getLogger } from '../../platform/log.ts'
import type { Channel } from './channels.ts'
import { type Feed, openFeed } from './feed.ts'
import { type NewsDelivery, type NewsListener, type News, newsOf } from './news.ts'

/** What is sent: as apps name the stream, the event, and what it holds. */
export type Message = Readonly<{ stream: readonly string[]; event: News['event']; payload: string | undefined }>

/** A stream of a person, whatever carries it. None of its functions throws. */
export type Connection = {
  accountId: AccountId
  tokenId: TokenId
  scopes: readonly string[]
  /** What counts as one client to limits. */
  address: string
  send(message: Message): void
  /** Called at regular times, to show that the connection lives, and to see whether it does. */
  beat(): void
  end(why: 'revoked' | 'stopping'): void
}

/** A connection that is in. */
export type Seat = {
  subscribe(channel: Channel, label: string[]): void
  unsubscribe(label: string[]): void
  /** How many subscriptions it has. */
  count(): number
  leave(): void
}

export type Hub = AsyncDisposable & {
  /**
   * Takes a connection in; from then on it is sent all that happens on what it subscribes to.
   *
   * @throws Refusal `too_many` when its person or address has too many already, `unavailable` while the process stops
   */
  join(connection: Connection): Promise<Seat>
  size(): number
}

type Subscription = NewsListener & { connection: Connection; label: string[] }

export type HubOptions = {
  beatMs?: number
  /** How often tokens are looked at, for what ends access without an event. */
  checkMs?: number
}

/** What runs while there is a stream. */
type Engine = { feed: Feed; timers: NodeJS.Timeout[] }

const log = getLogger('streaming')
const maxOfAccount = 20
const maxOfAddress = 50
/** Events whose news are read side by side. They are sent in their order. */
const atOnce = 4

/** @param present makes the payload of news; undefined for none */
export function openHub(
  { db, uris }: Pick<App, 'db' | 'uris'>,
  present: (news: News) => string | undefined,
  { beatMs = 15_000, checkMs = 4_000 }: HubOptions = {},
): Hub {
  const seats = new Map<Connection, Map<string, Subscription>>()
  let engine: Engine | null = null
  let isOver = false

  const onEvents = async (events: StreamedEvent[], handled: () => void): Promise<void> => {
    for (let i = 0; i < events.length; i += atOnce) {
      const some = events.slice(i, i + atOnce)
      // What has to be sent before the next may fail is sent, so that it isn't sent again.
      const read = await Promise.allSettled(some.map((event) => readNews(event)))
      for (const [j, result] of read.entries()) {
        if (result.status === 'rejected') {
          if (isDatabaseAway(result.reason)) throw result.reason
          log.error('An event of type {type} could not be told: {error}', { type: some[j]?.type, error: result.reason })
        } else {
          result.value()
        }
        handled()
      }
    }
  }
  /** Everything up to the sending. */
  const readNews = async (event: StreamedEvent): Promise<() => void> => {
    if (event.type === 'token.revoked') return () => endThose(({ tokenId }) => tokenId === event.tokenId)
    const listeners = [...seats.values()].flatMap((subscriptions) => [...subscriptions.values()])
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
      // Who left or unsubscribed while it was read hears no more.
      if (!seats.get(connection)?.has(key)) continue
      const message = messages.get(key) ?? { stream: label, event, payload }
      messages.set(key, message)
      connection.send(message)
    }
  }

  const endThose = (which: (connection: Connection) => boolean, why: 'revoked' | 'stopping' = 'revoked'): void => {
    for (const connection of [...seats.keys()].filter(which)) {
      leave(connection)
      connection.end(why)
    }
  }
  const leave = (connection: Connection): void => {
    seats.delete(connection)
    if (seats.size === 0) void stop()
  }

  const check = async (): Promise<void> => {
    // Who joins while the database is asked has just been looked at.
    const asked = new Set([...seats.keys()].map(({ tokenId }) => tokenId))
    const good = await isStillValid(db, [...asked])
    endThose(({ tokenId }) => asked.has(tokenId) && !good.has(tokenId))
  }
  const start = (): Engine => {
    const feed = openFeed(db, onEvents)
    const beats = setInterval(() => {
      for (const connection of seats.keys()) connection.beat()
    }, beatMs)
    const checks = setInterval(
      () =>
        void check().catch((error: unknown) =>
          log.warn('Tokens of streams could not be looked at: {error}', { error }),
        ),
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
    size: () => seats.size,
    async join(connection) {
      if (isOver) throw new Refusal('unavailable', 'This server is being restarted')
      const others = [...seats.keys()]
      if (others.filter(({ accountId }) => accountId === connection.accountId).length >= maxOfAccount)
        throw new Refusal('too_many', 'Too many open streams of this account')
      if (connection.address && others.filter(({ address }) => address === connection.address).length >= maxOfAddress)
        throw new Refusal('too_many', 'Too many open streams from this address')

      const subscriptions = new Map<string, Subscription>()
      seats.set(connection, subscriptions)
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
