import type { Subscription } from '#src/reading/push/subscriptions.ts'

/**
 * @param serverKey what the app has to give its push service, so that only we may send
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
