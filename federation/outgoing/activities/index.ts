/** Every federated event → the activities that are sent about it, with their recipients. */
import { accountActivities } from './accounts.ts'
import type { Builders } from './activity.ts'
import { collectionActivities } from './collections.ts'
import { interactionActivities } from './interactions.ts'
import { quoteActivities } from './quotes.ts'
import { reactionActivities } from './reactions.ts'
import { relationshipActivities } from './relationships.ts'
import { relayActivities } from './relays.ts'
import { statusActivities } from './statuses.ts'

export const builders: Builders = {
  ...statusActivities,
  ...quoteActivities,
  ...collectionActivities,
  ...interactionActivities,
  ...reactionActivities,
  ...relationshipActivities,
  ...accountActivities,
  ...relayActivities,
}
