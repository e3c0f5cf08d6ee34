import type { App } from '../../platform/app.ts'
import { HttpError } from '../../platform/http/client.ts'
import type { NotificationId, RelationId } from '../../platform/ids.ts'
import { getLogger } from '../../platform/log.ts'
import { askHost, checkHostUp, hostKey, isTrouble, acquireHost } from '../../platform/queue/hosts.ts'
import { minuteMs } from '../../platform/time.ts'
import { loadNotification } from '../notifications/page.ts'
import { encrypt, encryptAsDraft, maxMessageBytes } from './encrypt.ts'
import { toPushMessage } from './message.ts'
import { activeSubscription, endSubscription, type PushTarget } from './subscriptions.ts'
import { vapidToken } from './vapid.ts'

const log = getLogger('push')

/** After 2 days a notification is too old to wake a phone. */
const ttlSeconds = 48 * 3_600
/** Push services answer fast. */
const timeoutMs = 6_000
/** A service that was down for a moment is soon tried again, as notifications are urgent. */
const maxPauseMs = 5 * minuteMs
/** Types that wake a phone that is saving power: somebody addresses its owner. */
const urgent: readonly string[] = ['mention', 'quote', 'follow_request', 'admin.report']

/**
 * Sends a notification to the app of a subscription, if both still exist and the person may still see the
 * notification's subject. The subscription ends when the push service doesn't know it any more, or refuses such
 * messages for good.
 *
 * @throws HostUnavailable where the push service can't be asked now, Error when it may work later
 */
export async function push(app: App, subscriptionId: RelationId, notificationId: NotificationId): Promise<void> {
  const subscription = await activeSubscription(app.db, subscriptionId)
  const token = subscription && app.secrets.unseal(subscription.sealedToken)
  if (!subscription || !token) return
  const view = await loadNotification(app.db, subscription.accountId, notificationId)
  if (!view || view.isFiltered || view.createdAt.getTime() < Date.now() - ttlSeconds * 1_000) return

  const host = hostKey(subscription.endpoint)
  checkHostUp(app, host)
  using _host = acquireHost(app, 'push', subscription.endpoint)
  const message = toPushMessage(view, app.uris, {
    token,
    locale: subscription.locale,
    isOwn: view.account.id === subscription.accountId,
  })
  const status = await post(app, subscription, message, urgent.includes(view.type) ? 'high' : 'normal')
  if (status >= 200 && status < 300) return
  const isFinal = status >= 400 && status < 500 && status !== 408 && status !== 429
  if (!isFinal) throw new Error(`The push service ${host} answered ${status}`)
  log.info('The push service {host} answered {status}: the subscription ends', { host, status })
  await app.db.transaction((tx) => endSubscription(tx, subscriptionId))
}

/** The answer's status; 403 where the endpoint may not be asked at all. */
async function post(app: App, subscription: PushTarget, message: object, urgency: 'normal' | 'high'): Promise<number> {
  const { http, secrets, config } = app
  const token = vapidToken(secrets, subscription.endpoint, `${config.origin}/about`)
  const { body, headers } = subscription.isStandard
    ? encrypt(bytesOf(message), subscription)
    : encryptAsDraft(bytesOf(message), subscription)
  const key = secrets.vapidPublicKey
  const identity: Record<string, string> = subscription.isStandard
    ? { Authorization: `vapid t=${token},k=${key}` }
    : { Authorization: `WebPush ${token}`, 'Crypto-Key': `${headers['Crypto-Key']};p256ecdsa=${key}` }
  try {
    const request = () =>
      http.request(subscription.endpoint, {
        purpose: 'service',
        method: 'POST',
        headers: () => ({
          'Content-Type': 'application/octet-stream',
          TTL: String(ttlSeconds),
          Urgency: urgency,
          ...headers,
          ...identity,
        }),
        body,
        // The answer's body is not read, so its length doesn't matter.
        maxBytes: 16_384,
        truncates: true,
        timeoutMs,
      })
    return (await askHost(app, hostKey(subscription.endpoint), request, { isTroubled: isTrouble, maxPauseMs })).status
  } catch (error) {
    if (error instanceof HttpError && error.isPermanent) return 403
    throw error
  }
}

function bytesOf(message: object): Buffer {
  const bytes = Buffer.from(JSON.stringify(message))
  if (bytes.length > maxMessageBytes) throw new Error('The message is too long to be pushed')
  return bytes
}
