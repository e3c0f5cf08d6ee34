import { loadAccountMap } from '#src/accounts/views.ts'
import { lookAtAppeal, maxAppealAnswer } from '#src/moderation/appeals.ts'
import type { Refusal } from '#src/platform/errors.ts'
import type { StrikeId } from '#src/platform/ids.ts'
import { Field, Form, NoticeBox, Refused } from '../../../components/form.tsx'
import type { C } from '../../../env.ts'
import { typedForm } from '../../../forms.ts'
import { staffOf } from '../../../guards.tsx'
import { page } from '../../../page.tsx'
import { statusOf } from '../../../problem.ts'
import { AdminHead } from '../tabs.tsx'
import { AppealBody, Kept, path } from './entries.tsx'

/**
 * One appeal with what is kept of the posts, and the form that decides about it with a text to the person. Posts that not everybody
 * could read are shown on demand.
 */
export async function appealPage(
  c: C,
  id: StrikeId,
  { refusal = null, seesClosed = false }: { refusal?: Refusal | null; seesClosed?: boolean } = {},
): Promise<Response> {
  const { db } = c.var.app
  const { t } = c.var.messages
  const appeal = await db.transaction(async (tx) => lookAtAppeal(tx, await staffOf(c, tx), id, { seesClosed }))
  const typed = c.req.path.endsWith('/posts') ? null : await typedForm(c, refusal)
  const account = (await loadAccountMap(db, [appeal.accountId])).get(appeal.accountId)
  const name = account?.acct ?? appeal.accountId
  const at = `${path}/${id}`
  const title = t('moderation.appealOf', { name })
  return page(
    c,
    title,
    <>
      <AdminHead here={path} />
      <h2 class="approvals-hint">{title}</h2>
      <div class="people">
        <AppealBody entry={appeal} account={account}>
          {appeal.postCount > 0 && (
            <Kept
              posts={appeal.posts}
              further={Math.max(0, appeal.postCount - appeal.posts.length - appeal.closedCount)}
            />
          )}
          {appeal.closedCount > 0 && (
            <Form action={`${at}/posts`}>
              <input type="hidden" name="return_to" value={at} />
              <button type="submit" class="button button-quiet">
                {t('moderation.showClosed', { count: appeal.closedCount })}
              </button>
            </Form>
          )}
        </AppealBody>
      </div>
      {appeal.state === 'pending' ? (
        <Form action={`${at}/approve`} class="sheet" label={t('moderation.decide')}>
          <h2>{t('moderation.decide')}</h2>
          <Refused refusal={refusal} />
          <input type="hidden" name="return_to" value={at} />
          <Field
            name="answer"
            label={t('moderation.answerText')}
            rows={5}
            value={typed?.text('answer') ?? ''}
            maxlength={maxAppealAnswer}
            hint={t('moderation.answerHint')}
            isRefused={refusal !== null}
          />
          <div class="buttons">
            <button type="submit" class="button">
              {t('common.approve')}
            </button>
            <button type="submit" formaction={`${at}/reject`} class="button button-quiet">
              {t('common.reject')}
            </button>
            <a href={path} class="button button-quiet">
              {t('moderation.backToAppeals')}
            </a>
          </div>
        </Form>
      ) : (
        <section class="sheet">
          <NoticeBox>{t(`moderation.decided_${appeal.state}`)}</NoticeBox>
          {appeal.answer !== '' && (
            <blockquote class="approval-text" dir="auto">
              {appeal.answer}
            </blockquote>
          )}
          <div class="buttons">
            <a href={path} class="button button-quiet">
              {t('moderation.backToAppeals')}
            </a>
          </div>
        </section>
      )}
    </>,
    refusal ? statusOf(refusal) : 200,
  )
}
