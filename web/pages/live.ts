/**
 * The stream of a logged-in page: how many notifications are unread, and that something new is there. It has no content, so that
 * it says nothing but what the page shows when it asks. The browser's session opens it; tokens of apps do not.
 */
import { Hono } from 'hono'
import { sessionIdOf } from '#src/accounts/sessions/open-sessions.ts'
import { notFound } from '#src/platform/errors.ts'
import { getLogger } from '#src/platform/log.ts'
import { ownList } from '#src/reading/lists/manage.ts'
import { countUnreadGroups } from '#src/reading/notifications/groups.ts'
import { channelOf, isStreamName } from '#src/reading/streaming/channels.ts'
import type { Message } from '#src/reading/streaming/hub.ts'
import { eventStreamHeaders, openEventStream } from '#src/reading/streaming/server-sent.ts'
import { everyKind } from '../components/notifications/kinds.ts'
import { clientGroup, type C, type Env } from '../env.ts'
import { HttpProblem } from '../problem.ts'

const log = getLogger('streaming')
/** Many notifications within this time are counted once. */
const countAfterMs = 500
const mostUnread = 100
const unreadLookedAt = 500

export const live = new Hono<Env>().get('/live', async (c) => {
  const { app, hub, session } = c.var
  const { viewer, token } = session
  // No redirect to the log-in: nobody sees this answer.
  if (!viewer || !token) return c.body(null, 401)
  if ((c.req.header('Sec-Fetch-Site') ?? 'same-origin') !== 'same-origin')
    throw new HttpProblem(403, 'errors.otherSite')
  const subscription = await subscriptionOf(c)
  if (c.req.method === 'HEAD') return c.body(null, 200, eventStreamHeaders)
  const { accountId } = viewer
  let write: ((text: string) => void) | null = null
  let timer: NodeJS.Timeout | null = null
  const count = async (): Promise<void> => {
    timer = null
    try {
      const unread = await countUnreadGroups(app.db, accountId, mostUnread, everyKind, undefined, unreadLookedAt)
      write?.(`event: unread\ndata: ${unread}\n\n`)
    } catch (error) {
      log.warn('Unread notifications could not be counted: {error}', { error })
    }
  }
  return openEventStream(
    hub,
    {
      accountId,
      tokenId: null,
      sessionId: sessionIdOf(token),
      scopes: ['read:statuses', 'read:notifications'],
      address: clientGroup(c),
    },
    {
      subscriptions: subscription,
      textOf({ event }: Message) {
        if (event === 'notification' || event === 'notifications_merged')
          timer ??= setTimeout(() => void count(), countAfterMs).unref()
        return event === 'update' || event === 'notification' ? `event: ${event}\ndata: 1\n\n` : null
      },
      opened(send) {
        write = send
        void count()
      },
      closed() {
        write = null
        if (timer) clearTimeout(timer)
      },
      hangUp: () => c.env.hangUp?.(),
    },
  )
})

/** The streams that a page asks for: that of its posts, and that of the person's notifications. */
async function subscriptionOf(c: C) {
  const { app, session } = c.var
  const name = c.req.query('stream') ?? 'user:notification'
  const stream = isStreamName(name) ? channelOf(name, { list: c.req.query('list') }) : null
  if (!stream || !session.viewer) throw notFound()
  if (stream.channel.kind === 'list') await ownList(app.db, session.viewer.accountId, stream.channel.listId)
  // The stream of Home has the notifications, too.
  if (stream.channel.kind === 'user' || stream.channel.kind === 'user:notification') return [stream]
  const notices = channelOf('user:notification', {})
  return notices ? [stream, notices] : [stream]
}
