/** Changing a mail address and bringing it back: above all, when somebody else is in the account. */
import { sql } from 'drizzle-orm'
import { expect, test } from 'vitest'
import {
  addressOfLink,
  cancelAddressChange,
  confirmAddressChange,
  loadMailAddress,
  requestAddressChange,
} from '#src/accounts/mail-address/change.ts'
import { undoAddressChange, undoOfLink } from '#src/accounts/mail-address/undo.ts'
import { logSecurity } from '#src/accounts/security/log.ts'
import { startState } from '#src/accounts/security/states.ts'
import { accessBy } from '#src/accounts/sessions/access-tokens.ts'
import { commandLineToken } from '#src/accounts/sessions/command-line.ts'
import { checkPassword, openSession, sessionViewer } from '#src/accounts/sessions/sessions.ts'
import { changePassword, newMailToken, resetPassword } from '#src/accounts/sign-up/credentials.ts'
import type { AccountId } from '#src/platform/ids.ts'
import { localAccount, password } from '#test/cast.ts'
import { clientAt } from '#test/client.ts'
import { database, type TestDatabase } from '#test/database.ts'
import { type Mailbox, mailbox } from '#test/jobs/mailbox.ts'
import { runJobs } from '#test/jobs/run.ts'

const client = clientAt()
const dead = { code: 'unprocessable' }

async function scene() {
  const box = await mailbox()
  const t = await database({ SMTP_URL: box.url })
  return {
    t,
    box,
    async [Symbol.asyncDispose]() {
      await t[Symbol.asyncDispose]()
      await box[Symbol.asyncDispose]()
    },
  }
}

const addressOf = async (t: TestDatabase, id: AccountId) =>
  (await t.db.execute<{ email: string }>(sql`select email from users where account_id = ${id}`)).rows[0]?.email

/** The mails to an address since the last look, as subject and token. */
async function mailsTo(t: TestDatabase, box: Mailbox, address: string) {
  await runJobs(t)
  const found = box.mails.filter(({ to }) => to.includes(address))
  return found.map(({ subject = '', text = '' }) => ({
    subject,
    text,
    secret: /token=([\w-]+)/.exec(text)?.[1] ?? '',
    path: /https:\/\/pipit\.test(\/\S+)\?token=/.exec(text)?.[1],
  }))
}

const linkTo = async (t: TestDatabase, box: Mailbox, address: string, path: string) =>
  (await mailsTo(t, box, address)).filter((mail) => mail.path === path).at(-1)?.secret ?? 'none'

/** Asks for an address and confirms it. @returns the link that undoes it, as the old address got it */
async function change(t: TestDatabase, box: Mailbox, id: AccountId, to: string): Promise<string> {
  const old = (await addressOf(t, id)) ?? ''
  await requestAddressChange(t.app, id, to, client)
  await confirmAddressChange(t.app, id, await linkTo(t, box, to, '/settings/email/confirm'), client)
  return linkTo(t, box, old, '/address/undo')
}

test('an address changes when its link is opened, and the old address is told before and after', async () => {
  await using s = await scene()
  const { t, box } = s
  const alice = await localAccount(t, 'alice')
  await requestAddressChange(t.app, alice, ' New@mail.test ', client)
  expect(await loadMailAddress(t.db, alice)).toEqual({ address: 'alice@mail.test', pending: 'New@mail.test' })
  const [asked] = await mailsTo(t, box, 'alice@mail.test')
  expect(asked).toMatchObject({ subject: expect.stringContaining('A new mail address was requested'), secret: '' })
  expect(asked?.text).toContain('New@mail.test')
  const secret = await linkTo(t, box, 'New@mail.test', '/settings/email/confirm')
  expect(await addressOfLink(t.db, alice, secret)).toBe('New@mail.test')
  expect(await addressOf(t, alice)).toBe('alice@mail.test')

  await confirmAddressChange(t.app, alice, secret, client)
  expect(await loadMailAddress(t.db, alice)).toEqual({ address: 'New@mail.test', pending: null })
  await expect(confirmAddressChange(t.app, alice, secret, client)).rejects.toMatchObject(dead)
  expect((await mailsTo(t, box, 'alice@mail.test')).map(({ path }) => path)).toEqual([undefined, '/address/undo'])
  expect(await mailsTo(t, box, 'New@mail.test')).toHaveLength(1)
  // The queue had no secret, and what is stored is a hash.
  const { rows } = await t.db.execute<{ kind: string; details: object }>(
    sql`select kind, details from security_events order by id`,
  )
  expect(rows).toEqual([
    { kind: 'addressChangeRequested', details: { address: 'New@mail.test' } },
    { kind: 'addressChanged', details: { oldAddress: 'alice@mail.test', address: 'New@mail.test' } },
  ])
})

