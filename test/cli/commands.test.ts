import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { sql } from 'drizzle-orm'
import { expect, test } from 'vitest'
import { readInvite } from '#src/accounts/invites/use.ts'
import { accessBy } from '#src/accounts/sessions/access-tokens.ts'
import { checkPassword, openSession, sessionViewer } from '#src/accounts/sessions/sessions.ts'
import { loadDay } from '#src/instance/stats.ts'
import { receiveReport } from '#src/moderation/reports/receive.ts'
import { addJobs } from '#src/outbox/add-jobs.ts'
import { addDays, dayOf } from '#src/platform/time.ts'
import { loadSettings } from '#src/rules/settings.ts'
import { localAccount, remoteAccount, status } from '#test/cast.ts'
import { database, type TestDatabase } from '#test/database.ts'
import { clientAt } from '../client.ts'
import { giveAuthenticator } from '../factors.ts'
import { pipitWith } from './pipit.ts'

// Each command is a process, which takes a second to start on a busy machine.
const pipitOf = (t: TestDatabase) =>
  pipitWith({ DATABASE_URL: t.url, DATA_DIR: t.app.config.dataDir, ORIGIN: t.app.config.origin })

const ended = (
  code: number,
  { stdout = expect.anything() as unknown, stderr = expect.anything() as unknown } = {},
) => ({ code, stdout, stderr })

test('creating an account prints only its generated password', async () => {
  await using t = await database()
  const pipit = pipitOf(t)
  const made = await pipit(
    'accounts',
    'create',
    'Alice',
    '--email',
    'alice@mail.test',
    '--confirmed',
    '--role',
    'owner',
  )
  expect(made).toEqual(ended(0, { stdout: expect.stringMatching(/^[a-z2-9]{5}(-[a-z2-9]{5}){3}\n$/) }))
  expect(await checkPassword(t.app, 'alice', made.stdout.trim(), clientAt())).toMatchObject({
    role: 'owner',
    isConfirmed: true,
    isApproved: true,
  })
  expect(await t.jobs()).toEqual([])

  const other = await pipit(
    'accounts',
    'create',
    'bob',
    '--email',
    'bob@mail.test',
    '--password',
    'a password of his own',
    '--json',
  )
  expect(JSON.parse(other.stdout)).toMatchObject({
    username: 'bob',
    handle: '@bob@pipit.test',
    role: 'user',
    isConfirmed: false,
  })
  expect(JSON.parse(other.stdout)).not.toHaveProperty('password')
  expect(await t.jobs()).toEqual(['account-mail'])

  expect(await pipit('accounts', 'create', 'carol', '--email', 'BOB@mail.test')).toEqual(
    ended(1, { stdout: '', stderr: 'pipit: Another account has this mail address\n' }),
  )
})

test('accounts are listed, shown, changed and deleted', async () => {
  await using t = await database()
  const pipit = pipitOf(t)
  const alice = await localAccount(t, 'alice', { role: 'owner' })
  const bob = await localAccount(t, 'bob')
  await remoteAccount(t, 'carol')
  expect(
    JSON.parse((await pipit('accounts', 'list', '--json')).stdout).map(
      ({ username }: { username: string }) => username,
    ),
  ).toEqual(['bob', 'alice'])
  expect((await pipit('accounts', 'show', '@bob@pipit.test')).stdout).toContain('email: bob@mail.test')
  expect(await pipit('accounts', 'show', 'carol')).toEqual(
    ended(3, { stdout: '', stderr: 'pipit: There is no account carol\n' }),
  )

  const session = await t.db.transaction((tx) => openSession(tx, bob, clientAt()))
  expect(await pipit('accounts', 'modify', 'bob', '--disable', '--role', 'moderator')).toMatchObject({ code: 0 })
  expect(await sessionViewer(t.db, session)).toBeNull()
  expect(await pipit('accounts', 'delete', 'bob')).toMatchObject({ code: 0 })
  const { rows } = await t.db.execute(sql`select account_id as id from users`)
  expect(rows).toEqual([{ id: alice }])
})

test('setting a password ends the account’s sessions', async () => {
  await using t = await database()
  const alice = await localAccount(t, 'alice')
  const session = await t.db.transaction((tx) => openSession(tx, alice, clientAt()))
  const { stdout } = await pipitOf(t)('accounts', 'reset-password', 'alice')
  expect(await sessionViewer(t.db, session)).toBeNull()
  expect(await checkPassword(t.app, 'alice', stdout.trim(), clientAt())).toMatchObject({ accountId: alice })
})

