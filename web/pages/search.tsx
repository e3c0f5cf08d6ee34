import { Hono } from 'hono'
import { countAttempt } from '#src/auth/attempts.ts'
import { loadAccountViews } from '#src/accounts/views.ts'
import { loadRelationships } from '#src/relationships/views.ts'
import { search } from '#src/search.ts'
import { loadStatusViews } from '#src/statuses/views.ts'
import { AccountRow } from '../components/account.tsx'
import { Head, SearchBox } from '../components/layout.tsx'
import { StatusList } from '../components/status.tsx'
import { type C, clientGroup, type Env } from '../env.ts'
import { page } from '../page.tsx'

/** People, posts and hashtags, by words, handle or URL. People who are logged in find those of other servers, too. */
export const searches = new Hono<Env>().get('/search', async (c) => {
  const text = (c.req.query('q') ?? '').trim().slice(0, 500)
  return page(
    c,
    { title: text ? `Search: ${text}` : 'Search', isPrivate: true },
    <>
      <Head title="Search" />
      <div class="search-main">
        <SearchBox value={text} id="search" autofocus={text === ''} />
      </div>
      {text ? await results(c, text) : <p class="aside">A name, a handle such as @somebody@example.social, a #hashtag, or the address of a post or profile anywhere.</p>}
    </>,
  )
})

async function results(c: C, text: string) {
  const { app, session } = c.var
  const viewer = session.viewer?.accountId ?? null
  // Neither visitors nor links on other sites may make this server ask others.
  await countAttempt(app, viewer ? `search of ${viewer}` : `search from ${clientGroup(c)}`, { count: 120, minutes: 5 })
  const found = await search(app, viewer, text, { limit: 20, resolve: viewer !== null && c.req.header('Sec-Fetch-Site') !== 'cross-site' })
  const [people, statuses, relationships] = await Promise.all([
    loadAccountViews(app.db, found.accounts),
    loadStatusViews(app.db, viewer, found.statuses),
    viewer ? loadRelationships(app.db, viewer, found.accounts) : [],
  ])
  const shown = people.filter((account) => !account.suspendedAt)
  if (shown.length + statuses.length + found.hashtags.length === 0) {
    return (
      <div class="empty">
        <p>Nothing found.</p>
        {viewer === null && <p class="hint">Log in to find people and posts of other servers.</p>}
      </div>
    )
  }
  return (
    <>
      {shown.length > 0 && (
        <section>
          <h2 class="section-title">People</h2>
          <div class="people">
            {shown.map((account) => (
              <AccountRow account={account} relationship={relationships.find(({ id }) => id === account.id)} />
            ))}
          </div>
        </section>
      )}
      {found.hashtags.length > 0 && (
        <section>
          <h2 class="section-title">Hashtags</h2>
          <ul class="tags">
            {found.hashtags.map(({ name, displayName }) => (
              <li>
                <a href={`/tags/${encodeURIComponent(name)}`}>#{displayName}</a>
              </li>
            ))}
          </ul>
        </section>
      )}
      {statuses.length > 0 && (
        <section>
          <h2 class="section-title">Posts</h2>
          <StatusList statuses={statuses} />
        </section>
      )}
    </>
  )
}
