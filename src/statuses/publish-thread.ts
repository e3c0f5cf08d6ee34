/** Threads: several statuses of one author that are published at once, each as a reply to the one before. */
import type { App } from '../platform/app.ts'
import type { Tx } from '../platform/db/index.ts'
import type { AccountId, StatusId } from '../platform/ids.ts'
import type { Uris } from '../platform/uris.ts'
import { limits } from '../rules/limits.ts'
import { refuse } from '../text/refusals.ts'
import { type Draft, prepareStatus, type StatusInput } from './prepare.ts'
import { publishStatus } from './publish.ts'

/**
 * Makes the drafts of a thread, as `prepareStatus` does. The idempotency key of the first, if it has one, counts for all.
 *
 * @throws Refusal `invalid` when one of them can't be published; with several, the message names it
 */
export async function prepareThread(app: App, authorId: AccountId, inputs: readonly StatusInput[]): Promise<Draft[]> {
  const { maxParts } = limits.drafts
  if (inputs.length > maxParts) throw refuse('invalid', 'threadTooLong', { max: maxParts })
  const key = inputs[0]?.idempotencyKey
  const drafts: Draft[] = []
  for (const [i, input] of inputs.entries()) {
    const isFirst = i === 0
    drafts.push(
      await prepareStatus(
        app,
        authorId,
        isFirst || key === undefined ? input : { ...input, idempotencyKey: `${key} ${i + 1}` },
      ),
    )
  }
  return drafts
}

/**
 * Publishes a thread: all of it, or nothing. So a thread can't begin with a reply that its recipient has to accept first. What was published with the same idempotency keys before is not published again.
 *
 * @throws Refusal as `publishStatus` does
 */
export async function publishThread(
  tx: Tx,
  uris: Uris,
  authorId: AccountId,
  drafts: readonly Draft[],
): Promise<StatusId[]> {
  const ids: StatusId[] = []
  for (const draft of drafts) {
    const before = ids.at(-1)
    const goesOn = ids.length < drafts.length - 1
    ids.push(await publishStatus(tx, uris, authorId, before ? { ...draft, inReplyToId: before } : draft, { goesOn }))
  }
  return ids
}