test('second factors are removed for a person who lost them, and required of roles', async () => {
  await using t = await database()
  const pipit = pipitOf(t)
  const olga = await localAccount(t, 'olga', { role: 'owner' })
  await giveAuthenticator(t, olga)
  const session = await t.db.transaction((tx) => openSession(tx, olga, clientAt()))
  expect(await pipit('accounts', 'reset-factors', '@olga')).toMatchObject({
    code: 0,
    stdout: 'Removed the second factors of @olga@pipit.test, and ended its sessions\n',
  })
  expect(await sessionViewer(t.db, session)).toBeNull()
  expect(await pipit('accounts', 'reset-factors', 'olga')).toMatchObject({
    code: 0,
    stdout: '@olga@pipit.test has no second factor\n',
  })
  expect(await pipit('accounts', 'reset-factors', 'nobody')).toMatchObject({ code: 3 })
  expect(await pipit('settings', 'set', 'second-factor-roles', 'nobody')).toMatchObject({ code: 1 })
  expect(await pipit('settings', 'set', 'second-factor-roles', 'admin, owner')).toMatchObject({
    stdout: 'second-factor-roles: admin, owner\n',
  })
  expect(await pipit('settings', 'set', 'second-factor-roles', '')).toMatchObject({ code: 0 })
})

test('creating a token prints only the token, and the token has the chosen scopes', async () => {
  await using t = await database()
  const pipit = pipitOf(t)
  const alice = await localAccount(t, 'alice')
  const { stdout, code } = await pipit('tokens', 'create', 'alice', '--scopes', 'read write:statuses')
  expect(code).toBe(0)
  expect(stdout).toMatch(/^\S+\n$/)
  expect(await accessBy(t.db, stdout.trim())).toMatchObject({
    scopes: ['read', 'write:statuses'],
    viewer: { accountId: alice },
  })
  expect(await pipit('tokens', 'create', 'alice', '--scopes', 'admin:read')).toEqual(
    ended(1, { stdout: '', stderr: expect.stringContaining('admin:read') }),
  )
  expect(await pipit('tokens', 'create', 'alice', '--scopes', 'everything')).toMatchObject({ code: 2, stdout: '' })
})

test('invitations are made, listed and revoked; only the link is printed', async () => {
  await using t = await database()
  const pipit = pipitOf(t)
  const alice = await localAccount(t, 'alice')
  expect(await pipit('invites', 'create', 'alice')).toEqual(
    ended(1, { stdout: '', stderr: 'pipit: You may not invite people to this server\n' }),
  )
  await pipit('settings', 'set', 'registrations', 'invitation')
  const { stdout } = await pipit('invites', 'create', 'alice', '--uses', '5', '--days', 'any', '--follow')
  const [, code = ''] = /^https:\/\/pipit\.test\/invite\/([\w-]{22})\n$/.exec(stdout) ?? []
  const invite = await readInvite(t.app, code, '')
  expect(invite).toMatchObject({ makerId: alice, follows: true })
  await localAccount(t, 'bob', { inviteId: invite!.id })
  expect((await pipit('invites', 'list', '--account', 'alice')).stdout).toBe(
    `${invite!.id}  alice  0 of 5  until revoked  @bob\n`,
  )
  expect((await pipit('invites', 'list', '--json')).stdout).not.toContain(code)
  expect(await pipit('invites', 'create', 'alice', '--uses', '7')).toEqual(ended(2, { stdout: '' }))
  expect(await pipit('invites', 'list', '--account', 'nobody')).toEqual(ended(3, { stdout: '' }))
  expect(await pipit('invites', 'revoke', invite!.id)).toEqual(ended(0))
  expect(await readInvite(t.app, code, '')).toBeNull()
  expect(await pipit('invites', 'revoke', '999')).toEqual(ended(3))
  expect(await pipit('invites', 'revoke', 'x')).toEqual(ended(2))
})

