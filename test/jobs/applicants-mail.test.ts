import { sql } from 'drizzle-orm'
import { expect, test } from 'vitest'
import { commandLine, staffMember } from '#src/accounts/roles/staff.ts'
import { approveApplicants, rejectApplicants } from '#src/accounts/sign-up/applicants.ts'
import { confirmAddress, newMailToken } from '#src/accounts/sign-up/credentials.ts'
import { unsubscribe } from '#src/accounts/unsubscribe.ts'
import type { AccountId } from '#src/platform/ids.ts'
import { localAccount } from '#test/cast.ts'
import { database, type TestDatabase } from '#test/database.ts'
import { mailbox } from './mailbox.ts'
import { makeDue, runJobs } from './run.ts'

/** Somebody asks to join, and confirms the address. */
async function asks(t: TestDatabase, username: string): Promise<AccountId> {
  const id = await localAccount(t, username, { isConfirmed: false, isApproved: false, isQuiet: true })
  const token = await t.db.transaction((tx) => newMailToken(tx, id, 'confirm'))
  await t.db.transaction((tx) => confirmAddress(tx, token!.secret))
  return id
}
const anHourLater = async (t: TestDatabase) => {
  await t.db.execute(sql`update attempts set expires_at = now() - interval '1 second'`)
  await makeDue(t)
}

test('a moderator gets one mail an hour, which counts all who wait', async () => {
  await using box = await mailbox()
  await using t = await database({ SMTP_URL: box.url })
  const mod = await localAccount(t, 'mod', { role: 'moderator' })
  await asks(t, 'bob')
  await runJobs(t)
  expect(box.mails.map(({ to, subject }) => [to, subject])).toEqual([
    [['mod@mail.test'], '1 person waits to join Pipit'],
  ])
  const [mail] = box.mails
  expect(mail?.text).toContain('https://pipit.test/admin/applicants')
  expect(mail?.text).not.toContain('bob')
  expect(mail?.header('list-unsubscribe-post')).toBe('List-Unsubscribe=One-Click')

  await asks(t, 'carol')
  await asks(t, 'dora')
  await runJobs(t)
  expect(box.mails).toHaveLength(1)
  await anHourLater(t)
  await runJobs(t)
  expect(box.mails.map(({ subject }) => subject).slice(1)).toEqual(['3 people wait to join Pipit'])
  await anHourLater(t)
  await runJobs(t)
  expect(box.mails).toHaveLength(2)

  const link = new URL(/<(.*)>/.exec(mail?.header('list-unsubscribe') ?? '')?.[1] ?? '')
  await unsubscribe(t.app, mod, link.searchParams.get('signature') ?? '')
  await asks(t, 'erin')
  await anHourLater(t)
  await runJobs(t)
  expect(box.mails).toHaveLength(2)
})

test('nobody is mailed about people who were answered meanwhile, or who is no moderator any more', async () => {
  await using box = await mailbox()
  await using t = await database({ SMTP_URL: box.url })
  const mod = await localAccount(t, 'mod', { role: 'moderator' })
  const bob = await asks(t, 'bob')
  await t.db.transaction(async (tx) => rejectApplicants(tx, t.app.secrets, await staffMember(tx, mod), [bob]))
  await runJobs(t)
  await asks(t, 'carol')
  await t.db.execute(sql`update users set role = 'user' where account_id = ${mod}`)
  await runJobs(t)
  expect(box.mails.map(({ to }) => to)).toEqual([['bob@mail.test']])
})

test('a mail that the server refuses is sent later, and counts for its hour then', async () => {
  await using box = await mailbox()
  await using t = await database({ SMTP_URL: box.url })
  await localAccount(t, 'mod', { role: 'moderator' })
  await asks(t, 'bob')
  box.isDown = true
  await runJobs(t)
  box.isDown = false
  await makeDue(t)
  await runJobs(t)
  expect(box.mails).toHaveLength(1)
})

test('a rejected person gets the moderators’ text, an approved one the good news', async () => {
  await using box = await mailbox()
  await using t = await database({ SMTP_URL: box.url })
  const [bob, carol, dora] = [await asks(t, 'bob'), await asks(t, 'carol'), await asks(t, 'dora')]
  await t.db.transaction((tx) =>
    rejectApplicants(tx, t.app.secrets, commandLine, [bob], 'We are full.\nTry <b>again</b> in spring.'),
  )
  await t.db.transaction((tx) => rejectApplicants(tx, t.app.secrets, commandLine, [carol]))
  await t.db.transaction((tx) => approveApplicants(tx, commandLine, [dora]))
  await runJobs(t)
  const mailTo = (name: string) => box.mails.find(({ to }) => to[0] === `${name}@mail.test`)
  expect(mailTo('bob')).toMatchObject({ subject: 'Your sign-up on Pipit' })
  expect(mailTo('bob')?.text).toContain('> We are full.\n> Try <b>again</b> in spring.')
  expect(mailTo('bob')?.html).toContain('Try &lt;b&gt;again&lt;/b&gt; in spring.')
  expect(mailTo('carol')?.text).not.toContain('They say')
  expect(mailTo('dora')).toMatchObject({ subject: 'Welcome to Pipit' })
  expect(box.mails).toHaveLength(3)
})
