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
import type { App } from '#src/platform/app.ts'
import { Refusal } from '#src/platform/errors.ts'
import { HttpError } from '#src/platform/http/client.ts'
import type { AccountId } from '#src/platform/ids.ts'
import { getLogger } from '#src/platform/log.ts'
import { acquireHost, HostUnavailable } from '#src/platform/queue/hosts.ts'
import { hourMs } from '#src/platform/time.ts'
import {
  acceptClaim,
  claimItems,
  type DueClaim,
  postponeClaim,
  refuseClaim,
  takeClaim,
} from '#src/reading/collections/claims.ts'
import { isFeatureAuthorized } from './authorizations.ts'
import { fetchItem } from './collections.ts'
import { type Budget, newBudget } from './fetch-document.ts'
import { findAccount } from './lookup.ts'

const log = getLogger('federation')
const maxFetches = 10
const timeoutMs = 20_000
/** A run ends after so long, or so many claims; the next one goes on with what is left of the requests. */
const runMs = 20_000
const maxClaims = 10

export async function verifyItems(app: App, { accountId, fetchesLeft }: Jobs['collection-items']): Promise<void> {
  const end = Date.now() + runMs
  let left = fetchesLeft
  let next: Date | null = null
  let isDone = false
  for (let claims = 0; claims < maxClaims && left > 0 && Date.now() < end; claims++) {
    const claim = await app.db.transaction((tx) => takeClaim(tx, accountId))
    if (!claim) {
      isDone = true
      break
    }
    const most = Math.min(maxFetches, left)
    const budget = newBudget(most, timeoutMs, { isPatient: true })
    const again = await verify(app, accountId, claim, budget)
    if (again && (!next || again < next)) next = again
    // A claim that took no request counts, too, so that the chain ends.
    left -= Math.max(1, most - budget.fetchesLeft)
  }
  if (left <= 0 || (isDone && !next)) return
  await addJobs(app.db, [{ ...verifyJob(accountId, left), ...(isDone && next ? { runAt: next } : {}) }])
}

/** Accepts or refuses a claim. @returns when it is to be verified again, as a server can't be asked at the moment */
async function verify(app: App, ownerId: AccountId, claim: DueClaim, budget: Budget): Promise<Date | null> {
  try {
    using _host = acquireHost(app, 'fetch', claim.approvalUri ?? claim.uri)
    const whole = claim.accountUri === null ? await fetchItem(app, claim, claim.collectionUri, budget) : claim
    const consent = whole && (await consentTo(app, ownerId, claim, whole, budget))
    await app.db.transaction((tx) => (consent ? acceptClaim(tx, claim, consent) : refuseClaim(tx, claim)))
    return null
  } catch (error) {
    if (!(error instanceof HttpError || error instanceof Refusal)) throw error
    log.debug('The item {uri} is not shown: {reason}', { uri: claim.uri, reason: error.message })
    if (error instanceof HostUnavailable) {
      await app.db.transaction((tx) => postponeClaim(tx, claim.id, error.until))
      return error.until
    }
    // The claim is due again in an hour: the consent may still come from a server that is away.
    if (error instanceof HttpError && !error.isPermanent) return new Date(Date.now() + hourMs)
    await app.db.transaction((tx) => refuseClaim(tx, claim))
    return null
  }
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
      await app.db.transaction((tx) => claimItems(tx, { id: collectionId, ownerId }, [{ item, position }], 0))
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
