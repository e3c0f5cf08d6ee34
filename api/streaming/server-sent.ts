import type { ChannelParams, StreamName } from '#src/reading/streaming/channels.ts'
import type { Connection, Message, JoinedConnection } from '#src/reading/streaming/hub.ts'
import type { ApiContext } from '../env.ts'
import { resolveStream } from './join.ts'
import type { Streams } from './streams.ts'

/** Unread bytes after which a client is disconnected. */
const maxWaitingBytes = 1_048_576
const headers = { 'Content-Type': 'text/event-stream', 'Cache-Control': 'private, no-store', 'X-Accel-Buffering': 'no' }

/**
 * Answers with one stream as Server-Sent Events, until the client disconnects. HEAD gets only headers: the client would
 * neither read the events nor end the stream.
 *
 * @throws ApiError and Refusal as `resolveStream` does; Refusal `too_many`
 * @see https://html.spec.whatwg.org/multipage/server-sent-events.html
 */
export async function serverSent(
  c: ApiContext,
  streams: Streams,
  owner: Pick<Connection, 'accountId' | 'tokenId' | 'scopes' | 'address'>,
  name: StreamName,
  params: ChannelParams,
): Promise<Response> {
  const { channel, label } = await resolveStream(c.var.app, owner, name, params)
  if (c.req.method === 'HEAD') return new Response(null, { headers })
  let joined: JoinedConnection | null = null
  let controller: ReadableStreamDefaultController<Uint8Array> | null = null
  let isOver = false
  const leave = (): void => {
    isOver = true
    joined?.leave()
  }
  const cutOff = (): void => {
    leave()
    c.env.hangUp?.()
  }
  const write = (text: string): void => {
    if (isOver || !controller) return
    controller.enqueue(Buffer.from(text))
    // Unread bytes stay in memory.
    if ((controller.desiredSize ?? 0) < -maxWaitingBytes) cutOff()
  }
  const connection: Connection = {
    ...owner,
    send: (message) => write(eventOf(message)),
    // One line break: a blank line would end an event, which some clients would process.
    beat: () => write(':thump\n'),
    end() {
      if (!isOver) controller?.close()
      leave()
    },
  }
  joined = await streams.join(connection)
  const start = (opened: ReadableStreamDefaultController<Uint8Array>): void => {
    controller = opened
    // The connection may have ended while it joined.
    if (isOver) return controller.close()
    write(':)\n')
    joined?.subscribe(channel, label)
  }
  const body = new ReadableStream<Uint8Array>(
    { start, cancel: leave },
    new ByteLengthQueuingStrategy({ highWaterMark: 0 }),
  )
  return new Response(body, { headers })
}

/**
 * Payloads are JSON or ids, so they have no line breaks. Clients ignore an event without data, and some parse the
 * data, hence `{}`.
 */
const eventOf = ({ event, payload = '{}' }: Message): string => `event: ${event}\ndata: ${payload}\n\n`
