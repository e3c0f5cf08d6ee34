/**
 * One action of staff on many accounts. Each account has a transaction of its own, so that one that can't be acted on does not stop the
 * others. A long list is done by a job.
 */
import { type Staff, staffMember, staffOrCommandLine, requirePermission } from '../../accounts/roles/staff.ts'
import { approveApplicants, checkedLetter, rejectApplicants } from '../../accounts/sign-up/applicants.ts'
import { addJobs } from '../../outbox/add-jobs.ts'
import type { Jobs } from '../../outbox/jobs.ts'
import type { App } from '../../platform/app.ts'
import { isDatabaseAway, type Reader, type Tx } from '../../platform/db/index.ts'
import { readValue, writeValue } from '../../platform/db/kv.ts'
import { Refusal, type RefusalCode } from '../../platform/errors.ts'
import { type AccountId, type Id, newId } from '../../platform/ids.ts'
import { getLogger } from '../../platform/log.ts'
import { dayMs } from '../../platform/time.ts'
import { refuse } from '../../text/refusals.ts'
import type { EffectName } from './effects.ts'
import { confirmAddress } from './manage.ts'
import { checkedText, endEffect, strike } from './strike.ts'

const log = getLogger('moderation')

export type ActInput = {
  action: ActName
  /** To the persons, plain text: of strikes, and of rejections. */
  text?: string
  /** When strikes lift themselves, and when they come up for review. */
  endsAt?: Date | null
  reviewAt?: Date | null
  /** Of strikes: whether the persons get a mail; a notification comes in any case. */
  mails?: boolean
}

/**
 * What became of an account. `unchanged`: it was in that state already. `notPermitted`: its role is as high as that of the staff.
 * `notPossible`: the action is for other accounts, such as local ones.
 */
export const outcomes = ['done', 'unchanged', 'notPermitted', 'notPossible', 'gone', 'failed'] as const
export type Outcome = (typeof outcomes)[number]
export type ActResult = { id: AccountId; outcome: Outcome }

/** Accounts that are acted on at once. */
export const maxActed = 500
/** Longer lists are left to a job. */
const maxAtOnce = 40
/** After so many accounts the results are stored. */
const storedEach = 20
const resultsKeptMs = 7 * dayMs

/** Does the action for one account. Returns whether anything changed. */
type Single = (tx: Tx, staff: Staff, accountId: AccountId, input: ActInput, secrets: App['secrets']) => Promise<boolean>

const strikeOf: (action: EffectName) => Single = (action) => async (tx, staff, accountId, input) =>
  (await strike(tx, staff, accountId, { ...input, action })) !== null
const endOf: (effect: EffectName) => Single = (effect) => (tx, staff, accountId) =>
  endEffect(tx, staff, accountId, effect)

const singles = {
  silence: strikeOf('silence'),
  suspend: strikeOf('suspend'),
  sensitive: strikeOf('sensitive'),
  disable: strikeOf('disable'),
  unsilence: endOf('silence'),
  unsuspend: endOf('suspend'),
  unsensitive: endOf('sensitive'),
  enable: endOf('disable'),
  approve: async (tx, staff, accountId) => (await approveApplicants(tx, staff, [accountId])).length > 0,
  reject: async (tx, staff, accountId, { text }, secrets) =>
    (await rejectApplicants(tx, secrets, staff, [accountId], text)).length > 0,
  confirm: confirmAddress,
} satisfies Record<string, Single>

export type ActName = keyof typeof singles
export const actNames = Object.keys(singles) as ActName[]
export const isActName = (name: string): name is ActName => (actNames as string[]).includes(name)

/** Whether an action is a strike, with a text to the person and dates. */
export const isStrike = (action: ActName): boolean => ['silence', 'suspend', 'sensitive', 'disable'].includes(action)

/**
 * Acts on accounts one after the other, as the single actions do. The same account twice is acted on once.
 *
 * @param onResult is told what became of each account, in the order of the ids; its error ends the rest
 * @throws Refusal `not_permitted` without the permission to manage accounts; `invalid` for texts and dates that no account could take, and
 *   for more than 500 accounts
 */
export async function actOnAccounts(
  app: Pick<App, 'db' | 'secrets'>,
  staff: Staff,
  ids: readonly AccountId[],
  input: ActInput,
  onResult: (result: ActResult) => Promise<void>,
): Promise<void> {
  requireActing(staff, ids, input)
  // The role of the staff is read anew, as it may end in the middle of a long list.
  const acting: Acting = async (db) => (staff.accountId === null ? staff : staffMember(db, staff.accountId))
  for (const id of new Set(ids)) await onResult({ id, outcome: await outcomeOf(app, acting, id, input) })
}

type Acting = (db: Reader) => Promise<Staff>

