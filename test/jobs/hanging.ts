import { addJobs } from '#src/outbox/add-jobs.ts'
/** A local instance among servers that hang, and the jobs that ask them. */
import type { AccountId } from '#src/platform/ids.ts'
import { apiTasks } from '../../api/tasks.ts'
import { createDispatcher } from '../../federation/index.ts'
import { federationTasks } from '../../federation/tasks.ts'
import { tasks } from '../../jobs/tasks.ts'
import { startWorker } from '../../jobs/worker.ts'
import { serve, tokenOf } from '../api/server.ts'
import { localAccount, makeFollow, status } from '../cast.ts'
import { type PeerActor, signedPost } from '../federation/peer.ts'
import { followPeer, publicly } from '../federation/receive.ts'
import type { Scene } from '../federation/setup.ts'
import { eventually } from '../patience.ts'
import { newReceiver } from '../push/receiver.ts'

/** Longer than a machine ten times slower needs, and half of the time-outs that a post waited for when all jobs shared their places. */
const promptMs = 50_000

/** Starts a worker with all there is to do. */
export const work = (s: Scene) =>
  startWorker(
    s.t.app,
    (ending) => tasks(s.t.app, federationTasks(s.t.app, createDispatcher(s.t.app), ending), apiTasks(s.t.app)),
    '',
  )

/** A local account with a follower on the peer. */
export async function followed(s: Scene): Promise<AccountId> {
  const alice = await localAccount(s.t, 'alice')
  await makeFollow(s.t, (await s.t.app.remote.url(s.peer.actor('carol').uri))!.id as AccountId, alice)
  return alice
}

/** Checks that a new post reaches its healthy follower at once. */
export async function leaves(s: Scene, alice: AccountId): Promise<boolean> {
  const text = `Out it goes ${crypto.randomUUID()}`
  await status(s.t, alice, { text })
  return eventually(async () => s.peer.posted.some(({ body }) => body.includes(text)), 'The delivery', promptMs).then(
    () => true,
    () => false,
  )
}

/** 60 mentions of an account whose app has a push service on that host. */
export async function pushTo(s: Scene, host: string): Promise<void> {
  await using server = await serve(s.t.app)
  const [bob, dave] = [await localAccount(s.t, 'bob'), await localAccount(s.t, 'dave')]
  const subscription = { endpoint: `http://${host}/for/bob`, keys: newReceiver().keys, standard: true }
  await server.post('/api/v1/push/subscription', 'WebPushSubscription', await tokenOf(s.t.app, bob, ['read', 'push']), {
    subscription,
    data: { alerts: { mention: true } },
  })
  for (let n = 0; n < 60; n++) await status(s.t, dave, { text: `Hello @bob, ${n}` })
}

/** A number of mails to an account. */
export async function mailTo(s: Scene, count: number): Promise<void> {
  const erin = await localAccount(s.t, 'erin')
  await addJobs(
    s.t.db,
    Array.from({ length: count }, () => ({
      name: 'account-mail' as const,
      payload: { accountId: erin, about: 'approved' as const },
    })),
  )
}

/** 150 boosts of posts on those hosts, by an account that is followed here. */
export async function boostFrom(s: Scene, follower: AccountId, hosts: string[]): Promise<PeerActor> {
  const booster = s.peer.actor('booster')
  await followPeer(s, follower, booster)
  for (let n = 0; n < 150; n++) {
    const announce = {
      '@context': 'https://www.w3.org/ns/activitystreams',
      id: `${booster.uri}/boosts/${n}`,
      actor: booster.uri,
      type: 'Announce',
      object: `http://${hosts[n % hosts.length]}/notes/${n}`,
      ...publicly,
    }
    const { status: answer } = await s.routes.request(signedPost(s.t.app, booster, announce))
    if (answer !== 202) throw new Error(`Answered ${answer}`)
  }
  return booster
}
