import type { App } from '#src/app.ts'
import type { Jobs } from '#src/outbox.ts'
import type { PipitFederation } from '../index.ts'
import type { Queued } from './kinds.ts'

/** The `inbox` job: hands a queued activity back to Fedify, which calls its listener. */
export async function processInbox(app: App, federation: PipitFederation, { message }: Jobs['inbox']): Promise<void> {
  const { received, ...task } = message as Queued
  await (await federation()).processQueuedTask({ ...app, received }, task as Queued)
}
