import type { Tx } from '../db/index.ts'
import { receivedActivities } from '../db/schema/federation.ts'

/** Notes that an activity takes effect in this transaction. False when it did before: who repeats itself changes nothing. */
export async function receiveOnce(tx: Tx, uri: string): Promise<boolean> {
  const added = await tx.insert(receivedActivities).values({ uri }).onConflictDoNothing().returning({ uri: receivedActivities.uri })
  return added.length > 0
}
