import type { FC } from 'hono/jsx'
import type { AccountOverview, StrikeLine } from '#src/moderation/accounts/overview.ts'
import { undoingOf } from '#src/moderation/accounts/strike.ts'
import { Action } from '../../../components/form.tsx'
import { useMessages, usePage } from '../../../components/page-context.ts'
import { Words } from '../../../components/reported-words.tsx'
import { Ago } from '../../../components/time.tsx'
import { ChoosePost, PostsForm } from '../reports/posts-form.tsx'
import type { PartProps } from './parts.ts'

type Props = PartProps & { overview: AccountOverview }

const liftTexts = {
  all: 'staffAccount.liftsAll',
  withoutFollows: 'staffAccount.liftsWithoutFollows',
  nothing: 'staffAccount.liftsNothing',
} as const

/** What was done against the account, and how far it can be undone. */
export const Strikes: FC<Props> = ({ overview: { account, strikes, canAct }, path }) => {
  const { t } = useMessages()
  const isLocal = account.domain === null
  return (
    <section class="sheet">
      <h2>{t('staffAccount.strikes')}</h2>
      {strikes.length === 0 && <p class="hint">{t('staffAccount.noStrikes')}</p>}
      {strikes.map((one) => (
        <Strike one={one} isLocal={isLocal} liftPath={canAct ? `${path}/strikes/${one.id}/lift` : null} />
      ))}
    </section>
  )
}

const Strike: FC<{ one: StrikeLine; isLocal: boolean; liftPath: string | null }> = ({ one, isLocal, liftPath }) => {
  const { t, rich } = useMessages()
  const { formats } = usePage()
  const { action, text, createdAt, endsAt, reviewAt, liftedAt, reportId, appeal } = one
  const name = t(`reports.strike_${action}`)
  const marks = [
    liftedAt && t('reports.lifted'),
    !liftedAt && endsAt && t('staffAccount.strikeEnds', { day: formats.day(endsAt) }),
    !liftedAt && reviewAt && t('staffAccount.reviewed', { day: formats.day(reviewAt) }),
    appeal !== 'none' && t(`staffAccount.appeal_${appeal}`),
  ].filter(Boolean)
  return (
    <article class="reported-post">
      <p>
        {rich('reports.strikeLine', { action: name, age: <Ago at={createdAt} /> })}
        {marks.length > 0 && ` (${marks.join(', ')})`}
        {reportId && (
          <>
            {' '}
            <a href={`/admin/reports/${reportId}`}>#{reportId}</a>
          </>
        )}
      </p>
      {text !== '' && (
        <blockquote class="approval-text" dir="auto">
          {text}
        </blockquote>
      )}
      {!liftedAt && action !== 'none' && <p class="hint">{t(liftTexts[undoingOf({ action, isLocal })])}</p>}
      {!liftedAt && liftPath && (
        <Action action={liftPath} label={t('staffAccount.liftStrikeOf', { action: name })} class="button button-quiet">
          {t('staffAccount.liftStrike')}
        </Action>
      )}
    </article>
  )
}

export const Reports: FC<{ overview: AccountOverview }> = ({ overview: { account, reportsAbout, reportsBy } }) => {
  const { t } = useMessages()
  const lists = [
    [t('staffAccount.reportsAbout'), `/admin/reports?state=all&target=${account.id}`, reportsAbout],
    [t('staffAccount.reportsBy'), `/admin/reports?state=all&reporter=${account.id}`, reportsBy],
  ] as const
  return (
    <section class="sheet">
      {lists.map(([title, href, lines]) => (
        <>
          <h2>{lines.length > 0 ? <a href={href}>{title}</a> : title}</h2>
          {lines.length === 0 && <p class="hint">{t('staffAccount.noReports')}</p>}
          {lines.length > 0 && (
            <ul class="bullets">
              {lines.map(({ id, category, comment, createdAt, resolvedAt }) => (
                <li dir="auto">
                  <a href={`/admin/reports/${id}`}>
                    {t(`reports.${category}`)}, <Ago at={createdAt} />
                  </a>
                  {resolvedAt && ` (${t('reports.resolvedMark')})`} {comment.slice(0, 200)}
                </li>
              ))}
            </ul>
          )}
        </>
      ))}
    </section>
  )
}

/** The latest public posts, to be deleted or marked. */
export const Posts: FC<Props> = ({ overview: { account, posts, canAct }, path, refusalAt, values }) => {
  const { t } = useMessages()
  const list = posts.map((post) => (
    <article class="reported-post">
      {canAct && <ChoosePost id={post.id} />}
      <Words post={post} />
    </article>
  ))
  if (posts.length === 0 || !canAct)
    return (
      <section class="sheet">
        <h2>{t('staffAccount.posts')}</h2>
        {posts.length === 0 ? <p class="hint">{t('staffAccount.noPosts')}</p> : list}
      </section>
    )
  return (
    <PostsForm
      action={`${path}/posts`}
      title={t('staffAccount.posts')}
      hint={t('staffAccount.postsHint')}
      isLocal={account.domain === null}
      refusal={refusalAt('posts')}
      words={values('posts', 'words')}
    >
      {list}
    </PostsForm>
  )
}