test('a link does nothing for another account, when it was taken back, or after a newer one or another change', async () => {
  await using s = await scene()
  const { t, box } = s
  const [alice, mallory] = [await localAccount(t, 'alice'), await localAccount(t, 'mallory')]
  await requestAddressChange(t.app, alice, 'new@mail.test', client)
  const stolen = await linkTo(t, box, 'new@mail.test', '/settings/email/confirm')
  // Whoever reads the mail at a mistyped address is logged in to another account, if to any.
  expect(await addressOfLink(t.db, mallory, stolen)).toBeNull()
  await expect(confirmAddressChange(t.app, mallory, stolen, client)).rejects.toMatchObject(dead)
  // It is none of the other links either.
  await expect(resetPassword(t.app, stolen, 'another good password', client)).rejects.toMatchObject(dead)
  await expect(undoAddressChange(t.app, stolen, client)).rejects.toMatchObject(dead)

  await requestAddressChange(t.app, alice, 'newer@mail.test', client)
  await expect(confirmAddressChange(t.app, alice, stolen, client)).rejects.toMatchObject(dead)
  const newer = await linkTo(t, box, 'newer@mail.test', '/settings/email/confirm')
  await t.db.execute(sql`update users set email = 'by-admin@mail.test' where account_id = ${alice}`)
  await expect(confirmAddressChange(t.app, alice, newer, client)).rejects.toMatchObject(dead)
  await t.db.execute(sql`update users set email = 'alice@mail.test' where account_id = ${alice}`)
  await t.db.transaction((tx) => cancelAddressChange(tx, alice))
  await expect(confirmAddressChange(t.app, alice, newer, client)).rejects.toMatchObject(dead)

  await requestAddressChange(t.app, alice, 'late@mail.test', client)
  const late = await linkTo(t, box, 'late@mail.test', '/settings/email/confirm')
  await t.db.execute(sql`update mail_tokens set expires_at = now() - interval '1 second'`)
  await expect(confirmAddressChange(t.app, alice, late, client)).rejects.toMatchObject(dead)
  expect(await addressOf(t, alice)).toBe('alice@mail.test')
})

test('an address of somebody else is not found out by asking for it; its holder is told', async () => {
  await using s = await scene()
  const { t, box } = s
  const alice = await localAccount(t, 'alice')
  await localAccount(t, 'bob')
  await requestAddressChange(t.app, alice, 'BOB@mail.test', client)
  expect(await loadMailAddress(t.db, alice)).toEqual({ address: 'alice@mail.test', pending: 'BOB@mail.test' })
  const [told, ...more] = await mailsTo(t, box, 'bob@mail.test')
  expect(told).toMatchObject({ subject: 'Somebody wanted to use your address on Pipit', secret: '' })
  expect(told?.text).not.toContain('alice')
  expect(more).toEqual([])
  expect(await mailsTo(t, box, 'BOB@mail.test')).toEqual([])
  await expect(requestAddressChange(t.app, alice, 'Alice@mail.test', client)).rejects.toMatchObject({
    problems: [{ text: { key: 'sameAddress' } }],
  })
  for (const wrong of ['', 'no address', 'a@b@c', 'two@mail.test, more@mail.test', 'x@address.invalid'])
    await expect(requestAddressChange(t.app, alice, wrong, client)).rejects.toMatchObject({ code: 'invalid' })
})

