import { expect, test } from 'vitest'
import type { StatusId } from '#src/platform/ids.ts'
import { visibleStatusByUrl } from '#src/statuses/find.ts'
import { loadStatusView } from '#src/statuses/views/views.ts'
import { localAccount, status } from '../cast.ts'
import { createOf, followPeer, noteOf, receive } from './receive.ts'
import { type Scene, scene } from './setup.ts'

async function stage() {
  const s = await scene()
  const bob = await localAccount(s.t, 'bob')
  const ann = s.peer.actor('ann')
  const group = s.peer.actor('gardening', { type: 'Group' })
  await followPeer(s, bob, ann)
  return { s, bob, ann, group, [Symbol.asyncDispose]: () => s[Symbol.asyncDispose]() }
}

async function shown(s: Scene, uri: string) {
  const id = await visibleStatusByUrl(s.t.db, s.t.app.uris, null, uri)
  const view = id && (await loadStatusView(s.t.db, null, id))
  return view ? { author: view.account.username, content: view.content } : null
}

test('the sender is the author of a post with several authors, in every form and order', async () => {
  await using scene = await stage()
  const { s, ann, group } = scene
  const elsewhere = 'https://elsewhere.test/users/eve'
  const cases: [string, unknown][] = [
    ['the group first', [group.uri, ann.uri]],
    ['ann first', [ann.uri, group.uri]],
    ['objects without type', [{ id: group.uri }, { id: ann.uri }]],
    [
      'with types',
      [
        { id: group.uri, type: 'Group' },
        { id: ann.uri, type: 'Person' },
      ],
    ],
    ['another person, with a type', [{ id: s.peer.actor('bea').uri, type: 'Person' }, ann.uri]],
    ['somebody elsewhere besides', [elsewhere, ann.uri]],
    ['nobody', undefined],
  ]
  for (const [name, attributedTo] of cases) {
    const note = noteOf(ann, name.replaceAll(/\W/g, '-'), { attributedTo })
    await receive(s, ann, createOf(note))
    expect([name, await shown(s, note.id)]).toMatchObject([name, { author: 'ann' }])
    // Edits, too.
    await receive(s, ann, {
      ...createOf({ ...note, content: '<p>Edited</p>', updated: new Date(Date.now() + 2_000).toISOString() }),
      type: 'Update',
    })
    expect([name, await shown(s, note.id)]).toEqual([name, { author: 'ann', content: '<p>Edited</p>' }])
  }
})

test('an account that is not among the authors, or is on another server, is not the author', async () => {
  await using scene = await stage()
  const { s, ann, group } = scene
  const bea = s.peer.actor('bea')
  for (const [n, attributedTo] of [
    [bea.uri],
    [group.uri, bea.uri],
    ['https://elsewhere.test/users/eve'],
    'https://elsewhere.test/users/eve',
  ].entries()) {
    const note = noteOf(ann, `${n}`, { attributedTo })
    await receive(s, ann, createOf(note))
    expect(await shown(s, note.id)).toBeNull()
  }
})

test('the author of a fetched post with several authors is a person rather than a group', async () => {
  await using scene = await stage()
  const { s, ann, group } = scene
  const bot = s.peer.actor('bot', { type: 'Service' })
  const cases: [string, unknown, string][] = [
    ['group-first', [group.uri, ann.uri], 'ann'],
    ['objects', [{ id: group.uri }, { id: ann.uri }], 'ann'],
    ['bot', [group.uri, bot.uri], 'bot'],
    ['elsewhere', ['https://elsewhere.test/users/eve', group.uri, ann.uri], 'ann'],
    ['group', [group.uri], 'gardening'],
    ['unreadable', [`${s.peer.origin}/users/nobody`, ann.uri], 'ann'],
  ]
  for (const [id, attributedTo, author] of cases) {
    const note = noteOf(ann, id, { attributedTo })
    s.peer.documents.set(`/users/ann/notes/${id}`, note)
    await s.t.app.remote.url(note.id)
    expect([id, await shown(s, note.id)]).toMatchObject([id, { author }])
  }
})

test('a post keeps its author when it is fetched again', async () => {
  await using scene = await stage()
  const { s, ann } = scene
  const bea = s.peer.actor('bea')
  const note = noteOf(ann, '1', { attributedTo: [bea.uri, ann.uri] })
  await receive(s, ann, createOf(note))
  s.peer.documents.set('/users/ann/notes/1', {
    ...note,
    content: '<p>Edited</p>',
    updated: new Date(Date.now() + 2_000).toISOString(),
  })
  await s.t.app.remote.refresh(note.id)
  expect(await shown(s, note.id)).toEqual({ author: 'ann', content: '<p>Edited</p>' })
})

test('a vote may be attributed to several accounts, or to none', async () => {
  await using scene = await stage()
  const { s, bob, ann, group } = scene
  for (const [n, attributedTo] of [[group.uri, ann.uri], undefined].entries()) {
    const poll: StatusId = await status(s.t, bob, {
      poll: { options: ['Yes', 'No'], expiresInSeconds: 3_600, isMultiple: false, hidesTotals: false },
    } as never)
    await receive(
      s,
      ann,
      createOf({
        id: `${ann.uri}/votes/${n}`,
        type: 'Note',
        attributedTo,
        name: 'Yes',
        inReplyTo: s.t.app.uris.status(poll),
        to: [s.t.app.uris.account(bob)],
      }),
    )
    expect((await loadStatusView(s.t.db, bob, poll))?.poll?.options.map(({ votesCount }) => votesCount)).toEqual([1, 0])
  }
})
