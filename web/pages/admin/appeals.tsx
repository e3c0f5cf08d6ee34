import { Hono } from 'hono'
import type { Child, FC } from 'hono/jsx'
import { hasPermission } from '#src/accounts/roles/permissions.ts'
import { type Staff, staffMember } from '#src/accounts/roles/staff.ts'
import { type AccountView, loadAccountMap } from '#src/accounts/views.ts'
import { changeStrike, isSuspension, liftStrike } from '#src/moderation/accounts/strike.ts'
import { approveAppeal, rejectAppeal, type WaitingAppeal, waitingAppeals } from '#src/moderation/appeals.ts'
import { type DueReview, dueReviews } from '#src/moderation/reviews.ts'
import type { Tx } from '#src/platform/db/index.ts'
import { notFound } from '#src/platform/errors.ts'
import { isId, type StrikeId } from '#src/platform/ids.ts'
import { profilePath } from '../../components/account.tsx'
import { Action } from '../../components/form.tsx'
import { useMessages } from '../../components/page-context.ts'
import { Ago, Moment } from '../../components/time.tsx'
import type { C, Env } from '../../env.ts'
import { requirePermission, requireProof, staffOf, viewerOf } from '../../guards.tsx'
import { page } from '../../page.tsx'
import { AdminHead } from './tabs.tsx'

const path = '/admin/appeals'
const perPage = 20
/** Those that are answered make room for the next ones. */
const reviewsShown = 40

/** Appeals that wait for an answer, and actions that have come up for review. */
export const appealPages = new Hono<Env>()
  .get(path, requirePermission('manage_appeals', 'manage_users'), (c) => listPage(c))
  .post(`${path}/:id/approve`, requirePermission('manage_appeals'), proofForSuspensions, (c) => act(c, approveAppeal))
  .post(`${path}/:id/reject`, requirePermission('manage_appeals'), (c) => act(c, rejectAppeal))
  .post(`${path}/:id/keep`, requirePermission('manage_users'), (c) =>
    act(c, (tx, staff, id) => changeStrike(tx, staff, id, { reviewAt: null })),
  )
  .post(`${path}/:id/lift`, requirePermission('manage_users'), proofForSuspensions, (c) => act(c, liftStrike))

/** Bringing a suspended account back is as strong as suspending it. */
async function proofForSuspensions(c: C, next: () => Promise<void>): Promise<Response | void> {
  const id = c.req.param('id') ?? ''
  if (isId(id) && (await isSuspension(c.var.app.db, id as StrikeId))) return requireProof(c, next)
  return next()
}

async function act(c: C, work: (tx: Tx, staff: Staff, id: StrikeId) => Promise<void>): Promise<Response> {
  const id = c.req.param('id') ?? ''
  if (!isId(id)) throw notFound()
  await c.var.app.db.transaction(async (tx: Tx) => work(tx, await staffOf(c, tx), id as StrikeId))
  return c.redirect(path, 303)
}

async function listPage(c: C): Promise<Response> {
  const { db } = c.var.app
  const { t } = c.var.messages
  const staff = await staffMember(db, viewerOf(c).accountId)
  const asked = c.req.query('after') ?? ''
  const after = isId(asked) ? (asked as StrikeId) : undefined
  const seesAppeals = hasPermission(staff.permissions, 'manage_appeals')
  const found = seesAppeals ? await waitingAppeals(db, staff, { after, limit: perPage + 1 }) : []
  const shown = found.slice(0, perPage)
  const seesReviews = hasPermission(staff.permissions, 'manage_users') && !after
  const reviews = seesReviews ? await dueReviews(db, staff, reviewsShown) : []
  const people = await loadAccountMap(
    db,
    [...shown, ...reviews].map(({ accountId }) => accountId),
  )
  return page(
    c,
    t('moderation.appeals'),
    <>
      <AdminHead here={path} />
      {seesAppeals && (
        <section aria-labelledby="appeals">
          <h2 id="appeals" class="approvals-hint">
            {t('moderation.appealsWaiting')}
          </h2>
          {shown.length === 0 && <div class="empty">{t('moderation.noAppeals')}</div>}
          <div class="people">
            {shown.map((entry) => (
              <AppealEntry entry={entry} account={people.get(entry.accountId)} />
            ))}
          </div>
        </section>
      )}
      {(after || found.length > shown.length) && (
        <nav class="pagination" aria-label={t('common.pages')}>
          {after && <a href={path}>{t('moderation.firstAppeals')}</a>}
          {found.length > shown.length && (
            <a href={`${path}?after=${shown.at(-1)?.strikeId}`} rel="next">
              {t('moderation.moreAppeals')}
            </a>
          )}
        </nav>
      )}
      {seesReviews && (
        <section aria-labelledby="reviews">
          <h2 id="reviews" class="approvals-hint">
            {t('moderation.reviews')}
          </h2>
          {reviews.length === 0 && <div class="empty">{t('moderation.noReviews')}</div>}
          <div class="people">
            {reviews.map((entry) => (
              <ReviewEntry entry={entry} account={people.get(entry.accountId)} />
            ))}
          </div>
        </section>
      )}
    </>,
  )
}

type EntryProps = {
  entry: Pick<DueReview, 'action'> & { reason: string; struckAt: Date }
  account: AccountView | undefined
  buttons: Child
  children?: Child
}

/** An action against an account, with its text. */
const Entry: FC<EntryProps> = ({ entry: { action, reason, struckAt }, account, buttons, children }) => {
  const { t } = useMessages()
  return (
    <article class="person approval">
      <div class="approval-body">
        <h3 class="applicant-name">
          {account ? <a href={profilePath(account)}>@{account.acct}</a> : t('moderation.deletedAccount')}
        </h3>
        <p>
          {t(`reports.strike_${action}`)}, <Ago at={struckAt} />
        </p>
        <blockquote class="approval-text" dir="auto">
          {reason || t('moderation.noText')}
        </blockquote>
        {children}
      </div>
      <div class="buttons">{buttons}</div>
    </article>
  )
}

const AppealEntry: FC<{ entry: WaitingAppeal; account: AccountView | undefined }> = ({ entry, account }) => {
  const { t, rich } = useMessages()
  const name = account?.acct ?? entry.accountId
  const at = `${path}/${entry.strikeId}`
  return (
    <Entry
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
        </>
      }
    >
      <p>{rich('moderation.appealed', { age: <Ago at={entry.createdAt} /> })}</p>
      <blockquote class="approval-text" dir="auto">
        {entry.text}
      </blockquote>
    </Entry>
  )
}

const ReviewEntry: FC<{ entry: DueReview; account: AccountView | undefined }> = ({ entry, account }) => {
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
