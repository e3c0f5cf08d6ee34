import { eq, sql } from 'drizzle-orm'
import { expect, test } from 'vitest'
import { commandLine } from '#src/accounts/roles/staff.ts'
import { createRole } from '#src/moderation/roles.ts'
import { accounts } from '#src/platform/db/schema/accounts.ts'
import { auditLog, strikes } from '#src/platform/db/schema/moderation.ts'
import { statuses } from '#src/platform/db/schema/statuses.ts'
import { localAccount, remoteAccount, remoteStatus, status } from '#test/cast.ts'
import { database, type TestDatabase } from '#test/database.ts'
import { pipitWith } from './pipit.ts'

const pipitOf = (t: TestDatabase) =>
  pipitWith({ DATABASE_URL: t.url, DATA_DIR: t.app.config.dataDir, ORIGIN: t.app.config.origin })

test('accounts are limited, suspended, restored and purged by name or handle', async () => {
  await using t = await database()
  const [alice, carol] = [await localAccount(t, 'alice'), await remoteAccount(t, 'carol')]
  const pipit = pipitOf(t)
  const read = async (id: typeof alice) => (await t.db.select().from(accounts).where(eq(accounts.id, id)))[0]

  const limited = await pipit('accounts', 'limit', 'alice', '--text', 'Calm down', '--until', '2099-01-01', '--no-mail')
  expect(limited).toMatchObject({ code: 0, stdout: expect.stringContaining('Limited @alice@') })
  expect(await t.db.select().from(strikes)).toMatchObject([
    { action: 'silence', text: 'Calm down', actorId: null, endsAt: new Date('2099-01-01') },
  ])
  expect(await pipit('accounts', 'limit', 'alice', '--until', 'soon')).toMatchObject({ code: 2 })
  expect(await pipit('accounts', 'suspend', '@carol@remote.test')).toMatchObject({ code: 0 })
  expect(await read(carol)).toMatchObject({ suspendedBy: 'moderator' })
  expect(await pipit('accounts', 'unsuspend', 'carol@remote.test')).toMatchObject({
    code: 0,
    stderr: expect.stringContaining('ended for good'),
  })
  expect(await read(carol)).toMatchObject({ suspendedAt: null })
  expect(await pipit('accounts', 'unsuspend', 'carol@remote.test')).toMatchObject({
    code: 0,
    stdout: expect.stringContaining('was not in this state'),
    stderr: '',
  })
  expect(await pipit('accounts', 'purge', 'carol@remote.test', '--yes')).toMatchObject({ code: 1 })
  expect(await pipit('accounts', 'suspend', 'nobody@remote.test')).toMatchObject({ code: 3 })
  const entries = await t.db.select().from(auditLog).orderBy(auditLog.id)
  expect(entries.map(({ action, actorName }) => `${action} by ${actorName}`)).toEqual([
    'silence by command line',
    'suspend by command line',
    'unsuspend by command line',
  ])
})

test('posts are deleted by their ids and URLs, and all of an account', async () => {
  await using t = await database()
  const [alice, carol] = [await localAccount(t, 'alice'), await remoteAccount(t, 'carol')]
  const own = [await status(t, alice), await status(t, alice), await status(t, alice)]
  await remoteStatus(t, carol, { uri: 'https://remote.test/statuses/1' })
  const pipit = pipitOf(t)
  const deleted = await pipit(
    'statuses',
    'delete',
    own[0]!,
    'https://remote.test/statuses/1',
    '--text',
    'Spam',
    '--no-mail',
  )
  expect(deleted).toMatchObject({ code: 0, stdout: 'Deleted 2 posts\n' })
  expect(await t.db.select().from(strikes)).toMatchObject([{ text: 'Spam' }, { text: 'Spam' }])
  expect(await pipit('statuses', 'delete', own[1]!, '--no-strike')).toMatchObject({ code: 0 })
  expect(await t.db.select().from(strikes)).toHaveLength(2)
  expect(await pipit('statuses', 'purge', 'alice', '--yes', '--json')).toMatchObject({
    code: 0,
    stdout: expect.stringContaining('"deleted": 1'),
  })
  expect(
    await t.db
      .select()
      .from(statuses)
      .where(sql`deleted_at is null`),
  ).toEqual([])
  expect(await pipit('statuses', 'delete', '12345')).toMatchObject({ code: 3 })
})

