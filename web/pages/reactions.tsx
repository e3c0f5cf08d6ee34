/** Reacting to a post with an emoji, and the people who reacted. */
import { Hono } from 'hono'
import type { Child, FC } from 'hono/jsx'
import { loadAccountMap } from '#src/accounts/views.ts'
import { listEmojis } from '#src/media/emojis/manage.ts'
import type { EmojiView } from '#src/media/emojis/views.ts'
import { notFound, Refusal } from '#src/platform/errors.ts'
import { type AccountId, isId, type StatusId } from '#src/platform/ids.ts'
import { loadRelationships } from '#src/relationships/views.ts'
import { limits } from '#src/rules/limits.ts'
import { reactHere, unreactHere } from '#src/statuses/interactions/react-here.ts'
import { reactors, reactorsOf, type Reactors, writtenReaction } from '#src/statuses/views/reactions.ts'
import { loadStatusView, type StatusView } from '#src/statuses/views/views.ts'
import { readReaction, writeReaction } from '#src/text/reaction.ts'
import { AccountRow } from '../components/account.tsx'
import { EmojiText } from '../components/emoji.tsx'
import { Field, Form, Refused } from '../components/form.tsx'
import { Head } from '../components/layout.tsx'
import { useMessages, usePage } from '../components/page-context.ts'
import { pageOf, Pagination } from '../components/pagination.tsx'
import { answerOf, reactAction, reactionsPath, ReactionText } from '../components/reactions.tsx'
import { Status, statusPath, statusTitle } from '../components/status.tsx'
import type { C, Env } from '../env.ts'
import { backTo, requireViewer, viewerOf } from '../guards.tsx'
import { page } from '../page.tsx'

/** Emojis that are offered first. */
const often = ['👍', '❤️', '😂', '🎉', '😮', '😢', '🤔', '👀', '🔥', '👏', '🙏', '💯']
/** Emojis of this server on the page. */
const maxOffered = 80
/** People below each emoji, on the page of all emojis. */
const maxPeople = 10

export const reactionPages = new Hono<Env>()
  .get('/statuses/:id/react', requireViewer, (c) => reactPage(c))
  .post('/statuses/:id/react', requireViewer, async (c) => {
    const { accountId } = viewerOf(c)
    const emoji = c.req.query('emoji')
    const typed = c.var.form.text('emoji')
    try {
      await c.var.app.db.transaction((tx) => reactHere(tx, accountId, idOf(c), emoji ?? typed))
    } catch (error) {
      // Buttons name an emoji in their address; what was typed is shown again.
      if (emoji !== undefined || !(error instanceof Refusal) || error.code === 'not_found') throw error
      return reactPage(c, { refusal: error, typed })
    }
    return backTo(c)
  })
  .post('/statuses/:id/unreact', requireViewer, async (c) => {
    const { accountId } = viewerOf(c)
    const emoji = c.req.query('emoji') ?? c.var.form.text('emoji')
    await c.var.app.db.transaction((tx) => unreactHere(tx, accountId, idOf(c), emoji))
    return backTo(c)
  })
  .get('/:at{@[^/]+}/:id{[0-9]+}/reactions', peoplePage)

/** The choice of an emoji. */
async function reactPage(c: C, refused?: { refusal: Refusal; typed: string }): Promise<Response> {
  const { app, messages } = c.var
  const { t } = messages
  const found = await loadStatusView(app.db, viewerOf(c).accountId, idOf(c))
  const status = found?.reblog ?? found
  if (!status) throw notFound()
  const wanted = (c.req.query('q') ?? '').trim().slice(0, 64)
  const named = wanted.replaceAll(':', '').toLowerCase()
  const own = (await listEmojis(app.db)).filter(({ isListed }) => isListed)
  const matching = own.filter(({ shortcode }) => shortcode.toLowerCase().includes(named))
  return page(
    c,
    { title: t('reactions.title'), isPrivate: true },
    <>
      <Head title={t('reactions.title')} />
      <div class="feed feed-quoted">
        <Status status={status} />
      </div>
      <Choice status={status} refused={refused}>
        {own.length > 0 && <OfServer status={status} wanted={wanted} matching={matching} />}
      </Choice>
      <p class="aside">
        <a href={statusPath(status)}>{t('reactions.back')}</a>
      </p>
    </>,
    refused ? 422 : 200,
  )
}

type ChoiceProps = { status: StatusView; refused?: { refusal: Refusal; typed: string } | undefined; children?: Child }

/** The emojis and the field, or why there are none. */
const Choice: FC<ChoiceProps> = ({ status, refused, children }) => {
  const { t } = useMessages()
  const answer = answerOf(status, usePage().me)
  if (answer !== 'allowed') return <p class="empty">{t(answer === 'asked' ? 'reactions.asked' : 'reactions.denied')}</p>
  return (
    <div class="sheet react">
      <p>{t('reactions.intro', { max: limits.reactions.maxPerAccount })}</p>
      <Emojis status={status} title={t('reactions.often')} emojis={often.map((emoji) => ({ emoji }))} />
      {children}
      <Form action={`/statuses/${status.id}/react`} class="react-any">
        <input type="hidden" name="return_to" value={statusPath(status)} />
        <Refused refusal={refused?.refusal ?? null} />
        <Field
          name="emoji"
          label={t('reactions.any')}
          hint={t('reactions.anyHint')}
          value={refused?.typed ?? ''}
          required
          maxlength={80}
          autocomplete="off"
          isRefused={refused !== undefined}
        />
        <div class="buttons">
          <button type="submit" class="button">
            {t('reactions.send')}
          </button>
        </div>
      </Form>
    </div>
  )
}

