import { Hono } from 'hono'
import type { FC } from 'hono/jsx'
import { accountHead } from '#src/accounts/find.ts'
import { loadAccountViews } from '#src/accounts/views.ts'
import { notFound } from '#src/platform/errors.ts'
import { type AccountId, isId } from '#src/platform/ids.ts'
import { directory } from '#src/reading/suggestions/directory.ts'
import { dismissSuggestion, suggest } from '#src/reading/suggestions/suggest.ts'
import { loadRelationships } from '#src/relationships/views.ts'
import { Chip, Chips } from '../../components/chips.tsx'
import { FoundPerson } from '../../components/found-person.tsx'
import { OffsetPagination, offsetOf } from '../../components/offset-pagination.tsx'
import { useMessages } from '../../components/page-context.ts'
import type { C, Env } from '../../env.ts'
import { backTo, requireViewer, viewerOf } from '../../guards.tsx'
import { page } from '../../page.tsx'
import { ExploreHead } from './tabs.tsx'

const size = 20

type Listing = { localOnly: boolean; order: 'active' | 'new' }

/** People to follow: suggestions for those who are logged in, and the directory of all who want to be found. */
export const peoplePages = new Hono<Env>()
  .get('/explore/people', (c) => (c.var.session.viewer ? suggestionsPage(c) : visitorsPage(c)))
  .get('/directory', (c) => directoryPage(c))
  .post('/suggestions/:id/dismiss', requireViewer, async (c) => {
    const { id } = c.req.param()
    if (!isId(id) || !(await accountHead(c.var.app.db, id as AccountId))) throw notFound()
    await c.var.app.db.transaction((tx) => dismissSuggestion(tx, viewerOf(c).accountId, id as AccountId))
    return backTo(c, '/explore/people')
  })

async function suggestionsPage(c: C): Promise<Response> {
  const { app, messages } = c.var
  const { accountId } = viewerOf(c)
  const found = await suggest(app.db, app.uris, accountId, size)
  const sources = new Map(found.map((suggestion) => [suggestion.accountId, suggestion.sources]))
  const people = await peopleOf(
    c,
    found.map((suggestion) => suggestion.accountId),
  )
  return page(
    c,
    messages.t('discover.peopleTitle'),
    <>
      <ExploreHead here="/explore/people" />
      <div class="chip-rows">
        <PeopleChips here="suggested" />
      </div>
      <p class="hint lead-in">
        {messages.rich('discover.suggestionsHint', { a: (words) => <a href="/directory">{words}</a> })}
      </p>
      {people.length > 0 ? (
        <div class="people">
          {people.map(({ account, relationship }) => (
            <FoundPerson account={account} relationship={relationship} sources={sources.get(account.id) ?? []} />
          ))}
        </div>
      ) : (
        <div class="empty">
          <p>{messages.t('discover.noSuggestions')}</p>
          <p class="hint">
            {messages.rich('discover.noSuggestionsHint', {
              directory: (words) => <a href="/directory">{words}</a>,
              search: (words) => <a href="/search">{words}</a>,
            })}
          </p>
        </div>
      )}
    </>,
  )
}

/** Suggestions need somebody whom they are for, so visitors get the beginning of the directory. */
async function visitorsPage(c: C): Promise<Response> {
  const { app, messages } = c.var
  const ids = await directory(app.db, null, { order: 'active', localOnly: false, limit: size, offset: 0 })
  const people = await peopleOf(c, ids)
  return page(
    c,
    { title: messages.t('discover.peopleTitle'), canonical: `${app.uris.origin}/explore/people` },
    <>
      <ExploreHead here="/explore/people" />
      <People people={people} emptyText={messages.t('discover.nobodyListed')} />
      <p class="more">
        <a href="/directory">{messages.t('discover.wholeDirectory')}</a>
      </p>
    </>,
  )
}

async function directoryPage(c: C): Promise<Response> {
  const { app, session, messages } = c.var
  const { t, rich } = messages
  const listing: Listing = {
    localOnly: c.req.query('from') === 'here',
    order: c.req.query('order') === 'new' ? 'new' : 'active',
  }
  const offset = offsetOf(c)
  const ids = await directory(app.db, session.viewer?.accountId ?? null, { ...listing, limit: size, offset })
  const people = await peopleOf(c, ids)
  const path = directoryPath(listing)
  return page(
    c,
    { title: t('discover.directory'), canonical: `${app.uris.origin}${path}` },
    <>
      <ExploreHead here="/explore/people" />
      <h2 class="unseen">{t('discover.directory')}</h2>
      {session.viewer && (
        <div class="chip-rows">
          <PeopleChips here="directory" />
        </div>
      )}
      <p class="hint lead-in">
        {session.viewer
          ? rich('discover.directoryHintOwn', { a: (words) => <a href="/settings/profile">{words}</a> })
          : t('discover.directoryHint')}
      </p>
      <div class="chip-rows">
        <Chips label={t('discover.whereFrom')}>
          <Chip href={directoryPath({ ...listing, localOnly: false })} isChosen={!listing.localOnly}>
            {t('discover.fromAll')}
          </Chip>
          <Chip href={directoryPath({ ...listing, localOnly: true })} isChosen={listing.localOnly}>
            {t('discover.fromHere')}
          </Chip>
        </Chips>
        <Chips label={t('discover.order')}>
          <Chip href={directoryPath({ ...listing, order: 'active' })} isChosen={listing.order === 'active'}>
            {t('discover.activeFirst')}
          </Chip>
          <Chip href={directoryPath({ ...listing, order: 'new' })} isChosen={listing.order === 'new'}>
            {t('discover.newFirst')}
          </Chip>
        </Chips>
      </div>
      <People people={people} emptyText={t(offset > 0 ? 'discover.noMore' : 'discover.nobodyListed')} />
      <OffsetPagination path={path} offset={offset} size={size} shown={ids.length} />
    </>,
  )
}

/** The two lists of people: those who are suggested to the reader, and all who want to be found. */
const PeopleChips: FC<{ here: 'suggested' | 'directory' }> = ({ here }) => {
  const { t } = useMessages()
  return (
    <Chips label={t('discover.whichPeople')}>
      <Chip href="/explore/people" isChosen={here === 'suggested'}>
        {t('discover.suggested')}
      </Chip>
      <Chip href="/directory" isChosen={here === 'directory'}>
        {t('discover.directory')}
      </Chip>
    </Chips>
  )
}

function directoryPath({ localOnly, order }: Listing): string {
  const query = new URLSearchParams({ ...(localOnly ? { from: 'here' } : {}), ...(order === 'new' ? { order } : {}) })
  return query.size > 0 ? `/directory?${query.toString()}` : '/directory'
}

type Found = Awaited<ReturnType<typeof peopleOf>>

async function peopleOf(c: C, ids: AccountId[]) {
  const { app, session } = c.var
  const viewer = session.viewer?.accountId
  const [accounts, relationships] = await Promise.all([
    loadAccountViews(app.db, ids),
    viewer ? loadRelationships(app.db, viewer, ids) : [],
  ])
  return accounts.map((account) => ({ account, relationship: relationships.find(({ id }) => id === account.id) }))
}

const People = ({ people, emptyText }: { people: Found; emptyText: string }) =>
  people.length > 0 ? (
    <div class="people">
      {people.map(({ account, relationship }) => (
        <FoundPerson account={account} relationship={relationship} />
      ))}
    </div>
  ) : (
    <div class="empty">{emptyText}</div>
  )
