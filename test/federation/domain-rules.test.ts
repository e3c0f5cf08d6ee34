/** Rules about other servers in all parts of federation. The rules are about the other server of the scene. */
import { sql } from 'drizzle-orm'
import { expect, test } from 'vitest'
import { commandLine } from '#src/accounts/roles/staff.ts'
import { type RuleInput, setDomainRule } from '#src/moderation/domains.ts'
import { HttpError } from '#src/platform/http/client.ts'
import { follow } from '#src/relationships/follow.ts'
import { rulebook } from '#src/rules/servers/current.ts'
import { effectiveRule } from '#src/rules/servers/rulebook.ts'
import { localAccount, makeFollow, status } from '#test/cast.ts'
import { fetchDocument, newBudget } from '../../federation/fetching/fetch-document.ts'
import { signingViewer } from '../../federation/serving/signer.ts'
import { peer, signedMessage, signedPost } from './peer.ts'
import { scene, type Scene } from './setup.ts'

const to = ['https://www.w3.org/ns/activitystreams#Public']

async function rule(s: Scene, host: string, input: Partial<RuleInput> = {}): Promise<void> {
  await s.t.db.transaction((tx) =>
    setDomainRule(tx, commandLine, s.t.app.uris, host, { severity: 'suspend', ...input }),
  )
  await expect
    .poll(async () => effectiveRule(await rulebook(s.t.db), host))
    .toMatchObject({ rule: host, severity: input.severity ?? 'suspend' })
}

const count = async (s: Scene, table: string) =>
  (await s.t.db.execute<{ n: number }>(sql`select count(*)::int as n from ${sql.identifier(table)}`)).rows[0]?.n

test('an activity of a suspended server is refused at the inbox, without a request to that server', async () => {
  await using s = await scene()
  const carol = s.peer.actor('carol')
  await rule(s, s.peer.host)
  const follow = {
    id: `${s.peer.origin}/1`,
    type: 'Follow',
    actor: carol.uri,
    object: 'https://pipit.test/ap/accounts/1',
  }
  for (const sign of [signedPost, signedMessage])
    expect((await s.routes.request(sign(s.t.app, carol, follow))).status).toBe(403)
  expect(s.peer.fetched).toEqual([])
  expect(await s.t.jobs()).not.toContain('inbox')
})

test('an activity that arrived before its server was suspended has no effect afterwards', async () => {
  await using s = await scene()
  const alice = await localAccount(s.t, 'alice')
  const carol = s.peer.actor('carol')
  expect(
    (
      await s.routes.request(
        signedPost(s.t.app, carol, {
          id: `${s.peer.origin}/1`,
          type: 'Follow',
          actor: carol.uri,
          object: s.t.app.uris.account(alice),
        }),
      )
    ).status,
  ).toBe(202)
  await rule(s, s.peer.host)
  await s.work()
  expect(await count(s, 'follows')).toBe(0)
})

test('boosts and mentions by others store no post or account of a suspended server', async () => {
  await using s = await scene()
  await using bad = await peer()
  const alice = await localAccount(s.t, 'alice')
  const carol = s.peer.actor('carol')
  const mallory = bad.actor('mallory')
  bad.documents.set('/notes/1', {
    id: `${bad.origin}/notes/1`,
    type: 'Note',
    attributedTo: mallory.uri,
    content: 'Buy!',
    to,
    published: new Date().toISOString(),
  })
  const carolId = (await s.t.remote.url(carol.uri))?.id
  await makeFollow(s.t, alice, carolId as typeof alice)
  await rule(s, bad.host)
  const post = (activity: object) => s.routes.request(signedPost(s.t.app, carol, { actor: carol.uri, to, ...activity }))
  await post({ id: `${s.peer.origin}/1`, type: 'Announce', object: `${bad.origin}/notes/1` })
  const note = {
    id: `${s.peer.origin}/notes/2`,
    type: 'Note',
    attributedTo: carol.uri,
    content: 'Look',
    inReplyTo: `${bad.origin}/notes/1`,
    to,
    tag: [{ type: 'Mention', href: mallory.uri, name: '@mallory' }],
    published: new Date().toISOString(),
  }
  await post({ id: `${s.peer.origin}/2`, type: 'Create', object: note })
  await s.work()
  expect(bad.fetched).toEqual([])
  const { rows } = await s.t.db.execute(sql`select uri from statuses`)
  expect(rows).toEqual([{ uri: note.id }])
})

