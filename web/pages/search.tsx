import { Hono } from 'hono'
import type { FC } from 'hono/jsx'
import { countAttempt } from '#src/accounts/sessions/attempts.ts'
import { type AccountView, loadAccountViews } from '#src/accounts/views.ts'
import { whereThereIsRoom } from '#src/platform/db/disk-full.ts'
import { loadCollectionViews } from '#src/reading/collections/views.ts'
import { type FoundTag, search } from '#src/reading/search.ts'
import { loadRelationships, type RelationshipView } from '#src/relationships/views.ts'
import { loadStatusViews } from '#src/statuses/views/views.ts'
import { AccountRow } from '../components/account.tsx'
import { Head, SearchBox, Tabs } from '../components/layout.tsx'
import { useMessages } from '../components/page-context.ts'
import { StatusList } from '../components/status.tsx'
import { type C, clientGroup, type Env } from '../env.ts'
import { page } from '../page.tsx'
import { CollectionList } from './collections/list.tsx'
import { detailedQuery, PostSearchForm } from './search-form.tsx'
import { WhyNothing } from './search-nothing.tsx'

const kinds = ['accounts', 'statuses', 'hashtags'] as const
type Kind = (typeof kinds)[number]

/** The links from the page of all kinds to those of one. */
const allOf = {
  accounts: 'search.allAccounts',
  statuses: 'search.allStatuses',
  hashtags: 'search.allHashtags',
} as const

/** Characters of a query that are used. */
const maxQuery = 500
const pageSize = 20
/** Results of each kind on the page of all kinds; posts come last, and fill the page. */
const few = 5

/**
 * Search for people, posts and hashtags, by words, handle or URL. Only logged-in people can search in posts, and look
 * up other servers.
 */
export const searches = new Hono<Env>().get('/search', async (c) => {
  const detailed = detailedQuery(c)
  if (detailed !== null) return c.redirect(pathOf(detailed, 'statuses'), 303)
  const text = (c.req.query('q') ?? '').trim().slice(0, maxQuery)
  const wanted = c.req.query('type')
  const kind = kinds.find((name) => name === wanted) ?? null
  const { t } = c.var.messages
  return page(
    c,
    { title: text ? t('search.titleOf', { text }) : t('search.title'), isPrivate: true },
    <>
      <Head title={t('search.title')}>
        {text && (
          <Tabs
            label={t('search.kinds')}
            here={pathOf(text, kind)}
            tabs={[
              [pathOf(text, null), t('search.all')],
              ...kinds.map((name) => [pathOf(text, name), t(`searchKinds.${name}`)] as const),
            ]}
          />
        )}
      </Head>
      <div class="search-main">
        <SearchBox value={text} id="search" autofocus={text === ''} />
      </div>
      {c.var.session.viewer && <PostSearchForm query={text} />}
      {text ? await results(c, text, kind) : <p class="aside">{t('search.help')}</p>}
    </>,
  )
})

const pathOf = (text: string, kind: Kind | null, offset = 0): string =>
  `/search?${new URLSearchParams({ q: text, ...(kind ? { type: kind } : {}), ...(offset > 0 ? { offset: String(offset) } : {}) }).toString()}`

async function results(c: C, text: string, kind: Kind | null) {
  const { app, session } = c.var
  const { t } = c.var.messages
  const viewer = session.viewer?.accountId ?? null
  const asked = Number(c.req.query('offset'))
  // Visitors can't page through all results.
  const offset = kind && viewer && Number.isSafeInteger(asked) ? Math.min(Math.max(asked, 0), 10_000) : 0
  // Neither visitors nor links on other sites may make this server send requests.
  const isCounted = await whereThereIsRoom(() =>
    countAttempt(app, viewer ? `search of ${viewer}` : `search from ${clientGroup(c)}`, { count: 120, minutes: 5 }),
  )
  const found = await search(app, viewer, text, {
    limit: pageSize,
    offset,
    resolve: viewer !== null && isCounted !== null && c.req.header('Sec-Fetch-Site') !== 'cross-site',
    ...(kind ? { type: kind } : {}),
  })
  const [collections, people, statuses, relationships] = await Promise.all([
    loadCollectionViews(app.db, viewer, found.collections ?? []),
    loadAccountViews(app.db, found.accounts),
    loadStatusViews(app.db, viewer, found.statuses),
    viewer ? loadRelationships(app.db, viewer, found.accounts) : [],
  ])
  if (collections.length > 0) return <CollectionList collections={collections} />
  const shown = people.filter((account) => !account.suspendedAt)
  if (shown.length + statuses.length + found.hashtags.length === 0) {
    return (
      <div class="empty">
        <p>{t(offset > 0 ? 'search.nothingMore' : 'search.nothing')}</p>
        {offset === 0 && <WhyNothing text={text} kind={kind} />}
      </div>
    )
  }
  const more = (name: Kind, isMore: boolean) =>
    !kind &&
    isMore && (
      <p class="aside">
        <a href={pathOf(text, name)}>{t(allOf[name])}</a>
      </p>
    )
  const isFull = kind !== null && viewer !== null && found[kind].length === pageSize
  return (
    <>
      {shown.length > 0 && <People people={kind ? shown : shown.slice(0, few)} relationships={relationships} />}
      {more('accounts', shown.length > few)}
      {found.hashtags.length > 0 && <Hashtags tags={kind ? found.hashtags : found.hashtags.slice(0, few)} />}
      {more('hashtags', found.hashtags.length > few)}
      {statuses.length > 0 && (
        <section>
          <h2 class="section-title">{t('searchKinds.statuses')}</h2>
          <StatusList statuses={statuses} />
        </section>
      )}
      {more('statuses', found.statuses.length === pageSize)}
      {isFull && (
        <nav class="pagination" aria-label={t('common.pages')}>
          <a href={pathOf(text, kind, offset + pageSize)} rel="next">
            {t('common.more')}
          </a>
        </nav>
      )}
    </>
  )
}

const People: FC<{ people: AccountView[]; relationships: RelationshipView[] }> = ({ people, relationships }) => (
  <section>
    <h2 class="section-title">{useMessages().t('searchKinds.accounts')}</h2>
    <div class="people">
      {people.map((account) => (
        <AccountRow account={account} relationship={relationships.find(({ id }) => id === account.id)} />
      ))}
    </div>
  </section>
)

const Hashtags: FC<{ tags: FoundTag[] }> = ({ tags }) => (
  <section>
    <h2 class="section-title">{useMessages().t('searchKinds.hashtags')}</h2>
    <ul class="tags">
      {tags.map(({ name, displayName }) => (
        <li>
          <a href={`/tags/${encodeURIComponent(name)}`}>
            <bdi>#{displayName}</bdi>
          </a>
        </li>
      ))}
    </ul>
  </section>
)
