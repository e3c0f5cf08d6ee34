import { Hono } from 'hono'
import type { Child, FC } from 'hono/jsx'
import { type AccountView, loadAccountViews } from '#src/accounts/views.ts'
import type { Tx } from '#src/platform/db/index.ts'
import type { Page } from '#src/platform/db/page.ts'
import { notFound, Refusal } from '#src/platform/errors.ts'
import { type AccountId, type CollectionId, isId, type RelationId } from '#src/platform/ids.ts'
import type { Uris } from '#src/platform/uris.ts'
import { countApprovalsByKind, type WaitingCounts } from '#src/reading/approvals.ts'
import { revokeFromCollection } from '#src/reading/collections/items.ts'
import { type CollectionView, loadCollectionViews, placesOf } from '#src/reading/collections/views.ts'
import { acceptFollow, rejectFollow } from '#src/relationships/follow.ts'
import { requestsTo } from '#src/relationships/lists.ts'
import { loadRequestViews, type RequestView } from '#src/statuses/access/request-views.ts'
import { acceptRequest, listRequests, rejectRequest, type RequestKind } from '#src/statuses/access/requests.ts'
import type { StatusView } from '#src/statuses/views/views.ts'
import type { MessageKey } from '#src/text/catalogue.ts'
import { htmlToText } from '#src/text/html/to-text.ts'
import { Avatar, Name, nameOf, profilePath } from '../components/account.tsx'
import { Form, Refused } from '../components/form.tsx'
import { Head, Tabs } from '../components/layout.tsx'
import { useMessages } from '../components/page-context.ts'
import { pageOf, Pagination } from '../components/pagination.tsx'
import { statusPath } from '../components/status.tsx'
import { Ago } from '../components/time.tsx'
import type { C, Env } from '../env.ts'
import { refusalOf } from '../forms.ts'
import { requireViewer, viewerOf } from '../guards.tsx'
import { page } from '../page.tsx'

/** The tabs that show requests, with their kind. */
const kinds = { replies: 'reply', quotes: 'quote', boosts: 'announce', favourites: 'like' } as const
type Tab = keyof typeof kinds | 'follows' | 'collections' | 'accepted'
const tabs: readonly Tab[] = ['replies', 'quotes', 'boosts', 'favourites', 'follows', 'collections', 'accepted']

/** Entries of a page, and so of one form. */
const pageSize = 20

/** What waits for a person's answer: replies, quotes, boosts, favourites and follow requests; and what was accepted before. */
export const approvals = new Hono<Env>()
  .get('/approvals', requireViewer, async (c) => {
    const counts = await countApprovalsByKind(c.var.app.db, viewerOf(c).accountId)
    const asked = c.req.query('show') as Tab | undefined
    return approvalsPage(c, asked && tabs.includes(asked) ? asked : firstWaiting(counts), counts)
  })
  .get('/follow-requests', requireViewer, (c) => Promise.resolve(c.redirect('/approvals?show=follows', 302)))
  .post('/approvals', requireViewer, async (c) => {
    const { app, form } = c.var
    const { accountId } = viewerOf(c)
    const shown = form.text('show') as Tab
    if (!tabs.includes(shown)) throw notFound()
    // One button for one entry, or a button for all entries that are ticked.
    const [answer = '', one] = form.text('answer').split(' ')
    const keys = form.text('keys').split(' ').slice(0, pageSize)
    const chosen = one ? [one] : keys.filter((key) => key !== '' && form.isChecked(`pick-${key}`))
    const refusal =
      chosen.length === 0
        ? new Refusal('invalid', c.var.messages.t('approvals.noneChosen'))
        : await refusalOf(async () => {
            for (const key of chosen)
              await app.db.transaction((tx) => give(tx, app.uris, accountId, shown, answer, key)).catch(unlessGone)
          })
    if (!refusal) return c.redirect(`/approvals?show=${shown}`, 303)
    return approvalsPage(c, shown, await countApprovalsByKind(app.db, accountId), refusal)
  })

/** An entry that was taken back meanwhile needs no answer. */
function unlessGone(error: unknown): void {
  if (!(error instanceof Refusal) || error.code !== 'not_found') throw error
}

async function give(tx: Tx, uris: Uris, me: AccountId, tab: Tab, answer: string, key: string): Promise<void> {
  const [id = '', item = ''] = key.split('-')
  const isAccepted = answer === 'accept'
  if (!isId(id) || !(isAccepted || answer === 'reject')) throw notFound()
  if (tab === 'follows') return void (await (isAccepted ? acceptFollow : rejectFollow)(tx, me, id as AccountId))
  if (tab === 'collections') {
    if (isAccepted || !isId(item)) throw notFound()
    return revokeFromCollection(tx, me, id as CollectionId, item as RelationId)
  }
  if (isAccepted && tab !== 'accepted') return acceptRequest(tx, uris, me, id as RelationId)
  return rejectRequest(tx, me, id as RelationId)
}

