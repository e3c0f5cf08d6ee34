/**
 * The `collection-items` job: an account gets into a remote collection if its own server states that it agrees. The consent of a
 * local account is known here, so nothing is fetched for it.
 */
import { accountByUri } from '#src/accounts/find.ts'
import { loadAccountViews } from '#src/accounts/views.ts'
import { addJobs } from '#src/outbox/add-jobs.ts'
import { verifyItems as verifyJob } from '#src/outbox/consequences.ts'
import type { ClaimedItem } from '#src/outbox/events.ts'
import type { Jobs } from '#src/outbox/jobs.ts'
import { waitingPayload } from '#src/outbox/queued.ts'
import type { App } from '#src/platform/app.ts'
import { Refusal } from '#src/platform/errors.ts'
import { HttpError } from '#src/platform/http/client.ts'
import type { AccountId } from '#src/platform/ids.ts'
import { getLogger } from '#src/platform/log.ts'
import { acquireHost, HostUnavailable } from '#src/platform/queue/hosts.ts'
import { claimItems } from '#src/reading/collections/claims.ts'
import {
  acceptClaim,
  type DueClaim,
  nextClaim,
  postponeClaims,
  refuseClaim,
  takeClaim,
} from '#src/reading/collections/due-claims.ts'
import { isFeatureAuthorized } from './authorizations.ts'
import { fetchItem } from './collections.ts'
import { type Budget, newBudget } from './fetch-document.ts'
import { findAccount } from './lookup.ts'

const log = getLogger('federation')
const maxFetches = 10
const timeoutMs = 20_000
/** A run ends after so long; the next one goes on with what is left of the requests, after the other owners that wait. */
const runMs = 20_000
/** A host that is only busy is asked again after so long. */
const leastWaitMs = 10_000

export async function verifyItems(app: App, payload: Jobs['collection-items']): Promise<void> {
  const { accountId, endsAt } = payload
  const end = Date.now() + runMs
  let { fetchesLeft } = payload
  while (fetchesLeft > 0 && Date.now() < end) {
    const claim = await app.db.transaction((tx) => takeClaim(tx, accountId))
    if (!claim) break
    fetchesLeft -= await verify(app, accountId, claim, Math.min(maxFetches, fetchesLeft))
  }
  const next = fetchesLeft > 0 ? await nextClaim(app.db, accountId) : null
  if (next && next.at.getTime() < endsAt)
    await goOn(app, { accountId, fetchesLeft, endsAt }, next.isDue ? new Date() : next.at)
}

/** Queues the next run. What an earlier cause has left is not lost: only one run waits. */
async function goOn(app: App, { accountId, fetchesLeft, endsAt }: Jobs['collection-items'], at: Date): Promise<void> {
  const key = verifyJob({ accountId, fetchesLeft, endsAt }, at).key ?? ''
  const waiting = await waitingPayload<'collection-items'>(app.db, key)
  const payload = {
    accountId,
    fetchesLeft: Math.max(fetchesLeft, waiting?.fetchesLeft ?? 0),
    endsAt: Math.max(endsAt, waiting?.endsAt ?? 0),
  }
  await addJobs(app.db, [verifyJob(payload, at)])
}

/** Accepts or refuses a claim, unless its server can't be asked at the moment. @returns the number of requests that were made */
async function verify(app: App, ownerId: AccountId, claim: DueClaim, most: number): Promise<number> {
  const budget = newBudget(most, timeoutMs, { isPatient: true })
  try {
    using _host = acquireHost(app, 'fetch', claim.approvalUri ?? claim.uri)
    const whole = claim.accountUri === null ? await fetchItem(app, claim, claim.collectionUri, budget) : claim
    const consent = whole && (await consentTo(app, ownerId, claim, whole, budget))
    await app.db.transaction((tx) => (consent ? acceptClaim(tx, claim, consent) : refuseClaim(tx, claim)))
  } catch (error) {
    if (!(error instanceof HttpError || error instanceof Refusal)) throw error
    log.debug('The item {uri} is not shown: {reason}', { uri: claim.uri, reason: error.message })
    if (error instanceof HostUnavailable) {
      const ms = Math.max(leastWaitMs, error.until.getTime() - Date.now())
      await app.db.transaction((tx) => postponeClaims(tx, ownerId, claim, error.host, ms))
      // The last request was counted, but not sent.
      return Math.max(0, most - budget.fetchesLeft - 1)
    }
    // The claim is due again in an hour: the consent may still come from a server that is away.
    if (error instanceof Refusal || error.isPermanent) await app.db.transaction((tx) => refuseClaim(tx, claim))
  }
  return most - budget.fetchesLeft
}

/** The consent of the account that an item names, from its own server. Null without one, and for a local account. */
async function consentTo(
  app: App,
  ownerId: AccountId,
  { collectionId, collectionUri, position }: DueClaim,
  item: ClaimedItem,
  budget: Budget,
): Promise<{ accountId: AccountId; approvalUri: string } | null> {
  const { accountUri, approvalUri } = item
  if (accountUri === null) return null
  if (app.uris.isOwn(accountUri)) {
    if (await accountByUri(app.db, accountUri))
      await app.db.transaction((tx) => claimItems(tx, { id: collectionId, ownerId }, [{ item, position }]))
    return null
  }
  if (approvalUri === null) return null
  if (!(await isFeatureAuthorized(app, approvalUri, { account: accountUri, collection: collectionUri }, budget)))
    return null
  const accountId = await findAccount(app, accountUri, budget)
  // A look-up follows redirects and links to other accounts, which have not agreed.
  const [account] = accountId ? await loadAccountViews(app.db, [accountId]) : []
  return account?.uri === accountUri ? { accountId: account.id, approvalUri } : null
}
