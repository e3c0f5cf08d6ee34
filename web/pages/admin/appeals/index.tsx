import { Hono } from 'hono'
import { hasPermission } from '#src/accounts/roles/permissions.ts'
import { type Staff, staffMember } from '#src/accounts/roles/staff.ts'
import { loadAccountMap } from '#src/accounts/views.ts'
import { changeStrike, isSuspension, liftStrike } from '#src/moderation/accounts/strike.ts'
import { approveAppeal, rejectAppeal, waitingAppeals } from '#src/moderation/appeals.ts'
import { dueReviews } from '#src/moderation/reviews.ts'
import type { Tx } from '#src/platform/db/index.ts'
import { notFound } from '#src/platform/errors.ts'
import { isId, type StrikeId } from '#src/platform/ids.ts'
import { NoticeBox } from '../../../components/form.tsx'
import type { C, Env, Middleware } from '../../../env.ts'
import { refusalOf } from '../../../forms.ts'
import { requirePermission, requireProof, requireProofKeepingForm, staffOf, viewerOf } from '../../../guards.tsx'
import { page } from '../../../page.tsx'
import { AdminHead } from '../tabs.tsx'
import { appealPage } from './appeal.tsx'
import { AppealEntry, path, ReviewEntry } from './entries.tsx'

const perPage = 20
/** Those that are answered make room for the next ones. */
const reviewsShown = 40

const notes = {
  approve: 'moderation.doneApprove',
  reject: 'moderation.doneReject',
  keep: 'moderation.doneKeep',
  lift: 'moderation.doneLift',
} as const

type Done = keyof typeof notes

/** Appeals that wait for an answer, and actions that have come up for review. */
export const appealPages = new Hono<Env>()
  .get(path, requirePermission('manage_appeals', 'manage_users'), (c) => listPage(c))
  .get(`${path}/:id`, requirePermission('manage_appeals'), proofForSuspensions(requireProof), (c) =>
    appealPage(c, idOf(c)),
  )
  .post(`${path}/:id/posts`, requirePermission('manage_appeals'), requireProof, (c) =>
    appealPage(c, idOf(c), { seesClosed: true }),
  )
  .post(`${path}/:id/approve`, requirePermission('manage_appeals'), proofForSuspensions(requireProofKeepingForm), (c) =>
    act(c, 'approve', approveAppeal),
  )
  .post(`${path}/:id/reject`, requirePermission('manage_appeals'), (c) => act(c, 'reject', rejectAppeal))
  .post(`${path}/:id/keep`, requirePermission('manage_users'), (c) =>
    act(c, 'keep', (tx, staff, id) => changeStrike(tx, staff, id, { reviewAt: null })),
  )
  .post(`${path}/:id/lift`, requirePermission('manage_users'), proofForSuspensions(requireProof), (c) =>
    act(c, 'lift', (tx, staff, id) => liftStrike(tx, staff, id)),
  )

/** Bringing a suspended account back is as strong as suspending it. */
function proofForSuspensions(proof: Middleware): Middleware {
  return async (c, next) => {
    const id = c.req.param('id') ?? ''
    if (isId(id) && (await isSuspension(c.var.app.db, id as StrikeId))) return proof(c, next)
    return next()
  }
}

function idOf(c: C): StrikeId {
  const id = c.req.param('id') ?? ''
  if (!isId(id)) throw notFound()
  return id as StrikeId
}

type Work = (tx: Tx, staff: Staff, id: StrikeId, answer: string) => Promise<void>

async function act(c: C, done: Done, work: Work): Promise<Response> {
  const id = idOf(c)
  const answer = c.var.form.text('answer')
  const refusal = await refusalOf(() =>
    c.var.app.db.transaction(async (tx: Tx) => work(tx, await staffOf(c, tx), id, answer)),
  )
  // Only a text can be mended by sending the form again.
  if (refusal && answer === '') throw refusal
  return refusal ? appealPage(c, id, { refusal }) : c.redirect(`${path}?done=${done}`, 303)
}

/** What the form before did, by the parameter of the page. */
const doneNote = (c: C) => {
  const done = c.req.query('done') ?? ''
  return Object.hasOwn(notes, done) ? <NoticeBox kind="good">{c.var.messages.t(notes[done as Done])}</NoticeBox> : null
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
      {doneNote(c)}
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