const firstWaiting = (counts: WaitingCounts): Tab =>
  (Object.keys(kinds) as (keyof typeof kinds)[]).find((tab) => counts[kinds[tab]] > 0) ??
  (counts.follow > 0 ? 'follows' : 'replies')

const pathOf = (tab: Tab) => `/approvals?show=${tab}`

/** An entry: its key in the form, the cursor of its list, and its text. */
type Entry = { key: string; cursor: string; name: string; body: Child }

async function approvalsPage(c: C, tab: Tab, counts: WaitingCounts, refusal: Refusal | null = null) {
  const { t } = c.var.messages
  const wanted = pageOf(c, pageSize)
  const { entries, cursors } = await entriesOf(c, tab, wanted)
  return page(
    c,
    t('approvals.title'),
    <>
      <Head title={t('approvals.title')}>
        <div class="approvals-tabs">
          <Tabs
            label={t('approvals.tabs')}
            here={pathOf(tab)}
            tabs={tabs.map((each) => [pathOf(each), tabName(t, each, counts)] as const)}
          />
        </div>
      </Head>
      <Refused refusal={refusal} />
      {tab === 'collections' && <p class="hint approvals-hint">{t('approvals.collectionsHint')}</p>}
      {tab === 'accepted' && <p class="hint approvals-hint">{t('approvals.acceptedHint')}</p>}
      {entries.length > 0 ? <Entries tab={tab} entries={entries} /> : <div class="empty">{t(emptyTexts[tab])}</div>}
      <Pagination path={pathOf(tab)} page={wanted} cursors={cursors} />
    </>,
    refusal ? 422 : 200,
  )
}

const emptyTexts: Record<Tab, MessageKey> = {
  replies: 'approvals.emptyReplies',
  quotes: 'approvals.emptyQuotes',
  boosts: 'approvals.emptyBoosts',
  favourites: 'approvals.emptyFavourites',
  follows: 'approvals.emptyFollows',
  collections: 'approvals.emptyCollections',
  accepted: 'approvals.emptyAccepted',
}

function tabName(t: C['var']['messages']['t'], tab: Tab, counts: WaitingCounts): string {
  if (tab === 'collections' || tab === 'accepted') return t(`approvals.${tab}`)
  return t(`approvals.${tab}`, { count: counts[tab === 'follows' ? 'follow' : kinds[tab]] })
}

async function entriesOf(c: C, tab: Tab, wanted: Page): Promise<{ entries: Entry[]; cursors: string[] }> {
  const { db } = c.var.app
  const me = viewerOf(c).accountId
  if (tab === 'follows') {
    const requests = await requestsTo(db, me, wanted)
    const people = await loadAccountViews(
      db,
      requests.map(({ accountId }) => accountId),
    )
    return {
      entries: people.map((account) => ({
        key: account.id,
        cursor: account.id,
        name: nameOf(account),
        body: <Person account={account} />,
      })),
      cursors: requests.map(({ id }) => id),
    }
  }
  if (tab === 'collections') {
    const places = await placesOf(db, me, wanted)
    const ids = places.map(({ collectionId }) => collectionId)
    const entries = (await loadCollectionViews(db, me, ids)).flatMap((collection) => collectionEntry(collection, me))
    return { entries, cursors: places.map(({ id }) => id) }
  }
  const filter: { state: 'accepted' } | { kinds: RequestKind[] } =
    tab === 'accepted' ? { state: 'accepted' } : { kinds: [kinds[tab]] }
  const requests = await listRequests(db, me, wanted, filter)
  const views = await loadRequestViews(db, me, requests)
  return {
    entries: views.map((view) => ({
      key: view.id,
      cursor: view.id,
      name: nameOf(view.account),
      body: <Request view={view} />,
    })),
    cursors: requests.map(({ id }) => id),
  }
}

function collectionEntry(collection: CollectionView, me: AccountId): Entry[] {
  const item = collection.items.find(({ accountId }) => accountId === me)
  return item
    ? [
        {
          key: `${collection.id}-${item.id}`,
          cursor: collection.id,
          name: collection.name,
          body: <InCollection collection={collection} />,
        },
      ]
    : []
}

