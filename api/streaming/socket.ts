import type { RawData, WebSocket } from 'ws'
import type { App } from '#src/platform/app.ts'
import { isDatabaseAway } from '#src/platform/db/index.ts'
import { Refusal } from '#src/platform/errors.ts'
import { getLogger } from '#src/platform/log.ts'
import { type ChannelParams, isStreamName } from '#src/reading/streaming/channels.ts'
import type { Connection, Message, JoinedConnection, StreamOwner } from '#src/reading/streaming/hub.ts'
import { ApiError } from '../http/errors.ts'
import { namedStream, resolveStream } from './join.ts'

/** Unread bytes after which a client is disconnected. */
const maxWaitingBytes = 1_048_576
const maxSubscriptions = 100
const maxWaitingCommands = 50
/** A ping is sent at every second beat: every 30 seconds. */
const beatsPerPing = 2
const closeMs = 1_000

const log = getLogger('streaming')

/** A message of a client, not yet validated. */
type Command = { type?: unknown; stream?: unknown; tag?: unknown; list?: unknown }

/** A WebSocket on which a client subscribes to up to 100 streams. It joins the hub before it is open. */
export type SocketStream = Connection & {
  /** @param first the subscription in the WebSocket's URL */
  open(socket: WebSocket, joined: JoinedConnection, first: ChannelParams & { stream: string | undefined }): void
}

export function socketStream(app: App, owner: StreamOwner): SocketStream {
  let socket: WebSocket | null = null
  let isOver = false
  let beats = 0
  let isAlive = true

  const write = (frame: Buffer): void => {
    if (socket?.readyState !== socket?.OPEN) return
    socket?.send(frame, { binary: false })
    if ((socket?.bufferedAmount ?? 0) > maxWaitingBytes) socket?.terminate()
  }
  return {
    ...owner,
    send: (message) => write(frameOf(message)),
    beat() {
      if (++beats % beatsPerPing !== 0 || !socket) return
      if (!isAlive) return socket.terminate()
      isAlive = false
      socket.ping()
    },
    end(why) {
      isOver = true
      if (!socket) return
      socket.close(
        why === 'revoked' ? 1008 : 1001,
        why === 'revoked' ? 'The access token is not valid any more' : 'The server stops',
      )
      setTimeout(() => socket?.terminate(), closeMs).unref()
    },
    open(opened, joined, { stream, ...params }) {
      socket = opened
      opened.on('pong', () => (isAlive = true))
      opened.on('error', (error) => log.debug('A WebSocket broke: {error}', { error }))
      opened.on('close', () => joined.leave())
      // The stream ended while the connection was being upgraded.
      if (isOver) return opened.terminate()

      const execute = async (command: Command): Promise<void> => {
        const answer = await runCommand(app, owner, joined, command)
        if (answer) write(Buffer.from(JSON.stringify(answer)))
      }
      // Commands run in order, as a later one may undo an earlier one.
      let queue: Promise<void> = stream ? execute({ ...params, type: 'subscribe', stream }) : Promise.resolve()
      let waiting = 0
      opened.on('message', (data: RawData, isBinary: boolean) => {
        if (isBinary) return opened.close(1003, 'The server takes text only')
        if (++waiting > maxWaitingCommands) return opened.terminate()
        queue = queue.then(() => execute(parse(data))).finally(() => waiting--)
      })
    },
  }
}

/** Encodes a message once for all of its receivers. */
function frameOf(message: Message): Buffer {
  const known = frames.get(message)
  if (known) return known
  const frame = Buffer.from(JSON.stringify(message))
  frames.set(message, frame)
  return frame
}

const frames = new WeakMap<Message, Buffer>()

function parse(data: RawData): Command {
  try {
    const parsed: unknown = JSON.parse(String(data))
    return typeof parsed === 'object' && parsed !== null ? parsed : {}
  } catch {
    return {}
  }
}

/** Subscribes or unsubscribes. Returns the answer if it fails. Ignores unknown commands. */
async function runCommand(
  app: App,
  owner: StreamOwner,
  joined: JoinedConnection,
  { type, stream: streamName, ...params }: Command,
): Promise<{ error: string; status: number } | null> {
  if (type !== 'subscribe' && type !== 'unsubscribe') return null
  const name = first(streamName)
  if (!isStreamName(name)) return { error: 'Unknown stream type', status: 400 }
  const about = { tag: asText(first(params.tag)), list: asText(first(params.list)) }
  try {
    const { channel, label } = await (type === 'subscribe'
      ? resolveStream(app, owner, name, about)
      : namedStream(name, about))
    if (type === 'unsubscribe') joined.unsubscribe(label)
    else if (joined.count() < maxSubscriptions) joined.subscribe(channel, label)
    else return { error: 'Too many subscriptions', status: 429 }
    return null
  } catch (error) {
    if (error instanceof ApiError) return { error: error.message, status: error.status }
    if (error instanceof Refusal) return { error: error.message, status: 404 }
    log[isDatabaseAway(error) ? 'warn' : 'error']('A subscription failed: {error}', { error })
    return { error: 'This server is not available at the moment', status: 503 }
  }
}

const first = (value: unknown): unknown => (Array.isArray(value) ? value[0] : value)

const asText = (value: unknown): string | undefined =>
  typeof value === 'string' || typeof value === 'number' ? String(value) : undefined
