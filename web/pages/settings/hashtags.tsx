import { Hono } from 'hono'
import type { FC } from 'hono/jsx'
import type { Refusal } from '#src/platform/errors.ts'
import { followedTags, followTag, unfollowTags } from '#src/reading/tags/follow.ts'
import { loadTagDetails, type TagDetails } from '#src/reading/tags/views.ts'
import { parseHashtag } from '#src/text/hashtag.ts'
import { refuse } from '#src/text/refusals.ts'
import { Field, Form, NoticeBox, Refused } from '../../components/form.tsx'
import { useMessages } from '../../components/page-context.ts'
import { pageOf, Pagination } from '../../components/pagination.tsx'
import type { C, Env } from '../../env.ts'
import { refusalOf } from '../../forms.ts'
import { requireViewer, viewerOf } from '../../guards.tsx'
import { page } from '../../page.tsx'
import { statusOf } from '../../problem.ts'
import { SettingsHead } from './tabs.tsx'

const path = '/settings/hashtags'

/** The hashtags that a person follows. */
export const hashtagSettings: Hono<Env> = new Hono<Env>()
  .get(path, requireViewer, (c) => hashtagsPage(c))
  .post(path, requireViewer, async (c) => {
    const { app, form } = c.var
    const refusal = await refusalOf(async () => {
      const tag = parseHashtag(form.text('tag'))
      if (!tag) throw refuse('invalid', 'hashtagInvalid')
      await app.db.transaction((tx) => followTag(tx, viewerOf(c).accountId, tag))
    })
    return refusal ? hashtagsPage(c, { add: refusal }) : c.redirect(path, 303)
  })
  .post(`${path}/unfollow`, requireViewer, async (c) => {
    const names = c.var.form.texts('name').slice(0, shown)
    const refusal = await refusalOf(async () => {
      if (names.length === 0) throw refuse('invalid', 'chooseTags')
      await c.var.app.db.transaction((tx) => unfollowTags(tx, viewerOf(c).accountId, names))
    })
    return refusal ? hashtagsPage(c, { unfollow: refusal }) : c.redirect(`${path}?unfollowed=${names.length}`, 303)
  })

/** Hashtags of a page. */
const shown = 100

async function hashtagsPage(c: C, refused: { add?: Refusal; unfollow?: Refusal } = {}): Promise<Response> {
  const { app, form, messages } = c.var
  const { t } = messages
  const { accountId } = viewerOf(c)
  const wanted = pageOf(c, shown)
  const follows = await followedTags(app.db, accountId, wanted)
  const tags = await loadTagDetails(
    app.db,
    accountId,
    follows.map(({ tagId }) => tagId),
  )
  const unfollowed = Number(c.req.query('unfollowed'))
  const refusal = refused.add ?? refused.unfollow
  return page(
    c,
    t('tags.followedTitle'),
    <>
      <SettingsHead here={path} />
      {unfollowed > 0 && unfollowed <= shown && (
        <NoticeBox kind="good">{t('tags.unfollowed', { count: unfollowed })}</NoticeBox>
      )}
      <section class="sheet">
        <h2>{t('tags.followedTitle')}</h2>
        <p>{t('tags.followedText')}</p>
        <Refused refusal={refused.add ?? null} />
        <Form action={path} class="add-line">
          <Field
            name="tag"
            label={t('tags.tag')}
            value={refused.add ? form.text('tag') : ''}
            isRefused={refused.add !== undefined}
            required
            maxlength={200}
            autocapitalize="none"
            autocomplete="off"
          />
          <button type="submit" class="button button-quiet">
            {t('tags.follow')}
          </button>
        </Form>
      </section>
      {tags.length > 0 && (
        <Form action={`${path}/unfollow`} class="sheet" label={t('tags.unfollowSome')}>
          <Refused refusal={refused.unfollow ?? null} />
          <ul class="entries">
            {tags.map((tag) => (
              <FollowedTag tag={tag} />
            ))}
          </ul>
          <div class="buttons">
            <button type="submit" class="button button-quiet">
              {t('tags.unfollowChosen')}
            </button>
          </div>
        </Form>
      )}
      {tags.length === 0 && <div class="empty">{t('tags.noneFollowed')}</div>}
      <Pagination path={path} page={wanted} cursors={follows.map(({ id }) => id)} />
    </>,
    refusal ? statusOf(refusal) : 200,
  )
}

const FollowedTag: FC<{ tag: TagDetails }> = ({ tag: { name, displayName, history } }) => {
  const { t } = useMessages()
  const uses = history.reduce((sum, day) => sum + day.uses, 0)
  return (
    <li>
      <label class="check">
        <input type="checkbox" name="name" value={name} aria-label={t('tags.choose', { tag: `#${displayName}` })} />
      </label>
      <div>
        <a href={`/tags/${encodeURIComponent(name)}`}>
          <bdi>#{displayName}</bdi>
        </a>
      </div>
      <span class="hint">{t('tags.uses', { count: uses, days: history.length })}</span>
    </li>
  )
}
