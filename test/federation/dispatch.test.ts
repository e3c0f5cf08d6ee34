import { beforeEach, expect, test, vi } from 'vitest'
import { kinds } from '../../federation/incoming/kinds.ts'
import { handleActivity } from '../../federation/incoming/received.ts'
import { createDispatcher } from '../../federation/index.ts'
import { federationTasks } from '../../federation/tasks.ts'
import { localAccount } from '../cast.ts'
import { jobErrors } from '../jobs/run.ts'
import { signedPost } from './peer.ts'
import { scene } from './setup.ts'

vi.mock('../../federation/incoming/received.ts', async (original) => ({
  ...(await original<object>()),
  handleActivity: vi.fn(),
}))
const handled = vi.mocked(handleActivity)
beforeEach(() => void handled.mockReset())

const payloadOf = (kind: string, more: object = {}) => {
  const actor = 'https://a.test/users/a'
  const raw = JSON.stringify({ '@context': [], id: 'no URL', type: kind, actor, published: 'yesterday', ...more })
  return { kind, raw, actor, signer: actor, at: 1, arrivedAt: 2 }
}

test('an activity of each kind reaches its listener, whatever its other properties', async () => {
  await using s = await scene()
  const { inbox } = federationTasks(s.t.app, createDispatcher(s.t.app))
  for (const kind of kinds) {
    const payload = payloadOf(kind)
    await inbox(payload)
    const { raw, signer, at, arrivedAt } = payload
    expect(handled.mock.lastCall?.slice(1, 3)).toEqual([
      kind,
      { activity: JSON.parse(raw), raw, signer, at, arrivedAt },
    ])
  }
  expect(handled).toHaveBeenCalledTimes(kinds.length)
})

test('concurrent activities do not mix', async () => {
  await using s = await scene()
  const { inbox } = federationTasks(s.t.app, createDispatcher(s.t.app))
  handled.mockImplementation(async (_app, _kind, { activity }) => {
    await Promise.resolve()
    if (activity['n'] === 3) throw new Error('The third')
  })
  const ends = await Promise.allSettled([1, 2, 3, 4, 5].map((n) => inbox(payloadOf('Like', { n }))))
  expect(ends.map(({ status }) => status === 'fulfilled')).toEqual([true, true, false, true, true])
  expect(handled.mock.calls.map(([, , { activity }]) => activity['n'])).toEqual([1, 2, 3, 4, 5])
})

test('a job fails with the error of its listener, and can succeed when it is repeated', async () => {
  await using s = await scene()
  const bob = await localAccount(s.t, 'bob')
  const alice = s.peer.actor('alice')
  const follow = { id: `${alice.uri}/1`, type: 'Follow', actor: alice.uri, object: s.t.app.uris.account(bob) }
  expect((await s.routes.request(signedPost(s.t.app, alice, follow))).status).toBe(202)
  handled.mockRejectedValueOnce(new Error('The database is away'))
  await s.work()
  expect(await jobErrors(s.t)).toEqual([expect.stringContaining('The database is away')])

  const failure = new TypeError('Itself')
  handled.mockRejectedValueOnce(failure)
  const { inbox } = federationTasks(s.t.app, createDispatcher(s.t.app))
  await expect(inbox(payloadOf('Follow'))).rejects.toBe(failure)
  await inbox(payloadOf('Follow'))
  // As it was queued before the payload was plain.
  const { raw, signer } = payloadOf('Undo')
  await inbox({ message: { raw, signer } } as never)
  expect(handled.mock.calls.map(([, kind]) => kind)).toEqual(['Follow', 'Follow', 'Follow', 'Undo'])
})

test('a request of another server never reaches a listener', async () => {
  await using s = await scene()
  const bob = await localAccount(s.t, 'bob')
  const alice = s.peer.actor('alice')
  const body = JSON.stringify({
    '@context': 'https://www.w3.org/ns/activitystreams',
    id: `${alice.uri}/1`,
    type: 'Follow',
    actor: alice.uri,
    object: s.t.app.uris.account(bob),
  })
  const headers = { 'content-type': 'application/activity+json' }
  for (const path of ['/ap/inbox', '/ap/inbox/', '/ap//inbox', `/ap/accounts/${bob}/inbox`, '/ap/accounts/x/inbox'])
    expect((await s.routes.request(path, { method: 'POST', headers, body })).status).toBeOneOf([401, 404])
  // Signed activities are queued for the worker.
  expect((await s.routes.request(signedPost(s.t.app, alice, body))).status).toBe(202)
  expect(handled).not.toHaveBeenCalled()
  await s.work()
  expect(handled).toHaveBeenCalledOnce()
})