type Offered = { emoji: string; picture?: EmojiView }

/** Buttons that react at once; those with which the person reacted take that back. */
const Emojis: FC<{ status: StatusView; title: string; emojis: readonly Offered[]; children?: Child }> = ({
  status,
  title,
  emojis,
  children,
}) => {
  const mine = new Set(status.reactions.filter(({ id }) => status.reacted.includes(id)).map(writeReaction))
  return (
    <section class="react-group">
      <h2>{title}</h2>
      {children}
      <Form action={`/statuses/${status.id}/react`} class="react-emojis" label={title}>
        <input type="hidden" name="return_to" value={statusPath(status)} />
        {emojis.map(({ emoji, picture }) => (
          <button
            type="submit"
            formaction={reactAction(status, mine.has(emoji) ? 'unreact' : 'react', emoji)}
            aria-pressed={mine.has(emoji) ? 'true' : 'false'}
            title={picture ? emoji : undefined}
          >
            {picture ? <EmojiText text={emoji} emojis={[picture]} /> : emoji}
          </button>
        ))}
      </Form>
    </section>
  )
}

/** This server's own emojis, with a search by name. */
const OfServer: FC<{ status: StatusView; wanted: string; matching: readonly EmojiView[] }> = ({
  status,
  wanted,
  matching,
}) => {
  const { t } = useMessages()
  const shown = matching.slice(0, maxOffered)
  return (
    <Emojis
      status={status}
      title={t('reactions.ofServer')}
      emojis={shown.map((picture) => ({ emoji: `:${picture.shortcode}:`, picture }))}
    >
      <form method="get" action={`/statuses/${status.id}/react`} class="react-search" role="search">
        <label for="q" class="unseen">
          {t('reactions.find')}
        </label>
        <input id="q" type="search" name="q" value={wanted} placeholder={t('reactions.find')} autocomplete="off" />
        <button type="submit" class="button button-quiet">
          {t('reactions.search')}
        </button>
      </form>
      {shown.length === 0 && <p class="hint">{t('reactions.noneFound')}</p>}
      {matching.length > shown.length && <p class="hint">{t('reactions.more')}</p>}
    </Emojis>
  )
}

/** The people who reacted, by emoji; with `?emoji=` all who reacted with one. */
async function peoplePage(c: C): Promise<Response> {
  const { app, session, messages } = c.var
  const { t } = messages
  const viewer = session.viewer?.accountId ?? null
  const status = await loadStatusView(app.db, viewer, idOf(c))
  if (!status || status.reblog) throw notFound()
  const path = reactionsPath(status)
  const asked = c.req.query('emoji')
  if (c.req.path.toLowerCase() !== path.toLowerCase())
    return c.redirect(asked === undefined ? path : ofEmoji(path, asked), 302)
  const only = asked === undefined ? null : readReaction(asked)
  if (asked !== undefined && !only) throw notFound()
  const groups = await reactors(app.db, viewer, status.id, only ? 0 : maxPeople, only)
  const [one] = groups
  if (only && !one) throw notFound()
  const asPage = pageOf(c)
  const found = only && one ? await reactorsOf(app.db, viewer, one.id, asPage) : null
  const ids = found?.map(({ accountId }) => accountId) ?? groups.flatMap(({ accountIds }) => accountIds)
  const [accounts, relationships] = await Promise.all([
    loadAccountMap(app.db, ids),
    viewer ? loadRelationships(app.db, viewer, [...new Set(ids)]) : [],
  ])
  const People: FC<{ ids: readonly AccountId[] }> = ({ ids: shown }) => (
    <>
      {shown
        .flatMap((id) => accounts.get(id) ?? [])
        .map((account) => (
          <AccountRow account={account} relationship={relationships.find(({ id }) => id === account.id)} />
        ))}
    </>
  )
  return page(
    c,
    { title: t('reactions.peopleTitle', { author: statusTitle(status) }), isPrivate: true },
    <>
      <Head title={t('reactions.peopleHead')} />
      {groups.length === 0 && <p class="empty">{t('reactions.nobody')}</p>}
      {groups.map((group) => (
        <section class="people reactors">
          <ReactorsHead group={group} />
          <People ids={found?.map(({ accountId }) => accountId) ?? group.accountIds} />
          {(found ?? group.accountIds).length === 0 && <p class="hint">{t('reactions.nobodyShown')}</p>}
          {!only && group.count > group.accountIds.length && group.accountIds.length === maxPeople && (
            <p class="aside">
              <a href={ofEmoji(path, writeReaction(group))}>
                {t('reactions.everybody', { emoji: writtenReaction(group) })}
              </a>
            </p>
          )}
        </section>
      ))}
      {found && <Pagination path={ofEmoji(path, asked ?? '')} page={asPage} cursors={found.map(({ id }) => id)} />}
      <p class="aside">
        {only ? <a href={path}>{t('reactions.all')}</a> : <a href={statusPath(status)}>{t('reactions.back')}</a>}
      </p>
    </>,
  )
}

const ReactorsHead: FC<{ group: Reactors }> = ({ group }) => (
  <h2 class="section-title" title={writeReaction(group)}>
    <ReactionText
      text={useMessages().t('reactions.count', { emoji: writtenReaction(group), count: group.count })}
      emoji={group}
    />
  </h2>
)

const ofEmoji = (path: string, emoji: string): string => `${path}?emoji=${encodeURIComponent(emoji)}`

function idOf(c: C): StatusId {
  const id = c.req.param('id') ?? ''
  if (!isId(id)) throw notFound()
  return id as StatusId
}
