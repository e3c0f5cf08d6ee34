/** The steps of a report, all of them parts of one form. */
import type { FC } from 'hono/jsx'
import type { AccountView } from '#src/accounts/views.ts'
import type { Rule } from '#src/moderation/instance-rules.ts'
import { maxCommentLength, reportCategories } from '#src/moderation/reports/create.ts'
import type { FieldProblem } from '#src/platform/errors.ts'
import type { RelationshipView } from '#src/relationships/views.ts'
import type { StatusView } from '#src/statuses/views/views.ts'
import { shownHost } from '#src/text/acct.ts'
import { problemIn } from '#src/text/refusals.ts'
import { nameOf } from '../../components/account.tsx'
import { Check, Field, invalid } from '../../components/form.tsx'
import { useMessages } from '../../components/page-context.ts'
import { summaryOf } from '../../components/status-summary.ts'
import { Ago } from '../../components/time.tsx'
import { type Answers, maxShown } from './answers.ts'

type Step = {
  target: AccountView
  answers: Answers
  problems: readonly FieldProblem[]
  /** The field that the refusal on top is about. */
  refused: string | undefined
}

/** The kinds of wrong; "against the rules" only where there are rules. */
export const Category: FC<Step & { hasRules: boolean }> = ({ answers, problems, hasRules }) => {
  const messages = useMessages()
  const { t } = messages
  const wrong = problems.filter(({ field }) => field === 'category')
  return (
    <fieldset>
      <legend>{t('reportForm.category')}</legend>
      {reportCategories
        .filter((category) => hasRules || category !== 'violation')
        .map((category) => (
          <label class="check">
            <input
              type="radio"
              name="category"
              value={category}
              required
              checked={category === answers.category}
              {...(wrong.length > 0 ? invalid('category') : {})}
            />
            <span>
              {t(`reportForm.${category}`)}
              <small>{t(`reportForm.${category}Hint`)}</small>
            </span>
          </label>
        ))}
      {wrong.length > 0 && (
        <p class="problem" id="category-problem">
          {wrong.map((problem) => problemIn(messages, problem)).join(' ')}
        </p>
      )}
    </fieldset>
  )
}

/** The rules of the server. Where the browser can, they are shown only for reports about rules. */
export const Rules: FC<Step & { rules: readonly Rule[] }> = ({ answers, rules }) => {
  const { t } = useMessages()
  return (
    <fieldset class="report-rules">
      <legend>{t('reportForm.rules')}</legend>
      {rules.map(({ id, text, hint }) => (
        <label class="check">
          <input type="checkbox" name="rule" value={id} checked={answers.ruleIds.includes(id)} />
          <span dir="auto">
            {text}
            {hint && <small>{hint}</small>}
          </span>
        </label>
      ))}
    </fieldset>
  )
}

export const Posts: FC<Step & { posts: readonly StatusView[] }> = ({ target, answers, posts }) => {
  const { t } = useMessages()
  return (
    <fieldset>
      <legend>{t('reportForm.postsTitle')}</legend>
      {posts.length === 0 ? (
        <p class="hint">{t('reportForm.postsNone', { name: nameOf(target) })}</p>
      ) : (
        <p class="hint">{t('reportForm.postsHint')}</p>
      )}
      {posts.map((post) => (
        <label class="check report-post">
          <input type="checkbox" name="status" value={post.id} checked={answers.statusIds.includes(post.id)} />
          <span>
            <bdi>{summaryOf(post, 300) || t('notifications.withMedia')}</bdi>
            <small>
              <Ago at={post.createdAt} />
            </small>
          </span>
        </label>
      ))}
      <input type="hidden" name="shown" value={String(answers.shown)} />
      {posts.length >= answers.shown && answers.shown < maxShown && (
        <div class="buttons">
          <button type="submit" name="more" value="1" class="button button-quiet" formnovalidate>
            {t('reportForm.showMore')}
          </button>
        </div>
      )}
    </fieldset>
  )
}

export const Words: FC<Step> = ({ target, answers, problems, refused }) => {
  const { t } = useMessages()
  const max = maxCommentLength
  return (
    <Field
      name="comment"
      label={t('reportForm.comment')}
      rows={4}
      value={answers.comment}
      problems={problems}
      isRefused={refused === 'comment'}
      maxlength={max}
      hint={
        target.domain === null
          ? t('reportForm.commentHint', { max })
          : t('reportForm.commentHintForwarded', { max, host: shownHost(target.domain) })
      }
    />
  )
}

/** Whether the account's own server gets a copy. */
export const Forward: FC<Step> = ({ target, answers }) => {
  const { t } = useMessages()
  return (
    <Check
      name="forward"
      label={t('reportForm.forward', { host: shownHost(target.domain ?? '') })}
      hint={t('reportForm.forwardHint')}
      checked={answers.isForwarded}
    />
  )
}

/** What the person can do about the other at the same time, as far as it is not so yet. */
export const Besides: FC<Step & { relationship: RelationshipView }> = ({ target, answers, relationship }) => {
  const { t } = useMessages()
  const { following, requested, muting, blocking } = relationship
  const name = nameOf(target)
  if (blocking) return null
  return (
    <fieldset>
      <legend>{t('reportForm.also')}</legend>
      <p class="hint">{t('reportForm.alsoHint')}</p>
      {(following || requested) && (
        <Check
          name="unfollow"
          label={t('reportForm.alsoUnfollow', { name })}
          checked={answers.also.includes('unfollow')}
        />
      )}
      {!muting && (
        <Check
          name="mute"
          label={t('reportForm.alsoMute', { name })}
          hint={t('reportForm.alsoMuteHint')}
          checked={answers.also.includes('mute')}
        />
      )}
      <Check
        name="block"
        label={t('reportForm.alsoBlock', { name })}
        hint={t('reportForm.alsoBlockHint')}
        checked={answers.also.includes('block')}
      />
    </fieldset>
  )
}
