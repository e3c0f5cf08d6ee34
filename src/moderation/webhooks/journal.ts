/** What happened when webhooks were called. */
import { eq } from 'drizzle-orm'
import { schedule } from '../../accounts/roles/staff.ts'
import { changed } from '../../platform/db/changes.ts'
import type { Reader, Tx } from '../../platform/db/index.ts'
import { deleteValue, readValue, writeValue } from '../../platform/db/kv.ts'
import { type WebhookEvent, webhooks } from '../../platform/db/schema/moderation.ts'
import type { WebhookId } from '../../platform/ids.ts'
import { dayMs } from '../../platform/time.ts'
import { tellStaff } from '../staff-mail.ts'
import { record } from './record.ts'

/** One request to a webhook. `status`: null without an answer; `error`: empty after a success. */
export type Delivery = { at: string; event: WebhookEvent | 'ping'; status: number | null; error: string; ms: number }

/** `failingSince`: the first failure after the last success, or after the webhook was turned on. */
type Journal = { failingSince: string | null; deliveries: Delivery[] }

const kept = 20
/** A webhook that failed for so long, without a success, is turned off. */
const patienceMs = 7 * dayMs
const maxErrorLength = 300

const keyOf = (id: WebhookId): string => `webhook ${id}`

export async function readJournal(db: Reader, id: WebhookId): Promise<Journal> {
  return ((await readValue(db, keyOf(id))) as Journal | undefined) ?? { failingSince: null, deliveries: [] }
}

/** Forgets that a webhook failed, as it is turned on. */
export async function startJournal(tx: Tx, id: WebhookId): Promise<void> {
  await writeValue(tx, keyOf(id), { ...(await readJournal(tx, id)), failingSince: null }, null)
}

export const forgetJournal = (tx: Tx, id: WebhookId): Promise<void> => deleteValue(tx, keyOf(id))

/** Writes a delivery down. A webhook that has failed for a week is turned off, and staff are told. */
export async function writeDelivery(tx: Tx, id: WebhookId, delivery: Delivery): Promise<void> {
  const [hook] = await tx.select().from(webhooks).where(eq(webhooks.id, id)).for('update')
  if (!hook) return
  const { failingSince: before, deliveries } = await readJournal(tx, id)
  const error = delivery.error.slice(0, maxErrorLength)
  const isGood = error === ''
  const failingSince = isGood ? null : (before ?? delivery.at)
  await writeValue(
    tx,
    keyOf(id),
    { failingSince, deliveries: [{ ...delivery, error }, ...deliveries].slice(0, kept) },
    null,
  )
  const at = new Date(delivery.at)
  const isOver = hook.isEnabled && failingSince !== null && at.getTime() - Date.parse(failingSince) > patienceMs
  await tx
    .update(webhooks)
    .set({
      ...(isGood ? { lastSuccessAt: at } : { lastFailureAt: at, lastFailure: error }),
      ...(isOver ? { isEnabled: false, gaveUpAt: at } : {}),
    })
    .where(eq(webhooks.id, id))
  if (!isOver) return
  await changed(tx, 'webhooks')
  await record(tx, schedule, 'disable', hook, { failingSince })
  await tellStaff(tx, 'webhooks')
}