test('of two people who confirm one address at the same moment, one gets it', async () => {
  await using s = await scene()
  const { t, box } = s
  const people = [await localAccount(t, 'alice'), await localAccount(t, 'bob')]
  const secrets: string[] = []
  for (const id of people) {
    await requestAddressChange(t.app, id, 'shared@mail.test', client)
    secrets.push(await linkTo(t, box, 'shared@mail.test', '/settings/email/confirm'))
  }
  const results = await Promise.allSettled(
    people.map((id, i) => confirmAddressChange(t.app, id, secrets[i] ?? '', client)),
  )
  expect(results.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected'])
  expect(results.find(({ status }) => status === 'rejected')).toMatchObject({ reason: dead })
  const { rows } = await t.db.execute<{ email: string }>(sql`select email from users order by email`)
  expect(rows.filter(({ email }) => email === 'shared@mail.test')).toHaveLength(1)
  // One link used twice at the same moment changes once.
  const carol = await localAccount(t, 'carol')
  await requestAddressChange(t.app, carol, 'c@mail.test', client)
  const secret = await linkTo(t, box, 'c@mail.test', '/settings/email/confirm')
  const twice = await Promise.allSettled([1, 2].map(() => confirmAddressChange(t.app, carol, secret, client)))
  expect(twice.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected'])
})

test('asking for addresses is limited', async () => {
  await using t = await database()
  const alice = await localAccount(t, 'alice')
  for (let i = 0; i < 5; i++) await requestAddressChange(t.app, alice, `new${i}@mail.test`, client)
  await expect(requestAddressChange(t.app, alice, 'one-more@mail.test', client)).rejects.toMatchObject({
    code: 'too_many',
  })
})

test('an intruder who changes address and password loses both to the link in the mail to the old address', async () => {
  await using s = await scene()
  const { t, box } = s
  const alice = await localAccount(t, 'alice', { role: 'admin' })
  const stolen = await t.db.transaction((tx) => openSession(tx, alice, client))
  const undo = await change(t, box, alice, 'mallory@evil.test')
  await changePassword(t.app, alice, password, { password: 'the intruder’s own', sessionToken: stolen, client })
  const { token } = await t.db.transaction((tx) => commandLineToken(tx, alice, 0n, ['read', 'write']))
  const reset = await t.db.transaction((tx) => newMailToken(tx, alice, 'reset'))
  await startState(t.app, 'factor', 'the intruder’s browser', { method: 'password', returnTo: '/' }, alice)
  await requestAddressChange(t.app, alice, 'further@evil.test', client)
  const pending = await linkTo(t, box, 'further@evil.test', '/settings/email/confirm')

  expect(await undoOfLink(t.db, undo)).toEqual({ username: 'alice', address: 'alice@mail.test' })
  await undoAddressChange(t.app, undo, client)
  expect(await addressOf(t, alice)).toBe('alice@mail.test')
  expect(await sessionViewer(t.db, stolen)).toBeNull()
  expect(await accessBy(t.db, token)).toBeNull()
  await expect(resetPassword(t.app, reset!.secret, 'the intruder’s third', client)).rejects.toMatchObject(dead)
  await expect(confirmAddressChange(t.app, alice, pending, client)).rejects.toMatchObject(dead)
  expect((await t.db.execute(sql`select 1 from sign_in_states`)).rows).toEqual([])
  for (const known of ['the intruder’s own', password])
    await expect(checkPassword(t.app, 'alice', known, clientAt('192.0.2.9'))).rejects.toMatchObject(dead)
  await expect(undoAddressChange(t.app, undo, client)).rejects.toMatchObject(dead)

  // The owner chooses a new password by mail; both addresses were told.
  const chosen = await linkTo(t, box, 'alice@mail.test', '/reset')
  await resetPassword(t.app, chosen, 'the owner’s new one', client)
  expect(await checkPassword(t.app, 'alice', 'the owner’s new one', client)).toMatchObject({ accountId: alice })
  expect((await mailsTo(t, box, 'mallory@evil.test')).at(-1)?.subject).toContain('The earlier mail address is back')
  const { rows } = await t.db.execute(sql`select 1 from security_events where kind = 'addressRestored'`)
  expect(rows).toHaveLength(1)
})

test('ways in that an intruder added go with the change, those that the owner had before stay', async () => {
  await using s = await scene()
  const { t, box } = s
  const alice = await localAccount(t, 'alice')
  const add = (id: number, age: string) => sql`
    insert into passkeys (id, account_id, credential_id, public_key, name, created_at)
    values (${id}, ${alice}, ${`key ${id}`}, 'key', 'Key', now() - ${age}::interval)`
  const link = (id: number, age: string) => sql`
    insert into identities (id, account_id, provider, issuer, subject, created_at)
    values (${id}, ${alice}, 'acme', 'https://acme.test', ${`person ${id}`}, now() - ${age}::interval)`
  await t.db.execute(add(1, '30 days'))
  await t.db.execute(link(1, '30 days'))
  await t.db.execute(sql`update users set second_factor_since = now() - interval '30 days'`)
  await t.db.execute(add(2, '1 day'))
  const undo = await change(t, box, alice, 'mallory@evil.test')
  await t.db.execute(add(3, '0 days'))
  await t.db.execute(link(3, '0 days'))
  await t.db.execute(sql`update users set totp_secret = 'the intruder’s'`)
  await t.db.transaction((tx) => logSecurity(tx, alice, 'authenticatorAdded', { client }))

  await undoAddressChange(t.app, undo, client)
  const { rows } = await t.db.execute(sql`
    select array(select id::int from passkeys) as passkeys, array(select id::int from identities) as identities,
      totp_secret as app, second_factor_since is not null as "isSecured" from users`)
  expect(rows).toEqual([{ passkeys: [1], identities: [1], app: null, isSecured: true }])
})

test('further changes don’t void the first address’s link, and it voids theirs', async () => {
  await using s = await scene()
  const { t, box } = s
  const alice = await localAccount(t, 'alice')
  const first = await change(t, box, alice, 'b@evil.test')
  const second = await change(t, box, alice, 'c@evil.test')
  const third = await change(t, box, alice, 'd@evil.test')
  // The intruder undoes a change of their own. That must not help them.
  await undoAddressChange(t.app, second, client)
  expect(await addressOf(t, alice)).toBe('b@evil.test')
  await expect(undoAddressChange(t.app, third, client)).rejects.toMatchObject(dead)
  await undoAddressChange(t.app, first, client)
  expect(await addressOf(t, alice)).toBe('alice@mail.test')
  for (const link of [first, second, third])
    await expect(undoAddressChange(t.app, link, client)).rejects.toMatchObject(dead)
})

test('a mail that is sent late brings no link for a change that was undone, but the first one’s', async () => {
  await using s = await scene()
  const { t, box } = s
  const alice = await localAccount(t, 'alice')
  const ids = async () =>
    (
      await t.db.execute<{ id: string }>(sql`select id from security_events where kind = 'addressChanged' order by id`)
    ).rows.map(({ id }) => id)
  const again = async (id: string | undefined) => {
    box.mails.length = 0
    await t.db.execute(
      sql`select graphile_worker.add_job('security-mail', json_build_object('eventId', ${id}::text), queue_name => null)`,
    )
    await runJobs(t)
  }
  const first = await change(t, box, alice, 'b@evil.test')
  const second = await change(t, box, alice, 'c@evil.test')
  const [firstId, secondId] = await ids()
  // A repeated run sends another link, and the earlier one is void.
  await again(firstId)
  const repeated = await linkTo(t, box, 'alice@mail.test', '/address/undo')
  expect(await undoOfLink(t.db, first)).toBeNull()
  expect(await undoOfLink(t.db, repeated)).not.toBeNull()

  await undoAddressChange(t.app, second, client)
  await again(firstId)
  const late = await linkTo(t, box, 'alice@mail.test', '/address/undo')
  await undoAddressChange(t.app, late, client)
  expect(await addressOf(t, alice)).toBe('alice@mail.test')
  await again(secondId)
  expect(await linkTo(t, box, 'b@evil.test', '/address/undo')).toBe('none')
  await again(firstId)
  expect(await linkTo(t, box, 'alice@mail.test', '/address/undo')).toBe('none')

  const third = await change(t, box, alice, 'e@evil.test')
  await t.db.execute(sql`update security_events set created_at = now() - interval '8 days'`)
  await again((await ids()).at(-1))
  expect(await linkTo(t, box, 'alice@mail.test', '/address/undo')).toBe('none')
  await t.db.execute(sql`update mail_tokens set expires_at = now() - interval '1 second'`)
  await expect(undoAddressChange(t.app, third, client)).rejects.toMatchObject(dead)
})

test('nobody keeps an address from coming back by signing up with it', async () => {
  await using s = await scene()
  const { t, box } = s
  const alice = await localAccount(t, 'alice')
  const undo = await change(t, box, alice, 'mallory@evil.test')
  const squatter = await localAccount(t, 'squatter', { isConfirmed: false })
  await t.db.execute(sql`update users set email = 'Alice@mail.test' where account_id = ${squatter}`)
  const link = await t.db.transaction((tx) => newMailToken(tx, squatter, 'confirm'))
  await undoAddressChange(t.app, undo, client)
  expect(await addressOf(t, alice)).toBe('alice@mail.test')
  expect(await addressOf(t, squatter)).toMatch(/@address\.invalid$/)
  expect(link).not.toBeNull()
  expect((await t.db.execute(sql`select 1 from mail_tokens where account_id = ${squatter}`)).rows).toEqual([])

  // A confirmed account is one that the owner of the address made.
  const next = await change(t, box, alice, 'more@evil.test')
  const confirmed = await localAccount(t, 'second')
  await t.db.execute(sql`update users set email = 'alice@mail.test' where account_id = ${confirmed}`)
  await expect(undoAddressChange(t.app, next, client)).rejects.toMatchObject({ code: 'conflict' })
  await t.db.execute(sql`update users set email = 'second@mail.test' where account_id = ${confirmed}`)
  await undoAddressChange(t.app, next, client)
  expect(await addressOf(t, alice)).toBe('alice@mail.test')
})
