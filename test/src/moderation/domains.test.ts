import { setTimeout } from 'node:timers/promises'
import { eq, sql } from 'drizzle-orm'
import { expect, test } from 'vitest'
import { receiveRemoteAccount } from '#src/accounts/receive.ts'
import { commandLine } from '#src/accounts/roles/staff.ts'
import { searchAccounts } from '#src/accounts/search.ts'
import { deleteAccount } from '#src/erasure/delete-account.ts'
import { applyDomainRules } from '#src/moderation/apply.ts'
import {
  addDomainRule,
  allowDomain,
  importDomainRules,
  limitFederation,
  removeDomainRule,
  type RuleInput,
  setDomainRule,
} from '#src/moderation/domains.ts'
import { storeActivity } from '#src/outgoing/store.ts'
import { accounts } from '#src/platform/db/schema/accounts.ts'
import { type AccountId, newId } from '#src/platform/ids.ts'
import { loadNotificationPage } from '#src/reading/notifications/page.ts'
import { directory } from '#src/reading/suggestions/directory.ts'
import { publicTimeline } from '#src/reading/timelines/public.ts'
import { blockDomain } from '#src/relationships/domain-block.ts'
import { follow } from '#src/relationships/follow.ts'
import { rulebook } from '#src/rules/servers/current.ts'
import { loadPeers } from '#src/rules/servers/peers.ts'
import { effectiveRule } from '#src/rules/servers/rulebook.ts'
import { visibleStatus } from '#src/statuses/find.ts'
import { localAccount, makeFollow, remoteAccount, remoteStatus, status, suspend } from '#test/cast.ts'
import { database, type TestDatabase } from '#test/database.ts'
import { runJobs } from '../../jobs/run.ts'

const page = { limit: 20 }

async function rule(t: TestDatabase, domain: string, input: Partial<RuleInput> = {}): Promise<void> {
  await t.db.transaction((tx) => setDomainRule(tx, commandLine, t.app.uris, domain, { severity: 'suspend', ...input }))
  await runJobs(t)
}

async function lift(t: TestDatabase, domain: string): Promise<void> {
  await t.db.transaction((tx) => removeDomainRule(tx, commandLine, domain))
  await runJobs(t)
}

async function standing(t: TestDatabase, id: AccountId) {
  const [row] = await t.db.select().from(accounts).where(eq(accounts.id, id))
  return {
    suspendedBy: row?.suspendedAt ? (row.suspendedBy ?? 'somebody') : null,
    silencedBy: row?.silencedAt ? (row.silencedBy ?? 'somebody') : null,
  }
}

test('a suspension hides the accounts and posts of a server and its subdomains, and its end shows them again', async () => {
  await using t = await database()
  const [carol, dave, erin] = [
    await remoteAccount(t, 'carol', 'bad.test'),
    await remoteAccount(t, 'dave', 'social.bad.test'),
    await remoteAccount(t, 'erin', 'notbad.test'),
  ]
  const [post, other] = [await remoteStatus(t, carol), await remoteStatus(t, erin)]
  await rule(t, 'Bad.TEST.')
  expect(await Promise.all([carol, dave, erin].map((id) => standing(t, id)))).toMatchObject([
    { suspendedBy: 'domain' },
    { suspendedBy: 'domain' },
    { suspendedBy: null },
  ])
  await expect(visibleStatus(t.db, null, post)).rejects.toMatchObject({ code: 'not_found' })
  expect(await visibleStatus(t.db, null, other)).toMatchObject({ id: other })
  expect(await loadPeers(t.db)).toEqual(['notbad.test'])

  await lift(t, 'bad.test')
  expect(await Promise.all([carol, dave].map((id) => standing(t, id)))).toEqual([
    { suspendedBy: null, silencedBy: null },
    { suspendedBy: null, silencedBy: null },
  ])
  expect(await visibleStatus(t.db, null, post)).toMatchObject({ id: post })
})

