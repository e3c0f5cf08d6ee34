import { readdir, readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { sql } from 'drizzle-orm'
import PostalMime from 'postal-mime'
import { expect, test } from 'vitest'
import { savePreferences } from '#src/accounts/profile/preferences.ts'
import { commandLine } from '#src/accounts/roles/staff.ts'
import { approveApplicants } from '#src/accounts/sign-up/applicants.ts'
import { confirmAddress, requestPasswordReset, resetPassword } from '#src/accounts/sign-up/credentials.ts'
import { prepareRegistration, register } from '#src/accounts/sign-up/register.ts'
import { unsubscribe } from '#src/accounts/unsubscribe.ts'
import { addJobs } from '#src/outbox/add-jobs.ts'
import type { AccountId } from '#src/platform/ids.ts'
import { block } from '#src/relationships/block.ts'
import { mute } from '#src/relationships/mute.ts'
import { deleteStatus } from '#src/statuses/delete.ts'
import { localAccount, makeFollow, remoteAccount, remoteStatus, status, suspend } from '#test/cast.ts'
import { pipitWith } from '#test/cli/pipit.ts'
import { clientAt } from '#test/client.ts'
import { database, type TestDatabase } from '#test/database.ts'
import { mailbox } from './mailbox.ts'
import { jobErrors, makeDue, runJobs } from './run.ts'

async function signUp(t: TestDatabase, username: string, isApproved = true): Promise<AccountId> {
  const registration = await prepareRegistration(t.app, {
    username,
    email: `${username}@mail.test`,
    password: 'correct horse battery',
  })
  const id = await t.db.transaction((tx) => register(tx, t.app.uris, registration, { isApproved }))
  if (!id) throw new Error('not registered')
  return id
}

const tokenIn = (text: string | undefined) =>
  new URL(/https:\S+token=\S+/.exec(text ?? '')?.[0] ?? '').searchParams.get('token') ?? ''

test('a sign-up causes a mail with a confirmation link, whose secret is stored nowhere else', async () => {
  await using box = await mailbox()
  await using t = await database({ SMTP_URL: box.url, MAIL_FROM: 'Das Nest <nest@pipit.test>' })
  const alice = await signUp(t, 'alice')
  await runJobs(t)

  const [mail] = box.mails
  expect(box.mails).toHaveLength(1)
  expect(mail).toMatchObject({
    from: 'nest@pipit.test',
    to: ['alice@mail.test'],
    subject: 'Confirm your mail address for Pipit',
  })
  expect(mail?.header('from')).toBe('Das Nest <nest@pipit.test>')
  expect(mail?.text).toContain('https://pipit.test/confirm?token=')
  expect(mail?.html).toContain(`href="https://pipit.test/confirm?token=${tokenIn(mail?.text)}"`)
  expect(await t.db.transaction((tx) => confirmAddress(tx, tokenIn(mail?.text)))).toBe(alice)
  expect(await t.jobs()).toEqual([])
})

test('a mailed link lets a person choose a new password', async () => {
  await using box = await mailbox()
  await using t = await database({ SMTP_URL: box.url })
  await localAccount(t, 'alice')
  await requestPasswordReset(t.app, 'ALICE@mail.test')
  await requestPasswordReset(t.app, 'nobody@mail.test')
  await runJobs(t)
  expect(box.mails.map(({ to }) => to)).toEqual([['alice@mail.test']])
  const secret = tokenIn(box.mails[0]?.text)
  expect(box.mails[0]?.text).toContain(`https://pipit.test/reset?token=${secret}`)
  await resetPassword(t.app, secret, 'another long password', clientAt())
  await expect(resetPassword(t.app, secret, 'yet another password', clientAt())).rejects.toMatchObject({
    code: 'unprocessable',
  })
})

test('an approved applicant gets a mail', async () => {
  await using box = await mailbox()
  await using t = await database({ SMTP_URL: box.url })
  const alice = await signUp(t, 'alice', false)
  await runJobs(t)
  await t.db.transaction((tx) => approveApplicants(tx, commandLine, [alice]))
  await runJobs(t)
  expect(box.mails.map(({ subject }) => subject)).toEqual(['Confirm your mail address for Pipit', 'Welcome to Pipit'])
  expect(box.mails[1]?.text).toContain('https://pipit.test/login')
})

test('without a mail server, mails are files that only their owner can read', async () => {
  await using t = await database()
  await signUp(t, 'alice')
  await signUp(t, 'bob')
  await runJobs(t)
  const folder = join(t.app.config.dataDir, 'mail')
  const names = await readdir(folder)
  expect(names).toHaveLength(2)
  for (const name of names) {
    expect(name).toMatch(/^\d{8}T\d{6}\.\d{3}Z-account\.confirm\.\d+\.eml$/)
    expect((await stat(join(folder, name))).mode & 0o777).toBe(0o600)
  }
  const content = await readFile(join(folder, names.toSorted()[1] ?? ''))
  const mail = await PostalMime.parse(content)
  const link = /https:\/\/pipit\.test\/confirm\?token=[\w-]+/.exec(mail.text ?? '')?.[0] ?? 'no link'
  expect(mail).toMatchObject({
    to: [{ address: 'bob@mail.test' }],
    subject: 'Confirm your mail address for Pipit',
    html: expect.stringContaining(link),
  })
  // The link can be copied from the file.
  expect(content.toString().split('\r\n')).toContain(link)
  expect(await t.db.transaction((tx) => confirmAddress(tx, new URL(link).searchParams.get('token') ?? ''))).toMatch(
    /^\d+$/,
  )

  const pipit = pipitWith({ DATABASE_URL: t.url, DATA_DIR: t.app.config.dataDir, ORIGIN: t.app.config.origin })
  const printed = await pipit('mail', 'last')
  expect(printed).toMatchObject({ code: 0, stderr: '' })
  expect(printed.stdout).toMatch(/^To: bob@mail\.test\nSubject: Confirm your mail address for Pipit\n\n/)
  expect(printed.stdout.split('\n')).toContain(link)
  expect(JSON.parse((await pipit('mail', 'last', '--json')).stdout)).toMatchObject({
    to: 'bob@mail.test',
    text: expect.stringContaining(link),
  })
  expect(await pipitWith({ DATA_DIR: join(t.app.config.dataDir, 'none') })('mail', 'last')).toEqual({
    code: 3,
    stdout: '',
    stderr: 'pipit: No mail was written yet\n',
  })
})

test('a mention causes one mail, with a link to the post and a link to unsubscribe', async () => {
  await using box = await mailbox()
  await using t = await database({ SMTP_URL: box.url })
  const [alice, carol] = [await localAccount(t, 'alice'), await remoteAccount(t, 'carol')]
  const id = await remoteStatus(t, carol, {
    content: '<p>Dear <a href="https://pipit.test/@alice">@alice</a>, 1 &lt; 2<br>नमस्ते</p>',
    mentionedIds: [alice],
  })
  await runJobs(t)

  const [mail] = box.mails
  expect(box.mails).toHaveLength(1)
  expect(mail).toMatchObject({ to: ['alice@mail.test'], subject: 'carol mentioned you' })
  expect(mail?.text).toContain('> Dear @alice, 1 < 2\n> नमस्ते')
  expect(mail?.html).toContain('Dear @alice, 1 &lt; 2\nनमस्ते')
  const link = `https://pipit.test/@carol@remote.test/${id}`
  expect(mail?.text).toContain(link)
  expect(mail?.html).toContain(`href="${link}"`)
  const hrefs = [...(mail?.html ?? '').matchAll(/href="([^"]*)"/g)].map(
    (match) => new URL((match[1] ?? '').replaceAll('&amp;', '&')).origin,
  )
  expect(new Set(hrefs)).toEqual(new Set(['https://pipit.test']))

  expect(mail?.header('list-unsubscribe-post')).toBe('List-Unsubscribe=One-Click')
  const out = new URL(/^<(.*)>$/.exec(mail?.header('list-unsubscribe') ?? '')?.[1] ?? '')
  expect(mail?.text).toContain(out.href)
  await unsubscribe(t.app, out.searchParams.get('account') as AccountId, out.searchParams.get('signature') ?? '')
  await remoteStatus(t, carol, { mentionedIds: [alice] })
  await runJobs(t)
  expect(box.mails).toHaveLength(1)
})

