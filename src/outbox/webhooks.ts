/** Which events webhooks are told of, and the jobs that tell them. */
import { eq } from 'drizzle-orm'
import { stateOf } from '../platform/db/changes.ts'
import { type Db, databaseOf, type Tx } from '../platform/db/index.ts'
import { type WebhookEvent, webhooks } from '../platform/db/schema/moderation.ts'
import type { WebhookId } from '../platform/ids.ts'
import { minuteMs } from '../platform/time.ts'
import type { Event, EventOf } from './events.ts'
import type { Job } from './jobs.ts'

type News = { event: WebhookEvent; id: string }
type Hook = { id: WebhookId; events: WebhookEvent[] }

/** Posts that stay here are told nobody of: they are for people here, or their authors may still take them back. */
const unlessHere = (event: WebhookEvent, { statusId, staysHere }: { statusId: string; staysHere?: true }) =>
  staysHere ? null : { event, id: statusId }

/** The job leaves out what is not of this server, or not for everybody. */
const newsOf: { [T in Event['type']]?: (event: EventOf<T>) => News | null } = {
  'account.created': ({ accountId: id }) => ({ event: 'account.created', id }),
  'account.ready': ({ accountId: id }) => ({ event: 'account.approved', id }),
  'account.updated': ({ accountId: id }) => ({ event: 'account.updated', id }),
  'account.moderated': ({ accountId: id }) => ({ event: 'account.updated', id }),
  'report.filed': ({ reportId: id }) => ({ event: 'report.created', id }),
  'report.changed': ({ reportId: id }) => ({ event: 'report.updated', id }),
  'status.published': (event) => unlessHere('status.created', event),
  'status.left': (event) => unlessHere('status.created', event),
  'reblog.created': (event) => unlessHere('status.created', event),
  'reblog.left': (event) => unlessHere('status.created', event),
  'status.edited': (event) => unlessHere('status.updated', event),
}

/** The jobs for events: one for each webhook that wants one. Those of a webhook run one after the other. */
export async function webhookJobs(tx: Tx, events: readonly Event[]): Promise<Job[]> {
  const news = events.flatMap(
    (event) => (newsOf[event.type] as ((event: Event) => News | null) | undefined)?.(event) ?? [],
  )
  if (news.length === 0) return []
  const hooks = await enabledHooks(tx)
  const at = Date.now()
  return news.flatMap(({ event, id }) =>
    hooks
      .filter((hook) => hook.events.includes(event))
      .map((hook): Job => ({
        name: 'webhook',
        payload: { webhookId: hook.id, event, id, at },
        queue: `webhook-${hook.id}`,
      })),
  )
}

/** A notification of a change that is lost delays it by no more than this. */
const maxAgeMs = minuteMs
const cache = new WeakMap<Db, { state: object; loadedAt: number; hooks: Hook[] }>()

/**
 * The enabled webhooks, in memory until they change. On a miss they are read by the writer's own transaction: a second connection
 * would have to be waited for while the first is held.
 */
async function enabledHooks(tx: Tx): Promise<Hook[]> {
  const db = databaseOf(tx)
  const state = db ? stateOf(db, 'webhooks') : null
  const entry = db && cache.get(db)
  if (entry && entry.state === state && Date.now() - entry.loadedAt < maxAgeMs) return entry.hooks
  const hooks = await tx
    .select({ id: webhooks.id, events: webhooks.events })
    .from(webhooks)
    .where(eq(webhooks.isEnabled, true))
  if (db && state) cache.set(db, { state, loadedAt: Date.now(), hooks })
  return hooks
}