test('removing a rule restores only the accounts that it suspended, and no deleted ones', async () => {
  await using t = await database()
  const [carol, dave, erin] = [
    await remoteAccount(t, 'carol', 'bad.test'),
    await remoteAccount(t, 'dave', 'bad.test'),
    await remoteAccount(t, 'erin', 'bad.test'),
  ]
  await suspend(t, carol)
  await rule(t, 'bad.test')
  await t.db.transaction((tx) => deleteAccount(tx, erin))
  await lift(t, 'bad.test')
  expect(await Promise.all([carol, dave, erin].map((id) => standing(t, id)))).toMatchObject([
    { suspendedBy: 'somebody' },
    { suspendedBy: null },
    { suspendedBy: 'domain' },
  ])
})

test('an account is suspended by a rule about the host of its id or of its handle', async () => {
  await using t = await database()
  const carol = await remoteAccount(t, 'carol', 'brand.test')
  await t.db.execute(sql`update accounts set uri = 'https://social.host.test/users/carol' where id = ${carol}`)
  await rule(t, 'host.test')
  expect(await standing(t, carol)).toMatchObject({ suspendedBy: 'domain' })
  await rule(t, 'brand.test', { severity: 'silence' })
  await lift(t, 'host.test')
  expect(await standing(t, carol)).toEqual({ suspendedBy: null, silencedBy: 'domain' })
})

test('suspending a server ends follows in both directions, and notifies each local account once', async () => {
  await using t = await database()
  const [alice, bob] = [await localAccount(t, 'alice'), await localAccount(t, 'bob')]
  const [carol, dave, erin] = [
    await remoteAccount(t, 'carol', 'bad.test'),
    await remoteAccount(t, 'dave', 'www.bad.test'),
    await remoteAccount(t, 'erin', 'fine.test'),
  ]
  for (const [one, other] of [
    [alice, carol],
    [alice, dave],
    [carol, alice],
    [alice, erin],
  ] as const)
    await makeFollow(t, one, other)
  await t.db.transaction((tx) => follow(tx, t.app.uris, bob, carol))
  await rule(t, 'bad.test')

  const { rows } = await t.db
    .execute(sql`select (select count(*)::int from follows) as follows, (select count(*)::int from follow_requests) as requests,
    (select array[followers_count, following_count] from account_stats where account_id = ${alice}) as counts`)
  expect(rows).toEqual([{ follows: 1, requests: 0, counts: [0, 1] }])
  const { views } = await loadNotificationPage(t.db, alice, {}, page)
  expect(
    views.map(({ type, severance }) => [
      type,
      severance?.type,
      severance?.targetName,
      severance?.followersCount,
      severance?.followingCount,
    ]),
  ).toEqual([['severed_relationships', 'domain_block', 'bad.test', 1, 2]])
  expect((await loadNotificationPage(t.db, bob, {}, page)).views).toEqual([])
  expect(await t.jobs()).not.toContain('federate')

  await lift(t, 'bad.test')
  await rule(t, 'bad.test')
  expect((await loadNotificationPage(t.db, alice, {}, page)).views).toHaveLength(1)
})

test('a person who blocks a server is notified of the lost follows', async () => {
  await using t = await database()
  const alice = await localAccount(t, 'alice')
  const [carol, dave] = [await remoteAccount(t, 'carol'), await remoteAccount(t, 'dave')]
  await makeFollow(t, alice, carol)
  await makeFollow(t, dave, alice)
  await t.db.transaction((tx) => blockDomain(tx, t.app.uris, alice, 'remote.test'))
  await runJobs(t)
  const { views } = await loadNotificationPage(t.db, alice, { types: ['severed_relationships'] }, page)
  expect(views).toMatchObject([
    { severance: { type: 'user_domain_block', targetName: 'remote.test', followersCount: 1, followingCount: 1 } },
  ])
})

test('no new account of a suspended server is stored, and new ones of a silenced server are limited', async () => {
  await using t = await database()
  await rule(t, 'bad.test')
  await rule(t, 'loud.test', { severity: 'silence' })
  await expect(remoteAccount(t, 'carol', 'www.bad.test')).rejects.toMatchObject({ code: 'not_permitted' })
  const dave = await remoteAccount(t, 'dave', 'loud.test')
  expect(await standing(t, dave)).toEqual({ suspendedBy: null, silencedBy: 'domain' })
  await lift(t, 'loud.test')
  expect(await standing(t, dave)).toEqual({ suspendedBy: null, silencedBy: null })
})

