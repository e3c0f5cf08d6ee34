/**
 * Push subscriptions: the endpoint at which the app of a token receives notifications while it isn't open (RFC 8030).
 */
import { createECDH } from 'node:crypto'
import { eq, sql } from 'drizzle-orm'
import type { App } from '../../platform/app.ts'
import type { Reader, Tx } from '../../platform/db/index.ts'
import { type NotificationType, notificationTypes, pushSubscriptions } from '../../platform/db/schema/notifications.ts'
import { invalid, notFound } from '../../platform/errors.ts'
import { isEndpoint } from '../../platform/http/endpoint.ts'
import type { AccountId, RelationId, TokenId } from '../../platform/ids.ts'

export const pushPolicies = ['all', 'followed', 'follower', 'none'] as const
export type PushPolicy = (typeof pushPolicies)[number]
export const alertTypes = notificationTypes
export type Alerts = Record<NotificationType, boolean>
export type Subscription = { id: RelationId; endpoint: string; isStandard: boolean; alerts: Alerts; policy: PushPolicy }

/** An app's request, not yet validated. */
export type SubscriptionInput = {
  endpoint: string
  p256dh: string
  auth: string
  isStandard: boolean
  alerts: Partial<Alerts>
  policy: PushPolicy
}

const columns = {
  id: pushSubscriptions.id,
  endpoint: pushSubscriptions.endpoint,
  isStandard: pushSubscriptions.isStandard,
  alerts: pushSubscriptions.alerts,
  policy: pushSubscriptions.policy,
}

/** The subscription of a token. @throws Refusal `not_found` */
export async function loadSubscription(db: Reader, tokenId: TokenId): Promise<Subscription> {
  const [found] = await db.select(columns).from(pushSubscriptions).where(eq(pushSubscriptions.tokenId, tokenId))
  if (!found) throw notFound()
  return { ...found, alerts: allAlerts(found.alerts) }
}

/**
 * Subscribes the app of a token. Replaces its earlier subscription.
 *
 * @param token the token itself, which apps want back in each message
 * @throws Refusal `invalid` for an endpoint that may not be requested, and for invalid keys
 */
export async function subscribe(
  app: App,
  accountId: AccountId,
  { tokenId, token }: { tokenId: TokenId; token: string },
  input: SubscriptionInput,
): Promise<Subscription> {
  const values = {
    accountId,
    endpoint: checkedEndpoint(app, input.endpoint),
    p256dh: checkedPoint(input.p256dh),
    auth: checkedSecret(input.auth),
    isStandard: input.isStandard,
    alerts: allAlerts(input.alerts),
    policy: input.policy,
    sealedToken: app.secrets.seal(token),
  }
  await app.db.transaction((tx) =>
    tx
      .insert(pushSubscriptions)
      .values({ tokenId, ...values })
      .onConflictDoUpdate({ target: pushSubscriptions.tokenId, set: values }),
  )
  return loadSubscription(app.db, tokenId)
}

/** Changes the alerts and policy of a token's subscription. @throws Refusal `not_found` */
export async function changeSubscription(
  tx: Tx,
  tokenId: TokenId,
  changes: { alerts?: Partial<Alerts>; policy?: PushPolicy },
): Promise<Subscription> {
  const { alerts, policy } = await loadSubscription(tx, tokenId)
  await tx
    .update(pushSubscriptions)
    .set({ alerts: allAlerts({ ...alerts, ...changes.alerts }), policy: changes.policy ?? policy })
    .where(eq(pushSubscriptions.tokenId, tokenId))
  return loadSubscription(tx, tokenId)
}

/** Ends the subscription of a token, if there is one. */
export async function removeSubscription(tx: Tx, tokenId: TokenId): Promise<void> {
  await tx.delete(pushSubscriptions).where(eq(pushSubscriptions.tokenId, tokenId))
}

/** Some apps fail when one of the types that they know is missing. */
const allAlerts = (some: Partial<Alerts>): Alerts =>
  Object.fromEntries(alertTypes.map((type) => [type, some[type] ?? false])) as Alerts

/** A subscription with everything that is needed to send to it. */
export type PushTarget = Subscription & {
  accountId: AccountId
  p256dh: string
  auth: string
  sealedToken: string
  locale: string | null
}

/** The subscription, while its token is valid and its account may log in; else null. */
export async function activeSubscription(db: Reader, id: RelationId): Promise<PushTarget | null> {
  const {
    rows: [found],
  } = await db.execute<PushTarget>(sql`
    select ps.id, ps.account_id as "accountId", ps.endpoint, ps.p256dh, ps.auth, ps.is_standard as "isStandard", ps.alerts, ps.policy, ps.sealed_token as "sealedToken", u.locale
    from push_subscriptions ps join access_tokens t on t.id = ps.token_id join users u on u.account_id = ps.account_id join accounts a on a.id = u.account_id
    where ps.id = ${id} and t.revoked_at is null and (t.expires_at is null or t.expires_at > now()) and u.disabled_at is null and a.suspended_at is null`)
  return found ?? null
}

/** Ends a subscription that the push service doesn't know any more. */
export async function endSubscription(tx: Tx, id: RelationId): Promise<void> {
  await tx.delete(pushSubscriptions).where(eq(pushSubscriptions.id, id))
}

/** The endpoint as it was sent, so that the app recognizes it. */
function checkedEndpoint({ config }: Pick<App, 'config'>, text: string): string {
  if (!isEndpoint(config, text)) throw invalid('Endpoint is invalid')
  return text
}

/** Apps send both alphabets of base64, with and without padding. */
function bytesOf(text: string): Buffer {
  return /^[\w+/-]{1,200}={0,2}$/.test(text) ? Buffer.from(text, 'base64') : Buffer.alloc(0)
}

function checkedPoint(text: string): string {
  const point = bytesOf(text)
  const pair = createECDH('prime256v1')
  pair.generateKeys()
  try {
    // Uncompressed, and on the curve.
    if (point.length !== 65) throw new TypeError('not a point')
    pair.computeSecret(point)
  } catch {
    throw invalid('P256dh is invalid')
  }
  return point.toString('base64url')
}

function checkedSecret(text: string): string {
  const secret = bytesOf(text)
  if (secret.length !== 16) throw invalid('Auth is invalid')
  return secret.toString('base64url')
}
