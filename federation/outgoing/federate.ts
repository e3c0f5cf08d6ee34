/** The `federate` job: turns an event into an activity, stored once, with one delivery per recipient inbox. */
import { forgetFollowers } from '#src/erasure/delete-account.ts'
import { forgetDeleteRecipients } from '#src/outbox/delete-recipients.ts'
import type { FederatedEvent } from '#src/outbox/events.ts'
import type { Jobs } from '#src/outbox/jobs.ts'
import { giveUpRetries } from '#src/outgoing/give-up-retries.ts'
import { hasRecipients } from '#src/outgoing/recipients.ts'
import { storeActivity } from '#src/outgoing/store.ts'
import type { App } from '#src/platform/app.ts'
import { type ActivityId, newId } from '#src/platform/ids.ts'
import { lockStatus } from '#src/statuses/find.ts'
import { visibilityOf } from '../documents/addressing.ts'
import { addressesOf, type JsonObject } from '../documents/json.ts'
import { type SigningKeys, signingKeys } from '../signatures/own-keys.ts'
import { withSignature } from '../signatures/sign-linked-data.ts'
import { withProof } from '../signatures/sign-proof.ts'
import type { Builder } from './activities/activity.ts'
import { builders } from './activities/index.ts'

/** May run several times for an event: `key` gives its activity the same id each time. */
export async function federate(app: App, { event, key, order }: Jobs['federate']): Promise<void> {
  const build = builders[event.type] as Builder<FederatedEvent>
  // Jobs that an older version queued have no order.
  const place = order ?? newId<ActivityId>()
  for (const { accountId, activity, recipients, of, ends } of [(await build(app, event, key, place)) ?? []].flat()) {
    const keys = (await hasRecipients(app.db, recipients)) && (await signingKeys(app, accountId))
    if (!keys) continue
    const visibility = visibilityOf(
      { to: addressesOf(activity['to']), cc: addressesOf(activity['cc']) },
      accountId && app.uris.followers(accountId),
    )
    const body = JSON.stringify(
      visibility === 'public' || visibility === 'unlisted' ? await signed(activity, keys) : activity,
    )
    const type = String(activity['type'])
    const brings = bringsStatus.has(type) ? (recipients.status ?? null) : null
    const outgoing = {
      isUnhurried: event.type === 'account.deleted',
      order: place,
      uri: String(activity['id']),
      accountId,
      type,
      body,
      brings,
      recipients,
      isForFollowers: visibility === 'private',
    }
    await app.db.transaction(async (tx) => {
      if (of === undefined || (await lockStatus(tx, of))) await storeActivity(tx, outgoing)
      if (ends) await giveUpRetries(tx, ends)
      if (recipients.deleteOf) await forgetDeleteRecipients(tx, recipients.deleteOf)
    })
  }
  if (event.type === 'account.deleted') while (await app.db.transaction((tx) => forgetFollowers(tx, event.accountId)));
}

/**
 * Signs a public or unlisted activity itself, in both ways that are in use, so that third parties can pass it on. Any other activity
 * is proven by the signature of its request alone.
 */
const signed = async (activity: JsonObject, keys: SigningKeys): Promise<JsonObject> =>
  withSignature(withProof(activity, keys), keys)

/** Activities that bring the receiver a copy of the status or boost: the receiver gets its later Update, Delete or Undo. */
const bringsStatus: ReadonlySet<string> = new Set(['Create', 'Update', 'Announce'])
