/** Push subscriptions: an app's endpoint for notifications while it isn't open. */
import { Hono } from 'hono'
import type { TokenId } from '#src/platform/ids.ts'
import {
  alertTypes,
  changeSubscription,
  loadSubscription,
  type PushPolicy,
  pushPolicies,
  subscribe,
  removeSubscription,
} from '#src/reading/push/subscriptions.ts'
import { toPushSubscription } from '../entities/push-subscription.ts'
import type { ApiContext, Env } from '../env.ts'
import { requires, tokenOf } from '../http/access.ts'
import { ApiError } from '../http/errors.ts'
import { choice, flag, withoutUndefined, hash, hashIfGiven, params, text } from '../http/params.ts'

const alerts = Object.fromEntries(alertTypes.map((type) => [type, flag().optional()])) as Record<
  (typeof alertTypes)[number],
  ReturnType<ReturnType<typeof flag>['optional']>
>
const policy = choice(pushPolicies).optional()
const wanted = { data: hashIfGiven({ alerts: hashIfGiven(alerts), policy }), policy }
const where = {
  subscription: hash({ endpoint: text(), keys: hash({ p256dh: text(), auth: text() }), standard: flag().optional() }),
}

export const pushSubscriptions = new Hono<Env>()

pushSubscriptions.post('/push/subscription', requires('push'), params({ ...where, ...wanted }), async (c) => {
  const { app, accountId, params } = c.var
  const { endpoint, keys, standard } = params.subscription
  const made = await subscribe(app, accountId, ownToken(c), {
    endpoint,
    ...keys,
    isStandard: standard ?? false,
    alerts: withoutUndefined(params.data?.alerts ?? {}),
    policy: policyOf(params) ?? 'all',
  })
  return c.json(toPushSubscription(made, app.secrets.vapidPublicKey))
})

pushSubscriptions.get('/push/subscription', requires('push'), async (c) => {
  const { app } = c.var
  return c.json(toPushSubscription(await loadSubscription(app.db, ownToken(c).tokenId), app.secrets.vapidPublicKey))
})

pushSubscriptions.on(['PUT', 'PATCH'], '/push/subscription', requires('push'), params(wanted), async (c) => {
  const { app, params } = c.var
  const changes = withoutUndefined({
    alerts: params.data?.alerts && withoutUndefined(params.data.alerts),
    policy: policyOf(params),
  })
  const changed = await app.db.transaction((tx) => changeSubscription(tx, ownToken(c).tokenId, changes))
  return c.json(toPushSubscription(changed, app.secrets.vapidPublicKey))
})

pushSubscriptions.delete('/push/subscription', requires('push'), async (c) => {
  const { app } = c.var
  await app.db.transaction((tx) => removeSubscription(tx, ownToken(c).tokenId))
  return c.json({})
})

/** The token of a request. */
function ownToken(c: ApiContext): { tokenId: TokenId; token: string } {
  const [tokenId, token] = [c.var.access?.tokenId, tokenOf(c)]
  if (!tokenId || !token) throw new ApiError(401, 'The access token is invalid')
  return { tokenId, token }
}

const policyOf = (wanted: {
  data?: { policy?: PushPolicy | undefined } | undefined
  policy?: PushPolicy | undefined
}): PushPolicy | undefined => wanted.data?.policy ?? wanted.policy
