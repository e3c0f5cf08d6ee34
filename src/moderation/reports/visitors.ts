/** Reports of people without an account here, by a form of the website: legal notices above all. */
import { and, isNull } from 'drizzle-orm'
import { handleMatches, isPresent } from '../../accounts/find.ts'
import { rolesWith } from '../../accounts/roles/roles.ts'
import { countAttempt, countAttempts, TooMany } from '../../accounts/sessions/attempts.ts'
import type { CaptchaAnswer } from '../../accounts/sign-up/captcha-port.ts'
import { checkCaptcha, spendCaptcha } from '../../accounts/sign-up/captcha.ts'
import { isMailAddress } from '../../accounts/sign-up/register.ts'
import { notifyStaff } from '../../notices/notify.ts'
import { addJobs } from '../../outbox/add-jobs.ts'
import { emit } from '../../outbox/emit.ts'
import type { App } from '../../platform/app.ts'
import { isOneOfIds } from '../../platform/db/arrays.ts'
import { changed } from '../../platform/db/changes.ts'
import type { Reader, Tx } from '../../platform/db/index.ts'
import { accounts } from '../../platform/db/schema/accounts.ts'
import { reports } from '../../platform/db/schema/moderation.ts'
import { type FieldProblem, Refusal } from '../../platform/errors.ts'
import { addressGroup } from '../../platform/http/client-address.ts'
import { type AccountId, newId, type ReportId, type StatusId } from '../../platform/ids.ts'
import type { Uris } from '../../platform/uris.ts'
import { publicStatuses, snapshotOf } from '../../statuses/reported.ts'
import { countGraphemes, plainText } from '../../text/clean.ts'
import { problemWith } from '../../text/refusals.ts'

/** The fields of the form. `links`: addresses of posts and profiles here, separated by white space. */
export type VisitorReport = { name: string; email: string; links: string; reason: string }

export const visitorLimits = { name: 100, email: 254, links: 20, reason: 5_000 } as const
/** Accounts of one notice; each gets a report of its own. */
const maxTargets = 5

type Target = { accountId: AccountId; statusIds: StatusId[] }

/**
 * Takes a legal notice: one report per account that it names, with a copy of the named posts. Only what everybody can see may be
 * named, so that the answer tells nothing about other posts.
 *
 * The person gets a receipt by mail.
 *
 * @param address of the client, whose notices are limited
 * @param locale the language of the receipt
 * @returns the number of reports
 * @throws Refusal `invalid` with the fields that are wrong, `too_many`
 */
export async function reportAsVisitor(
  app: App,
  input: VisitorReport,
  address: string,
  captcha: CaptchaAnswer,
  locale = 'en',
): Promise<number> {
  const from = addressGroup(address)
  // Forms with mistakes have a limit of their own, as people correct them.
  await app.db.transaction((tx) =>
    countAttempts(app, tx, [{ key: `report form from ${from}`, count: 40, minutes: 60 }]),
  )
  const { pass, problems } = await checkCaptcha(app, captcha, address)
  const [name, reason] = [plainText(input.name).trim(), plainText(input.reason).trim()]
  const email = input.email.trim()
  const targets = await targetsOf(app.db, app.uris, linksIn(input.links))
  const found = [...fieldProblems({ ...input, name, email, reason }, targets), ...problems]
  if (found.length > 0 || !targets) throw invalidReport(found)
  const hasReceipt = await mayGetReceipt(app, email)
  return app.db.transaction(async (tx) => {
    await countAttempts(app, tx, [
      { key: `report from ${from}`, count: 5, minutes: 60 },
      { key: 'reports of visitors', count: 100, minutes: 60 },
    ])
    if (pass) await spendCaptcha(tx, pass)
    const ids: ReportId[] = []
    for (const target of targets) ids.push(await store(tx, app.uris, target, { name, email, reason }))
    const [reportId] = ids
    if (hasReceipt && reportId) await addJobs(tx, [{ name: 'report-receipt', payload: { reportId, locale } }])
    await changed(tx, 'reports')
    return targets.length
  })
}

/** Anybody may type anybody’s address, which gets no more than three receipts a day. */
async function mayGetReceipt(app: App, email: string): Promise<boolean> {
  try {
    await countAttempt(app, `receipt to ${email.toLowerCase()}`, { count: 3, minutes: 1_440 })
    return true
  } catch (error) {
    if (error instanceof TooMany) return false
    throw error
  }
}

