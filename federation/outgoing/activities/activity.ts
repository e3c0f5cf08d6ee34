import type { EventOf, FederatedEvent } from '#src/outbox/events.ts'
import type { Recipients } from '#src/outgoing/recipients.ts'
import type { App } from '#src/platform/app.ts'
import type { AccountId, StatusId } from '#src/platform/ids.ts'
import type { JsonObject } from '../../documents/json.ts'

/** An activity to send. */
type OutgoingActivity = {
  /** The sender; null for the instance actor. */
  accountId: AccountId | null
  activity: JsonObject
  recipients: Recipients
  /** A status that must still exist when the activity is stored: after its Delete, nothing else about it is sent. */
  of?: StatusId
}

/** Null when there is nothing to send, or no longer. */
export type Built = OutgoingActivity | OutgoingActivity[] | null

/** Builds the activities of an event. `key` gives them the same ids each time the job runs. */
export type Builders = {
  [T in FederatedEvent['type']]: (app: App, event: EventOf<T>, key: string) => Promise<Built>
}
