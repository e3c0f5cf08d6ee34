/** The policy for notifications from strangers, in both versions of the API. */
import { Hono } from 'hono'
import { loadPolicy, type PolicyAnswer, policyAnswers, savePolicy } from '#src/reading/notifications/policy.ts'
import { toNotificationPolicy, toV1NotificationPolicy } from '../entities/notification-policy.ts'
import type { Env } from '../env.ts'
import { requires } from '../http/access.ts'
import { deprecated } from '../http/deprecated.ts'
import { choice, flag, withoutUndefined, params } from '../http/params.ts'

const answer = () => choice(policyAnswers).optional()
const input = {
  for_not_following: answer(),
  for_not_followers: answer(),
  for_new_accounts: answer(),
  for_private_mentions: answer(),
  for_limited_accounts: answer(),
  for_bots: answer(),
}
const old = deprecated('2024-10-08')

export const policyV2 = new Hono<Env>()

policyV2.get('/notifications/policy', requires('read:notifications'), async (c) =>
  c.json(toNotificationPolicy(await loadPolicy(c.var.app.db, c.var.accountId))),
)

policyV2.on(['PATCH', 'PUT'], '/notifications/policy', requires('write:notifications'), params(input), async (c) => {
  const { app, accountId, params } = c.var
  const changes = withoutUndefined({
    forNotFollowing: params.for_not_following,
    forNotFollowers: params.for_not_followers,
    forNewAccounts: params.for_new_accounts,
    forPrivateMentions: params.for_private_mentions,
    forLimitedAccounts: params.for_limited_accounts,
    forBots: params.for_bots,
  })
  await app.db.transaction((tx) => savePolicy(tx, accountId, changes))
  return c.json(toNotificationPolicy(await loadPolicy(app.db, accountId)))
})

const filtering = () =>
  flag()
    .optional()
    .transform((filters): PolicyAnswer | undefined =>
      filters === undefined ? undefined : filters ? 'filter' : 'accept',
    )
const oldInput = {
  filter_not_following: filtering(),
  filter_not_followers: filtering(),
  filter_new_accounts: filtering(),
  filter_private_mentions: filtering(),
}

export const policyV1 = new Hono<Env>()

policyV1.get('/notifications/policy', requires('read:notifications'), old, async (c) =>
  c.json(toV1NotificationPolicy(await loadPolicy(c.var.app.db, c.var.accountId))),
)

policyV1.on(
  ['PATCH', 'PUT'],
  '/notifications/policy',
  requires('write:notifications'),
  old,
  params(oldInput),
  async (c) => {
    const { app, accountId, params } = c.var
    const changes = withoutUndefined({
      forNotFollowing: params.filter_not_following,
      forNotFollowers: params.filter_not_followers,
      forNewAccounts: params.filter_new_accounts,
      forPrivateMentions: params.filter_private_mentions,
    })
    await app.db.transaction((tx) => savePolicy(tx, accountId, changes))
    return c.json(toV1NotificationPolicy(await loadPolicy(app.db, accountId)))
  },
)
