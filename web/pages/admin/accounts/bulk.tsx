import type { FC } from 'hono/jsx'
import { type Staff, staffMember } from '#src/accounts/roles/staff.ts'
import { maxRejectionText } from '#src/accounts/sign-up/applicants.ts'
import { type ActPreview, previewAct } from '#src/moderation/accounts/act-preview.ts'
import {
  type Act,
  type ActName,
  isActName,
  isStrike,
  loadAct,
  maxActed,
  outcomes,
  startAct,
} from '#src/moderation/accounts/act.ts'
import { findAccountIds } from '#src/moderation/accounts/find.ts'
import { maxTextLength } from '#src/moderation/accounts/strike.ts'
import { notFound, Refusal } from '#src/platform/errors.ts'
import { type AccountId, type Id, isId } from '#src/platform/ids.ts'
import { acctOf } from '#src/text/acct.ts'
import { refuse } from '#src/text/refusals.ts'
import { Check, Field, Form, Kept, NoticeBox, Refused } from '../../../components/form.tsx'
import { useMessages } from '../../../components/page-context.ts'
import type { C, Middleware } from '../../../env.ts'
import { ownPath, pathAndQuery, refusalOf, typedForm } from '../../../forms.ts'
import { requireProof, requireProofKeepingForm, viewerOf } from '../../../guards.tsx'
import { page } from '../../../page.tsx'
import { statusOf } from '../../../problem.ts'
import { DateFields } from '../reports/act.tsx'
import { dayIn } from '../reports/days.ts'
import { AdminHead } from '../tabs.tsx'
import { path, searchOf } from './filters.tsx'
import { listPage } from './list.tsx'

/** Suspending and its end take a fresh proof of identity, as everywhere. */
const isStrong = (action: string | undefined): boolean => action === 'suspend' || action === 'unsuspend'
export const proofToAsk: Middleware = (c, next) => (isStrong(c.req.query('action')) ? requireProof(c, next) : next())
export const proofToAct: Middleware = (c, next) =>
  isStrong(c.var.form.text('action')) ? requireProofKeepingForm(c, next) : next()

const staffOfPage = (c: C): Promise<Staff> => staffMember(c.var.app.db, viewerOf(c).accountId)

/** Says what would be done to the chosen accounts, and asks for it. */
export async function askPage(c: C): Promise<Response> {
  const action = c.req.query('action') ?? ''
  if (!isActName(action)) return c.redirect(path, 303)
  const query = new URLSearchParams(c.req.query('search'))
  try {
    const ids = await chosenIn(c, query)
    return await formPage(c, action, ids, { back: backTo(query), here: pathAndQuery(c) })
  } catch (error) {
    if (error instanceof Refusal && error.code === 'unprocessable') return listPage(c, query, error)
    throw error
  }
}

/** Does it. A long list is left to a job; the page of the result says how far it is. */
export async function act(c: C): Promise<Response> {
  const { app, form } = c.var
  const action = form.text('action')
  if (!isActName(action)) throw notFound()
  const ids = idsIn(form.text('ids'))
  const back = ownList(form.text('back'))
  let actId = ''
  const refusal = await refusalOf(async () => {
    actId = await startAct(app, await staffOfPage(c), ids, {
      action,
      text: form.text('text'),
      endsAt: dayIn(form.text('ends_on')),
      reviewAt: dayIn(form.text('review_on')),
      mails: form.isChecked('mails'),
    })
  })
  if (refusal) return formPage(c, action, ids, { back, here: ownPath(form.text('return_to'), path) }, refusal)
  return c.redirect(`${path}/acts/${actId}?${new URLSearchParams({ back })}`, 303)
}

/** What became of the accounts, or how far it is. */
export async function resultPage(c: C): Promise<Response> {
  const { t } = c.var.messages
  const id = c.req.param('act') ?? ''
  const found = isId(id) ? await loadAct(c.var.app.db, await staffOfPage(c), id as Id<'act'>) : null
  if (!found) throw notFound()
  const back = ownList(c.req.query('back') ?? '')
  const title = t(`accountList.now_${found.action}`, { count: found.total })
  return page(
    c,
    title,
    <>
      <AdminHead here={path} />
      <section class="sheet">
        <h2>{title}</h2>
        <Results act={found} />
        <div class="buttons">
          {found.results.length < found.total && (
            <a href={`${path}/acts/${id}?${new URLSearchParams({ back })}`} class="button">
              {t('accountList.lookAgain')}
            </a>
          )}
          <a href={back} class={found.results.length < found.total ? 'button button-quiet' : 'button'}>
            {t('accountList.backToList')}
          </a>
        </div>
      </section>
    </>,
  )
}

const Results: FC<{ act: Act }> = ({ act: { results, total } }) => {
  const { t } = useMessages()
  const counts = outcomes
    .map((outcome) => [outcome, results.filter((result) => result.outcome === outcome).length] as const)
    .filter(([, count]) => count > 0)
  return (
    <>
      {results.length < total && <NoticeBox>{t('accountList.progress', { done: results.length, total })}</NoticeBox>}
      <ul class="bullets">
        {counts.map(([outcome, count]) => (
          <li>{t(`accountList.result_${outcome}`, { count })}</li>
        ))}
      </ul>
    </>
  )
}

/**
 * The ticked accounts, those of the page, or all that match the search.
 *
 * @throws Refusal `unprocessable` for no accounts, and for too many
 */