test('a suspended server is never requested, by handle or URL, and its documents are not taken from the cache', async () => {
  await using s = await scene()
  await using bad = await peer()
  const mallory = bad.actor('mallory')
  await fetchDocument(s.t.app, mallory.uri, newBudget())
  const before = bad.fetched.length
  await rule(s, bad.host)
  expect(await s.t.remote.url(mallory.uri)).toBeNull()
  expect(await s.t.remote.account(`mallory@${bad.host}`)).toBeNull()
  await expect(fetchDocument(s.t.app, mallory.uri, newBudget())).rejects.toMatchObject({ isPermanent: true })
  for (const purpose of ['federation', 'media', 'page'] as const)
    await expect(s.t.app.http.request(mallory.uri, { purpose }), purpose).rejects.toBeInstanceOf(HttpError)
  expect(bad.fetched.length).toBe(before)
  // Push services that people chose are their own matter.
  await expect(s.t.app.http.request(mallory.uri, { purpose: 'service' })).resolves.toMatchObject({ status: 200 })
})

test('nothing is sent to a suspended server', async () => {
  await using s = await scene()
  const alice = await localAccount(s.t, 'alice')
  const carol = s.peer.actor('carol')
  const found = await s.t.remote.url(carol.uri)
  await makeFollow(s.t, found?.id as typeof alice, alice)
  await s.work()
  s.peer.posted.length = 0
  await status(s.t, alice, { text: 'For followers' })
  await rule(s, s.peer.host)
  await s.work()
  await status(s.t, alice, { text: 'And once more' })
  await s.work()
  expect(s.peer.posted).toEqual([])
  await expect(
    s.t.db.transaction((tx) => follow(tx, s.t.app.uris, alice, found?.id as typeof alice)),
  ).rejects.toMatchObject({ code: 'not_found' })
})

test('a signature from a suspended server counts as missing', async () => {
  await using s = await scene()
  const carol = s.peer.actor('carol')
  const found = await s.t.remote.url(carol.uri)
  const signed = () => {
    const { headers } = signedPost(s.t.app, carol, '{}')
    return new Request('https://pipit.test/ap/inbox', { method: 'POST', headers, body: '{}' })
  }
  expect(await signingViewer(s.t.app, signed())).toBe(found?.id)
  await rule(s, s.peer.host, { severity: 'silence' })
  expect(await signingViewer(s.t.app, signed())).toBe(found?.id)
  await rule(s, s.peer.host)
  expect(await signingViewer(s.t.app, signed())).toBeNull()
})

test('with limited federation, other servers are refused in both directions, but web pages can still be fetched', async () => {
  await using s = await scene()
  const carol = s.peer.actor('carol')
  await s.t.db.execute(sql`insert into settings (name, value) values ('limitedFederation', 'true'::jsonb)`)
  expect(
    (
      await s.routes.request(
        signedPost(s.t.app, carol, {
          id: `${s.peer.origin}/1`,
          type: 'Like',
          actor: carol.uri,
          object: 'https://pipit.test/ap/statuses/1',
        }),
      )
    ).status,
  ).toBe(403)
  expect(await s.t.remote.url(carol.uri)).toBeNull()
  await expect(s.t.app.http.request(carol.uri)).resolves.toMatchObject({ status: 200 })
  await s.t.db.execute(sql`insert into domain_allows (domain) values (${s.peer.host})`)
  await s.t.db.execute(sql`insert into settings (name, value) values ('domainRulesVersion', '1'::jsonb)`)
  await expect.poll(async () => (await s.t.remote.url(carol.uri))?.type).toBe('account')
  const alice = await localAccount(s.t, 'alice')
  await s.routes.request(
    signedPost(s.t.app, carol, {
      id: `${s.peer.origin}/2`,
      type: 'Follow',
      actor: carol.uri,
      object: s.t.app.uris.account(alice),
    }),
  )
  await s.work()
  expect(await count(s, 'follows')).toBe(1)
})

test('an account that its own server marks as suspended is hidden until that server lifts the mark', async () => {
  await using s = await scene()
  const carol = s.peer.actor('carol', { suspended: true })
  const found = await s.t.remote.url(carol.uri)
  const standing = async () =>
    (
      await s.t.db.execute(
        sql`select suspended_at is not null as suspended, suspended_by as by from accounts where id = ${found?.id}`,
      )
    ).rows[0]
  expect(await standing()).toEqual({ suspended: true, by: 'origin' })
  const update = (id: string) =>
    s.routes.request(signedPost(s.t.app, carol, { id, type: 'Update', actor: carol.uri, object: carol.uri, to }))
  s.peer.documents.set('/users/carol', { ...carol.document, suspended: false })
  await update(`${s.peer.origin}/u1`)
  await s.work()
  expect(await standing()).toEqual({ suspended: false, by: null })

  // The remote server can't undo decisions of local moderators.
  await s.t.db.execute(
    sql`update accounts set suspended_at = now(), suspended_by = 'moderator' where id = ${found?.id}`,
  )
  await update(`${s.peer.origin}/u2`)
  await s.work()
  expect(await standing()).toEqual({ suspended: true, by: 'moderator' })
})
