import { Hono } from 'hono'
import type { Child, FC } from 'hono/jsx'
import { type AccountView, loadAccountViews } from '#src/accounts/views.ts'
import { type Reasons, reasonsFor } from '#src/reading/reasons.ts'
import { fewSuggestions } from '#src/reading/suggestions/few.ts'
import { rulebook } from '#src/rules/servers/current.ts'
import { effectiveRule } from '#src/rules/servers/rulebook.ts'
import { loadStatusView, type StatusView } from '#src/statuses/views/views.ts'
import { shownHost } from '#src/text/acct.ts'
import { nameOf, profilePath } from '../components/account.tsx'
import { Head } from '../components/layout.tsx'
import { useMessages } from '../components/page-context.ts'
import { Status, statusPath } from '../components/status.tsx'
import type { Env } from '../env.ts'
import { requireViewer, viewerOf } from '../guards.tsx'
import { page } from '../page.tsx'
import { linkPath } from './discover/links.tsx'
import { statusIdOf } from './status-id.ts'

/** The people at the head of the suggestions: those that pages show in their right column, and a few more. */
const mostSuggested = 20

/** "Why do I see this?": what brings a status to the reader, of their own choices and of trends, and what changes how it is shown. */
export const why = new Hono<Env>().get('/statuses/:id/why', requireViewer, async (c) => {
  const { app } = c.var
  const { t } = c.var.messages
  const me = viewerOf(c).accountId
  const { statusId, ...reasons } = await reasonsFor(app.db, me, statusIdOf(c))
  const [status, boosters, book, suggested] = await Promise.all([
    loadStatusView(app.db, me, statusId),
    loadAccountViews(app.db, reasons.boosters),
    rulebook(app.db),
    fewSuggestions(app, me, mostSuggested),
  ])
  if (!status) throw new Error('A status with reasons is visible')
  const isServerLimited = effectiveRule(book, status.account.domain).severity === 'silence'
  return page(
    c,
    t('why.title'),
    <>
      <Head title={t('why.title')} />
      <div class="feed feed-quoted">
        <Status status={status} />
      </div>
      <section class="sheet">
        <WhyList
          reasons={reasons}
          status={status}
          boosters={boosters}
          suggested={suggested.includes(status.accountId)}
        />
        <Effects status={status} isServerLimited={isServerLimited} />
        <p>
          <a href={`${statusPath(status)}#post-${status.id}`}>{t('why.back')}</a>
        </p>
      </section>
    </>,
  )
})

const Person: FC<{ account: AccountView }> = ({ account }) => (
  <a href={profilePath(account)}>
    <bdi>{nameOf(account)}</bdi>
  </a>
)

type WhyProps = { reasons: Reasons; status: StatusView; boosters: AccountView[]; suggested: boolean }

const WhyList: FC<WhyProps> = ({ reasons, status, boosters, suggested }) => {
  const { t, rich } = useMessages()
  const { account } = status
  const author = <Person account={account} />
  const change = (path: string, words: string) => <a href={path}>{words}</a>
  const entries: Child[] = [
    ...(reasons.isOwn ? [t('why.own')] : []),
    ...(reasons.followsAuthor
      ? [
          <>
            {rich('why.followed', { author })} {change(`/accounts/${account.id}/following`, t('why.changeFollow'))}
          </>,
        ]
      : []),
    ...boosters.map((booster) => (
      <>
        {rich('why.boosted', { who: <Person account={booster} /> })}{' '}
        {change(`/accounts/${booster.id}/following`, t('why.changeBoosts'))}
      </>
    )),
    ...(reasons.answersViewer ? [t('why.answers')] : reasons.isMentioned ? [t('why.mentioned')] : []),
    ...reasons.tags.map(({ name, displayName }) =>
      rich('why.tag', {
        tag: (
          <a href={`/tags/${encodeURIComponent(name)}`}>
            <bdi>#{displayName}</bdi>
          </a>
        ),
      }),
    ),
    ...reasons.lists.map(({ id, title }) =>
      rich('why.list', {
        author,
        list: (
          <a href={`/lists/${id}`}>
            <bdi>{title}</bdi>
          </a>
        ),
      }),
    ),
    ...(reasons.isTrending
      ? [rich<Child>('why.trending', { explore: (words) => <a href="/explore">{words}</a> })]
      : []),
    ...reasons.trendingTags.map(({ name, displayName }) =>
      rich<Child>('why.trendingTag', {
        tag: (
          <a href={`/tags/${encodeURIComponent(name)}`}>
            <bdi>#{displayName}</bdi>
          </a>
        ),
        trends: (words) => <a href="/explore/tags">{words}</a>,
      }),
    ),
    ...(reasons.trendingLink
      ? [
          rich<Child>('why.trendingLink', {
            link: (
              <a href={linkPath(reasons.trendingLink.url)}>
                <bdi>{reasons.trendingLink.title || reasons.trendingLink.url}</bdi>
              </a>
            ),
            trends: (words) => <a href="/explore/links">{words}</a>,
          }),
        ]
      : []),
    ...(suggested
      ? [rich<Child>('why.suggested', { author, people: (words) => <a href="/explore/people">{words}</a> })]
      : []),
    ...(reasons.isPublic && !reasons.isOwn ? [t(status.inReplyToUri ? 'why.publicReply' : 'why.public')] : []),
  ]
  return entries.length > 0 ? (
    <ul class="reasons">
      {entries.map((entry) => (
        <li>{entry}</li>
      ))}
    </ul>
  ) : (
    <p>{t('why.nothing')}</p>
  )
}

/** What changes how the post is shown. */
const Effects: FC<{ status: StatusView; isServerLimited: boolean }> = ({ status, isServerLimited }) => {
  const { t, rich } = useMessages()
  const { account, filtered } = status
  const entries: Child[] = [
    ...filtered.map(({ filter, keywords }) =>
      rich('why.filtered', {
        filter: (
          <a href={`/settings/filters/${filter.id}`}>
            <bdi>{filter.title}</bdi>
          </a>
        ),
        words: keywords.join(', '),
        has: keywords.length > 0 ? 'words' : 'none',
      }),
    ),
    ...(account.silencedAt ? [t('why.limited')] : []),
    ...(isServerLimited ? [t('why.serverLimited', { host: shownHost(account.domain ?? '') })] : []),
    ...(account.sensitizedAt ? [t('why.sensitized')] : []),
  ]
  if (entries.length === 0) return null
  return (
    <>
      <h2>{t('why.effects')}</h2>
      <ul class="reasons">
        {entries.map((entry) => (
          <li>{entry}</li>
        ))}
      </ul>
    </>
  )
}
