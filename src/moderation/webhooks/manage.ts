/** Webhooks: addresses that are told of accounts, reports and posts. */
import { randomBytes } from 'node:crypto'
import { asc, eq, sql } from 'drizzle-orm'
import { requirePermission, type Staff } from '../../accounts/roles/staff.ts'
import type { App } from '../../platform/app.ts'
import { changed } from '../../platform/db/changes.ts'
import type { Reader, Tx } from '../../platform/db/index.ts'
import { type WebhookEvent, webhookEvents, webhooks } from '../../platform/db/schema/moderation.ts'
import { type FieldProblem, notFound, Refusal } from '../../platform/errors.ts'
import { isEndpoint } from '../../platform/http/endpoint.ts'
import { newId, type WebhookId } from '../../platform/ids.ts'
import { problemWith, refuse } from '../../text/refusals.ts'
import { type Delivery, forgetJournal, readJournal, startJournal } from './journal.ts'
import { record } from './record.ts'

/** Each event may make a request to each of them. */
const maxWebhooks = 20

export const allWebhookEvents: readonly WebhookEvent[] = webhookEvents
export type WebhookRow = typeof webhooks.$inferSelect
/** The secret is unsealed where it is needed. */
export type Webhook = Omit<WebhookRow, 'secret'>
export type WebhookInput = { url: string; events: readonly string[] }

const { secret: sealed, ...columns } = {
  id: webhooks.id,
  url: webhooks.url,
  events: webhooks.events,
  secret: webhooks.secret,
  isEnabled: webhooks.isEnabled,
  lastSuccessAt: webhooks.lastSuccessAt,
  lastFailureAt: webhooks.lastFailureAt,
  lastFailure: webhooks.lastFailure,
  gaveUpAt: webhooks.gaveUpAt,
  createdAt: webhooks.createdAt,
}

/** All webhooks, the oldest first. @throws Refusal `not_permitted` */
export async function listWebhooks(db: Reader, staff: Staff): Promise<Webhook[]> {
  requirePermission(staff, 'manage_webhooks')
  return db.select(columns).from(webhooks).orderBy(asc(webhooks.id)).limit(maxWebhooks)
}

/** A webhook with its secret and its last deliveries. @throws Refusal `not_permitted`, `not_found` */
export async function loadWebhook(
  app: Pick<App, 'db' | 'secrets'>,
  staff: Staff,
  id: WebhookId,
): Promise<{ webhook: Webhook; secret: string; deliveries: Delivery[] }> {
  requirePermission(staff, 'manage_webhooks')
  const [row] = await app.db
    .select({ ...columns, secret: sealed })
    .from(webhooks)
    .where(eq(webhooks.id, id))
  if (!row) throw notFound()
  const { secret, ...webhook } = row
  const { deliveries } = await readJournal(app.db, id)
  // A database that came from elsewhere without its keys: the secret has to be replaced.
  return { webhook, secret: app.secrets.unseal(secret) ?? '', deliveries }
}

/** What webhooks get has mail and client addresses, so whoever makes or changes them may see these. */
function requireWebhooks(staff: Staff): void {
  requirePermission(staff, 'manage_webhooks')
  requirePermission(staff, 'manage_user_access')
}

/**
 * Makes a webhook, which is told of events from now on. Its secret is random.
 *
 * @throws Refusal `not_permitted`; `invalid` for an address that this server doesn't send to, without events, and for too many webhooks
 */
export async function makeWebhook(app: App, tx: Tx, staff: Staff, input: WebhookInput): Promise<WebhookId> {
  requireWebhooks(staff)
  const values = checked(app, input)
  // One after the other, so that the limit holds.
  const { rows } = await tx.execute<{ n: number }>(
    sql`with locked as (select pg_advisory_xact_lock(hashtext('webhooks'))) select (select count(*)::int from webhooks) as n from locked`,
  )
  if ((rows[0]?.n ?? 0) >= maxWebhooks) throw refuse('invalid', 'tooManyWebhooks', { max: maxWebhooks })
  const id = newId<WebhookId>()
  await tx.insert(webhooks).values({ id, ...values, secret: app.secrets.seal(newSecret()) })
  await startJournal(tx, id)
  await changed(tx, 'webhooks')
  await record(tx, staff, 'create', { id, url: values.url }, { events: values.events })
  return id
}

/**
 * Changes the address and the events of a webhook.
 *
 * @throws Refusal `not_permitted`, `not_found`, `invalid` as `makeWebhook`
 */
export async function changeWebhook(app: App, tx: Tx, staff: Staff, id: WebhookId, input: WebhookInput): Promise<void> {
  const before = await lock(tx, staff, id)
  const values = checked(app, input)
  if (before.url === values.url && before.events.join() === values.events.join()) return
  await tx.update(webhooks).set(values).where(eq(webhooks.id, id))
  await changed(tx, 'webhooks')
  await record(tx, staff, 'change', { id, url: values.url }, { events: values.events })
}

/** Turns a webhook on or off; while it is off, it misses events. @throws Refusal `not_permitted`, `not_found` */
export async function enableWebhook(tx: Tx, staff: Staff, id: WebhookId, isEnabled: boolean): Promise<void> {
  const before = await lock(tx, staff, id)
  if (before.isEnabled === isEnabled) return
  await tx.update(webhooks).set({ isEnabled, gaveUpAt: null }).where(eq(webhooks.id, id))
  if (isEnabled) await startJournal(tx, id)
  await changed(tx, 'webhooks')
  await record(tx, staff, isEnabled ? 'enable' : 'disable', before)
}

/** Gives a webhook a new secret, with which everything is signed from now on. @throws Refusal `not_permitted`, `not_found` */
export async function rotateSecret(app: Pick<App, 'secrets'>, tx: Tx, staff: Staff, id: WebhookId): Promise<void> {
  const hook = await lock(tx, staff, id)
  await tx
    .update(webhooks)
    .set({ secret: app.secrets.seal(newSecret()) })
    .where(eq(webhooks.id, id))
  await record(tx, staff, 'rotate', hook)
}

/** Deletes a webhook; what waits for it is not sent. @throws Refusal `not_permitted`, `not_found` */
export async function deleteWebhook(tx: Tx, staff: Staff, id: WebhookId): Promise<void> {
  const hook = await lock(tx, staff, id)
  await tx.delete(webhooks).where(eq(webhooks.id, id))
  await forgetJournal(tx, id)
  await changed(tx, 'webhooks')
  await record(tx, staff, 'delete', hook)
}

async function lock(tx: Tx, staff: Staff, id: WebhookId): Promise<WebhookRow> {
  requireWebhooks(staff)
  const [row] = await tx.select().from(webhooks).where(eq(webhooks.id, id)).for('update')
  if (!row) throw notFound()
  return row
}

function checked({ config }: Pick<App, 'config'>, input: WebhookInput): { url: string; events: WebhookEvent[] } {
  const url = input.url.trim()
  const events = webhookEvents.filter((name) => input.events.includes(name))
  const problems: FieldProblem[] = [
    ...(isEndpoint(config, url) ? [] : [problemWith('url', 'ERR_INVALID', 'webhookUrl')]),
    ...(events.length > 0 ? [] : [problemWith('events', 'ERR_BLANK', 'webhookEvents')]),
  ]
  const [first] = problems
  if (first) throw new Refusal('invalid', first.message, problems)
  return { url, events }
}

const newSecret = (): string => randomBytes(20).toString('hex')
