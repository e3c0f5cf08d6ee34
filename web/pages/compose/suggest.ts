import { Hono } from 'hono'
import { searchAccounts } from '#src/accounts/search.ts'
import { countAttempt } from '#src/accounts/sessions/attempts.ts'
import { loadAccountViews } from '#src/accounts/views.ts'
import { searchTags } from '#src/reading/search.ts'
import type { Env } from '../../env.ts'
import { requireViewer, viewerOf } from '../../guards.tsx'

/** A suggestion of a script during typing: `text` is inserted, `name` and `picture` explain it. */
export type Suggestion = { text: string; name: string; picture?: string }

const limit = 6
const allowance = { count: 400, minutes: 5 }

/** Handles (`q=@al`) and hashtags (`q=#bi`) that begin with a text. */
export const suggestions = new Hono<Env>().get('/compose/suggest', requireViewer, async (c) => {
  const { app } = c.var
  const { accountId } = viewerOf(c)
  const q = (c.req.query('q') ?? '').slice(0, 100)
  await countAttempt(app, `suggestions of ${accountId}`, allowance)
  if (q.startsWith('#')) {
    const tags = q.length < 2 ? [] : await searchTags(app.db, q, { limit })
    return c.json(tags.map(({ displayName }): Suggestion => ({ text: `#${displayName}`, name: '' })))
  }
  const ids = q.startsWith('@') && q.length > 1 ? await searchAccounts(app.db, accountId, q, { limit }) : []
  const accounts = await loadAccountViews(app.db, ids)
  // People type handles here: those that begin so come before people of such a name.
  const begun = ({ acct }: { acct: string }) => Number(acct.toLowerCase().startsWith(q.slice(1).toLowerCase()))
  return c.json(
    accounts
      .toSorted((a, b) => begun(b) - begun(a))
      .map(({ acct, username, displayName, avatarFile }): Suggestion => ({
        text: `@${acct}`,
        name: displayName || username,
        ...(avatarFile ? { picture: `/media/${avatarFile}` } : {}),
      })),
  )
})
