import type { EventOf, FederatedEvent } from '#src/outbox/events.ts'
import type { Obsolete } from '#src/outgoing/give-up-retries.ts'
import type { Recipients } from '#src/outgoing/recipients.ts'
import type { App } from '#src/platform/app.ts'
import type { AccountId, ActivityId, StatusId } from '#src/platform/ids.ts'
import type { JsonObject } from '../../documents/json.ts'

/** An activity to send. */
export type OutgoingActivity = {
  /** The sender; null for the instance actor. */
  accountId: AccountId | null
  activity: JsonObject
  recipients: Recipients
  /** A status that must still exist when the activity is stored: after its Delete, nothing else about it is sent. */
  of?: StatusId
  /** Earlier activities that must not arrive after this one. */
  ends?: Obsolete
}

/** An activity for one account. */
export type Direct = OutgoingActivity & { recipients: { inboxes: [string] } }

/** Null when there is nothing to send, or no longer. */
export type Built = OutgoingActivity | OutgoingActivity[] | null

/**
 * Builds the activities of an event. `key` gives them the same ids each time the job runs.
 *
 * @param order of the activity among all others
 */
export type Builder<E> = (app: App, event: E, key: string, order: ActivityId) => Promise<Built>

export type Builders = { [T in FederatedEvent['type']]: Builder<EventOf<T>> }

/** The Undo of the activity with a URI. */
export const ending = (uri: string, undo: Direct | null): Built => undo && { ...undo, ends: { uri } }