test('rules and announcements are added, changed, listed and removed', async () => {
  await using t = await database()
  const pipit = pipitOf(t)
  const added = JSON.parse((await pipit('rules', 'add', 'Be kind', '--hint', 'Also to strangers', '--json')).stdout)
  expect(JSON.parse((await pipit('rules', 'list', '--json')).stdout)).toEqual([added])
  expect(await pipit('rules', 'remove', added.id)).toEqual(ended(0))
  expect(await pipit('rules', 'remove', added.id)).toEqual(ended(3))
  const news = JSON.parse(
    (await pipit('announcements', 'add', 'We move', '--ends', '2030-01-01T00:00:00Z', '--json')).stdout,
  )
  expect((await pipit('announcements', 'list')).stdout).toBe(`${news.id}  We move  until 2030-01-01T00:00:00.000Z\n`)
  expect(await pipit('announcements', 'add', 'When?', '--starts', 'soon')).toEqual(ended(2, { stdout: '' }))
  expect(await pipit('announcements', 'edit', news.id, 'We stay')).toEqual(ended(0))
  expect((await pipit('announcements', 'list')).stdout).toBe(`${news.id}  We stay\n`)
  expect(await pipit('announcements', 'edit', 'x', 'We stay')).toEqual(ended(2, { stdout: '' }))
  expect(await pipit('announcements', 'remove', news.id)).toEqual(ended(0))
})

test('days are counted on demand', async () => {
  await using t = await database()
  const pipit = pipitOf(t)
  await status(t, await localAccount(t, 'alice'))
  const today = dayOf(new Date())
  const yesterday = addDays(today, -1)
  await t.db.execute(sql`update statuses set received_at = ${`${yesterday}T12:00:00Z`}`)
  const { stdout } = await pipit('stats', 'run', '--date', yesterday, '--json')
  expect(JSON.parse(stdout)).toEqual([expect.objectContaining({ day: yesterday, statuses: 1, newUsers: 0 })])
  expect(await loadDay(t.db, yesterday)).toMatchObject({ statuses: 1 })
  expect((await pipit('stats', 'run')).stdout.split('\n')).toEqual([
    expect.stringContaining(`${yesterday}: new users 0`),
    expect.stringContaining(`${today} (so far): new users 1`),
    '',
  ])
})

test('a job that failed is listed with its error, and run again', async () => {
  await using t = await database()
  const pipit = pipitOf(t)
  await t.db.transaction((tx) =>
    addJobs(tx, [
      { name: 'delete-files', payload: { files: [] } },
      { name: 'deliver', payload: {} },
    ]),
  )
  await t.db.execute(
    sql`update graphile_worker._private_jobs set attempts = 25, last_error = 'the disk is full' where id = 1`,
  )
  expect(JSON.parse((await pipit('jobs', 'list', '--failed', '--json')).stdout)).toEqual([
    expect.objectContaining({ id: '1', task: 'delete-files', attempts: 25, lastError: 'the disk is full' }),
  ])
  expect((await pipit('jobs', 'list')).stdout).toContain('given up  attempt 25 of 25: the disk is full')
  expect(await pipit('jobs', 'retry', '1')).toMatchObject({ code: 0 })
  const { rows } = await t.db.execute(sql`select attempts from graphile_worker.jobs where id = 1`)
  expect(rows).toEqual([{ attempts: 0 }])
})

test('stored accounts and posts are looked up without a request', async () => {
  await using t = await database()
  const pipit = pipitOf(t)
  await localAccount(t, 'alice')
  expect(JSON.parse((await pipit('federation', 'lookup', '@alice@pipit.test', '--json')).stdout)).toMatchObject({
    type: 'account',
    acct: 'alice',
    isLocal: true,
  })
  expect(await pipit('federation', 'lookup', 'bob@pipit.test')).toMatchObject({ code: 3, stdout: '' })
})

