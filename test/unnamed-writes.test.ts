/** The statements of frequent writes that PostgreSQL plans at each run, with the reasons. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { AccountId, StatusId } from '#src/platform/ids.ts'
import { remoteLookup } from '../federation/fetching/lookup.ts'
import { federationRoutes } from '../federation/serving/routes.ts'
import { tokenOf } from './api/server.ts'
import { localAccount, makeFollow, status } from './cast.ts'
import { peer, type Peer, type PeerActor, signedPost } from './federation/peer.ts'
import { createOf, noteOf, publicly } from './federation/receive.ts'
import { runJobs } from './jobs/run.ts'
import { compare, type Reasons, type Recorded, recorded } from './statements.ts'

let r: Recorded
let far: Peer
let routes: ReturnType<typeof federationRoutes>
let token: string
const known = { alice: '' as AccountId, bob: '' as AccountId, farFollower: undefined as unknown as PeerActor }

beforeAll(async () => {
  r = await recorded()
  far = await peer()
  Object.assign(r.t.remote, remoteLookup(r.app))
  routes = federationRoutes(r.app)
  known.alice = await localAccount(r.t, 'alice')
  known.bob = await localAccount(r.t, 'bob')
  token = await tokenOf(r.t.app, known.alice)
  known.farFollower = far.actor('far')
  const farId = (await r.t.remote.url(known.farFollower.uri))!.id as AccountId
  await makeFollow(r.t, farId, known.alice)
  await makeFollow(r.t, known.alice, farId)
  await makeFollow(r.t, known.bob, known.alice)
  await runJobs(r.t)
})
afterAll(async () => {
  await r[Symbol.asyncDispose]()
  await far[Symbol.asyncDispose]()
})

async function ask(method: 'POST' | 'PUT' | 'DELETE', path: string, body?: object): Promise<void> {
  const answer = await fetch(`${r.origin}${path}`, {
    method,
    headers: {
      Authorization: `Bearer ${token}`,
      'Idempotency-Key': crypto.randomUUID(),
      ...(body ? { 'Content-Type': 'application/json' } : {}),
    },
    ...(body ? { body: JSON.stringify(body) } : {}),
  })
  if (!answer.ok) throw new Error(`${path} answered ${answer.status}: ${await answer.text()}`)
  await answer.arrayBuffer()
}

/** Runs jobs; their statements are written down, those of the queue itself are not. */
const work = () => runJobs({ ...r.t, app: r.app })

let activities = 0
/** Another server posts an activity, and the worker runs its jobs. */
async function receive(actor: PeerActor, activity: object): Promise<void> {
  const id = `${actor.uri}/activities/${++activities}`
  const { status: code } = await routes.request(
    signedPost(r.app, actor, {
      '@context': 'https://www.w3.org/ns/activitystreams',
      id,
      actor: actor.uri,
      ...activity,
    }),
  )
  if (code !== 202) throw new Error(`The inbox answered ${code}`)
  await work()
}

const post = (author: AccountId, text = 'Hello'): Promise<StatusId> => status(r.t, author, { text })
const uriOf = (id: StatusId): string => r.app.uris.status(id)

/** Actions, each with a part of every statement that has no name, and the reason. */
const deeds: Record<string, { act: (time: number) => Promise<void>; unnamed?: Reasons }> = {
  post: { act: (time) => ask('POST', '/api/v1/statuses', { status: `A plain post ${time}` }) },
  'reply with a mention, a hashtag and a link': {
    act: async (time) =>
      ask('POST', '/api/v1/statuses', {
        status: `@bob look, #birds ${time} https://pipit.test/${time}`,
        in_reply_to_id: await post(known.bob),
      }),
  },
  edit: {
    act: async (time) => ask('PUT', `/api/v1/statuses/${await post(known.alice)}`, { status: `Changed ${time}` }),
  },
  delete: { act: async () => ask('DELETE', `/api/v1/statuses/${await post(known.alice)}`) },
  favourite: { act: async () => ask('POST', `/api/v1/statuses/${await post(known.bob)}/favourite`) },
  boost: { act: async () => ask('POST', `/api/v1/statuses/${await post(known.bob)}/reblog`) },
  bookmark: { act: async () => ask('POST', `/api/v1/statuses/${await post(known.bob)}/bookmark`) },
  follow: {
    act: async () =>
      ask('POST', `/api/v1/accounts/${await localAccount(r.t, `carol_${crypto.randomUUID().slice(0, 8)}`)}/follow`),
  },
  vote: {
    act: async () => {
      const poll = await status(r.t, known.bob, {
        text: 'Which?',
        poll: { options: ['This', 'That'], expiresInSeconds: 3_600, isMultiple: false, hidesTotals: false },
      })
      await ask('POST', `/api/v1/polls/${poll}/votes`, { choices: ['0'] })
    },
  },
  'a post that goes out': {
    act: async () => {
      await post(known.alice)
      await work()
    },
  },
  'a Like that comes in': {
    act: async () => receive(known.farFollower, { type: 'Like', object: uriOf(await post(known.alice)) }),
  },
  'a boost that comes in': {
    act: async () =>
      receive(known.farFollower, { type: 'Announce', ...publicly, object: uriOf(await post(known.alice)) }),
  },
  'a post that comes in': {
    act: () => receive(known.farFollower, createOf(noteOf(known.farFollower, crypto.randomUUID()))),
  },
  'a reply that comes in': {
    act: async () => {
      const tag = [{ type: 'Mention', href: r.app.uris.account(known.alice), name: '@alice' }]
      await receive(
        known.farFollower,
        createOf(noteOf(known.farFollower, crypto.randomUUID(), { inReplyTo: uriOf(await post(known.alice)), tag })),
      )
    },
  },
  'a Follow that comes in': {
    act: () =>
      receive(far.actor(`stranger${crypto.randomUUID().slice(0, 8)}`), {
        type: 'Follow',
        object: r.app.uris.account(known.alice),
      }),
    unnamed: {
      "select pg_advisory_xact_lock_shared(hashtextextended('domain rules', 0))": 'has no values, and nothing to plan',
    },
  },
}

describe('all statements are prepared by name, except for these:', () => {
  test.each(Object.entries(deeds))('%s', async (_, { act, unnamed = {} }) => {
    expect(compare(await r.unnamedOf(act), unnamed)).toEqual({ unstated: [], outdated: [] })
  })
})
