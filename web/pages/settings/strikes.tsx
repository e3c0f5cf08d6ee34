import { Hono } from 'hono'
import type { FC } from 'hono/jsx'
import { type KeptWords, loadKeptPosts } from '#src/moderation/accounts/strike-posts.ts'
import { accountOfStrikeLink, appeal, appealDays, canBeAppealed, maxAppealLength } from '#src/moderation/appeals.ts'
import { notFound, type Refusal } from '#src/platform/errors.ts'
import { type AccountId, isId, type StrikeId } from '#src/platform/ids.ts'
import {
  listStrikes,
  loadStrikeMap,
  loadStruckPosts,
  type StrikeView,
  type StruckPost,
} from '#src/reading/notifications/strikes.ts'
import type { Messages } from '#src/text/messages.ts'
import { profilePath } from '../../components/account.tsx'
import { Field, Form, NoticeBox, Refused } from '../../components/form.tsx'
import { KeptPost } from '../../components/kept-posts.tsx'
import { Head } from '../../components/layout.tsx'
import { useMessages } from '../../components/page-context.ts'
import { pageOf, Pagination } from '../../components/pagination.tsx'
import { summaryOf } from '../../components/status-summary.ts'
import { Ago, Moment } from '../../components/time.tsx'
import type { C, Env, Middleware } from '../../env.ts'
import { refusalOf } from '../../forms.ts'
import { ownerOf, requireOwner } from '../../guards.tsx'
import { page } from '../../page.tsx'
import { statusOf } from '../../problem.ts'
import { SettingsHead } from './tabs.tsx'

const path = '/settings/strikes'
const shownPosts = 40

const signatureOf = (c: C): string =>
  c.req.method === 'POST' ? c.var.form.text('signature') : (c.req.query('signature') ?? '')

/** The signed link of a mail opens a strike without a log-in: people whose account is disabled or suspended have no other way. */
const requireOwnerOrLink: Middleware = async (c, next) => (signatureOf(c) === '' ? requireOwner(c, next) : next())

/** What staff did against the own account, and appeals. */
export const strikeSettings = new Hono<Env>()
  .get(path, requireOwner, async (c) => {
    const wanted = pageOf(c)
    const found = await listStrikes(c.var.app.db, ownerOf(c).accountId, wanted)
    const { t } = c.var.messages
    return page(
      c,
      t('strikes.title'),
      <>
        <SettingsHead here="/settings/account" />
        <section class="sheet">
          <h2>{t('strikes.title')}</h2>
          <p class="hint">{t('strikes.lead', { days: appealDays })}</p>
          {found.length === 0 && <p class="empty">{t('strikes.nothing')}</p>}
          <ul class="entries">
            {found.map((strike) => (
              <li>
                <p>
                  <a href={`${path}/${strike.id}`}>{t(`strikes.${strike.told}`)}</a>
                </p>
                <p class="hint">
                  <Ago at={strike.createdAt} />
                </p>
                <State strike={strike} />
              </li>
            ))}
          </ul>
        </section>
        <Pagination path={path} page={wanted} cursors={found.map(({ id }) => id)} />
      </>,
    )
  })
  .get(`${path}/:id`, requireOwnerOrLink, (c) => strikePage(c))
  .post(`${path}/:id/appeal`, requireOwnerOrLink, async (c) => {
    const { app, form } = c.var
    const [accountId, id] = await ownStrike(c)
    const refusal = await refusalOf(() => appeal(app, accountId, id, form.text('text')))
    if (refusal) return strikePage(c, refusal)
    return c.redirect(pathOf(id, signatureOf(c)), 303)
  })

const pathOf = (id: StrikeId, signature: string): string =>
  `${path}/${id}${signature === '' ? '' : `?${new URLSearchParams({ signature })}`}`

/** The strike of the path, and the account that the person may act for. */
async function ownStrike(c: C): Promise<[AccountId, StrikeId]> {
  const id = c.req.param('id') ?? ''
  if (!isId(id)) throw notFound()
  const signature = signatureOf(c)
  const strikeId = id as StrikeId
  return [signature === '' ? ownerOf(c).accountId : await accountOfStrikeLink(c.var.app, strikeId, signature), strikeId]
}