test('wrong usage and failures have different exit codes', async () => {
  const pipit = pipitWith({ DATABASE_URL: 'postgres://nobody@127.0.0.1:1/none' })
  const [help, none, unknown, missing, away, setting] = await Promise.all([
    pipit('accounts', 'create', '--help'),
    pipit(),
    pipit('acounts'),
    pipit('accounts', 'create', 'alice'),
    pipit('accounts', 'list'),
    pipitWith({ PORT: 'many' })('accounts', 'list'),
  ])
  expect(help).toEqual(
    ended(0, { stdout: expect.stringContaining('npx pipit accounts create alice --email'), stderr: '' }),
  )
  expect(none).toMatchObject({ code: 2 })
  expect(unknown).toEqual(ended(2, { stdout: '', stderr: expect.stringContaining('accounts') }))
  expect(missing).toEqual(ended(2, { stdout: '', stderr: expect.stringContaining('--email') }))
  expect(away).toEqual(
    ended(1, {
      stdout: '',
      stderr: expect.stringMatching(/^pipit: The database of DATABASE_URL can't be used: [^\n]*\n$/),
    }),
  )
  expect(setting).toEqual(ended(1, { stdout: '', stderr: expect.stringMatching(/^pipit: PORT: [^\n]*\n$/) }))
})

test('rules about other servers are set, listed, exported, imported and removed', async () => {
  await using t = await database()
  const pipit = pipitOf(t)
  expect(await pipit('domains', 'block', 'Bad.example', '--reject-reports', '--public-comment', 'Spam')).toMatchObject({
    code: 0,
    stdout: 'bad.example: suspend\n',
  })
  expect(await t.jobs()).toEqual(['apply-domain-rules'])
  expect((await pipit('domains', 'list')).stdout).toBe('bad.example  suspend  no reports  Spam\n')
  const exported = (await pipit('domains', 'export')).stdout
  expect(exported).toBe(
    '#domain,#severity,#reject_media,#reject_reports,#public_comment,#obfuscate\nbad.example,suspend,false,true,Spam,false\n',
  )
  const file = join(t.app.config.dataDir, 'rules.csv')
  await writeFile(file, `${exported}worse.example,silence,,,,\nnonsense/,suspend,,,,\n`)
  expect(await pipit('domains', 'import', file)).toMatchObject({
    code: 0,
    stdout: 'Set 1 rules\n',
    stderr: expect.stringContaining('Line 4 is no rule'),
  })
  expect(await pipit('domains', 'unblock', 'bad.example')).toMatchObject({ code: 0 })
  expect(await pipit('domains', 'unblock', 'bad.example')).toEqual(
    ended(3, { stdout: '', stderr: 'pipit: There is no rule about bad.example\n' }),
  )
  expect(await pipit('domains', 'block', 'pipit.test')).toMatchObject({ code: 1 })
  expect(await pipit('domains', 'publish', 'all')).toMatchObject({ code: 0, stdout: 'rules: all\nreasons: nobody\n' })
  expect(await pipit('domains', 'limited', 'on')).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('--yes means it'),
  })
  expect(await pipit('domains', 'allow', 'friend.example')).toMatchObject({ code: 0 })
  expect(await pipit('domains', 'limited', 'on')).toMatchObject({ code: 0 })
  expect(await pipit('domains', 'disallow', 'friend.example')).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('--yes means it'),
  })
  expect(JSON.parse((await pipit('domains', 'allowed', '--json')).stdout)).toEqual(['friend.example'])
  expect(await pipit('domains', 'disallow', 'friend.example', '--yes')).toMatchObject({ code: 0 })
})

test('rules about networks, mail domains and mail addresses are set, listed and removed', async () => {
  await using t = await database()
  const pipit = pipitOf(t)
  expect(
    await pipit('addresses', 'block', '192.0.2.9/24', '--severity', 'no-access', '--days', '30', '--comment', 'Spam'),
  ).toMatchObject({ code: 0, stdout: expect.stringMatching(/^192\.0\.2\.0\/24  no-access  until \d{4}-\S+Z  Spam\n$/) })
  expect(await pipit('addresses', 'block', '2001:db8::/32')).toMatchObject({ code: 0 })
  expect(await pipit('addresses', 'block', 'Bad.test', '--with-approval')).toMatchObject({ code: 0 })
  expect(await pipit('addresses', 'block', 'some.body@mail.test')).toMatchObject({ code: 0 })
  const listed = (await pipit('addresses', 'list')).stdout.split('\n')
  expect(listed).toEqual([
    '2001:db8::/32  no-sign-up',
    expect.stringContaining('192.0.2.0/24'),
    'bad.test  approval',
    expect.stringMatching(/^[0-9a-f]{64}  no-sign-up$/),
    '',
  ])
  expect(await pipit('addresses', 'block', '127.0.0.1', '--severity', 'no-access')).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('an address of this server'),
  })
  expect(await pipit('addresses', 'block', 'bad.test', '--days', '3')).toMatchObject({ code: 2 })
  expect(await pipit('addresses', 'block', '192.0.2.0/24', '--with-approval')).toMatchObject({ code: 2 })
  for (const what of ['192.0.2.0/24', '2001:db8::/32', 'bad.test', 'somebody+x@mail.test'])
    expect(await pipit('addresses', 'allow', what)).toMatchObject({ code: 0 })
  expect(await pipit('addresses', 'allow', 'bad.test')).toEqual(
    ended(3, { stdout: '', stderr: 'pipit: There is no rule about bad.test\n' }),
  )
  expect(JSON.parse((await pipit('addresses', 'list', '--json')).stdout)).toEqual({
    networks: [],
    domains: [],
    addresses: [],
  })
  // An admin on the command line makes any account.
  await pipit('addresses', 'block', 'bad.test')
  expect(await pipit('accounts', 'create', 'alice', '--email', 'alice@bad.test')).toMatchObject({ code: 0 })
})