const linksIn = (text: string): string[] => [...new Set(plainText(text).split(/\s+/).filter(Boolean))]

function fieldProblems({ name, email, links, reason }: VisitorReport, targets: Target[] | null): FieldProblem[] {
  const named = linksIn(links)
  return [
    ...textProblems('name', name, visitorLimits.name),
    ...(email.length > visitorLimits.email || !isMailAddress(email)
      ? [problemWith('email', 'ERR_INVALID', 'notMailAddress')]
      : []),
    ...(named.length === 0
      ? [problemWith('links', 'ERR_BLANK', 'blank')]
      : targets === null || targets.length > maxTargets || named.length > visitorLimits.links
        ? [
            problemWith('links', 'ERR_INVALID', targets === null ? 'reportLinks' : 'reportTooManyLinks', {
              links: visitorLimits.links,
              accounts: maxTargets,
            }),
          ]
        : []),
    ...textProblems('reason', reason, visitorLimits.reason),
  ]
}

function textProblems(field: string, text: string, max: number): FieldProblem[] {
  if (text === '') return [problemWith(field, 'ERR_BLANK', 'blank')]
  return countGraphemes(text) > max ? [problemWith(field, 'ERR_TOO_LONG', 'tooManyCharacters', { max })] : []
}

function invalidReport(problems: FieldProblem[]): Refusal {
  return new Refusal('invalid', problems.map(({ field, message }) => `${field} ${message}`).join(', '), problems)
}

/** The named accounts with their named posts; null when a link names nothing that everybody can see here. */
async function targetsOf(db: Reader, uris: Uris, links: string[]): Promise<Target[] | null> {
  const own = links.slice(0, visitorLimits.links).map((link) => uris.parse(link))
  if (own.some((it) => it === null || it.type === 'collection')) return null
  const statusIds = new Set(own.flatMap((it) => (it?.type === 'status' ? it.id : [])))
  const profiles = new Map(
    own.flatMap((it) => (it?.type === 'profile' ? [[`${it.username}@${it.domain ?? ''}`, it] as const] : [])),
  )
  const profileIds = await db
    .select({ id: accounts.id })
    .from(accounts)
    .where(and(handleMatches([...profiles.values()]), isPresent))
  if (profileIds.length < profiles.size) return null
  const accountIds = [...own.flatMap((it) => (it?.type === 'account' ? it.id : [])), ...profileIds.map(({ id }) => id)]
  const named = await publicStatuses(db, [...statusIds])
  if (named.length < statusIds.size) return null
  const authors = new Set([...accountIds, ...named.map(({ accountId }) => accountId)])
  if ((await countPresent(db, [...authors])) < authors.size) return null
  return [...authors].map((accountId) => ({
    accountId,
    statusIds: named.filter((status) => status.accountId === accountId).map(({ id }) => id),
  }))
}

/** How many of some accounts everybody can see: neither waiting, deleted nor suspended ones. */
async function countPresent(db: Reader, ids: AccountId[]): Promise<number> {
  if (ids.length === 0) return 0
  const found = await db
    .select({ id: accounts.id })
    .from(accounts)
    .where(and(isOneOfIds(accounts.id, ids), isPresent, isNull(accounts.deletedAt), isNull(accounts.suspendedAt)))
  return found.length
}

async function store(
  tx: Tx,
  uris: Uris,
  { accountId: targetId, statusIds }: Target,
  { name, email, reason }: { name: string; email: string; reason: string },
): Promise<ReportId> {
  const id = newId<ReportId>()
  await tx
    .insert(reports)
    .values({
      id,
      accountId: null,
      targetId,
      statusIds,
      comment: reason,
      category: 'legal',
      uri: uris.activity('flags', id),
      snapshot: await snapshotOf(tx, uris, statusIds),
      reporterName: name,
      reporterEmail: email,
    })
  // A notification needs an account that it comes from, and the reporter has none.
  await notifyStaff(tx, await rolesWith(tx, 'manage_reports'), { type: 'admin.report', from: targetId, reportId: id })
  await emit(tx, { type: 'report.filed', reportId: id })
  return id
}
