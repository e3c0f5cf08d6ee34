/**
 * The first sign-in by a provider joins an account that is here already: with the password of that account, or by a link that is
 * mailed to its address. The provider's word about the address is not enough.
 */
import { and, eq, gt, sql } from 'drizzle-orm'
import { emit } from '../../outbox/emit.ts'
import type { App } from '../../platform/app.ts'
import type { Tx } from '../../platform/db/index.ts'
import { accounts, mailTokens, users } from '../../platform/db/schema/accounts.ts'
import { addressGroup } from '../../platform/http/client-address.ts'
import type { AccountId } from '../../platform/ids.ts'
import { hasLoginName, loginNameIn } from '../find.ts'
import type { Recipient } from '../recipient.ts'
import type { Client } from '../security/client.ts'
import { attemptState, endState, endStatesOf, type SignInStates } from '../security/states.ts'
import { assertMayLogIn } from '../sessions/account-status.ts'
import { countAttempt } from '../sessions/attempts.ts'
import { forgetDevices } from '../sessions/devices.ts'
import { checkPassword, closeSessions } from '../sessions/sessions.ts'
import type { ByProvider } from '../sessions/sign-in.ts'
import { hashSecret, newSecret } from '../sessions/tokens.ts'
import { confirm, deadLink, endAccess } from '../sign-up/credentials.ts'
import { isPlaceholder } from '../sign-up/placeholder-address.ts'
import type { Traveller } from './begin.ts'
import { stepIsOver } from './complete.ts'
import { providerNamed } from './configured.ts'
import { dropUnconfirmedIdentities, linkIdentity, touchIdentity } from './identities.ts'
import { applyRole } from './roles.ts'

/** As long as the browser keeps the cookie that the link is bound to. */
const validMinutes = 60

/** An account of which one factor was proved. The provider's account is linked to it by `completeJoin`, when all are. */
export type Joining = { accountId: AccountId; first: SignInStates['join'] }

/**
 * Proves the account with a username or mail address by its password. Five wrong passwords end the first sign-in.
 *
 * @throws Refusal `unprocessable` when the step is over, or name or password is wrong; `not_permitted`; `too_many`
 */
export async function joinByPassword(
  app: App,
  state: string,
  login: string,
  password: string,
  { client, browser }: Traveller,
): Promise<Joining> {
  if (!(await attemptState(app, 'join', state, browser))) throw stepIsOver()
  const { accountId } = await checkPassword(app, login, password, client, true)
  return app.db.transaction(async (tx) => {
    const step = await endState(tx, app, 'join', state, browser)
    if (!step) throw stepIsOver()
    await assertMayLogIn(tx, accountId)
    return { accountId, first: step.data }
  })
}

/**
 * Links the provider's account, after all factors of the account here were proved: one of them must not add another way to replace it.
 *
 * @throws Refusal `not_permitted` when nobody can log in to the account, `conflict` or `unprocessable` as `addIdentity` does
 */
export async function completeJoin(
  app: App,
  accountId: AccountId,
  first: SignInStates['join'],
  client: Client,
): Promise<ByProvider> {
  const provider = providerNamed(app, first.provider)
  return app.db.transaction(async (tx) => {
    await assertMayLogIn(tx, accountId)
    const identityId = await linkIdentity(tx, accountId, provider, first, client)
    await touchIdentity(tx, identityId, provider, first)
    await applyRole(tx, accountId, provider, first, client)
    return { identityId, idToken: first.idToken }
  })
}

/**
 * Mails a link that joins the account with a username or mail address, if there is one. Neither the answer nor its time tells
 * whether there is. The link works only in this browser: its holder would let anybody in who asked for it.
 *
 * @throws Refusal `unprocessable` when the step is over, `too_many`
 */
export async function requestJoinMail(
  app: App,
  state: string,
  login: string,
  { client, browser }: Traveller,
): Promise<void> {
  const step = await attemptState(app, 'join', state, browser)
  if (!step) throw stepIsOver()
  const name = loginNameIn(login)
  await countAttempt(app, `join mail from ${addressGroup(client.address)}`, { count: 20, minutes: 60 })
  await countAttempt(app, `mail to ${name}`, { count: 5, minutes: 60 })
  await app.db.transaction(async (tx) => {
    const [holder] = await tx
      .select({ accountId: users.accountId, email: users.email })
      .from(users)
      .innerJoin(accounts, eq(accounts.id, users.accountId))
      .where(hasLoginName(name))
    if (!holder || isPlaceholder(holder.email)) return
    await tx.delete(mailTokens).where(joinOf(holder.accountId))
    await tx.insert(mailTokens).values({
      // The job that sends the mail makes the secret of the link.
      tokenHash: hashSecret(newSecret()),
      accountId: holder.accountId,
      purpose: 'join',
      email: holder.email,
      data: { browser: hashSecret(browser).toString('base64url'), first: app.secrets.seal(JSON.stringify(step.data)) },
      expiresAt: sql`now() + ${validMinutes} * interval '1 minute'`,
    })
    await emit(tx, { type: 'account.join-requested', accountId: holder.accountId })
  })
}