test('relays are added, listed and left', async () => {
  await using t = await database()
  const pipit = pipitOf(t)
  const added = await pipit('relays', 'add', 'https://relay.invalid/inbox', '--json')
  expect(JSON.parse(added.stdout)).toMatchObject({
    inboxUrl: 'https://relay.invalid/inbox',
    actorUri: null,
    protocol: 'mastodon',
  })
  expect(await t.jobs()).toEqual(['federate'])
  const { id } = JSON.parse(added.stdout)
  expect((await pipit('relays', 'list')).stdout).toBe(`${id}  pending  mastodon  https://relay.invalid/inbox\n`)
  expect(await pipit('relays', 'add', 'https://relay.invalid/inbox')).toEqual(
    ended(1, { stdout: '', stderr: 'pipit: This relay is there already\n' }),
  )
  expect(await pipit('relays', 'remove', id)).toMatchObject({ code: 0 })
  expect(await pipit('relays', 'enable', id)).toEqual(
    ended(3, { stdout: '', stderr: `pipit: There is no relay ${id}\n` }),
  )
})

test('open reports are listed with their posts and accounts, until they are resolved', async () => {
  await using t = await database()
  const pipit = pipitOf(t)
  const [alice, carol] = [await localAccount(t, 'alice'), await remoteAccount(t, 'carol')]
  const post = await status(t, alice)
  await t.db.transaction((tx) =>
    receiveReport(tx, t.app.uris, carol, { uri: null, comment: 'Not nice', accountIds: [alice], statusIds: [post] }),
  )
  expect((await pipit('reports', 'list')).stdout).toMatch(
    new RegExp(`^\\d+\t\\S+Z\t@carol@remote.test reports @alice\tother\n  Not nice\n  ${t.app.uris.status(post)}\n$`),
  )
  const { rows } = await t.db.execute<{ id: string }>(sql`select id from reports`)
  const id = rows[0]?.id ?? ''
  expect((await pipit('reports', 'show', id)).stdout).toMatch(
    new RegExp(`\tother\topen\n  Not nice\nPost: ${t.app.uris.statusPage('alice', post)}\n  Hello\n$`),
  )
  expect(JSON.parse((await pipit('reports', 'show', id, '--json')).stdout)).toMatchObject({
    reporter: '@carol@remote.test',
    target: '@alice',
    posts: [{ id: post, before: { text: 'Hello' } }],
  })
  expect(await pipit('reports', 'resolve', id)).toEqual(ended(0, { stdout: `Report ${id} is resolved\n`, stderr: '' }))
  for (const missing of ['7', 'x'])
    expect(await pipit('reports', 'resolve', missing)).toEqual(
      ended(3, { stdout: '', stderr: `pipit: There is no report ${missing}\n` }),
    )
  expect((await pipit('reports', 'list')).stdout).toBe('')
  expect(JSON.parse((await pipit('reports', 'list', '--all', '--json')).stdout)).toMatchObject([
    { target: '@alice', comment: 'Not nice' },
  ])
})

test('settings can be listed, and set by name', async () => {
  await using t = await database()
  const pipit = pipitOf(t)
  expect((await pipit('settings', 'list')).stdout).toContain('authorized-fetch: off\n')
  expect(await pipit('settings', 'set', 'authorized-fetch', 'on')).toEqual(
    ended(0, { stdout: 'authorized-fetch: on\n' }),
  )
  expect(JSON.parse((await pipit('settings', 'set', 'suggested-accounts', '@a@b.test, c', '--json')).stdout)).toEqual({
    suggestedAccounts: ['@a@b.test', 'c'],
  })
  expect(await loadSettings(t.db)).toMatchObject({ authorizedFetch: true, suggestedAccounts: ['@a@b.test', 'c'] })
  expect(await pipit('settings', 'set', 'registrations', 'maybe')).toEqual(
    ended(1, {
      stdout: '',
      stderr: 'pipit: registrations can’t be "maybe"; possible: open, approval, invitation, closed\n',
    }),
  )
  expect(await pipit('settings', 'set', 'authorized-fetch', 'yes')).toMatchObject({ code: 2 })
  for (const name of ['colour', 'limited-federation'])
    expect(await pipit('settings', 'set', name, 'on')).toMatchObject({ code: 2 })
})