/** One form around the list: the buttons say which entry they are for. */
const Entries: FC<{ tab: Tab; entries: Entry[] }> = ({ tab, entries }) => {
  const { t } = useMessages()
  const canAccept = tab !== 'collections' && tab !== 'accepted'
  const [no, noOne] =
    tab === 'accepted'
      ? (['takeBack', 'takeBackOne'] as const)
      : tab === 'collections'
        ? (['leave', 'leaveOne'] as const)
        : (['reject', 'rejectOne'] as const)
  return (
    <Form action="/approvals" class="approvals" label={t('approvals.tabs')}>
      <input type="hidden" name="show" value={tab} />
      <input type="hidden" name="keys" value={entries.map(({ key }) => key).join(' ')} />
      <div class="people">
        {entries.map(({ key, name, body }) => (
          <article class="person approval">
            {canAccept && (
              <label class="approval-pick">
                <input type="checkbox" name={`pick-${key}`} value="1" aria-label={t('approvals.pick', { name })} />
              </label>
            )}
            <div class="approval-body">{body}</div>
            <div class="buttons">
              {canAccept && (
                <button
                  type="submit"
                  name="answer"
                  value={`accept ${key}`}
                  class="button"
                  aria-label={t('approvals.acceptOne', { name })}
                >
                  {t('approvals.accept')}
                </button>
              )}
              <button
                type="submit"
                name="answer"
                value={`reject ${key}`}
                class="button button-quiet"
                aria-label={t(`approvals.${noOne}`, { name })}
              >
                {t(`approvals.${no}`)}
              </button>
            </div>
          </article>
        ))}
      </div>
      {canAccept && entries.length > 1 && (
        <div class="buttons approvals-all" role="group" aria-label={t('approvals.chosen')}>
          <button type="submit" name="answer" value="accept" class="button">
            {t('approvals.acceptChosen')}
          </button>
          <button type="submit" name="answer" value="reject" class="button button-quiet">
            {t('approvals.rejectChosen')}
          </button>
        </div>
      )}
    </Form>
  )
}

const Person: FC<{ account: AccountView; more?: Child }> = ({ account, more }) => (
  <a href={profilePath(account)} class="person-link">
    <Avatar account={account} />
    <span class="person-names">
      <Name account={account} />
      <span class="handle">
        <bdi>@{account.acct}</bdi>
        {more}
      </span>
    </span>
  </a>
)

const verbs: Record<RequestKind, MessageKey> = {
  reply: 'approvals.ofReply',
  quote: 'approvals.ofQuote',
  announce: 'approvals.ofBoost',
  like: 'approvals.ofFavourite',
}

const Request: FC<{ view: RequestView }> = ({ view }) => {
  const { t } = useMessages()
  const { kind, account, status, interaction } = view
  const isPost = kind === 'reply' || kind === 'quote'
  return (
    <>
      <Person
        account={account}
        more={
          <>
            {' '}
            · <Ago at={view.createdAt} />
          </>
        }
      />
      <p class="approval-what">{t(verbs[kind])}</p>
      {isPost &&
        (interaction ? <Excerpt status={interaction} class="approval-text" /> : <p>{t('approvals.hiddenPost')}</p>)}
      {isPost && interaction && (
        <p>
          <a href={statusPath(interaction)}>{t('approvals.openPost')}</a>
        </p>
      )}
      <p class="approval-about">
        {t('approvals.yourPost')}{' '}
        <a href={statusPath(status)}>
          <Excerpt status={status} isInline />
        </a>
      </p>
    </>
  )
}

/** The line for servers without quotes says what the page says anyway. */
const withoutQuoteLine = (content: string): string => content.replace(/^<p class="quote-inline">[^\n]*?<\/p>/, '')

const maxExcerpt = { whole: 1_000, inline: 120 }

/** The text of a post, or its warning. */
const Excerpt: FC<{ status: StatusView; class?: string; isInline?: boolean }> = ({
  status,
  class: className,
  isInline = false,
}) => {
  const { t } = useMessages()
  const text = status.spoilerText || htmlToText(withoutQuoteLine(status.content))
  const max = isInline ? maxExcerpt.inline : maxExcerpt.whole
  const shown = (text.length > max ? `${text.slice(0, max - 1).trimEnd()}…` : text) || t('approvals.postWithMedia')
  const attributes = { dir: 'auto' as const, lang: status.language ?? undefined }
  return isInline ? (
    <span {...attributes}>{shown}</span>
  ) : (
    <blockquote class={className} {...attributes}>
      {shown}
    </blockquote>
  )
}

const InCollection: FC<{ collection: CollectionView }> = ({ collection }) => {
  const { t } = useMessages()
  return (
    <>
      <p class="approval-what" dir="auto">
        <strong>
          <a href={`/collections/${collection.id}`}>{collection.name}</a>
        </strong>
      </p>
      {collection.description && <p dir="auto">{collection.description}</p>}
      <p class="handle">{t('approvals.people', { count: collection.items.length })}</p>
    </>
  )
}