test('accounts of a limited server are shown to followers, and to others only by their exact handle', async () => {
  await using t = await database()
  const [alice, bob] = [await localAccount(t, 'alice'), await localAccount(t, 'bob')]
  const carol = await remoteAccount(t, 'carol', 'loud.test')
  await makeFollow(t, alice, carol)
  const post = await remoteStatus(t, carol)
  await rule(t, 'loud.test', { severity: 'silence' })
  expect(await publicTimeline(t.db, bob, {}, page)).toEqual([])
  expect(await directory(t.db, bob, { order: 'new', localOnly: false, limit: 10, offset: 0 })).not.toContain(carol)
  expect(await searchAccounts(t.db, alice, 'car', { limit: 5 })).toEqual([carol])
  expect(await searchAccounts(t.db, bob, 'car', { limit: 5 })).toEqual([])
  expect(await visibleStatus(t.db, bob, post)).toMatchObject({ id: post })
  // A limited account's follow requires approval.
  expect(await t.db.transaction((tx) => follow(tx, t.app.uris, carol, bob))).toBe('requested')
})

test('with rejected media, files of a server are neither shown nor stored', async () => {
  await using t = await database()
  const carol = await remoteAccount(t, 'carol', 'nsfw.test')
  const file = {
    kind: 'image' as const,
    mediaType: 'image/png',
    description: '',
    width: 1,
    height: 1,
    blurhash: null,
    focus: { x: 0, y: 0 },
  }
  const withFile = {
    emojis: [{ shortcode: 'blob', url: 'https://cdn.test/blob.png' }],
    media: [{ ...file, url: 'https://cdn.test/1.png', previewUrl: 'https://cdn.test/1-small.png' }],
  }
  await remoteStatus(t, carol, withFile)
  await t.db.execute(
    sql`update accounts set avatar_remote_url = 'https://cdn.test/a.png', header_file = 'h.webp' where id = ${carol}`,
  )
  await t.db.execute(
    sql`insert into cards (id, url, title, is_usable, image_file) values (1, 'https://www.nsfw.test/page', 'A page', true, 'c.webp'), (2, 'https://fine.test/page', 'Another', true, 'd.webp')`,
  )
  await t.db
    .execute(sql`insert into remote_files (url, kind, file) values ('https://cdn.nsfw.test/1.png', 'image', 'e.webp'), ('https://cdn.test/1.png', 'image', 'f.webp'), ('https://cdn.test/1-small.png', 'image', 'g.webp'), ('https://cdn.test/a.png', 'avatar', 'h.webp'),
    ('https://cdn.test/blob.png', 'emoji', 'i.webp'), ('https://cdn.test/of-others.png', 'image', 'j.webp')`)
  const shown = async () =>
    (
      await t.db
        .execute(sql`select (select count(*)::int from media) as media, (select count(*)::int from custom_emojis) as emojis, (select count(*)::int from accounts where avatar_remote_url is not null or header_file is not null) as pictures,
      (select count(*)::int from cards where is_usable) as cards, (select count(*)::int from remote_files) as copies, (select bool_or(has_media) from statuses) as "hasMedia"`)
    ).rows[0]
  expect(await shown()).toEqual({ media: 1, emojis: 1, pictures: 1, cards: 2, copies: 6, hasMedia: true })
  await t.db.transaction((tx) =>
    setDomainRule(tx, commandLine, t.app.uris, 'nsfw.test', { severity: 'noop', rejectsMedia: true }),
  )
  await runJobs(t)
  expect(await shown()).toEqual({ media: 0, emojis: 0, pictures: 0, cards: 1, copies: 1, hasMedia: false })

  await remoteStatus(t, carol, withFile)
  const [[row]] = [await t.db.select().from(accounts).where(eq(accounts.id, carol))]
  await t.db.transaction((tx) =>
    receiveRemoteAccount(tx, {
      ...(row as never as Parameters<typeof receiveRemoteAccount>[1]),
      note: '',
      fields: [],
      avatarUrl: 'https://nsfw.test/a.png',
      headerUrl: null,
      publishedAt: null,
      emojis: withFile.emojis,
    }),
  )
  expect(await shown()).toMatchObject({ media: 0, emojis: 0, pictures: 0, hasMedia: false })
  // Nor is anything taken of others that lies there.
  const erin = await remoteAccount(t, 'erin', 'fine.test')
  await remoteStatus(t, erin, {
    media: [
      { ...file, url: 'https://cdn.nsfw.test/2.png' },
      { ...file, url: 'https://cdn.test/2.png' },
    ],
  })
  expect(await shown()).toMatchObject({ media: 1 })
})

