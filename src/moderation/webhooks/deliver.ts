/**
 * Sends events to webhooks, as Mastodon does: JSON that is signed with the secret of the webhook.
 *
 * @see https://docs.joinmastodon.org/admin/webhooks/
 */
import { createHmac } from 'node:crypto'
import { eq } from 'drizzle-orm'
import { requirePermission, type Staff } from '../../accounts/roles/staff.ts'
import type { Jobs } from '../../outbox/jobs.ts'
import type { App } from '../../platform/app.ts'
import { type WebhookEvent, webhooks } from '../../platform/db/schema/moderation.ts'
import { notFound } from '../../platform/errors.ts'
import { HttpError } from '../../platform/http/client.ts'
import type { WebhookId } from '../../platform/ids.ts'
import { acquireHost, askHost, checkHostUp, hostKey, isTrouble } from '../../platform/queue/hosts.ts'
import { loadSettings } from '../../rules/settings.ts'
import { type Delivery, writeDelivery } from './journal.ts'
import type { WebhookRow } from './manage.ts'
import { record } from './record.ts'

const timeoutMs = 10_000
/** Of the answer; it is not used. */
const maxAnswerBytes = 16_384

/** Makes the entity that an event is about, as the API gives it to staff. Null if it is gone, of another server, or not for everybody. */
export type ReadObject = (app: App, event: WebhookEvent, id: string) => Promise<object | null>

/**
 * Tells a webhook of an event. What it is about is read now: a post that was deleted meanwhile is not sent.
 *
 * @throws HostUnavailable where the webhook can't be asked now, Error when it may work later
 */
export async function deliverWebhook(
  app: App,
  readObject: ReadObject,
  { webhookId, event, id, at }: Jobs['webhook'],
): Promise<void> {
  const [hook] = await app.db.select().from(webhooks).where(eq(webhooks.id, webhookId))
  if (!hook || !hook.isEnabled || !hook.events.includes(event)) return
  const object = await readObject(app, event, id)
  if (!object) return
  const host = hostKey(hook.url)
  checkHostUp(app, host)
  using _host = acquireHost(app, 'push', hook.url)
  const { delivery, isFinal } = await send(app, hook, event, new Date(at), object)
  await app.db.transaction((tx) => writeDelivery(tx, webhookId, delivery))
  if (delivery.error !== '' && !isFinal) throw new Error(`The webhook at ${host}: ${delivery.error}`)
}

/**
 * Sends a webhook a sample event named `ping`, also while it is turned off.
 *
 * @throws Refusal `not_permitted`, `not_found`
 */
export async function testWebhook(app: App, staff: Staff, id: WebhookId): Promise<Delivery> {
  requirePermission(staff, 'manage_webhooks')
  const hook = await app.db.transaction(async (tx) => {
    const [row] = await tx.select().from(webhooks).where(eq(webhooks.id, id))
    if (!row) throw notFound()
    await record(tx, staff, 'test', row)
    return row
  })
  const { title } = await loadSettings(app.db)
  const { delivery } = await send(app, hook, 'ping', new Date(), { title, uri: app.uris.origin })
  await app.db.transaction((tx) => writeDelivery(tx, id, delivery))
  return delivery
}

/** `isFinal`: whether another try can't help, as the address may not be asked. */
async function send(
  app: App,
  hook: WebhookRow,
  event: Delivery['event'],
  at: Date,
  object: object,
): Promise<{ delivery: Delivery; isFinal: boolean }> {
  const began = new Date()
  const done = (status: number | null, error: string, isFinal = false) => ({
    delivery: { at: began.toISOString(), event, status, error, ms: Date.now() - began.getTime() },
    isFinal,
  })
  const secret = app.secrets.unseal(hook.secret)
  if (!secret) return done(null, 'The secret can’t be read: replace it', true)
  const body = JSON.stringify({ event, created_at: at.toISOString(), object })
  const request = () =>
    app.http.request(hook.url, {
      purpose: 'service',
      method: 'POST',
      headers: () => ({
        'Content-Type': 'application/json',
        'X-Hub-Signature': `sha256=${createHmac('sha256', secret).update(body).digest('hex')}`,
      }),
      body,
      maxBytes: maxAnswerBytes,
      truncates: true,
      timeoutMs,
    })
  try {
    // A redirect is an answer like any other failure: a POST follows none.
    const { status } = await askHost(app, hostKey(hook.url), request, { isTroubled: isTrouble })
    return done(status, status >= 200 && status < 300 ? '' : `Answered ${status}`)
  } catch (error) {
    if (!(error instanceof HttpError)) throw error
    return done(null, error.message, error.isPermanent)
  }
}
