/** What other servers get of local people's emoji reactions, in the order in which servers with one Like per person must get it. */
import { sql } from 'drizzle-orm'
import { expect, test } from 'vitest'
import type { AccountId, StatusId } from '#src/platform/ids.ts'
import { favourite, unfavourite } from '#src/statuses/interactions/favourite.ts'
import { reactHere, unreactHere } from '#src/statuses/interactions/react-here.ts'
import { react } from '#src/statuses/interactions/react.ts'
import { parseReaction } from '../../federation/parse/reaction.ts'
import { localAccount, remoteStatus } from '../cast.ts'
import { followPeer, sent } from './receive.ts'
import { type Scene, scene } from './setup.ts'

type Act = [did: typeof favourite] | [did: typeof reactHere, emoji: string]

/** A local account, and a post of a remote one. */
async function stage(s: Scene) {
  const alice = await localAccount(s.t, 'alice')
  const bob = await followPeer(s, alice, s.peer.actor('bob'))
  const uri = `${s.peer.actor('bob').uri}/notes/1`
  const post = await remoteStatus(s.t, bob, { uri })
  await s.work()
  /** Does something, and returns what is sent of it. */
  const after = async (did: (tx: never, who: AccountId, post: StatusId, emoji: string) => unknown, emoji = '') => {
    s.peer.posted.length = 0
    await s.t.db.transaction(async (tx) => void (await did(tx as never, alice, post, emoji)))
    await s.work()
    return sent(s)
  }
  return { alice, bob, post, uri, after }
}

/** What a server knows that keeps one Like per person, and no other reactions, as Mastodon does. */
const keepsOneLike = () => {
  let likes = false
  return (activities: { type: string; object: { type?: string } }[]) => {
    for (const { type, object } of activities) {
      if (type === 'Like') likes = true
      if (type === 'Undo' && object.type === 'Like') likes = false
    }
    return likes
  }
}

test('a reaction is sent to the author’s server as a Like with its emoji, and undone with the same id', async () => {
  await using s = await scene()
  const { alice, uri, after } = await stage(s)
  const [like, ...more] = await after(reactHere, '🎉')
  expect(more).toEqual([])
  expect(like).toMatchObject({
    id: expect.stringMatching(/\/ap\/reactions\/\d+$/),
    type: 'Like',
    actor: s.t.app.uris.account(alice),
    object: uri,
    to: [s.peer.actor('bob').uri],
    content: '🎉',
    _misskey_reaction: '🎉',
  })
  expect(like).not.toHaveProperty('tag')
  expect(parseReaction(like)).toEqual({ type: 'unicode', name: '🎉' })
  expect(like['@context'].at(-1)).toHaveProperty('_misskey_reaction')
  const { '@context': _, to, ...object } = like
  expect(await after(unreactHere, '🎉')).toMatchObject([{ type: 'Undo', actor: like.actor, to, object }])
})

test('a custom emoji is sent with its picture: one of this server as in posts, another one with its server’s name', async () => {
  await using s = await scene()
  const { bob, post, after } = await stage(s)
  await s.t.db.execute(
    sql`insert into custom_emojis (id, shortcode, file, static_file) values (1, 'ours', 'ours.webp', 'ours.png')`,
  )
  expect(await after(reactHere, 'ours')).toMatchObject([
    {
      content: ':ours:',
      tag: [
        {
          id: s.t.app.uris.emoji('ours'),
          type: 'Emoji',
          name: ':ours:',
          icon: { mediaType: 'image/webp', url: s.t.app.uris.file('ours.webp') },
        },
      ],
    },
  ])
  expect(parseReaction(sent(s)[0])).toEqual({ type: 'custom', name: 'ours', url: s.t.app.uris.file('ours.webp') })
  const url = `https://${s.peer.host}/blob.png`
  await s.t.db.transaction((tx) => react(tx, bob, post, { type: 'custom', name: 'blob', url }))
  const name = `:blob@${s.peer.host}:`
  expect(await after(reactHere, name)).toMatchObject([
    { content: name, _misskey_reaction: name, tag: [{ type: 'Emoji', name, icon: { type: 'Image', url } }] },
  ])
  expect(parseReaction(sent(s)[0])).toEqual({ type: 'custom', name: 'blob', domain: s.peer.host, url })
})

test('a server that keeps one Like per person has it as long as any favourite or reaction is left', async () => {
  await using s = await scene()
  const { post, after, alice } = await stage(s)
  const likes = keepsOneLike()
  const steps: [...Act, left: boolean][] = [
    [reactHere, '🎉', true],
    [reactHere, '🐱', true],
    [reactHere, '🐶', true],
    [unreactHere, '🐱', true],
    [favourite, true],
    [unreactHere, '🐶', true],
    [unfavourite, true],
    [unreactHere, '🎉', false],
    [favourite, true],
    [reactHere, '🎉', true],
    [unreactHere, '🎉', true],
    [reactHere, '🎉', true],
    [unfavourite, true],
    [unreactHere, '🎉', false],
  ]
  for (const [i, step] of steps.entries()) {
    const [did, emoji] = step
    const activities = await after(did as typeof reactHere, typeof emoji === 'string' ? emoji : '')
    expect([i, activities.length]).toEqual([i, 1])
    expect([i, likes(activities)]).toEqual([i, step.at(-1)])
  }
  const { rowCount } = await s.t.db.execute(
    sql`select from favourites where status_id = ${post} and account_id = ${alice}`,
  )
  expect(rowCount).toBe(0)
})

test('a reaction that was taken back before it was sent is never sent', async () => {
  await using s = await scene()
  const { alice, post, after } = await stage(s)
  await s.t.db.transaction((tx) => reactHere(tx, alice, post, '🎉'))
  expect((await after(unreactHere, '🎉')).map(({ type }) => type)).toEqual(['Undo'])
})