test('a rule that does not concern files reads none', async () => {
  await using t = await database()
  await rule(t, 'nsfw.test', { severity: 'noop', rejectsMedia: true })
  await t.db.transaction((tx) => setDomainRule(tx, commandLine, t.app.uris, 'loud.test', { severity: 'silence' }))
  const isDone = await t.db.transaction(async (tx) => {
    await tx.execute(sql`lock table cards, remote_files in access exclusive mode`)
    return Promise.race([applyDomainRules(t.db, { domain: 'loud.test' }).then(() => true), setTimeout(5_000, false)])
  })
  expect(isDone).toBe(true)
})

test('waiting deliveries to a suspended server are deleted', async () => {
  await using t = await database()
  const alice = await localAccount(t, 'alice')
  const inboxes = ['https://bad.test/inbox', 'https://www.bad.test/inbox', 'https://fine.test/inbox']
  await t.db.transaction((tx) =>
    storeActivity(tx, {
      order: newId(),
      uri: 'https://pipit.test/ap/creates/1',
      accountId: alice,
      type: 'Create',
      body: '{}',
      recipients: { inboxes },
      isForFollowers: false,
    }),
  )
  await t.db.execute(sql`delete from graphile_worker._private_jobs`)
  await rule(t, 'bad.test')
  expect((await t.db.execute(sql`select host from deliveries`)).rows).toEqual([{ host: 'fine.test' }])
  expect(
    (await t.db.execute(sql`select sum(delivered)::int as delivered, sum(failed)::int as failed from delivery_days`))
      .rows,
  ).toEqual([{ delivered: 0, failed: 2 }])
})

test('a mention of an account on a suspended server is not stored', async () => {
  await using t = await database()
  const alice = await localAccount(t, 'alice')
  await remoteAccount(t, 'carol', 'bad.test')
  await rule(t, 'bad.test')
  const post = await status(t, alice, { text: 'Hello @carol@bad.test' })
  expect((await t.db.execute(sql`select account_id from mentions where status_id = ${post}`)).rows).toEqual([])
})

test('limited federation suspends the accounts of all servers that are not allowed, until their server is allowed', async () => {
  await using t = await database()
  const [carol, dave] = [await remoteAccount(t, 'carol', 'one.test'), await remoteAccount(t, 'dave', 'two.test')]
  await t.db.transaction((tx) => allowDomain(tx, commandLine, t.app.uris, 'one.test'))
  await t.db.transaction((tx) => limitFederation(tx, commandLine, true))
  await runJobs(t)
  expect(await Promise.all([carol, dave].map((id) => standing(t, id)))).toMatchObject([
    { suspendedBy: null },
    { suspendedBy: 'domain' },
  ])
  await expect(remoteAccount(t, 'erin', 'three.test')).rejects.toMatchObject({ code: 'not_permitted' })
  await t.db.transaction((tx) => allowDomain(tx, commandLine, t.app.uris, 'two.test'))
  await runJobs(t)
  expect(await standing(t, dave)).toMatchObject({ suspendedBy: null })
  await t.db.transaction((tx) => limitFederation(tx, commandLine, false))
  await runJobs(t)
  expect(await remoteAccount(t, 'erin', 'three.test')).toBeTypeOf('string')
})

