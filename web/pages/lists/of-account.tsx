import { Hono } from 'hono'
import { accountHead } from '#src/accounts/find.ts'
import { loadAccountViews } from '#src/accounts/views.ts'
import { notFound, type Refusal } from '#src/platform/errors.ts'
import { type AccountId, isId, type ListId } from '#src/platform/ids.ts'
import { listsOf, listsWith } from '#src/reading/lists/manage.ts'
import { setListsWith } from '#src/reading/lists/members.ts'
import { loadRelationships } from '#src/relationships/views.ts'
import { AccountRow, nameOf, profilePath } from '../../components/account.tsx'
import { Form, NoticeBox, Refused } from '../../components/form.tsx'
import { Head } from '../../components/layout.tsx'
import type { C, Env } from '../../env.ts'
import { refusalOf } from '../../forms.ts'
import { requireViewer, viewerOf } from '../../guards.tsx'
import { page } from '../../page.tsx'
import { pathId } from '../../path-id.ts'
import { statusOf } from '../../problem.ts'

/** The viewer's lists that an account is on, as one form. */
export const listsWithForms: Hono<Env> = new Hono<Env>()
  .get('/accounts/:id/lists', requireViewer, (c) => listsWithPage(c, pathId(c)))
  .post('/accounts/:id/lists', requireViewer, async (c) => {
    const id = pathId<AccountId>(c)
    const wanted = c.var.form.texts('list')
    if (!wanted.every(isId)) throw notFound()
    const refusal = await refusalOf(() =>
      c.var.app.db.transaction((tx) => setListsWith(tx, viewerOf(c).accountId, id, wanted as ListId[])),
    )
    return refusal ? listsWithPage(c, id, refusal) : c.redirect(`/accounts/${id}/lists?saved=1`, 303)
  })

async function listsWithPage(c: C, id: AccountId, refusal: Refusal | null = null): Promise<Response> {
  const { db } = c.var.app
  const { t } = c.var.messages
  const { accountId } = viewerOf(c)
  const head = await accountHead(db, id)
  if (!head || head.deletedAt || head.suspendedAt) throw notFound()
  const [[account], [relationship], lists, present] = await Promise.all([
    loadAccountViews(db, [id]),
    loadRelationships(db, accountId, [id]),
    listsOf(db, accountId),
    listsWith(db, accountId, id),
  ])
  if (!account) throw notFound()
  const title = t('lists.withTitle', { name: nameOf(account) })
  const chosen = new Set<string>(refusal ? c.var.form.texts('list') : present.map((list) => list.id))
  const isPossible =
    id === accountId || relationship?.following || relationship?.requested || present.length > 0 || false
  return page(
    c,
    title,
    <>
      <Head title={t('lists.withHead')} />
      {c.req.query('saved') && <NoticeBox kind="good">{t('common.saved')}</NoticeBox>}
      <div class="people">
        <AccountRow account={account} relationship={relationship} />
      </div>
      {!isPossible ? (
        <div class="empty">{t('lists.followFirst')}</div>
      ) : lists.length === 0 ? (
        <div class="empty">
          <p>{t('lists.none')}</p>
          <p>
            <a href="/lists">{t('lists.make')}</a>
          </p>
        </div>
      ) : (
        <Form action={`/accounts/${id}/lists`} class="sheet" label={title}>
          <Refused refusal={refusal} />
          <fieldset class="plain-choices">
            <legend>{t('lists.withLegend')}</legend>
            {lists.map((list) => (
              <label class="check">
                <input type="checkbox" name="list" value={list.id} checked={chosen.has(list.id)} />
                <bdi>{list.title}</bdi>
              </label>
            ))}
          </fieldset>
          <div class="buttons">
            <button type="submit" class="button">
              {t('common.save')}
            </button>
            <a href={profilePath(account)}>{t('lists.backToProfile')}</a>
          </div>
        </Form>
      )}
    </>,
    refusal ? statusOf(refusal) : 200,
  )
}
