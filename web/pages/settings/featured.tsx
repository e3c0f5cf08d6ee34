import { Hono } from 'hono'
import type { FC } from 'hono/jsx'
import { accountByHandle } from '#src/accounts/find.ts'
import { type AccountView, loadAccountViews } from '#src/accounts/views.ts'
import { notFound, type Refusal } from '#src/platform/errors.ts'
import { parseHandle } from '#src/platform/handle.ts'
import { type AccountId, isId, type RelationId } from '#src/platform/ids.ts'
import {
  type FeaturedTag,
  featureTag,
  loadFeaturedTags,
  removeFeaturedTag,
  suggestedTags,
} from '#src/reading/tags/feature.ts'
import { loadTagDetails } from '#src/reading/tags/views.ts'
import { endorse, unendorse } from '#src/relationships/endorse.ts'
import { endorsedBy } from '#src/relationships/lists.ts'
import { limits } from '#src/rules/limits.ts'
import { parseHashtag } from '#src/text/hashtag.ts'
import { refuse } from '#src/text/refusals.ts'
import { Avatar, Handle, Name, profilePath } from '../../components/account.tsx'
import { Field, Form, Refused } from '../../components/form.tsx'
import { useMessages } from '../../components/page-context.ts'
import type { C, Env } from '../../env.ts'
import { refusalOf } from '../../forms.ts'
import { requireViewer, viewerOf } from '../../guards.tsx'

/** A refusal of a form of this section, with what was typed. */
export type FeaturedProblem = { of: 'tags' | 'people'; refusal: Refusal; typed: string }

export type Featured = {
  tags: FeaturedTag[]
  /** Names of hashtags that the account uses much. */
  suggested: string[]
  people: AccountView[]
}

const maxShown = 40

export async function loadFeatured(c: C): Promise<Featured> {
  const { db } = c.var.app
  const { accountId } = viewerOf(c)
  const [tags, suggested, people] = await Promise.all([
    loadFeaturedTags(db, accountId),
    suggestedTags(db, accountId).then((ids) => loadTagDetails(db, accountId, ids)),
    endorsedBy(db, accountId, { limit: maxShown }).then((rows) =>
      loadAccountViews(
        db,
        rows.map((row) => row.accountId),
      ),
    ),
  ])
  return { tags, suggested: suggested.map(({ displayName }) => displayName), people }
}

/**
 * The hashtags and people that a profile features.
 *
 * @param show answers with the profile's page, which shows the problem
 */
export function featuredForms(show: (c: C, problem: FeaturedProblem) => Promise<Response>): Hono<Env> {
  const after = async (c: C, of: FeaturedProblem['of'], typed: string, work: () => Promise<unknown>) => {
    const refusal = await refusalOf(work)
    return refusal ? show(c, { of, refusal, typed }) : c.redirect(`/settings/profile#featured-${of}`, 303)
  }
  return new Hono<Env>()
    .post('/settings/featured/tags', requireViewer, (c) => {
      const { app, form } = c.var
      const typed = form.text('tag').trim()
      return after(c, 'tags', typed, async () => {
        const tag = parseHashtag(typed)
        if (!tag) throw refuse('invalid', 'hashtagInvalid')
        await app.db.transaction((tx) => featureTag(tx, viewerOf(c).accountId, tag))
      })
    })
    .post('/settings/featured/tags/:id/remove', requireViewer, (c) => {
      const id = c.req.param('id')
      if (!isId(id)) throw notFound()
      const { accountId } = viewerOf(c)
      return after(c, 'tags', '', () =>
        c.var.app.db.transaction((tx) => removeFeaturedTag(tx, accountId, id as RelationId)),
      )
    })
    .post('/settings/featured/people', requireViewer, (c) => {
      const { app, form } = c.var
      const typed = form.text('person').trim()
      return after(c, 'people', typed, async () => {
        const handle = parseHandle(typed)
        const target = handle && (await accountByHandle(app.db, app.uris.localised(handle)))
        if (!target) throw refuse('unprocessable', 'nameNotFound', { name: typed.slice(0, 100) })
        await app.db.transaction((tx) => endorse(tx, viewerOf(c).accountId, target))
      })
    })
    .post('/settings/featured/people/:id/remove', requireViewer, (c) => {
      const id = c.req.param('id')
      if (!isId(id)) throw notFound()
      const { accountId } = viewerOf(c)
      return after(c, 'people', '', () => c.var.app.db.transaction((tx) => unendorse(tx, accountId, id as AccountId)))
    })
}

