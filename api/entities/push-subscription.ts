import type { Subscription } from '#src/reading/push/subscriptions.ts'

/**
 * @param serverKey the key that the app gives its push service, so that only this server may send
 * @see https://docs.joinmastodon.org/entities/WebPushSubscription/
 */
export const toPushSubscription = (view: Subscription, serverKey: string) => ({
  // Apps decode a number here, whatever the documentation says.
  id: Number(view.id),
  endpoint: view.endpoint,
  standard: view.isStandard,
  alerts: view.alerts,
  policy: view.policy,
  server_key: serverKey,
})
