import { sql } from 'drizzle-orm'
import { beforeEach, expect, test } from 'vitest'
import { invitersOf, listInvites, listOwnInvites } from '#src/accounts/invites/list.ts'
import { type InviteInput, makeInvite, revokeInvite, revokeInviteOfOther } from '#src/accounts/invites/manage.ts'
import { readInvite } from '#src/accounts/invites/use.ts'
import { commandLine } from '#src/accounts/roles/staff.ts'
import type { Role } from '#src/accounts/sessions/roles.ts'
import { approveApplicants } from '#src/accounts/sign-up/applicants.ts'
import { confirmAddress, newMailToken } from '#src/accounts/sign-up/credentials.ts'
import type { SignUp } from '#src/accounts/sign-up/register.ts'
import { signUp } from '#src/accounts/sign-up/sign-up.ts'
import { deleteAccount } from '#src/erasure/delete-account.ts'
import { saveSettings } from '#src/moderation/save-settings.ts'
import type { AccountId, InviteId } from '#src/platform/ids.ts'
import { block } from '#src/relationships/block.ts'
import { followInviter } from '#src/relationships/follow-inviter.ts'
import type { InstanceSettings } from '#src/rules/settings.ts'
import { localAccount, suspend } from '#test/cast.ts'
import { database, type TestDatabase } from '#test/database.ts'

let people = 0
beforeEach(() => {
  people = 0
})

const set = (t: TestDatabase, settings: Partial<InstanceSettings>) =>
  t.db.transaction((tx) => saveSettings(tx, commandLine, settings))
const invite = (t: TestDatabase, accountId: AccountId, input: Partial<InviteInput> = {}, role: Role = 'user') =>
  makeInvite(t.app, { accountId, role }, { maxUses: 1, days: 7, follows: false, note: '', ...input })
/** Signs somebody up, from an address of their own. */
const join = (t: TestDatabase, inviteCode: string, input: Partial<SignUp> = {}) => {
  const username = `guest${++people}`
  return signUp(
    t.app,
    { username, email: `${username}@mail.test`, password: 'quite a good password', inviteCode, ...input },
    `192.0.2.${people}`,
  )
}
const confirm = async (t: TestDatabase, accountId: AccountId) => {
  const link = (await t.db.transaction((tx) => newMailToken(tx, accountId, 'confirm')))!
  await t.db.transaction((tx) => confirmAddress(tx, link.secret))
}
const usesOf = async (t: TestDatabase, id: InviteId) =>
  (await t.db.execute<{ uses: number }>(sql`select uses from invites where id = ${id}`)).rows[0]?.uses
const follows = async (t: TestDatabase, follower: AccountId, target: AccountId) =>
  (await t.db.execute(sql`select from follows where follower_id = ${follower} and target_id = ${target}`)).rows.length
const dead = { code: 'invalid', problems: [{ field: 'invite_code', code: 'ERR_INVALID' }] }

test.each([
  ['open', 'user', true],
  ['invitation', 'user', true],
  ['approval', 'user', false],
  ['approval', 'moderator', true],
  ['approval', 'owner', true],
] as const)(
  'registrations %s: an invitation by a person with the role %s lets in at once: %s',
  async (mode, role, isIn) => {
    await using t = await database()
    await set(t, { registrations: mode })
    const alice = await localAccount(t, 'alice', { role })
    const { id, code } = await invite(t, alice, {}, role)
    const { accountId, isApproved } = await join(t, code)
    expect(isApproved).toBe(isIn)
    expect(
      (
        await t.db.execute(
          sql`select approved_at is not null as is_in, invite_id::text, sign_up_address from users where account_id = ${accountId}`,
        )
      ).rows,
    ).toEqual([{ is_in: isIn, invite_id: id, sign_up_address: '192.0.2.1' }])
    expect(await invitersOf(t.db, [accountId, alice])).toEqual(new Map([[accountId, 'alice']]))
  },
)

test('without an invitation, nobody signs up by invitation; with closed registrations, nobody with one either', async () => {
  await using t = await database()
  await set(t, { registrations: 'invitation' })
  const alice = await localAccount(t, 'alice')
  const { code } = await invite(t, alice)
  await expect(join(t, '')).rejects.toMatchObject({ code: 'not_permitted' })
  await expect(join(t, '   ')).rejects.toMatchObject({ code: 'not_permitted' })
  await expect(join(t, 'A'.repeat(22))).rejects.toMatchObject(dead)
  await set(t, { registrations: 'closed' })
  await expect(join(t, code)).rejects.toMatchObject({ code: 'not_permitted' })
  expect(await readInvite(t.app, code, '')).toBeNull()
  await expect(invite(t, alice)).rejects.toMatchObject({ code: 'not_permitted' })
})