async function strikePage(c: C, refusal: Refusal | null = null): Promise<Response> {
  const { db } = c.var.app
  const { t } = c.var.messages
  const [accountId, id] = await ownStrike(c)
  const strike = (await loadStrikeMap(db, accountId, [id])).get(id)
  if (!strike) throw notFound()
  const posts = await loadStruckPosts(db, accountId, strike.statusIds.slice(0, shownPosts))
  const kept = (await loadKeptPosts(db, [id])).get(id) ?? []
  const signature = signatureOf(c)
  const response = await page(
    c,
    { title: t('strikes.one'), isPrivate: true },
    <>
      {signature === '' ? <SettingsHead here="/settings/account" /> : <Head title={t('strikes.one')} />}
      <section class="sheet">
        <h2>{t(`strikes.${strike.told}`)}</h2>
        <p class="hint">
          {t('strikes.against', { name: strike.target.acct })} <Moment at={strike.createdAt} />
        </p>
        {strike.text !== '' && (
          <blockquote class="approval-text" dir="auto">
            {strike.text}
          </blockquote>
        )}
        <State strike={strike} />
        <Posts strike={strike} posts={posts} kept={kept} isLinked={c.var.session.viewer?.accountId === accountId} />
      </section>
      <Appeal strike={strike} />
      {canBeAppealed(strike) && (
        <Form action={`${path}/${id}/appeal`} class="sheet" label={t('strikes.appeal')}>
          <h2>{t('strikes.appeal')}</h2>
          <Refused refusal={refusal} />
          <input type="hidden" name="return_to" value={pathOf(id, signature)} />
          {signature !== '' && <input type="hidden" name="signature" value={signature} />}
          <Field
            name="text"
            label={t('strikes.appealText')}
            rows={6}
            value={refusal ? c.var.form.text('text') : ''}
            problems={refusal?.problems ?? []}
            required
            maxlength={maxAppealLength}
            hint={t('strikes.appealHint', { days: appealDays })}
          />
          <div class="buttons">
            <button type="submit" class="button">
              {t('strikes.appealNow')}
            </button>
          </div>
        </Form>
      )}
      {refusal && !canBeAppealed(strike) && <Refused refusal={refusal} />}
    </>,
    refusal ? statusOf(refusal) : 200,
  )
  // Whoever has the signed link is a visitor, whose pages may be kept by caches otherwise.
  response.headers.set('Cache-Control', 'private, no-store')
  return response
}

/** When it ends or was lifted, and what became of the appeal. */
const State: FC<{ strike: StrikeView }> = ({ strike: { liftedAt, endsAt, appeal: made, told } }) => {
  const { t, rich } = useMessages()
  return (
    <ul class="applicant-facts">
      {liftedAt && <li>{rich('strikes.lifted', { time: <Moment at={liftedAt} /> })}</li>}
      {!liftedAt && endsAt && <li>{rich('strikes.ends', { time: <Moment at={endsAt} /> })}</li>}
      {made && <li>{stateOf(t, made.state, told)}</li>}
    </ul>
  )
}

/** What became of an appeal. Deleted posts don't come back, which an approval says. */
const stateOf = (
  t: Messages['t'],
  state: NonNullable<StrikeView['appeal']>['state'],
  told: StrikeView['told'],
): string => (state === 'approved' ? t('strikes.state_approved', { told }) : t(`strikes.state_${state}`))

type PostsProps = { strike: StrikeView; posts: StruckPost[]; kept: KeptWords[]; isLinked: boolean }

/** The posts as they were, as far as that is kept; of others those that are still there. */
const Posts: FC<PostsProps> = ({ strike, posts, kept, isLinked }) => {
  const { t } = useMessages()
  const count = strike.statusIds.length
  if (count === 0) return null
  if (kept.length > 0)
    return (
      <>
        <h3>{t('strikes.posts', { count })}</h3>
        {kept.map((post) => {
          const isThere = posts.some(({ id }) => id === post.id)
          return (
            <KeptPost post={post}>
              {!isThere && <li>{t('strikes.postGone')}</li>}
              {isThere && isLinked && (
                <li>
                  <a href={`${profilePath(strike.target)}/${post.id}`}>{t('strikes.openPost')}</a>
                </li>
              )}
            </KeptPost>
          )
        })}
        {count > kept.length && <p class="hint">{t('strikes.postsFurther', { count: count - kept.length })}</p>}
        <p class="hint">{t('strikes.keptPosts', { count })}</p>
      </>
    )
  return (
    <>
      <h3>{t('strikes.posts', { count })}</h3>
      {posts.length < Math.min(count, shownPosts) && <p class="hint">{t('strikes.postsGone')}</p>}
      <ul class="entries">
        {posts.map((post) => {
          const words = summaryOf(post) || t('notifications.withMedia')
          return (
            <li dir="auto">{isLinked ? <a href={`${profilePath(strike.target)}/${post.id}`}>{words}</a> : words}</li>
          )
        })}
      </ul>
    </>
  )
}

const Appeal: FC<{ strike: StrikeView }> = ({ strike: { appeal: made, told } }) => {
  const { t } = useMessages()
  if (!made) return null
  return (
    <section class="sheet">
      <h2>{t('strikes.yourAppeal')}</h2>
      <NoticeBox kind={made.state === 'approved' ? 'good' : 'plain'}>{stateOf(t, made.state, told)}</NoticeBox>
      {made.answer !== '' && (
        <>
          <h3>{t('strikes.answer')}</h3>
          <blockquote class="approval-text" dir="auto">
            {made.answer}
          </blockquote>
        </>
      )}
      <blockquote class="approval-text" dir="auto">
        {made.text}
      </blockquote>
      <p class="hint">
        <Moment at={made.createdAt} />
      </p>
    </section>
  )
}
