import { sql } from 'drizzle-orm'
import { expect, test } from 'vitest'
import { commandLine, type Staff, staffMember } from '#src/accounts/roles/staff.ts'
import { previewAct } from '#src/moderation/accounts/act-preview.ts'
import {
  type ActInput,
  actNames,
  actOnAccounts,
  loadAct,
  type Outcome,
  runAct,
  startAct,
} from '#src/moderation/accounts/act.ts'
import { type AccountId, type Id, newId } from '#src/platform/ids.ts'
import { localAccount, remoteAccount } from '#test/cast.ts'
import { database, type TestDatabase } from '#test/database.ts'
import { runJobs } from '../../jobs/run.ts'

const auditOf = async (t: TestDatabase, action: string) =>
  (
    await t.db.execute<{ name: string }>(
      sql`select target_name as name from audit_log where action = ${action} order by target_name`,
    )
  ).rows.map(({ name }) => name)

const countOf = async (t: TestDatabase, condition: ReturnType<typeof sql>) =>
  (await t.db.execute<{ n: number }>(sql`select count(*)::int as n from accounts where ${condition}`)).rows[0]?.n

async function outcomesOf(t: TestDatabase, staff: Staff, ids: AccountId[], input: ActInput): Promise<Outcome[]> {
  const outcomes: Outcome[] = []
  await actOnAccounts(t.app, staff, ids, input, async ({ outcome }) => void outcomes.push(outcome))
  return outcomes
}

/** A wave of spam: accounts of five servers. */
async function wave(t: TestDatabase, count: number): Promise<AccountId[]> {
  const { rows } = await t.db.execute<{ id: AccountId }>(sql`
    insert into accounts (id, username, domain, uri, url, inbox_url)
    select ${newId()}::bigint + n, 'spam' || n, 'spam' || n % 5 || '.test', 'https://spam' || n % 5 || '.test/' || n, 'https://spam.test', 'https://spam' || n % 5 || '.test/inbox' || n
    from generate_series(1, ${count}::int) n returning id::text as id`)
  await t.db.execute(sql`insert into account_stats (account_id) select id from accounts on conflict do nothing`)
  return rows.map(({ id }) => id)
}

test('accounts that can’t be acted on don’t stop the others, and each has its own result and audit entry', async () => {
  await using t = await database()
  const mod = await staffMember(t.db, await localAccount(t, 'mod', { role: 'moderator' }))
  const [alice, boss] = [await localAccount(t, 'alice'), await localAccount(t, 'boss', { role: 'admin' })]
  const [carol, gone] = [await remoteAccount(t, 'carol'), await remoteAccount(t, 'gone')]
  await t.db.execute(sql`update accounts set deleted_at = now() where id = ${gone}`)
  const missing = newId<AccountId>()
  const ids = [alice, boss, carol, gone, missing, mod.accountId!, alice]
  const input = { text: 'Please stop', reviewAt: new Date(Date.now() + 86_400_000) }

  expect(await previewAct(t.db, mod, ids, 'disable')).toMatchObject({
    acting: [{ id: alice }],
    local: 1,
    remote: 0,
    leftOut: expect.arrayContaining([
      { outcome: 'notPermitted', count: 2 },
      { outcome: 'notPossible', count: 1 },
      { outcome: 'gone', count: 1 },
    ]),
  })
  const outcomes = (action: ActInput['action']) => outcomesOf(t, mod, ids, { action, ...input })
  expect(await outcomes('silence')).toEqual(['done', 'notPermitted', 'done', 'gone', 'gone', 'notPermitted'])
  expect(await auditOf(t, 'silence')).toEqual(['@alice', '@carol@remote.test'])
  const { rows } = await t.db.execute(sql`select text, review_at is not null as reviewed, ends_at from strikes`)
  const told = { text: 'Please stop', reviewed: true, ends_at: null }
  expect(rows).toEqual([told, told])
  expect(await previewAct(t.db, mod, ids, 'silence')).toMatchObject({ acting: [], servers: 0 })
  expect(await outcomes('silence')).toEqual(['unchanged', 'notPermitted', 'unchanged', 'gone', 'gone', 'notPermitted'])
  expect(await outcomes('disable')).toEqual(['done', 'notPermitted', 'notPossible', 'gone', 'gone', 'notPermitted'])
  expect((await outcomes('enable'))[0]).toBe('done')
  expect((await outcomes('unsilence')).slice(0, 3)).toEqual(['done', 'notPermitted', 'done'])
  expect(await auditOf(t, 'unsilence')).toEqual(['@alice', '@carol@remote.test'])
  expect(await countOf(t, sql`silenced_at is not null`)).toBe(0)
})

