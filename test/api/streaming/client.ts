/** Minimal clients of streams: they record events, and wait for them. */
import { once } from 'node:events'
import { type ClientOptions, WebSocket } from 'ws'
import { eventually } from '../../patience.ts'
import { problemsOf } from '../schemas.ts'
import type { Json } from '../server.ts'

export type TestSocket = AsyncDisposable & {
  raw: WebSocket
  /** All received events that fit the schema, including errors. */
  frames: Json[]
  /** The payloads received of an event, parsed unless they are ids. */
  of(event: string, stream?: string): Json[]
  /** Waits for a number of events of a type; returns their payloads. */
  wait(event: string, count?: number, stream?: string): Promise<Json[]>
  command(command: object): void
  /** Resolves when all earlier commands were carried out. */
  settled(): Promise<void>
}

/** Opens a WebSocket, and fails as the handshake does. */
export async function openSocket(
  url: string,
  query: string,
  { protocols, ...options }: ClientOptions & { protocols?: string[] } = {},
): Promise<TestSocket> {
  const raw = new WebSocket(`${url.replace(/^http/, 'ws')}/api/v1/streaming${query}`, protocols ?? [], options)
  const frames: Json[] = []
  raw.on('message', (data) => {
    const frame = JSON.parse(String(data))
    const problems = problemsOf('error' in frame ? 'StreamError' : 'StreamEvent', frame)
    if (problems.length > 0) throw new Error(problems.join('; '))
    frames.push(frame)
  })
  await once(raw, 'open')
  const of = (event: string, stream?: string) =>
    frames
      .filter((frame) => frame.event === event && (!stream || frame.stream.join(' ') === stream))
      .map(({ payload }) => (payload?.startsWith('{') ? JSON.parse(payload) : payload))
  return {
    raw,
    frames,
    of,
    async wait(event, count = 1, stream) {
      await eventually(() => of(event, stream).length >= count, `${count} ${event}`)
      return of(event, stream)
    },
    command: (command) => raw.send(JSON.stringify(command)),
    async settled() {
      const before = frames.filter((frame) => 'error' in frame).length
      raw.send(JSON.stringify({ type: 'subscribe', stream: 'no such stream' }))
      await eventually(() => frames.filter((frame) => 'error' in frame).length > before, 'The answer')
      frames.splice(
        frames.findLastIndex((frame) => 'error' in frame),
        1,
      )
    },
    async [Symbol.asyncDispose]() {
      raw.terminate()
      if (raw.readyState !== WebSocket.CLOSED) await once(raw, 'close')
    },
  }
}
