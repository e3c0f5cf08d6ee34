import type { App } from '#src/app.ts'
import type { Jobs } from '#src/outbox.ts'
import type { PipitFederation } from '../index.ts'
import { parseObject } from '../json.ts'
import type { Queued } from './kinds.ts'

/** The `inbox` job: hands a queued activity back to Fedify, which calls its listener. */
export async function processInbox(app: App, federation: PipitFederation, { message }: Jobs['inbox']): Promise<void> {
  const { raw, signer, arrivedAt, ...task } = message as Queued
  const activity = parseObject(raw)
  if (activity) await (await federation()).processQueuedTask({ ...app, received: { activity, raw, signer, ...(arrivedAt === undefined ? {} : { arrivedAt }) } }, task as Queued)
}