test('applicants are let in, confirmed and rejected, and nobody else', async () => {
  await using t = await database()
  const waiting = await localAccount(t, 'waiting', { isApproved: false })
  const early = await localAccount(t, 'early', { isApproved: false, isConfirmed: false })
  const rejected = await localAccount(t, 'rejected', { isApproved: false })
  const alice = await localAccount(t, 'alice')
  const act = (action: 'approve' | 'confirm' | 'reject', ids: AccountId[]) =>
    outcomesOf(t, commandLine, ids, { action, text: 'Not now' })
  expect(await previewAct(t.db, commandLine, [waiting, early, alice], 'approve')).toMatchObject({ local: 2 })
  expect(await act('approve', [waiting, alice])).toEqual(['done', 'unchanged'])
  expect(await act('confirm', [early, alice])).toEqual(['done', 'unchanged'])
  expect(await act('reject', [rejected, alice])).toEqual(['done', 'unchanged'])
  expect(await auditOf(t, 'reject')).toEqual(['@rejected'])
  expect(await countOf(t, sql`username = 'rejected'`)).toBe(0)
  expect(await t.jobPayloads('rejection-mail')).toHaveLength(1)
})

test('nothing is done without the permission, to too many, or with a text or date that no account takes', async () => {
  await using t = await database()
  const alice = await localAccount(t, 'alice')
  const nobody: Staff = { ...commandLine, permissions: 0n }
  for (const action of actNames)
    await expect(outcomesOf(t, nobody, [alice], { action })).rejects.toMatchObject({ code: 'not_permitted' })
  await expect(previewAct(t.db, nobody, [alice], 'silence')).rejects.toMatchObject({ code: 'not_permitted' })
  const many = Array.from({ length: 501 }, () => newId<AccountId>())
  for (const [ids, input] of [
    [many, { action: 'silence' }],
    [[alice], { action: 'silence', endsAt: new Date(Date.now() - 1_000) }],
    [[alice], { action: 'suspend', text: 'x'.repeat(5_001) }],
    [[alice], { action: 'reject', text: 'x'.repeat(1_001) }],
  ] as const) {
    await expect(outcomesOf(t, commandLine, [...ids], input)).rejects.toMatchObject({ code: 'invalid' })
    await expect(startAct(t.app, commandLine, ids, input)).rejects.toMatchObject({ code: 'invalid' })
  }
  expect(await countOf(t, sql`silenced_at is not null or suspended_at is not null`)).toBe(0)
  expect(await t.jobs()).toEqual([])
})

test('a wave of 200 accounts is suspended by a job, which goes on where it stopped', async () => {
  await using t = await database()
  const admin = await staffMember(t.db, await localAccount(t, 'boss', { role: 'admin' }))
  const other = await staffMember(t.db, await localAccount(t, 'mod', { role: 'moderator' }))
  const ids = await wave(t, 200)
  expect(await previewAct(t.db, admin, ids, 'suspend')).toMatchObject({
    local: 0,
    remote: 200,
    servers: 5,
    leftOut: [],
  })

  const actId = await startAct(t.app, admin, ids, { action: 'suspend', text: 'Spam' })
  expect(await loadAct(t.db, admin, actId)).toMatchObject({ action: 'suspend', total: 200, results: [] })
  expect(await loadAct(t.db, other, actId)).toBeNull()
  expect(await countOf(t, sql`suspended_at is not null`)).toBe(0)

  // The worker stops after some of them: what is done is kept, and not done again.
  const [payload] = await t.jobPayloads('act-on-accounts')
  const stop = new AbortController()
  const stopping = new Proxy(t.app.db, { get: (db, key) => (key === 'transaction' ? counted : Reflect.get(db, key)) })
  let transactions = 0
  const counted: typeof t.app.db.transaction = (run, options) => {
    if (++transactions === 30) stop.abort()
    return t.app.db.transaction(run, options)
  }
  await expect(runAct({ ...t.app, db: stopping }, payload as never, stop.signal)).rejects.toThrow('aborted')
  const before = await countOf(t, sql`suspended_at is not null`)
  expect(before).toBeGreaterThan(20)
  expect(before).toBeLessThan(40)
  expect((await loadAct(t.db, admin, actId))?.results).toHaveLength(before ?? 0)

  await runJobs(t)
  const act = await loadAct(t.db, admin, actId)
  expect(act?.results.filter(({ outcome }) => outcome === 'done')).toHaveLength(200)
  expect(await countOf(t, sql`suspended_at is not null and suspended_by = 'moderator'`)).toBe(200)
  expect(await auditOf(t, 'suspend')).toHaveLength(200)
})

test('what is begun by a member of staff ends with their role', async () => {
  await using t = await database()
  const admin = await staffMember(t.db, await localAccount(t, 'boss', { role: 'admin' }))
  const ids = await wave(t, 45)
  const actId = await startAct(t.app, admin, ids, { action: 'silence' })
  await t.db.execute(sql`update users set role = 'user'`)
  await runJobs(t)
  expect(await countOf(t, sql`silenced_at is not null`)).toBe(0)
  expect(new Set((await loadAct(t.db, admin, actId))?.results.map(({ outcome }) => outcome))).toEqual(
    new Set(['notPermitted']),
  )
})

test('a short list is done at once', async () => {
  await using t = await database()
  const ids = await wave(t, 40)
  const actId = await startAct(t.app, commandLine, ids, { action: 'silence' })
  expect((await loadAct(t.db, commandLine, actId))?.results).toHaveLength(40)
  expect(await loadAct(t.db, commandLine, '5' as Id<'act'>)).toBeNull()
  expect(await countOf(t, sql`silenced_at is not null`)).toBe(40)
})
