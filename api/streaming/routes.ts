/** `/api/v1/streaming`: one WebSocket for all streams, and Server-Sent Events for each. */
import { Hono } from 'hono'
import { isStreamName, scopeOf, type StreamName } from '#src/reading/streaming/channels.ts'
import type { Env } from '../env.ts'
import { open, requires } from '../http/access.ts'
import { ApiError } from '../http/errors.ts'
import { streamOwner } from './join.ts'
import { serverSent } from './server-sent.ts'
import { socketStream } from './socket.ts'
import type { Streams } from './streams.ts'

const paths: Record<string, StreamName> = {
  user: 'user',
  'user/notification': 'user:notification',
  public: 'public',
  'public/local': 'public:local',
  'public/remote': 'public:remote',
  hashtag: 'hashtag',
  'hashtag/local': 'hashtag:local',
  list: 'list',
  direct: 'direct',
}

/** To be mounted at `/api/v1`. */
export function streaming(streams: Streams): Hono<Env> {
  const routes = new Hono<Env>()
  routes.get('/streaming/health', open, (c) => c.text('OK', 200, { 'Cache-Control': 'no-store' }))

  routes.get('/streaming', requires('read:statuses', 'read:notifications'), async (c) => {
    const { app, accountId } = c.var
    const { stream, tag, list } = c.req.query()
    const owner = streamOwner(c, accountId)
    if (!c.env.upgrade) {
      if (!isStreamName(stream)) throw unknownChannel()
      return serverSent(c, streams, owner, stream, { tag, list })
    }
    const connection = socketStream(app, owner)
    const joined = await streams.join(connection)
    c.env.upgrade({
      opened: (socket) => connection.open(socket, joined, { stream, tag, list }),
      failed: () => joined.leave(),
    })
    return c.body(null, 200)
  })

  for (const [path, name] of Object.entries(paths)) {
    routes.get(`/streaming/${path}`, requires(scopeOf(name)), async (c) => {
      const { tag, list, only_media: onlyMedia } = c.req.query()
      const stream =
        name.startsWith('public') && onlyMedia && !/^(?:0|f|false|off)$/i.test(onlyMedia) ? `${name}:media` : name
      if (!isStreamName(stream)) throw unknownChannel()
      return serverSent(c, streams, streamOwner(c, c.var.accountId), stream, { tag, list })
    })
  }
  routes.all('/streaming/*', open, () => {
    throw unknownChannel()
  })
  return routes
}

const unknownChannel = () => new ApiError(400, 'Unknown channel requested')
