import type { FC } from 'hono/jsx'
import { type ActionKind, countAction } from '#src/accounts/sessions/attempts.ts'
import type { Tx } from '#src/platform/db/index.ts'
import { notFound, Refusal } from '#src/platform/errors.ts'
import { type AccountId, isId } from '#src/platform/ids.ts'
import { NoticeBox } from '../../../components/form.tsx'
import { useMessages } from '../../../components/page-context.ts'
import type { C } from '../../../env.ts'
import { ownPath } from '../../../forms.ts'
import { viewerOf } from '../../../guards.tsx'

/** People of a page, and so of one form. */
export const pageSize = 40

type Deed = (tx: Tx, me: AccountId, target: AccountId) => Promise<unknown>

/**
 * Does what a button says to the ticked people, each in a transaction of its own: one that is refused keeps none of the others.
 *
 * @param deeds what can be done, by the names of the buttons
 * @param counted the buttons whose actions are limited in number
 * @returns a redirect to the list, which says what became of it
 * @throws Refusal `not_found` for a button that the list does not have; `too_many`
 */
export async function actOnPicked(
  c: C,
  path: string,
  deeds: Record<string, Deed>,
  counted: Record<string, ActionKind> = {},
): Promise<Response> {
  const { app, form } = c.var
  const wanted = form.text('do')
  const deed = Object.hasOwn(deeds, wanted) ? deeds[wanted] : undefined
  const ids = [...new Set(form.texts('pick'))].slice(0, pageSize)
  if (!deed || !ids.every(isId)) throw notFound()
  const { accountId } = viewerOf(c)
  let done = 0
  const kind = Object.hasOwn(counted, wanted) ? counted[wanted] : undefined
  for (const id of ids as AccountId[]) {
    // Before the transaction, which has a connection of its own.
    if (kind) await countAction(app, kind, accountId)
    const isDone = await app.db
      .transaction((tx) => deed(tx, accountId, id))
      .then(() => true)
      .catch((error: unknown) => {
        if (error instanceof Refusal && error.code !== 'too_many') return false
        throw error
      })
    if (isDone) done += 1
  }
  const list = new URL(ownPath(form.text('return_to'), path), app.config.origin)
  const query = list.pathname === path ? list.searchParams : new URLSearchParams()
  query.set('done', String(done))
  query.set('left', String(ids.length - done))
  return c.redirect(`${path}?${query}`, 303)
}

/** What became of the ticked people. */
export const Outcome: FC<{ c: C }> = ({ c }) => {
  const { t } = useMessages()
  const [done, left] = ['done', 'left'].map((name) => Number(c.req.query(name) ?? '') || 0)
  if (c.req.query('done') === undefined || done === undefined || left === undefined) return null
  if (done + left === 0) return <NoticeBox kind="bad">{t('relations.nobodyPicked')}</NoticeBox>
  return <NoticeBox kind={left > 0 ? 'plain' : 'good'}>{t('relations.outcome', { done, left })}</NoticeBox>
}

/** The path of the list with its filters and place, without what became of the last form. */
export function listPath(c: C): string {
  const url = new URL(c.req.url)
  url.searchParams.delete('done')
  url.searchParams.delete('left')
  return `${url.pathname}${url.search}`
}
