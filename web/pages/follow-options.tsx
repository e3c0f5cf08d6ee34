import { Hono } from 'hono'
import type { FC } from 'hono/jsx'
import type { AccountView } from '#src/accounts/views.ts'
import { notFound, type Refusal } from '#src/platform/errors.ts'
import { changeFollow } from '#src/relationships/change-follow.ts'
import { loadRelationships } from '#src/relationships/views.ts'
import { languageTag } from '#src/text/language-tag.ts'
import { nameOf, profilePath } from '../components/account.tsx'
import { Check, Form, Refused } from '../components/form.tsx'
import { languageOptions } from '../components/languages.ts'
import { Head } from '../components/layout.tsx'
import { useFormats, useMessages } from '../components/page-context.ts'
import type { C, Env } from '../env.ts'
import { ownPath, refusalOf } from '../forms.ts'
import { backTo, requireViewer, viewerOf } from '../guards.tsx'
import { page } from '../page.tsx'
import { statusOf } from '../problem.ts'
import { somebodyElse } from './somebody-else.ts'

/** What a person wants to get of somebody whom they follow, or asked to. */
export const followOptions = new Hono<Env>()
  .get('/accounts/:id/following', requireViewer, async (c) => optionsPage(c, await somebodyElse(c, c.req.param('id'))))
  .post('/accounts/:id/following', requireViewer, async (c) => {
    const { app, form } = c.var
    const target = await somebodyElse(c, c.req.param('id'))
    const options = {
      showsReblogs: form.isChecked('boosts'),
      notifies: form.isChecked('notify'),
      languages: form.texts('language'),
    }
    const refusal = await refusalOf(() =>
      app.db.transaction((tx) => changeFollow(tx, app.uris, viewerOf(c).accountId, target.id, options)),
    )
    return refusal ? optionsPage(c, target, refusal) : backTo(c, profilePath(target))
  })

async function optionsPage(c: C, target: AccountView, refusal: Refusal | null = null): Promise<Response> {
  const { app, form, messages } = c.var
  const { t } = messages
  const [relationship] = await loadRelationships(app.db, viewerOf(c).accountId, [target.id])
  if (!relationship?.following && !relationship?.requested) throw notFound()
  const title = t('relations.optionsTitle', { name: nameOf(target) })
  const back = ownPath(refusal ? form.text('return_to') : (c.req.query('return_to') ?? ''), profilePath(target))
  return page(
    c,
    { title, isPrivate: true },
    <>
      <Head title={title} />
      <Form action={`/accounts/${target.id}/following`} class="sheet" label={title}>
        <Refused refusal={refusal} />
        <p class="hint">{t('relations.optionsLead')}</p>
        <input type="hidden" name="return_to" value={back} />
        <Check
          name="boosts"
          label={t('relations.optionBoosts')}
          hint={t('relations.optionBoostsHint')}
          checked={refusal ? form.isChecked('boosts') : relationship.showsReblogs}
        />
        <Check
          name="notify"
          label={t('relations.optionNotify')}
          hint={t('relations.optionNotifyHint')}
          checked={refusal ? form.isChecked('notify') : relationship.notifies}
        />
        <Languages chosen={refusal ? form.texts('language') : (relationship.languages ?? [])} />
        <div class="buttons">
          <button type="submit" class="button">
            {t('common.save')}
          </button>
          <a href={back} class="button button-quiet">
            {t('relations.leave')}
          </a>
        </div>
      </Form>
    </>,
    refusal ? statusOf(refusal) : 200,
  )
}

/** All languages, folded away, as most people choose none. Tags that apps chose and the list lacks are kept. */
const Languages: FC<{ chosen: readonly string[] }> = ({ chosen }) => {
  const messages = useMessages()
  const formats = useFormats()
  const { t } = messages
  const known = languageOptions(messages, formats).filter(([code]) => code !== '')
  const others = chosen.filter((tag) => !known.some(([code]) => code === tag))
  const nameOfTag = (tag: string) => (languageTag(tag) && formats.language(tag)) || tag
  const options = [...others.map((tag) => [tag, nameOfTag(tag)] as const), ...known]
  return (
    <details open={chosen.length > 0}>
      <summary>{t('relations.languages', { count: chosen.length })}</summary>
      <fieldset class="language-choice">
        <legend class="unseen">{t('relations.languagesLegend')}</legend>
        <p class="hint">{t('relations.languagesHint')}</p>
        <div class="language-list">
          {options.map(([tag, name]) => (
            <label class="check">
              <input type="checkbox" name="language" value={tag} checked={chosen.includes(tag)} />
              <bdi>{name}</bdi>
            </label>
          ))}
        </div>
      </fieldset>
    </details>
  )
}