test('an account becomes a memorial, and a normal account again', async () => {
  await using t = await database()
  const pipit = pipitOf(t)
  const bob = await localAccount(t, 'bob')
  const session = await t.db.transaction((tx) => openSession(tx, bob, clientAt()))
  expect(await pipit('accounts', 'modify', 'bob', '--memorial')).toEqual(
    ended(0, { stdout: 'Changed the account @bob@pipit.test (user, in memoriam)\n' }),
  )
  expect(await sessionViewer(t.db, session)).toBeNull()
  expect(await t.jobs()).toContain('federate')
  expect(JSON.parse((await pipit('accounts', 'modify', 'bob', '--no-memorial', '--json')).stdout)).toMatchObject({
    isMemorial: false,
  })
})

test('servers are listed with their waiting deliveries, and can be stopped, resumed and retried', async () => {
  await using t = await database()
  const pipit = pipitOf(t)
  await t.db.execute(
    sql`insert into activities (id, uri, type, body) values (1, 'https://pipit.test/1', 'Create', '{}')`,
  )
  await t.db.execute(
    sql`insert into deliveries (activity_id, inbox_url, host) values (1, 'https://down.test/inbox', 'down.test')`,
  )
  await t.db.execute(
    sql`insert into hosts (host, failures, last_error, next_try_at) values ('down.test', 2, 'No answer in time', now() + interval '1 hour'), ('well.test', 0, null, null)`,
  )
  expect((await pipit('federation', 'hosts', '--failing')).stdout).toMatch(
    /^down\.test {2}1 waiting since .* 2 failures in a row: No answer in time {2}never reached {2}cavage\n$/,
  )
  expect(await pipit('federation', 'stop', 'DOWN.test')).toEqual(
    ended(0, { stdout: 'down.test is sent nothing until deliveries are resumed\n' }),
  )
  expect((await pipit('federation', 'retry', 'down.test')).code).toBe(1)
  expect((await pipit('federation', 'resume', 'down.test')).code).toBe(0)
  expect(JSON.parse((await pipit('federation', 'hosts', '--json')).stdout)).toMatchObject([
    { host: 'down.test', pending: 1, stoppedAt: null },
    { host: 'well.test', pending: 0 },
  ])
  expect((await pipit('federation', 'retry', 'unknown.test')).code).toBe(3)
})

test('a check of the database reports problems, exits with 1, and can repair counters', async () => {
  await using t = await database()
  const pipit = pipitOf(t)
  const alice = await localAccount(t, 'alice')
  await t.db.execute(sql`update account_stats set followers_count = 9 where account_id = ${alice}`)
  const found = await pipit('db', 'check')
  expect(found).toEqual(
    ended(1, {
      stdout: expect.stringContaining(
        `account_stats ${alice}: followers_count says 9, and there are 0 (npx pipit db check --repair)\n`,
      ),
    }),
  )
  expect(JSON.parse((await pipit('db', 'check', '--repair', '--json')).stdout)).toMatchObject({
    wrongCounters: 1,
    repairedCounters: 1,
  })
  expect(JSON.parse((await pipit('db', 'check', '--json')).stdout)).toMatchObject({
    wrongCounters: 0,
    findings: [{ kind: 'vacuum', what: 'autovacuum' }],
  })
})

test('sign-ups that wait are approved and rejected, once', async () => {
  await using t = await database()
  const pipit = pipitOf(t)
  for (const name of ['bob', 'carol']) await localAccount(t, name, { isApproved: false })
  expect(await pipit('accounts', 'approve', 'bob')).toEqual(
    ended(0, { stdout: 'Approved the sign-up of @bob@pipit.test\n', stderr: '' }),
  )
  expect(await pipit('accounts', 'reject', 'carol', '--text', 'Not now')).toEqual(
    ended(0, { stdout: 'Rejected the sign-up of @carol@pipit.test\n', stderr: '' }),
  )
  expect(await pipit('accounts', 'reject', 'bob')).toEqual(
    ended(1, { stdout: '', stderr: 'pipit: bob does not wait for approval\n' }),
  )
  expect(await pipit('accounts', 'approve', 'carol')).toEqual(ended(3, { stdout: '' }))
  expect((await t.db.execute(sql`select username from accounts`)).rows).toEqual([{ username: 'bob' }])
  expect(await t.jobs()).toEqual(['account-mail', 'rejection-mail'])
})
