import { expect, test } from 'vitest'
import { fetchDocument, newBudget } from '../../federation/fetching/fetch-document.ts'
import { instanceKeys } from '../../federation/signatures/own-keys.ts'
import { type Scene, scene } from './setup.ts'

const document = (origin: string, n: number) => ({ id: `${origin}/${n}`, type: 'Note' })
/** Makes the signing keys once, before many requests need them at a time. */
const haveKeys = (s: Scene) => instanceKeys(s.t.app)

test('a host gets at most 4 requests at once; further requests wait', async () => {
  await using s = await scene()
  await haveKeys(s)
  const { promise, resolve } = Promise.withResolvers<void>()
  s.peer.opened = promise
  for (let n = 0; n < 30; n++) s.peer.documents.set(`/${n}`, document(s.peer.origin, n))
  const all = Array.from({ length: 30 }, (_, n) => fetchDocument(s.t.app, `${s.peer.origin}/${n}`, newBudget()))
  while (s.peer.load.now < 4) await new Promise((done) => setTimeout(done, 5))
  resolve()
  expect((await Promise.all(all)).map(({ url }) => url)).toEqual(
    Array.from({ length: 30 }, (_, n) => `${s.peer.origin}/${n}`),
  )
  expect(s.peer.load.most).toBe(4)
})

test('at most 100 requests wait for a host, and an aborted request takes no slot', async () => {
  await using s = await scene()
  await haveKeys(s)
  const { promise, resolve } = Promise.withResolvers<void>()
  s.peer.opened = promise
  const patience = new AbortController()
  const all = Promise.allSettled(
    Array.from({ length: 110 }, (_, n) =>
      fetchDocument(s.t.app, `${s.peer.origin}/${n}`, { signal: patience.signal, fetchesLeft: 200, isPatient: false }),
    ),
  )
  while (s.peer.load.now < 4) await new Promise((done) => setTimeout(done, 5))
  patience.abort()
  const reasons = (await all).map((one) =>
    one.status === 'rejected' ? String((one.reason as Error).message) : 'found',
  )
  expect(reasons.filter((reason) => reason.startsWith('Too many requests'))).toHaveLength(6)
  expect(reasons).not.toContain('found')
  resolve()
  s.peer.documents.set('/later', { id: `${s.peer.origin}/later`, type: 'Note' })
  expect((await fetchDocument(s.t.app, `${s.peer.origin}/later`, newBudget())).url).toBe(`${s.peer.origin}/later`)
})

test('jobs make no request to a host that failed 3 times; a request for a person is made, and its success ends the pause', async () => {
  await using s = await scene()
  for (let n = 0; n < 9; n++) s.peer.documents.set(`/${n}`, document(s.peer.origin, n))
  const ask = (n: number, isPatient: boolean) =>
    fetchDocument(s.t.app, `${s.peer.origin}/${n}`, newBudget(5, 5_000, { isPatient })).then(
      () => 'found',
      (error: Error) => error.message,
    )
  s.peer.failsWith = 502
  for (let n = 0; n < 3; n++) expect(await ask(n, true)).toContain('502')
  s.peer.fetched.length = 0
  s.peer.failsWith = null
  expect(await ask(4, true)).toContain('does not answer at the moment')
  expect(s.peer.fetched).toEqual([])
  // That it was not asked is not remembered as its answer.
  expect(await ask(4, false)).toBe('found')
  expect(await ask(5, true)).toBe('found')
})

test('an error status does not mark a host as down', async () => {
  await using s = await scene()
  const budget = newBudget(20, 5_000, { isPatient: true })
  for (let n = 0; n < 6; n++)
    await expect(fetchDocument(s.t.app, `${s.peer.origin}/missing/${n}`, budget)).rejects.toThrow('404')
  s.peer.documents.set('/1', document(s.peer.origin, 1))
  expect((await fetchDocument(s.t.app, `${s.peer.origin}/1`, budget)).url).toBe(`${s.peer.origin}/1`)
})
