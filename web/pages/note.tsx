import { Hono } from 'hono'
import type { AccountView } from '#src/accounts/views.ts'
import type { Refusal } from '#src/platform/errors.ts'
import { maxNoteCharacters, noteAccount } from '#src/relationships/note.ts'
import { loadRelationships } from '#src/relationships/views.ts'
import { nameOf, profilePath } from '../components/account.tsx'
import { Field, Form, Refused } from '../components/form.tsx'
import { Head } from '../components/layout.tsx'
import type { C, Env } from '../env.ts'
import { refusalOf } from '../forms.ts'
import { backTo, requireViewer, viewerOf } from '../guards.tsx'
import { page } from '../page.tsx'
import { statusOf } from '../problem.ts'
import { somebodyElse } from './somebody-else.ts'

/** The private note of a person about another. */
export const notes = new Hono<Env>()
  .get('/accounts/:id/note', requireViewer, async (c) => notePage(c, await somebodyElse(c, c.req.param('id'))))
  .post('/accounts/:id/note', requireViewer, async (c) => {
    const target = await somebodyElse(c, c.req.param('id'))
    const comment = c.var.form.text('note').replaceAll('\r\n', '\n')
    const refusal = await refusalOf(() =>
      c.var.app.db.transaction((tx) => noteAccount(tx, viewerOf(c).accountId, target.id, comment)),
    )
    return refusal ? notePage(c, target, refusal) : backTo(c, profilePath(target))
  })

async function notePage(c: C, target: AccountView, refusal: Refusal | null = null): Promise<Response> {
  const { app, form, messages } = c.var
  const { t } = messages
  const [relationship] = await loadRelationships(app.db, viewerOf(c).accountId, [target.id])
  const title = t('relations.noteAbout', { name: nameOf(target) })
  return page(
    c,
    { title, isPrivate: true },
    <>
      <Head title={title} />
      <Form action={`/accounts/${target.id}/note`} class="sheet" label={title}>
        <Refused refusal={refusal} />
        <input type="hidden" name="return_to" value={profilePath(target)} />
        <Field
          name="note"
          label={t('relations.note')}
          rows={6}
          value={refusal ? form.text('note') : (relationship?.note ?? '')}
          maxlength={maxNoteCharacters}
          isRefused={refusal !== null}
          hint={t('relations.noteHint', { max: maxNoteCharacters })}
        />
        <div class="buttons">
          <button type="submit" class="button">
            {t('common.save')}
          </button>
          <a href={profilePath(target)} class="button button-quiet">
            {t('relations.leave')}
          </a>
        </div>
      </Form>
    </>,
    refusal ? statusOf(refusal) : 200,
  )
}