test('an account is shown with what holds against it, confirmed, and made a memorial', async () => {
  await using t = await database()
  await localAccount(t, 'alice')
  await localAccount(t, 'early', { isConfirmed: false })
  const pipit = pipitOf(t)
  await pipit('accounts', 'limit', 'alice', '--until', '2099-01-01', '--review', '2098-01-01', '--no-mail')
  await pipit('accounts', 'sensitive', 'alice', '--no-mail')
  const { stdout } = await pipit('accounts', 'show', 'alice')
  for (const line of [
    /^isLimited: true$/m,
    /^isSensitive: true$/m,
    /^strike: silence, .*, ends 2099-01-01T00:00:00\.000Z, review 2098-01-01T00:00:00\.000Z$/m,
  ])
    expect(stdout).toMatch(line)
  expect(JSON.parse((await pipit('accounts', 'show', 'alice', '--json')).stdout)).toMatchObject({
    isLimited: true,
    strikes: [
      { action: 'silence', endsAt: '2099-01-01T00:00:00.000Z' },
      { action: 'sensitive', endsAt: null },
    ],
  })
  expect(await pipit('accounts', 'confirm', 'early')).toMatchObject({ code: 0 })
  expect((await pipit('accounts', 'show', 'early')).stdout).toContain('isConfirmed: true')
  expect(await pipit('accounts', 'memorialise', 'alice')).toMatchObject({ code: 0 })
  expect((await pipit('accounts', 'show', 'alice')).stdout).toContain('isMemorial: true')
  expect(await pipit('accounts', 'memorialise', 'nobody')).toMatchObject({ code: 3 })
  const entries = await t.db.select().from(auditLog).orderBy(auditLog.id)
  expect(entries.map(({ action }) => action)).toEqual(['silence', 'sensitive', 'confirm', 'memorialise'])
})

test('roles that admins made are given and listed by their names', async () => {
  await using t = await database()
  await localAccount(t, 'olga', { role: 'owner' })
  await localAccount(t, 'bob')
  await t.db.transaction((tx) =>
    createRole(tx, commandLine, {
      name: 'Night Watch',
      permissions: ['manage_reports'],
      position: 5,
      colour: '',
      isHighlighted: false,
      needsSecondFactor: false,
      maxCollections: null,
      maxInvites: null,
    }),
  )
  const pipit = pipitOf(t)
  expect(await pipit('accounts', 'modify', 'bob', '--role', 'night watch')).toMatchObject({
    code: 0,
    stdout: expect.stringContaining('(Night Watch)'),
  })
  const made = await pipit('accounts', 'create', 'carl', '--email', 'carl@mail.test', '--role', 'Night Watch')
  expect(made).toMatchObject({ code: 0 })
  const named = async (role: string) =>
    JSON.parse((await pipit('accounts', 'list', '--role', role, '--json')).stdout).map(
      ({ username }: { username: string }) => username,
    )
  expect(await named('Night Watch')).toEqual(['carl', 'bob'])
  expect(await named('user')).toEqual([])
  expect((await pipit('accounts', 'show', 'bob')).stdout).toContain('role: Night Watch')
  const unknown = await pipit('accounts', 'modify', 'bob', '--role', 'baron')
  expect(unknown).toMatchObject({ code: 2, stderr: expect.stringContaining('Night Watch') })
  expect(await pipit('accounts', 'modify', 'olga', '--role', 'user')).toMatchObject({ code: 1 })
  expect(await pipit('accounts', 'modify', 'bob', '--role', 'user')).toMatchObject({ code: 0 })
  expect(await named('user')).toEqual(['bob'])
})
