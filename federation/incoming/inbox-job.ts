import type { Jobs } from '#src/outbox/jobs.ts'
import { idOf, parseObject, typesOf } from '../documents/json.ts'
import { type DispatchActivity, type Kind, kindOf } from './kinds.ts'

/** The payload of jobs that were queued when Fedify's own messages went through the queue. */
type Old = { message: Omit<Jobs['inbox'], 'kind' | 'actor' | 'at'> & { at?: number } }

/** The `inbox` job: hands a received activity to its listener, through Fedify. The job fails with the error of the listener. */
export async function processInbox(dispatch: DispatchActivity, payload: Jobs['inbox'] | Old): Promise<void> {
  const { kind, actor, raw, signer, at, arrivedAt } = 'message' in payload ? fromMessage(payload) : payload
  const activity = parseObject(raw)
  if (!activity || !kind || !actor) return
  await dispatch(kind as Kind, actor, { activity, raw, signer, at, ...(arrivedAt === undefined ? {} : { arrivedAt }) })
}

function fromMessage({ message: { raw, signer, at = Date.now(), arrivedAt } }: Old) {
  const activity = parseObject(raw)
  return {
    kind: activity && kindOf(typesOf(activity)),
    actor: activity && idOf(activity['actor']),
    raw,
    signer,
    at,
    arrivedAt,
  }
}
