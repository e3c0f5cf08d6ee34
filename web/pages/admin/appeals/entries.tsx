import type { Child, FC } from 'hono/jsx'
import { hasPermission } from '#src/accounts/roles/permissions.ts'
import type { AccountView } from '#src/accounts/views.ts'
import type { KeptWords } from '#src/moderation/accounts/strike-posts.ts'
import type { Appeal, WaitingAppeal } from '#src/moderation/appeals.ts'
import type { DueReview } from '#src/moderation/reviews.ts'
import { profilePath } from '../../../components/account.tsx'
import { Action } from '../../../components/form.tsx'
import { KeptPost } from '../../../components/kept-posts.tsx'
import { useMessages, usePage } from '../../../components/page-context.ts'
import { Ago, Moment } from '../../../components/time.tsx'

export const path = '/admin/appeals'

type EntryProps = {
  entry: Pick<DueReview, 'told' | 'accountId'> & { reason: string; struckAt: Date }
  account: AccountView | undefined
  buttons?: Child
  children?: Child
}

/** An action against an account, with its text. */
const Entry: FC<EntryProps> = ({ entry: { told, accountId, reason, struckAt }, account, buttons, children }) => {
  const { t } = useMessages()
  const permissions = usePage().me?.viewer.permissions ?? 0n
  // The profile of a suspended person is not there, but its page for staff is.
  const opensPage = (['manage_users', 'manage_reports'] as const).some((name) => hasPermission(permissions, name))
  return (
    <article class="person approval">
      <div class="approval-body">
        <h3 class="applicant-name">
          {account ? (
            <a href={opensPage ? `/admin/accounts/${accountId}` : profilePath(account)}>@{account.acct}</a>
          ) : (
            t('moderation.deletedAccount')
          )}
        </h3>
        <p>
          {t(`reports.strike_${told}`)}, <Ago at={struckAt} />
        </p>
        <blockquote class="approval-text" dir="auto">
          {reason || t('moderation.noText')}
        </blockquote>
        {children}
      </div>
      {buttons && <div class="buttons">{buttons}</div>}
    </article>
  )
}

type AppealProps = { entry: Appeal; account: AccountView | undefined; buttons?: Child; children?: Child }

/** An appeal with the action that it is against. `children`: what is kept of the posts. */
export const AppealBody: FC<AppealProps> = ({ entry, account, buttons, children }) => {
  const { t, rich } = useMessages()
  return (
    <Entry entry={entry} account={account} buttons={buttons}>
      {entry.reportId && (
        <p>
          <a href={`/admin/reports/${entry.reportId}`}>{t('moderation.fromReport', { id: entry.reportId })}</a>
        </p>
      )}
      {children}
      <p>{rich('moderation.appealed', { age: <Ago at={entry.createdAt} /> })}</p>
      <blockquote class="approval-text" dir="auto">
        {entry.text}
      </blockquote>
      <Approving told={entry.told} />
    </Entry>
  )
}

/** What approving can't bring back. */
const Approving: FC<Pick<Appeal, 'told'>> = ({ told }) => {
  const { t } = useMessages()
  if (told === 'delete_statuses') return <p class="hint">{t('moderation.deletedForGood')}</p>
  if (told === 'delete_files') return <p class="hint">{t('moderation.filesForGood')}</p>
  return null
}

/** What is kept of the posts of a strike. */
export const Kept: FC<{ posts: KeptWords[]; further: number }> = ({ posts, further }) => {
  const { t } = useMessages()
  return (
    <>
      {posts.map((post) => (
        <KeptPost post={post} />
      ))}
      {further > 0 && <p class="hint">{t('strikes.postsFurther', { count: further })}</p>}
    </>
  )
}

/** So many posts of an appeal stand in the list; its own page has all. */
const postsShown = 3

export const AppealEntry: FC<{ entry: WaitingAppeal; account: AccountView | undefined }> = ({ entry, account }) => {
  const { t } = useMessages()
  const name = account?.acct ?? entry.accountId
  const at = `${path}/${entry.strikeId}`
  const { posts, closedCount } = entry
  return (
    <AppealBody
      entry={entry}
      account={account}
      buttons={
        <>
          <Action action={`${at}/approve`} label={t('moderation.approveOf', { name })} class="button">
            {t('common.approve')}
          </Action>
          <Action action={`${at}/reject`} label={t('moderation.rejectOf', { name })} class="button button-quiet">
            {t('common.reject')}
          </Action>
          <a href={at} class="button button-quiet" aria-label={t('moderation.answerOf', { name })}>
            {t('moderation.answer')}
          </a>
        </>
      }
    >
      {posts.length > 0 && <Kept posts={posts.slice(0, postsShown)} further={0} />}
      {posts.length > postsShown && (
        <p>
          <a href={at}>{t('moderation.allPosts', { count: posts.length + closedCount })}</a>
        </p>
      )}
      {closedCount > 0 && (
        <p>
          <a href={at}>{t('moderation.closedPosts', { count: closedCount })}</a>
        </p>
      )}
    </AppealBody>
  )
}

export const ReviewEntry: FC<{ entry: DueReview; account: AccountView | undefined }> = ({ entry, account }) => {
  const { t, rich } = useMessages()
  const name = account?.acct ?? entry.accountId
  const at = `${path}/${entry.strikeId}`
  return (
    <Entry
      entry={{ ...entry, reason: entry.text, struckAt: entry.createdAt }}
      account={account}
      buttons={
        <>
          <Action action={`${at}/keep`} label={t('moderation.keepOf', { name })} class="button">
            {t('moderation.keep')}
          </Action>
          <Action action={`${at}/lift`} label={t('moderation.liftOf', { name })} class="button button-quiet">
            {t('moderation.lift')}
          </Action>
        </>
      }
    >
      {entry.endsAt && <p class="hint">{rich('strikes.ends', { time: <Moment at={entry.endsAt} /> })}</p>}
    </Entry>
  )
}