test('a mention is mailed once, however often its job runs', async () => {
  await using box = await mailbox()
  await using t = await database({ SMTP_URL: box.url })
  const [alice, carol] = [await localAccount(t, 'alice'), await remoteAccount(t, 'carol')]
  await remoteStatus(t, carol, { mentionedIds: [alice] })
  const [payload] = await t.jobPayloads('mention-mail')
  if (!payload) throw new Error('no job')
  box.isDown = true
  await runJobs(t)
  // The mail server's answer may contain the address.
  expect(await jobErrors(t)).toEqual(['The mail server did not take the mail (EMESSAGE 451)'])
  box.isDown = false
  await makeDue(t)
  await runJobs(t)
  for (let i = 0; i < 3; i++) {
    await t.db.transaction((tx) => addJobs(tx, [{ name: 'mention-mail', payload }]))
    await runJobs(t)
  }
  expect(box.mails).toHaveLength(1)
  expect(await t.jobs()).toEqual([])
})

test('a mail that is sent again after a crash has the same Message-ID', async () => {
  const send = async (t: TestDatabase) => {
    await t.db.execute(sql`update notifications set mailed_at = null`)
    const { rows } = await t.db.execute<{ id: string }>(sql`select id from notifications`)
    await t.db.transaction((tx) =>
      addJobs(tx, [{ name: 'mention-mail', payload: { notificationId: rows[0]?.id as never } }]),
    )
    await runJobs(t)
  }
  await using box = await mailbox()
  await using t = await database({ SMTP_URL: box.url })
  const alice = await localAccount(t, 'alice')
  await remoteStatus(t, await remoteAccount(t, 'carol'), { mentionedIds: [alice] })
  await runJobs(t)
  await send(t)
  expect(box.mails.map(({ messageId }) => messageId)).toEqual([box.mails[0]?.messageId, box.mails[0]?.messageId])

  await using other = await database()
  await remoteStatus(other, await remoteAccount(other, 'carol'), { mentionedIds: [await localAccount(other, 'alice')] })
  await runJobs(other)
  await send(other)
  expect(await readdir(join(other.app.config.dataDir, 'mail'))).toHaveLength(1)
})