const joinOf = (accountId: AccountId) => and(eq(mailTokens.accountId, accountId), eq(mailTokens.purpose, 'join'))

/** The mail about a requested join. `provider`, `label`: the names of the provider and of its account. */
export type JoinMail = Recipient & { secret: string; provider: string; label: string }

/** Creates the secret of the link to be mailed; an earlier one becomes invalid. Null if the request is over. */
export async function newJoinToken(tx: Tx, app: App, accountId: AccountId): Promise<JoinMail | null> {
  const secret = newSecret()
  const [token] = await tx
    .update(mailTokens)
    .set({ tokenHash: hashSecret(secret) })
    .where(and(joinOf(accountId), gt(mailTokens.expiresAt, sql`now()`)))
    .returning({ email: mailTokens.email, data: mailTokens.data })
  const first = token && firstOf(app, token.data)
  const [user] = await tx
    .select({ username: accounts.username, locale: users.locale })
    .from(users)
    .innerJoin(accounts, eq(accounts.id, users.accountId))
    .where(eq(users.accountId, accountId))
  const provider = app.config.providers.find(({ name }) => name === first?.provider)
  if (!first || !user || !provider) return null
  return { ...user, email: token.email, secret, provider: provider.label, label: first.label ?? first.subject }
}

function firstOf(app: App, { first = '' }: Record<string, string>): SignInStates['join'] | null {
  const text = app.secrets.unseal(first)
  return text ? (JSON.parse(text) as SignInStates['join']) : null
}

const mailed = (secret: string, browser: string) =>
  and(
    eq(mailTokens.tokenHash, hashSecret(secret)),
    eq(mailTokens.purpose, 'join'),
    gt(mailTokens.expiresAt, sql`now()`),
    sql`${mailTokens.data} ->> 'browser' = ${hashSecret(browser).toString('base64url')}`,
  )

/** The account that a mailed link joins, for the link's page; null if it is over, or another browser asked for it. */
export async function readJoin(
  app: App,
  secret: string,
  browser: string,
): Promise<{ username: string; provider: string; label: string } | null> {
  const [row] = await app.db
    .select({ username: accounts.username, data: mailTokens.data })
    .from(mailTokens)
    .innerJoin(accounts, eq(accounts.id, mailTokens.accountId))
    .where(mailed(secret, browser))
  const first = row && firstOf(app, row.data)
  if (!first) return null
  return {
    username: row.username,
    provider: providerNamed(app, first.provider).label,
    label: first.label ?? first.subject,
  }
}

/**
 * Proves an account by a mailed link.
 *
 * @throws Refusal `unprocessable` when the link is no longer valid, or another browser asked for it; `not_permitted`
 */
export async function joinByMail(app: App, secret: string, { browser }: Pick<Traveller, 'browser'>): Promise<Joining> {
  return app.db.transaction(async (tx) => {
    const [token] = await tx.delete(mailTokens).where(mailed(secret, browser)).returning()
    const first = token && firstOf(app, token.data)
    if (!first) throw deadLink()
    const { accountId } = token
    const [user] = await tx
      .select({ email: users.email, confirmedAt: users.confirmedAt })
      .from(users)
      .where(eq(users.accountId, accountId))
      .for('update')
    if (user?.email !== token.email) throw deadLink()
    if (!user.confirmedAt) await takeOverUnconfirmed(tx, accountId)
    await assertMayLogIn(tx, accountId)
    return { accountId, first }
  })
}

/**
 * The link arrived, so the address is confirmed. Whoever signed up with it before may have been somebody else, who waits for its
 * holder to come: their ways in end.
 */
async function takeOverUnconfirmed(tx: Tx, accountId: AccountId): Promise<void> {
  await dropUnconfirmedIdentities(tx, accountId)
  await confirm(tx, accountId)
  await tx.update(users).set({ passwordHash: null }).where(eq(users.accountId, accountId))
  await closeSessions(tx, accountId)
  await endAccess(tx, accountId)
  await forgetDevices(tx, accountId, null)
  await endStatesOf(tx, accountId)
}
