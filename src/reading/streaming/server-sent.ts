import type { Channel } from './channels.ts'
import type { Connection, Hub, JoinedConnection, Message, StreamOwner } from './hub.ts'

/** Unread bytes after which a client is disconnected. */
const maxWaitingBytes = 1_048_576

export const eventStreamHeaders = {
  'Content-Type': 'text/event-stream',
  'Cache-Control': 'private, no-store',
  'X-Accel-Buffering': 'no',
}

type Options = {
  subscriptions: readonly { channel: Channel; label: string[] }[]
  /** What a message becomes; null: nothing. */
  textOf(message: Message): string | null
  /** Called when the stream is open; it may send texts from then on, until the stream is over. */
  opened?: ((write: (text: string) => void) => void) | undefined
  /** Called once the stream is over. */
  closed?: (() => void) | undefined
  /** Breaks the connection off. */
  hangUp?: (() => void) | undefined
}

/**
 * Streams as Server-Sent Events, until the client disconnects.
 *
 * @throws Refusal `too_many`, `unavailable` as `join` does
 * @see https://html.spec.whatwg.org/multipage/server-sent-events.html
 */
export async function openEventStream(hub: Hub, owner: StreamOwner, options: Options): Promise<Response> {
  let joined: JoinedConnection | null = null
  let controller: ReadableStreamDefaultController<Uint8Array> | null = null
  let isOver = false
  const leave = (): void => {
    if (!isOver) options.closed?.()
    isOver = true
    joined?.leave()
  }
  const cutOff = (): void => {
    leave()
    options.hangUp?.()
  }
  const write = (text: string): void => {
    if (isOver || !controller) return
    controller.enqueue(Buffer.from(text))
    // Unread bytes stay in memory.
    if ((controller.desiredSize ?? 0) < -maxWaitingBytes) cutOff()
  }
  const connection: Connection = {
    ...owner,
    send(message) {
      const text = options.textOf(message)
      if (text !== null) write(text)
    },
    // One line break: a blank line would end an event, which some clients would process.
    beat: () => write(':thump\n'),
    end() {
      if (!isOver) controller?.close()
      leave()
    },
  }
  joined = await hub.join(connection)
  const start = (opened: ReadableStreamDefaultController<Uint8Array>): void => {
    controller = opened
    // The connection may have ended while it joined.
    if (isOver) return controller.close()
    write(':)\n')
    for (const { channel, label } of options.subscriptions) joined?.subscribe(channel, label)
    options.opened?.(write)
  }
  const body = new ReadableStream<Uint8Array>(
    { start, cancel: leave },
    new ByteLengthQueuingStrategy({ highWaterMark: 0 }),
  )
  return new Response(body, { headers: eventStreamHeaders })
}