async function chosenIn(c: C, query: URLSearchParams): Promise<AccountId[]> {
  const ids = c.req.query('matching')
    ? await matchingIn(c, query)
    : c.req.query('all')
      ? idsIn(c.req.query('ids') ?? '')
      : idsIn((c.req.queries('pick') ?? []).join(' '))
  if (ids.length === 0) throw refuse('unprocessable', 'chooseAccount')
  return ids
}

async function matchingIn(c: C, query: URLSearchParams): Promise<AccountId[]> {
  const { filter, problems, isNarrow } = await searchOf(c, query)
  if (problems.length > 0) return []
  if (!isNarrow) throw refuse('unprocessable', 'nothingSearched')
  const ids = await findAccountIds(c.var.app.db, await staffOfPage(c), filter, { limit: maxActed + 1 })
  if (ids.length > maxActed) throw refuse('unprocessable', 'moreThanActed', { max: maxActed })
  return ids
}

const idsIn = (text: string): AccountId[] =>
  text
    .split(' ')
    .filter(isId)
    .slice(0, maxActed + 1) as AccountId[]

const backTo = (query: URLSearchParams): string => {
  const text = query.toString()
  return text === '' ? path : `${path}?${text}`
}

/** The list to return to: a path of it, whatever a link says. */
function ownList(wanted: string): string {
  const own = ownPath(wanted, path)
  return own === path || own.startsWith(`${path}?`) ? own : path
}

type Ways = { back: string; here: string }

async function formPage(
  c: C,
  action: ActName,
  ids: AccountId[],
  { back, here }: Ways,
  refusal: Refusal | null = null,
): Promise<Response> {
  const { app, messages } = c.var
  const { t } = messages
  const preview = await previewAct(app.db, await staffOfPage(c), ids, action)
  const count = preview.acting.length
  const title = t(`accountList.now_${action}`, { count })
  const typed = await typedForm(c, refusal)
  const value = (name: string) => typed?.text(name) ?? ''
  return page(
    c,
    title,
    <>
      <AdminHead here={path} />
      <Form action={`${path}/act`} class="sheet" label={title}>
        <h2>{title}</h2>
        <Refused refusal={refusal} />
        {typed && !refusal && <Kept />}
        <Consequences action={action} preview={preview} />
        <input type="hidden" name="action" value={action} />
        <input type="hidden" name="ids" value={preview.acting.map(({ id }) => id).join(' ')} />
        <input type="hidden" name="back" value={back} />
        <input type="hidden" name="return_to" value={here} />
        {count > 0 && preview.local > 0 && (isStrike(action) || action === 'reject') && (
          <Field
            name="text"
            label={t('accountList.text')}
            rows={4}
            value={value('text')}
            problems={refusal?.problems ?? []}
            maxlength={action === 'reject' ? maxRejectionText : maxTextLength}
            hint={t(action === 'reject' ? 'admin.rejectTextHint' : 'accountList.textHint')}
          />
        )}
        {count > 0 && preview.local > 0 && isStrike(action) && (
          <Check
            name="mails"
            label={t('accountList.mails')}
            hint={t('accountList.mailsHint')}
            checked={!typed || typed.isChecked('mails')}
          />
        )}
        {count > 0 && isStrike(action) && <DateFields values={value} />}
        <div class="buttons">
          {count > 0 && (
            <button type="submit" class={isMild(action) ? 'button' : 'button button-bad'}>
              {title}
            </button>
          )}
          <a href={back} class="button button-quiet">
            {t('accountList.backToList')}
          </a>
        </div>
      </Form>
    </>,
    refusal ? statusOf(refusal) : 200,
  )
}

const isMild = (action: ActName): boolean => !isStrike(action) && action !== 'reject'

/** What happens to how many people, here and on other servers, and who is left out. */
const Consequences: FC<{ action: ActName; preview: ActPreview }> = ({ action, preview }) => {
  const { t } = useMessages()
  const { acting, local, remote, servers, leftOut } = preview
  return (
    <>
      {acting.length === 0 && <p>{t('accountList.nothingLeft')}</p>}
      {local > 0 && <p>{t(`accountList.local_${action}`, { count: local })}</p>}
      {remote > 0 && hasRemotes(action) && <p>{t(`accountList.remote_${action}`, { count: remote, servers })}</p>}
      {leftOut.length > 0 && (
        <div>
          <h3>{t('accountList.leftOut')}</h3>
          <ul class="bullets">
            {leftOut.map(({ outcome, count }) => (
              <li>{t(`accountList.out_${outcome}`, { count })}</li>
            ))}
          </ul>
        </div>
      )}
      {acting.length > 0 && (
        <details open={acting.length <= openNames}>
          <summary>{t('accountList.which')}</summary>
          <ul class="account-names">
            {acting.map((account) => (
              <li>
                <a href={`${path}/${account.id}`}>
                  <bdi>@{acctOf(account)}</bdi>
                </a>
              </li>
            ))}
          </ul>
        </details>
      )}
    </>
  )
}

/** Up to so many names are shown at once. */
const openNames = 20

const remoteActions = ['silence', 'suspend', 'sensitive', 'unsilence', 'unsuspend', 'unsensitive'] as const
const hasRemotes = (action: ActName): action is (typeof remoteActions)[number] =>
  (remoteActions as readonly string[]).includes(action)