type Change = (
  t: TestDatabase,
  alice: AccountId,
  bob: AccountId,
  statusId: Awaited<ReturnType<typeof status>>,
) => Promise<unknown>
const unwanted: Record<string, Change> = {
  'turned mails off': (t, alice) => t.db.transaction((tx) => savePreferences(tx, alice, { mailsMentions: false })),
  'muted the author': (t, alice, bob) => t.db.transaction((tx) => mute(tx, alice, bob)),
  'muted the author but for notifications': (t, alice, bob) =>
    t.db.execute(
      sql`insert into mutes (id, account_id, target_id, hides_notifications) values (1, ${alice}, ${bob}, false)`,
    ),
  'blocked the author': (t, alice, bob) => t.db.transaction((tx) => block(tx, t.app.uris, alice, bob)),
  'is blocked by the author': (t, alice, bob) => t.db.transaction((tx) => block(tx, t.app.uris, bob, alice)),
  'sees an author suspended': (t, _alice, bob) => suspend(t, bob),
  'was suspended': (t, alice) => suspend(t, alice),
  'never confirmed the address': (t, alice) =>
    t.db.execute(sql`update users set confirmed_at = null where account_id = ${alice}`),
  'was disabled': (t, alice) => t.db.execute(sql`update users set disabled_at = now() where account_id = ${alice}`),
  'finds the post deleted': (t, _alice, bob, id) => t.db.transaction((tx) => deleteStatus(tx, bob, id)),
  'may not see the post any more': (t, alice, _bob, id) =>
    t.db.execute(
      sql`with gone as (delete from mentions where account_id = ${alice}) update statuses set visibility = 'direct' where id = ${id}`,
    ),
}

