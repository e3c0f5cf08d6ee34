import type { App } from '#src/app.ts'
import type { ChannelParams, StreamName } from '#src/streaming/channels.ts'
import type { Connection, Message, Seat } from '#src/streaming/hub.ts'
import { resolveStream } from './join.ts'
import type { Streams } from './streams.ts'

/** What a client may leave unread before it is cut off. */
const maxWaitingBytes = 1_048_576

/**
 * Answers with one stream as Server-Sent Events, until the client goes.
 *
 * @throws ApiError and Refusal as `resolveStream` does; Refusal `too_many`
 * @see https://html.spec.whatwg.org/multipage/server-sent-events.html
 */
export async function serverSent(app: App, streams: Streams, owner: Pick<Connection, 'accountId' | 'tokenId' | 'scopes' | 'address'>, name: StreamName, given: ChannelParams): Promise<Response> {
  const { channel, label } = await resolveStream(app, owner, name, given)
  const sender: { controller: ReadableStreamDefaultController<Uint8Array> | null } = { controller: null }
  const write = (text: string): void => {
    if (!sender.controller) return
    sender.controller.enqueue(Buffer.from(text))
    // Every byte that nobody has read yet stays in memory.
    if ((sender.controller.desiredSize ?? 0) < -maxWaitingBytes) finish(new Error('The client is too slow'))
  }
  const finish = (error?: Error): void => {
    const { controller } = sender
    sender.controller = null
    seat.leave()
    if (error) controller?.error(error)
    else controller?.close()
  }
  const seat: Seat = await streams.join({
    ...owner,
    send: (message) => write(eventOf(message)),
    // One line break: a blank line would end an event, and some clients take what they then have for one.
    beat: () => write(':thump\n'),
    end: () => finish(),
  })
  const body = new ReadableStream<Uint8Array>(
    {
      start(controller) {
        sender.controller = controller
        write(':)\n')
        seat.subscribe(channel, label)
      },
      cancel() {
        sender.controller = null
        seat.leave()
      },
    },
    new ByteLengthQueuingStrategy({ highWaterMark: 0 }),
  )
  return new Response(body, { headers: { 'Content-Type': 'text/event-stream', 'Cache-Control': 'private, no-store', 'X-Accel-Buffering': 'no' } })
}

/** Payloads are JSON or ids, and so have no line breaks. An event without data would not be heard, and some clients parse it. */
const eventOf = ({ event, payload = '{}' }: Message): string => `event: ${event}\ndata: ${payload}\n\n`
