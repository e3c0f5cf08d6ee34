/**
 * A timeline of followed people shows a post once, even if several of them boost it: a boost is left out while the
 * post, or another boost of it, is among the 40 older entries. These 40 include entries that are left out themselves.
 * So whether a boost is shown depends only on older entries, not on the page or its direction.
 */
import { maxBigint, type Page } from '../../platform/db/page.ts'
import { byAge, type StatusId } from '../../platform/ids.ts'

/** A status on a timeline; `reblogOfId` is set for a boost. */
export type Entry = { id: StatusId; reblogOfId: StatusId | null }

/** Reads a page of the entries of a timeline, newest first. */
export type ReadEntries = (page: Page) => Promise<Entry[]>

/** Older entries that a boost is compared with; Mastodon's number. */
const lookBack = 40
/** Limits a page to a few thousand entries, even if nearly all are repeats. The page is shorter then. */
const maxReads = 10
const maxEntriesOfRead = 640

/** Ids of a page without repeats, newest first. Pages join without gaps, in both directions. */
export async function withoutRepeats(read: ReadEntries, page: Page): Promise<StatusId[]> {
  if (page.limit === 0) return []
  return page.minId === undefined ? readDown(read, page) : readUp(read, page, page.minId)
}

/** Whether the entries just below a boost show the same post. */
export async function isRepeat(read: ReadEntries, entry: Entry): Promise<boolean> {
  return entry.reblogOfId !== null && repeats(entry, await read({ maxId: entry.id, limit: lookBack }))
}

async function readDown(read: ReadEntries, { maxId, sinceId = '0', limit }: Page): Promise<StatusId[]> {
  const entries: Entry[] = []
  const shown: StatusId[] = []
  let next = 0
  for (let reads = 0; reads < maxReads; reads++) {
    // Half of the entries may be repeats: reading more of them at once costs less than reading twice.
    const wanted = reads === 0 ? 2 * limit + lookBack : sizeOfRead(limit, reads)
    const found = await read({ maxId: entries.at(-1)?.id ?? maxId, limit: wanted })
    entries.push(...found)
    const isEnd = found.length < wanted
    for (; next < (isEnd ? entries.length : entries.length - lookBack); next++) {
      const entry = entries[next]!
      if (byAge(entry.id, sinceId as StatusId) <= 0) return shown
      if (!repeats(entry, entries.slice(next + 1, next + 1 + lookBack))) shown.push(entry.id)
      if (shown.length === limit) return shown
    }
    if (isEnd) break
  }
  return shown
}

async function readUp(read: ReadEntries, { maxId, limit }: Page, minId: string): Promise<StatusId[]> {
  // Oldest first.
  const upToThere = minId === maxBigint ? {} : { maxId: String(BigInt(minId) + 1n) }
  const entries = (await read({ ...upToThere, limit: lookBack })).toReversed()
  const shown: StatusId[] = []
  let next = entries.length
  for (let reads = 0; reads < maxReads; reads++) {
    const wanted = sizeOfRead(limit, reads)
    const found = await read({ minId: next > 0 && reads > 0 ? entries[next - 1]!.id : minId, maxId, limit: wanted })
    entries.push(...found.toReversed())
    for (; next < entries.length; next++) {
      const entry = entries[next]!
      if (!repeats(entry, entries.slice(Math.max(0, next - lookBack), next))) shown.push(entry.id)
      if (shown.length === limit) return shown.toReversed()
    }
    if (found.length < wanted) break
  }
  return shown.toReversed()
}

const sizeOfRead = (limit: number, reads: number): number => Math.min(limit * 2 ** reads, maxEntriesOfRead)

function repeats({ reblogOfId }: Entry, older: Entry[]): boolean {
  return reblogOfId !== null && older.some((entry) => entry.id === reblogOfId || entry.reblogOfId === reblogOfId)
}