test('a wrong code is refused where anybody may sign up, too, so that nobody joins under other conditions than they think', async () => {
  await using t = await database()
  await set(t, { registrations: 'open' })
  await expect(join(t, 'nothing')).rejects.toMatchObject(dead)
  await set(t, { registrations: 'approval' })
  await expect(join(t, 'nothing')).rejects.toMatchObject(dead)
  expect((await t.db.execute(sql`select from accounts`)).rows).toEqual([])
})

test('two people who use the last use at the same moment: one gets it, and the other’s name stays free', async () => {
  await using t = await database()
  await set(t, { registrations: 'invitation' })
  const { id, code } = await invite(t, await localAccount(t, 'alice'), { maxUses: 5 })
  for (let i = 0; i < 4; i++) await join(t, code)
  const done = await Promise.allSettled(Array.from({ length: 4 }, () => join(t, code)))
  expect(done.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
  expect(done.flatMap((result) => (result.status === 'rejected' ? [result.reason] : []))).toMatchObject([
    dead,
    dead,
    dead,
  ])
  expect(await usesOf(t, id)).toBe(5)
  expect((await t.db.execute(sql`select from users where invite_id = ${id}`)).rows).toHaveLength(5)
  expect((await t.db.execute(sql`select from accounts where username like 'guest%'`)).rows).toHaveLength(5)
  await expect(join(t, code)).rejects.toMatchObject(dead)
})

test('a sign-up that fails uses nothing', async () => {
  await using t = await database()
  await set(t, { registrations: 'invitation' })
  const { id, code } = await invite(t, await localAccount(t, 'alice'))
  await expect(join(t, code, { password: 'short' })).rejects.toMatchObject({ problems: [{ field: 'password' }] })
  await expect(join(t, code, { username: 'alice' })).rejects.toMatchObject({ problems: [{ field: 'username' }] })
  // Two with one name: the second fails at the insert, after the invitation was counted.
  const { code: twice, id: twiceId } = await invite(t, (await localAccount(t, 'bob'))!, { maxUses: 5 })
  const done = await Promise.allSettled(
    ['one', 'two'].map((who) => join(t, twice, { username: 'same', email: `${who}@mail.test` })),
  )
  expect(done.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected'])
  expect(await usesOf(t, twiceId)).toBe(1)
  expect(await usesOf(t, id)).toBe(0)
  await join(t, code)
  expect(await usesOf(t, id)).toBe(1)
})

test('an address with an account uses the invitation up as any other, so that nobody learns of it', async () => {
  await using t = await database()
  await set(t, { registrations: 'invitation' })
  const alice = await localAccount(t, 'alice')
  const { id, code } = await invite(t, alice)
  const decoy = await join(t, code, { email: 'ALICE@mail.test' })
  expect(decoy).toEqual({ accountId: expect.any(String), isApproved: true })
  expect(await usesOf(t, id)).toBe(1)
  await expect(join(t, code)).rejects.toMatchObject(dead)
  // To the inviter it looks like somebody who has not opened the mail yet.
  expect(await listOwnInvites(t.db, t.app.secrets, alice, { limit: 20 })).toMatchObject([{ uses: 1, people: [] }])
})

test.each([
  ['expired', (id: InviteId) => sql`update invites set expires_at = now() - interval '1 second' where id = ${id}`],
  ['used up', (id: InviteId) => sql`update invites set uses = 1 where id = ${id}`],
  ['revoked', (id: InviteId) => sql`update invites set revoked_at = now() where id = ${id}`],
  ['of a disabled account', () => sql`update users set disabled_at = now()`],
  ['of a suspended account', () => sql`update accounts set suspended_at = now()`],
  ['of a memorial', () => sql`update accounts set is_memorial = true`],
  ['of an unconfirmed account', () => sql`update users set confirmed_at = null`],
])('a link that is %s lets nobody in, and says no more than an unknown one', async (_, end) => {
  await using t = await database()
  await set(t, { registrations: 'invitation' })
  const alice = await localAccount(t, 'alice')
  const { id, code } = await invite(t, alice)
  expect(await readInvite(t.app, code, '')).toMatchObject({ id, makerId: alice })
  await t.db.execute(end(id))
  expect(await readInvite(t.app, code, '')).toBeNull()
  const [ended, unknown] = await Promise.all(
    [code, 'A'.repeat(22)].map((one) => join(t, one).catch((error: unknown) => error)),
  )
  expect(ended).toEqual(unknown)
  expect((await t.db.execute(sql`select from accounts where username like 'guest%'`)).rows).toEqual([])
})

test('a link dies with its maker’s account, and what it was for is erased', async () => {
  await using t = await database()
  await set(t, { registrations: 'open' })
  await localAccount(t, 'olga', { role: 'owner' })
  const alice = await localAccount(t, 'alice')
  const { code } = await invite(t, alice, { maxUses: null, note: 'My sister' })
  const { accountId } = await join(t, code)
  await t.db.transaction((tx) => deleteAccount(tx, alice))
  expect(await readInvite(t.app, code, '')).toBeNull()
  expect((await t.db.execute(sql`select from invites`)).rows).toEqual([])
  expect((await t.db.execute(sql`select invite_id from users where account_id = ${accountId}`)).rows).toEqual([
    { invite_id: null },
  ])
})

test('who may not invite any more: their links stop, and work again with the permission', async () => {
  await using t = await database()
  await set(t, { registrations: 'open', inviters: 'users' })
  const [alice, mona] = [await localAccount(t, 'alice'), await localAccount(t, 'mona', { role: 'moderator' })]
  const ofAlice = await invite(t, alice)
  const ofMona = await invite(t, mona, {}, 'moderator')
  const open = async () =>
    Promise.all([ofAlice, ofMona].map(async ({ code }) => (await readInvite(t.app, code, '')) !== null))
  expect(await open()).toEqual([true, true])
  await set(t, { inviters: 'staff' })
  expect(await open()).toEqual([false, true])
  await expect(invite(t, alice)).rejects.toMatchObject({ code: 'not_permitted' })
  await expect(join(t, ofAlice.code)).rejects.toMatchObject(dead)
  await set(t, { inviters: 'nobody' })
  expect(await open()).toEqual([false, false])
  await expect(invite(t, mona, {}, 'owner')).rejects.toMatchObject({ code: 'not_permitted' })
  await set(t, { inviters: 'staff' })
  await t.db.execute(sql`update users set role = 'user' where account_id = ${mona}`)
  expect(await open()).toEqual([false, false])
  await set(t, { inviters: 'users' })
  expect(await open()).toEqual([true, true])
})

test('a moderator who is one no longer lets nobody in without approval', async () => {
  await using t = await database()
  await set(t, { registrations: 'approval' })
  const mona = await localAccount(t, 'mona', { role: 'moderator' })
  const { code } = await invite(t, mona, { maxUses: 5 }, 'moderator')
  expect((await join(t, code)).isApproved).toBe(true)
  await t.db.execute(sql`update users set role = 'user' where account_id = ${mona}`)
  expect((await join(t, code)).isApproved).toBe(false)
})

test('with approval, a reason is optional with an invitation, and required with a dead one', async () => {
  await using t = await database()
  await set(t, { registrations: 'approval' })
  const { code } = await invite(t, await localAccount(t, 'alice'))
  await expect(join(t, '')).rejects.toMatchObject({ problems: [{ field: 'reason', code: 'ERR_BLANK' }] })
  await join(t, code, { reason: ' ' })
  await expect(join(t, code)).rejects.toMatchObject(dead)
})

test('twenty links of a person are live at a time, also when they are made at the same moment', async () => {
  await using t = await database()
  await set(t, { registrations: 'open' })
  const alice = await localAccount(t, 'alice')
  const made = await Promise.allSettled(Array.from({ length: 23 }, () => invite(t, alice)))
  expect(made.filter(({ status }) => status === 'fulfilled')).toHaveLength(20)
  await expect(invite(t, alice)).rejects.toMatchObject({ code: 'invalid', text: { key: 'tooManyInvites' } })
  const [first] = await listOwnInvites(t.db, t.app.secrets, alice, { limit: 1 })
  await t.db.transaction((tx) => revokeInvite(tx, alice, first!.id))
  await invite(t, alice)
  await t.db.execute(sql`delete from invites`)
  const more = await Promise.allSettled(Array.from({ length: 40 }, () => invite(t, alice)))
  expect(more.some((one) => one.status === 'rejected' && one.reason.code === 'too_many')).toBe(true)
})

test.each([
  [{ maxUses: 2 }, 'uses'],
  [{ maxUses: 0 }, 'uses'],
  [{ maxUses: Number.NaN }, 'uses'],
  [{ maxUses: Number.POSITIVE_INFINITY }, 'uses'],
  [{ days: 3_650 }, 'days'],
  [{ days: -1 }, 'days'],
])('an invitation is not made with %j', async (input, field) => {
  await using t = await database()
  await set(t, { registrations: 'open' })
  await expect(invite(t, await localAccount(t, 'alice'), input)).rejects.toMatchObject({
    code: 'invalid',
    problems: [{ field }],
  })
})

test('guesses are limited by address, right or wrong; the database has no code in clear', async () => {
  await using t = await database()
  await set(t, { registrations: 'open' })
  const { code } = await invite(t, await localAccount(t, 'alice'))
  expect(code).toMatch(/^[\w-]{22}$/)
  for (let i = 0; i < 120; i++) await readInvite(t.app, 'A'.repeat(22), '2001:db8::1')
  await expect(readInvite(t.app, code, '2001:db8::2')).rejects.toMatchObject({ code: 'too_many' })
  expect(await readInvite(t.app, code, '2001:db8:1::1')).not.toBeNull()
  expect(JSON.stringify((await t.db.execute(sql`select * from invites`)).rows)).not.toContain(code)
})

test('the maker alone revokes and reads their links; an admin revokes those of people below', async () => {
  await using t = await database()
  await set(t, { registrations: 'open' })
  const [alice, bob] = [await localAccount(t, 'alice'), await localAccount(t, 'bob')]
  const owner = await localAccount(t, 'olga', { role: 'owner' })
  const admin = await localAccount(t, 'adam', { role: 'admin' })
  const { id, code } = await invite(t, alice, { note: 'For my sister' })
  const ofOwner = await invite(t, owner, {}, 'owner')
  const moderator = await localAccount(t, 'mona', { role: 'moderator' })
  const not = (by: AccountId, which: InviteId) => t.db.transaction((tx) => revokeInviteOfOther(tx, by, which))
  await expect(t.db.transaction((tx) => revokeInvite(tx, bob, id))).rejects.toMatchObject({ code: 'not_found' })
  await expect(not(bob, id)).rejects.toMatchObject({ code: 'not_permitted' })
  await expect(not(moderator, id)).rejects.toMatchObject({ code: 'not_permitted' })
  await expect(not(admin, ofOwner.id)).rejects.toMatchObject({ code: 'not_permitted' })
  expect(await readInvite(t.app, code, '')).not.toBeNull()
  expect(await listOwnInvites(t.db, t.app.secrets, bob, { limit: 20 })).toEqual([])
  expect(await listOwnInvites(t.db, t.app.secrets, alice, { limit: 20 })).toMatchObject([
    { code, note: 'For my sister' },
  ])
  // Admins see neither code nor note.
  const all = await listInvites(t.db, null, { limit: 20 })
  expect(all.map(({ maker }) => maker)).toEqual(['olga', 'alice'])
  expect(JSON.stringify(all)).not.toMatch(new RegExp(`${code}|sister`))
  await not(admin, id)
  await not(owner, ofOwner.id)
  expect(await readInvite(t.app, code, '')).toBeNull()
  expect(await readInvite(t.app, ofOwner.code, '')).toBeNull()
})

test('a maker sees the name of a person once everybody does, and nothing else of them', async () => {
  await using t = await database()
  await set(t, { registrations: 'approval' })
  const alice = await localAccount(t, 'alice')
  const { code } = await invite(t, alice, { maxUses: 5 })
  const { accountId } = await join(t, code, { reason: 'A secret reason' })
  const seen = () => listOwnInvites(t.db, t.app.secrets, alice, { limit: 20 })
  expect(await seen()).toMatchObject([{ uses: 1, people: [] }])
  await confirm(t, accountId)
  expect(await seen()).toMatchObject([{ uses: 1, people: [] }])
  await t.db.transaction((tx) => approveApplicants(tx, commandLine, [accountId]))
  expect(await seen()).toMatchObject([{ uses: 1, people: ['guest1'] }])
  expect(JSON.stringify(await seen())).not.toMatch(/mail\.test|secret reason|192\.0\.2/)
})

test.each([
  [
    'confirmed last',
    async (t: TestDatabase, id: AccountId) => (
      await t.db.transaction((tx) => approveApplicants(tx, commandLine, [id])),
      await confirm(t, id)
    ),
  ],
  [
    'approved last',
    async (t: TestDatabase, id: AccountId) => (
      await confirm(t, id),
      await t.db.transaction((tx) => approveApplicants(tx, commandLine, [id]))
    ),
  ],
])('a person follows the maker of the link on arrival: %s', async (_, arrive) => {
  await using t = await database()
  await set(t, { registrations: 'approval' })
  const alice = await localAccount(t, 'alice')
  const { code } = await invite(t, alice, { maxUses: 5, follows: true })
  const { accountId } = await join(t, code)
  expect(await t.jobs()).not.toContain('follow-inviter')
  await followInviter(t.db, t.app.uris, accountId)
  expect(await follows(t, accountId, alice)).toBe(0)
  await arrive(t, accountId)
  expect((await t.jobs()).filter((name) => name === 'follow-inviter')).toHaveLength(1)
  for (let i = 0; i < 2; i++) await followInviter(t.db, t.app.uris, accountId)
  expect(await follows(t, accountId, alice)).toBe(1)
  expect(
    (await t.db.execute(sql`select from notifications where account_id = ${alice} and type = 'follow'`)).rows,
  ).toHaveLength(1)
})

test('nobody is made to follow by another link, nor a maker who is gone or blocked them', async () => {
  await using t = await database()
  await set(t, { registrations: 'open' })
  const alice = await localAccount(t, 'alice')
  const plain = await join(t, (await invite(t, alice)).code)
  await confirm(t, plain.accountId)
  expect(await t.jobs()).not.toContain('follow-inviter')
  const { code } = await invite(t, alice, { maxUses: 5, follows: true })
  const [one, two, three] = [await join(t, code), await join(t, code), await join(t, code)]
  for (const { accountId } of [one, two, three]) await confirm(t, accountId)
  await t.db.transaction((tx) => block(tx, t.app.uris, alice, one.accountId))
  await followInviter(t.db, t.app.uris, one.accountId)
  await t.db.execute(sql`update accounts set is_locked = true where id = ${alice}`)
  await followInviter(t.db, t.app.uris, two.accountId)
  expect((await t.db.execute(sql`select from follow_requests where follower_id = ${two.accountId}`)).rows).toHaveLength(
    1,
  )
  await suspend(t, alice)
  await followInviter(t.db, t.app.uris, three.accountId)
  for (const { accountId } of [plain, one, two, three]) expect(await follows(t, accountId, alice)).toBe(0)
})

test('where there is a minimum age, it is checked and noted; the date itself is stored nowhere', async () => {
  await using t = await database()
  await set(t, { registrations: 'open', minAge: 16 })
  const year = new Date().getUTCFullYear()
  await expect(join(t, '')).rejects.toMatchObject({ problems: [{ field: 'date_of_birth', code: 'ERR_BLANK' }] })
  await expect(join(t, '', { dateOfBirth: `${year - 15}-01-01` })).rejects.toMatchObject({
    problems: [{ field: 'date_of_birth', code: 'ERR_BELOW_LIMIT' }],
  })
  await expect(join(t, '', { dateOfBirth: '1987-02-30' })).rejects.toMatchObject({
    problems: [{ field: 'date_of_birth', code: 'ERR_INVALID' }],
  })
  const { accountId } = await join(t, '', { dateOfBirth: '1987-02-21', agrees: true })
  const { rows } = await t.db.execute(
    sql`select * from users u join accounts a on a.id = u.account_id where u.account_id = ${accountId}`,
  )
  expect(rows).toMatchObject([{ age_confirmed_at: expect.anything(), terms_accepted_at: expect.anything() }])
  expect(JSON.stringify(rows)).not.toContain('1987-02-21')
  await set(t, { minAge: 0 })
  const other = await join(t, '', { dateOfBirth: 'nonsense' })
  expect(
    (
      await t.db.execute(
        sql`select age_confirmed_at, terms_accepted_at from users where account_id = ${other.accountId}`,
      )
    ).rows,
  ).toEqual([{ age_confirmed_at: null, terms_accepted_at: null }])
})
