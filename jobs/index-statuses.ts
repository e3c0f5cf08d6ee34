import { addJobs } from '#src/outbox/add-jobs.ts'
import type { Jobs } from '#src/outbox/jobs.ts'
import type { App } from '#src/platform/app.ts'
import { indexBatch, isIndexIncomplete } from '#src/statuses/search/index-status.ts'

/** Adds a batch of statuses to the search index, and queues itself for older ones, until none is left. */
export async function indexStatuses(app: App, { before }: Jobs['index-statuses']): Promise<void> {
  const done = await indexBatch(app.db, before)
  if (done) await addJobs(app.db, [{ name: 'index-statuses', payload: { before: done.last }, key: 'index-statuses' }])
}

/** When a worker starts: queues the indexing of statuses that are older than the search index. */
export async function indexOldStatuses({ db }: App): Promise<void> {
  if (await isIndexIncomplete(db))
    await addJobs(db, [{ name: 'index-statuses', payload: { before: null }, key: 'index-statuses' }])
}
