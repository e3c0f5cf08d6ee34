/** What the right column of wide screens needs from the database, in few statements. */
import type { AccountId } from '#src/platform/ids.ts'
import { fewSuggestions } from '#src/reading/suggestions/few.ts'
import { topTags, type TopTag } from '#src/reading/trends/top.ts'
import type { C } from './env.ts'

/** Pages for reading. Where people write, set something or moderate, the column stays calm. */
const readingPages =
  /^\/($|@|explore|public$|tags\/|links$|directory$|search$|notifications|bookmarks$|favourites$|lists|conversations|collections|announcements$|catch-up$|year\/)/

const people = 3

export type RailIds = { tags: TopTag[]; people: AccountId[] }

/**
 * Trends are the same for all visitors, so that their pages stay the same; suggestions are for people who are logged in.
 *
 * @returns null on pages that are not for reading
 */
export async function loadRail(c: C): Promise<RailIds | null> {
  const { app, session } = c.var
  const { path } = c.req
  if (!readingPages.test(path)) return null
  const [tags, suggested] = await Promise.all([
    path === '/explore/tags' ? [] : topTags(app.db),
    session.viewer && path !== '/explore/people' ? fewSuggestions(app, session.viewer.accountId, people) : [],
  ])
  return { tags, people: suggested }
}