function requireActing(staff: Staff, ids: readonly AccountId[], input: ActInput): void {
  requirePermission(staff, 'manage_users')
  if (ids.length > maxActed) throw refuse('invalid', 'tooManyAccounts', { max: maxActed })
  if (input.action === 'reject') checkedLetter(input.text ?? '')
  else if (isStrike(input.action)) checkedText(input)
}

const outcomeByRefusal: Record<RefusalCode, Outcome> = {
  not_permitted: 'notPermitted',
  not_found: 'gone',
  gone: 'gone',
  invalid: 'notPossible',
  unprocessable: 'notPossible',
  conflict: 'notPossible',
  too_many: 'failed',
  unavailable: 'failed',
}

async function outcomeOf(
  app: Pick<App, 'db' | 'secrets'>,
  acting: Acting,
  id: AccountId,
  input: ActInput,
): Promise<Outcome> {
  try {
    const isChanged = await app.db.transaction(async (tx) =>
      singles[input.action](tx, await acting(tx), id, input, app.secrets),
    )
    return isChanged ? 'done' : 'unchanged'
  } catch (error) {
    if (error instanceof Refusal) return outcomeByRefusal[error.code]
    if (isDatabaseAway(error)) throw error
    log.error('{action} failed for the account {id}; the others go on: {error}', { action: input.action, id, error })
    return 'failed'
  }
}

/** An action on many accounts, as its page shows it. */
export type Act = { staffId: AccountId | null; action: ActName; total: number; results: ActResult[] }

const keyOf = (actId: Id<'act'>) => `act ${actId}`

/**
 * Begins to act on accounts: a short list is done when this returns, a long one by a job. `loadAct` tells how far it is.
 *
 * @throws Refusal as `actOnAccounts`
 */
export async function startAct(
  app: Pick<App, 'db' | 'secrets'>,
  staff: Staff,
  ids: readonly AccountId[],
  input: ActInput,
): Promise<Id<'act'>> {
  requireActing(staff, ids, input)
  const payload: Jobs['act-on-accounts'] = {
    actId: newId<Id<'act'>>(),
    staffId: staff.accountId,
    ids: [...new Set(ids)],
    action: input.action,
    text: input.text ?? '',
    endsAt: input.endsAt?.toISOString() ?? null,
    reviewAt: input.reviewAt?.toISOString() ?? null,
    mails: input.mails ?? true,
  }
  const act: Act = { staffId: staff.accountId, action: input.action, total: payload.ids.length, results: [] }
  await app.db.transaction(async (tx) => {
    await writeValue(tx, keyOf(payload.actId), act, resultsKeptMs)
    if (payload.ids.length > maxAtOnce) await addJobs(tx, [{ name: 'act-on-accounts', payload }])
  })
  if (payload.ids.length <= maxAtOnce) await runAct(app, payload)
  return payload.actId
}

/** The `act-on-accounts` job. Run again, it goes on where its results end; an account that was acted on since is `unchanged` then. */
export async function runAct(
  app: Pick<App, 'db' | 'secrets'>,
  { actId, staffId, ids, action, text, endsAt, reviewAt, mails = true }: Jobs['act-on-accounts'],
  signal?: AbortSignal,
): Promise<void> {
  if (!isActName(action)) throw new Error(`There is no action ${action}`)
  const known = await readValue(app.db, keyOf(actId))
  const act: Act = isAct(known) ? known : { staffId, action, total: ids.length, results: [] }
  const finished = new Set(act.results.map(({ id }) => id))
  const left = ids.filter((id) => !finished.has(id))
  const store = () => app.db.transaction((tx) => writeValue(tx, keyOf(actId), act, resultsKeptMs))
  const input = {
    action,
    text,
    endsAt: endsAt ? new Date(endsAt) : null,
    reviewAt: reviewAt ? new Date(reviewAt) : null,
    mails,
  }
  try {
    const staff = await staffOrCommandLine(app.db, staffId)
    await actOnAccounts(app, staff, left, input, async (result) => {
      act.results.push(result)
      if (act.results.length % storedEach === 0) await store()
      signal?.throwIfAborted()
    })
  } catch (error) {
    if (!(error instanceof Refusal)) throw error
    // The role ended before the job began, or a date of the action is past by now. Those that are done stay so.
    const outcome = error.code === 'not_permitted' ? 'notPermitted' : 'failed'
    const answered = new Set(act.results.map(({ id }) => id))
    act.results.push(...left.filter((id) => !answered.has(id)).map((id) => ({ id, outcome }) as const))
  } finally {
    await store()
  }
}

const isAct = (value: unknown): value is Act => typeof value === 'object' && value !== null && 'results' in value

/** How far an action on many accounts is. Only its member of staff sees it, for a week; null for others. */
export async function loadAct(db: Reader, staff: Staff, actId: Id<'act'>): Promise<Act | null> {
  const act = await readValue(db, keyOf(actId))
  return isAct(act) && act.staffId === staff.accountId ? act : null
}
