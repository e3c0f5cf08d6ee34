import type { Tx } from '../../platform/db/index.ts'
import type { AccountId } from '../../platform/ids.ts'
import type { FilterCopy } from './copies.ts'
import { createFilter, updateFilter } from './manage.ts'
import { loadFilterViews } from './read.ts'

/** What taking in filters changed: filters that are new and that got keywords, keywords that are new and that were there. */
export type TakenIn = { made: number; extended: number; added: number; known: number }

/**
 * Takes in filters of a file. A filter of the same title gets the keywords that it lacks, and keeps its settings. All or none: a
 * refusal of one rolls all back.
 *
 * @throws Refusal `invalid` for too many filters or keywords
 */
export async function takeInFilters(tx: Tx, accountId: AccountId, copies: readonly FilterCopy[]): Promise<TakenIn> {
  const byTitle = new Map((await loadFilterViews(tx, accountId)).map((filter) => [filter.title, filter]))
  const done: TakenIn = { made: 0, extended: 0, added: 0, known: 0 }
  for (const { keywords, ...settings } of copies) {
    const existing = byTitle.get(settings.title)
    const words = new Set(existing?.keywords.map(({ keyword }) => keyOf(keyword)))
    const missing = keywords.filter(({ keyword }) => {
      const isKnown = words.has(keyOf(keyword))
      words.add(keyOf(keyword))
      return !isKnown
    })
    done.added += missing.length
    done.known += keywords.length - missing.length
    if (existing && missing.length > 0) {
      await updateFilter(tx, accountId, existing.id, { keywords: missing })
      done.extended += 1
    } else if (!existing) {
      await createFilter(tx, accountId, { ...settings, keywords: missing })
      done.made += 1
    }
  }
  return done
}

const keyOf = (keyword: string): string => keyword.toLowerCase()
