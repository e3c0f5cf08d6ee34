import type { Jobs } from '#src/outbox/jobs.ts'
import type { App } from '#src/platform/app.ts'
import { parseObject } from '../documents/json.ts'
import type { PipitFederation } from '../index.ts'
import type { Queued } from './kinds.ts'

/** The `inbox` job: hands a queued activity to Fedify, which calls its listener. */
export async function processInbox(app: App, federation: PipitFederation, { message }: Jobs['inbox']): Promise<void> {
  // Jobs that an older version queued have no `at`.
  const { raw, signer, at = Date.now(), arrivedAt, ...task } = message as Queued
  const activity = parseObject(raw)
  const received = activity && { activity, raw, signer, at, ...(arrivedAt === undefined ? {} : { arrivedAt }) }
  if (received) await (await federation()).processQueuedTask({ ...app, received }, task as Queued)
}