export const FeaturedTags: FC<{ featured: Featured; problem: FeaturedProblem | null }> = ({ featured, problem }) => {
  const { t } = useMessages()
  const shown = problem?.of === 'tags' ? problem : null
  return (
    <section class="sheet" id="featured-tags" aria-labelledby="featured-tags-title">
      <h2 id="featured-tags-title">{t('profileSettings.featuredTags')}</h2>
      <p class="hint">{t('profileSettings.featuredTagsHint', { max: limits.account.maxFeaturedTags })}</p>
      <Refused refusal={shown?.refusal ?? null} />
      {featured.tags.length === 0 && <p>{t('profileSettings.noFeaturedTags')}</p>}
      {featured.tags.length > 0 && (
        <ul class="featured">
          {featured.tags.map(({ id, key, name, statusesCount }) => (
            <li>
              <a href={`/tags/${encodeURIComponent(key)}`}>
                <bdi>#{name}</bdi>
              </a>
              <span class="hint">{t('profileSettings.tagUse', { count: statusesCount })}</span>
              <RemoveButton
                action={`/settings/featured/tags/${id}/remove`}
                label={t('profileSettings.removeTag', { name })}
              />
            </li>
          ))}
        </ul>
      )}
      {featured.tags.length < limits.account.maxFeaturedTags && (
        <>
          <Form action="/settings/featured/tags" class="add-line">
            <Field
              name="tag"
              isRefused={Boolean(shown)}
              label={t('tags.tag')}
              value={shown?.typed ?? ''}
              required
              maxlength={200}
              autocapitalize="none"
              autocomplete="off"
            />
            <button type="submit" class="button button-quiet">
              {t('profileSettings.addTagButton')}
            </button>
          </Form>
          {featured.suggested.length > 0 && (
            <Form action="/settings/featured/tags" class="suggested" label={t('profileSettings.suggestedTags')}>
              <span class="hint">{t('profileSettings.suggestedTags')}</span>
              {featured.suggested.map((name) => (
                <button
                  type="submit"
                  name="tag"
                  value={name}
                  class="button button-quiet"
                  aria-label={t('profileSettings.featureTag', { name })}
                >
                  <bdi>#{name}</bdi>
                </button>
              ))}
            </Form>
          )}
        </>
      )}
    </section>
  )
}

export const FeaturedPeople: FC<{ featured: Featured; problem: FeaturedProblem | null }> = ({ featured, problem }) => {
  const { t } = useMessages()
  const shown = problem?.of === 'people' ? problem : null
  return (
    <section class="sheet" id="featured-people" aria-labelledby="featured-people-title">
      <h2 id="featured-people-title">{t('profileSettings.featuredPeople')}</h2>
      <p class="hint">{t('profileSettings.featuredPeopleHint')}</p>
      <Refused refusal={shown?.refusal ?? null} />
      {featured.people.length === 0 && <p>{t('profileSettings.noFeaturedPeople')}</p>}
      {featured.people.length > 0 && (
        <ul class="featured">
          {featured.people.map((account) => (
            <li>
              <a href={profilePath(account)} class="person-link">
                <Avatar account={account} size="small" />
                <span class="person-names">
                  <Name account={account} />
                  <Handle account={account} />
                </span>
              </a>
              <RemoveButton
                action={`/settings/featured/people/${account.id}/remove`}
                label={t('profileSettings.removePerson', { acct: account.acct })}
              />
            </li>
          ))}
        </ul>
      )}
      {featured.people.length === maxShown && (
        <p class="hint">{t('profileSettings.morePeople', { count: maxShown })}</p>
      )}
      <Form action="/settings/featured/people" class="add-line">
        <Field
          name="person"
          isRefused={Boolean(shown)}
          label={t('profileSettings.addPerson')}
          value={shown?.typed ?? ''}
          required
          maxlength={500}
          autocapitalize="none"
          autocomplete="off"
          hint={t('profileSettings.addPersonHint')}
        />
        <button type="submit" class="button button-quiet">
          {t('profileSettings.addTagButton')}
        </button>
      </Form>
    </section>
  )
}

const RemoveButton: FC<{ action: string; label: string }> = ({ action, label }) => (
  <Form action={action}>
    <button type="submit" class="button button-quiet" aria-label={label}>
      {useMessages().t('common.remove')}
    </button>
  </Form>
)
