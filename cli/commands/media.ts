import { evictUnseen, remoteFilesUsage } from '#src/media/remote-eviction.ts'
import type { App } from '#src/platform/app.ts'
import { wholeNumber } from '../numbers.ts'
import { withApp } from '../session.ts'

type Global = { json?: boolean }

const batchSize = 1_000
const maxBatches = 10_000

/** `media usage` */
export function usage(options: Global): Promise<void> {
  return withApp(options.json ?? false, async (app) => {
    const { files, bytes } = await remoteFilesUsage(app.db)
    return { data: { files, bytes }, lines: [`${files} copies, ${(bytes / 1_000_000).toFixed(1)} MB`] }
  })
}

/** `media prune` */
export function prune(options: Global & { days: string }): Promise<void> {
  return withApp(options.json ?? false, async (app) => {
    const removed = await pruneAll(app, wholeNumber('--days', options.days, 0, 36_500))
    return { data: { removed }, lines: [`Removed ${removed} copies`] }
  })
}

async function pruneAll(app: App, days: number): Promise<number> {
  let removed = 0
  for (let batch = 0; batch < maxBatches; batch++) {
    const count = await app.db.transaction((tx) => evictUnseen(tx, days, batchSize))
    removed += count
    if (count < batchSize) break
  }
  return removed
}
