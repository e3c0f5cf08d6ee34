import { Hono } from 'hono'
import type { FC } from 'hono/jsx'
import { type AccountView, loadAccountViews } from '#src/accounts/views.ts'
import { notFound } from '#src/platform/errors.ts'
import { type FeaturedTag, loadFeaturedTags } from '#src/reading/tags/feature.ts'
import { accountTimeline } from '#src/reading/timelines/account.ts'
import { endorsedBy, type Related, showsFeatured } from '#src/relationships/lists.ts'
import { loadRelationships } from '#src/relationships/views.ts'
import { loadStatusViews } from '#src/statuses/views/views.ts'
import { parseHashtag } from '#src/text/hashtag.ts'
import { AccountRow, nameOf, profilePath } from '../../components/account.tsx'
import { Tabs } from '../../components/layout.tsx'
import { isCovered } from '../../components/limited-profile.tsx'
import { useMessages } from '../../components/page-context.ts'
import { NothingHere, pageOf, Pagination } from '../../components/pagination.tsx'
import { ProfileHead } from '../../components/profile-head.tsx'
import { StatusList } from '../../components/status.tsx'
import type { C, Env } from '../../env.ts'
import { page } from '../../page.tsx'
import { coveredPage, loadShown } from '../profile.tsx'
import { profileTabs } from './tabs.ts'

/** The hashtags and people that a profile features, and its posts with a hashtag. */
export const featuredPages = new Hono<Env>()
  .get('/:at{@[^/]+}/featured', (c) => featuredPage(c))
  .get('/:at{@[^/]+}/tagged/:tag', (c) => taggedPage(c))

async function featuredPage(c: C): Promise<Response> {
  const { db } = c.var.app
  const viewer = c.var.session.viewer?.accountId ?? null
  const { account, relationship } = await loadShown(c)
  if (isCovered(c, { account, relationship })) return coveredPage(c, { account, relationship })
  const wanted = pageOf(c, 40)
  const isShown = await showsFeatured(db, viewer, account.id)
  const [tags, endorsed]: [FeaturedTag[], Related[]] = isShown
    ? await Promise.all([loadFeaturedTags(db, account.id), endorsedBy(db, account.id, wanted, viewer)])
    : [[], []]
  const ids = endorsed.map(({ accountId }) => accountId)
  const [people, relationships] = await Promise.all([
    loadAccountViews(db, ids),
    viewer ? loadRelationships(db, viewer, ids) : [],
  ])
  const path = profilePath(account)
  const { t } = c.var.messages
  const title = t('relations.featuredBy', { name: nameOf(account) })
  return page(
    c,
    { title, isPrivate: true },
    <>
      <ProfileHead account={account} relationship={relationship} />
      <Tabs label={t('profile.tabs')} here={`${path}/featured`} tabs={await profileTabs(c, account)} />
      <h2 class="unseen">{title}</h2>
      {tags.length === 0 && people.length === 0 && (
        <div class="empty">
          <NothingHere page={wanted}>
            <p>{t(isShown ? 'relations.featuresNothing' : 'relations.featuresHidden', { name: nameOf(account) })}</p>
            {viewer === account.id && (
              <p>
                <a href="/settings/profile">{t('relations.featureSomething')}</a>
              </p>
            )}
          </NothingHere>
        </div>
      )}
      {tags.length > 0 && <FeaturedTags account={account} tags={tags} />}
      {people.length > 0 && (
        <>
          <h3 class="section-title">{t('relations.featuredPeople')}</h3>
          <div class="people">
            {people.map((person) => (
              <AccountRow account={person} relationship={relationships.find(({ id }) => id === person.id)} />
            ))}
          </div>
        </>
      )}
      <Pagination path={`${path}/featured`} page={wanted} cursors={endorsed.map(({ id }) => id)} />
    </>,
  )
}

const FeaturedTags: FC<{ account: AccountView; tags: readonly FeaturedTag[] }> = ({ account, tags }) => {
  const { t } = useMessages()
  return (
    <>
      <h3 class="section-title">{t('relations.featuredTags')}</h3>
      <div class="tags">
        {tags.map(({ key, name, statusesCount }) => (
          <a href={`${profilePath(account)}/tagged/${encodeURIComponent(key)}`}>
            <bdi>#{name}</bdi>
            {statusesCount > 0 && <span class="tag-posts">{t('relations.tagPosts', { count: statusesCount })}</span>}
          </a>
        ))}
      </div>
    </>
  )
}

async function taggedPage(c: C): Promise<Response> {
  const { db } = c.var.app
  const viewer = c.var.session.viewer?.accountId ?? null
  const tag = parseHashtag(c.req.param('tag') ?? '')
  if (!tag) throw notFound()
  const { account, relationship } = await loadShown(c)
  if (isCovered(c, { account, relationship })) return coveredPage(c, { account, relationship })
  const wanted = pageOf(c)
  const ids = await accountTimeline(db, viewer, account.id, { tag: tag.name, excludeReblogs: true }, wanted)
  const statuses = await loadStatusViews(db, viewer, ids)
  const base = profilePath(account)
  const path = `${base}/tagged/${encodeURIComponent(tag.name)}`
  const { t, rich } = c.var.messages
  const title = t('relations.taggedBy', { name: nameOf(account), tag: tag.displayName })
  return page(
    c,
    { title, isPrivate: true },
    <>
      <ProfileHead account={account} relationship={relationship} />
      <Tabs label={t('profile.tabs')} here={path} tabs={await profileTabs(c, account)} />
      <h2 class="section-title">{title}</h2>
      <p class="only-here">
        {rich('relations.everybodysTag', {
          a: (words) => <a href={`/tags/${encodeURIComponent(tag.name)}`}>{words}</a>,
        })}
      </p>
      <StatusList statuses={statuses} context="account">
        <NothingHere page={wanted}>{t('relations.nothingTagged')}</NothingHere>
      </StatusList>
      <Pagination path={path} page={wanted} cursors={ids} />
    </>,
  )
}