test.for(Object.keys(unwanted))('no mail is sent to a person who meanwhile %s', async (name) => {
  await using box = await mailbox()
  await using t = await database({ SMTP_URL: box.url })
  const [alice, bob] = [await localAccount(t, 'alice'), await localAccount(t, 'bob')]
  const id = await status(t, bob, { text: '@alice hello' })
  expect(await t.jobs()).toContain('mention-mail')
  await unwanted[name]?.(t, alice, bob, id)
  await runJobs(t)
  expect(box.mails).toEqual([])
  expect((await t.jobs()).filter((job) => job === 'mention-mail')).toEqual([])
})

test('mails contain no non-public content', async () => {
  await using box = await mailbox()
  await using t = await database({ SMTP_URL: box.url })
  const [alice, bob] = [await localAccount(t, 'alice'), await localAccount(t, 'bob')]
  await makeFollow(t, alice, bob)
  await status(t, bob, { text: '@alice the secret word', visibility: 'direct' })
  await status(t, bob, { text: '@alice the secret word', visibility: 'private' })
  await status(t, bob, { text: '@alice the secret word', spoilerText: 'a riddle' })
  await runJobs(t)
  expect(box.mails.map(({ subject }) => subject).toSorted()).toEqual([
    'bob mentioned you',
    'bob mentioned you in a post for followers',
    'bob sent you a private message',
  ])
  for (const mail of box.mails) expect(`${mail.text}${mail.html}`).not.toContain('secret word')
  expect(box.mails.find(({ subject }) => subject === 'bob mentioned you')?.text).toContain('Content warning: a riddle')
})

test('a person gets at most ten notification mails an hour; the others are sent later', async () => {
  await using box = await mailbox()
  await using t = await database({ SMTP_URL: box.url })
  const [alice, bob] = [await localAccount(t, 'alice'), await localAccount(t, 'bob')]
  for (let i = 0; i < 12; i++) await status(t, bob, { text: `@alice ${i}` })
  await runJobs(t)
  expect(box.mails).toHaveLength(10)
  expect((await t.jobs()).filter((name) => name === 'mention-mail')).toHaveLength(2)

  await t.db.execute(
    sql`update attempts set expires_at = now() - interval '1 second' where key = ${`mails to ${alice}`}`,
  )
  await makeDue(t)
  await runJobs(t)
  expect(box.mails).toHaveLength(12)
})

test('a name can’t inject a header into a mail', async () => {
  await using box = await mailbox()
  await using t = await database({ SMTP_URL: box.url })
  const [alice, carol] = [await localAccount(t, 'alice'), await remoteAccount(t, 'carol')]
  await t.db.execute(
    sql`update accounts set display_name = ${'Eve\r\nBcc: x@evil.test\r\n\r\n<b>hi</b> \u202E'} where id = ${carol}`,
  )
  await remoteStatus(t, carol, { mentionedIds: [alice] })
  await runJobs(t)
  expect(box.mails[0]?.header('bcc')).toBeUndefined()
  expect(box.mails[0]).toMatchObject({
    to: ['alice@mail.test'],
    subject: 'Eve Bcc: x@evil.test <b>hi</b> mentioned you',
  })
  expect(box.mails[0]?.html).toContain('&lt;b&gt;hi&lt;/b&gt;')
})