test('an import keeps existing rules, unless it is to replace them', async () => {
  await using t = await database()
  await rule(t, 'mine.test', { severity: 'silence', privateComment: 'Ours' })
  const rules = [
    { domain: 'mine.test', severity: 'suspend' as const },
    { domain: 'new.test', severity: 'suspend' as const },
  ]
  expect(await t.db.transaction((tx) => importDomainRules(tx, commandLine, t.app.uris, rules))).toEqual(['new.test'])
  expect(
    await t.db.transaction((tx) => importDomainRules(tx, commandLine, t.app.uris, rules, { replaces: true })),
  ).toEqual(['mine.test', 'new.test'])
  await expect(
    t.db.transaction((tx) => setDomainRule(tx, commandLine, t.app.uris, 'pipit.test', { severity: 'suspend' })),
  ).rejects.toMatchObject({ code: 'unprocessable' })
})

test('a rule that another process set applies after a second', async () => {
  await using t = await database()
  expect(effectiveRule(await rulebook(t.db), 'bad.test').severity).toBe('noop')
  await t.db.transaction((tx) => setDomainRule(tx, commandLine, t.app.uris, 'bad.test', { severity: 'suspend' }))
  await expect.poll(async () => effectiveRule(await rulebook(t.db), 'bad.test').severity).toBe('suspend')
})

test('an account that is stored while a rule is set is suspended, too', async () => {
  await using t = await database()
  let store = () => {}
  const stored = new Promise<void>((done) => (store = done))
  const held = Promise.withResolvers<void>()
  const receiving = t.db.transaction(async (tx) => {
    await tx.execute(sql`select pg_advisory_xact_lock_shared(hashtextextended('domain rules', 0))`)
    store()
    await held.promise
    await tx.execute(
      sql`insert into accounts (id, username, domain, uri, url, inbox_url) values (1, 'carol', 'bad.test', 'https://bad.test/carol', 'https://bad.test/carol', 'https://bad.test/inbox')`,
    )
  })
  await stored
  const ruling = rule(t, 'bad.test')
  held.resolve()
  await Promise.all([receiving, ruling])
  expect(await standing(t, '1' as AccountId)).toMatchObject({ suspendedBy: 'domain' })
})

test('rules about servers, and allowed servers, are limited however they are made; a rule that exists can still be changed', async () => {
  await using t = await database()
  const tooMany = { code: 'unprocessable', message: 'There can be at most 50,000 rules about servers' }
  const run = <T>(work: (tx: Parameters<Parameters<typeof t.db.transaction>[0]>[0]) => Promise<T>) =>
    t.db.transaction(work)
  const set = (domain: string) =>
    run((tx) => setDomainRule(tx, commandLine, t.app.uris, domain, { severity: 'silence' }))
  await t.db.execute(sql`
    insert into domain_rules (domain, severity) select 's' || n || '.test', 'noop' from generate_series(1, 49999) n`)
  await t.db.execute(
    sql`insert into domain_allows (domain) select 's' || n || '.test' from generate_series(1, 50000) n`,
  )
  const both = await Promise.allSettled([set('one.test'), set('two.test')])
  expect(both.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected'])
  await expect(set('three.test')).rejects.toMatchObject(tooMany)
  await expect(
    run((tx) => addDomainRule(tx, commandLine, t.app.uris, 'three.test', { severity: 'suspend' })),
  ).rejects.toMatchObject(tooMany)
  await set('s1.test')
  const again = [{ domain: 's2.test', severity: 'suspend' as const }]
  expect(await run((tx) => importDomainRules(tx, commandLine, t.app.uris, again, { replaces: true }))).toEqual([
    's2.test',
  ])
  await expect(
    run((tx) => importDomainRules(tx, commandLine, t.app.uris, [{ domain: 'four.test', severity: 'suspend' }])),
  ).rejects.toMatchObject(tooMany)
  const allow = (domain: string) => run((tx) => allowDomain(tx, commandLine, t.app.uris, domain))
  await expect(allow('three.test')).rejects.toMatchObject(tooMany)
  expect(await allow('s1.test')).toMatchObject({ domain: 's1.test' })
})
