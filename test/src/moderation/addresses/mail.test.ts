/** Blocked mail domains and addresses, at sign-up and wherever people change their address. */
import { eq } from 'drizzle-orm'
import { expect, test } from 'vitest'
import { requestAddressChange } from '#src/accounts/mail-address/change.ts'
import { commandLine } from '#src/accounts/roles/staff.ts'
import { changeUnconfirmedAddress } from '#src/accounts/sign-up/credentials.ts'
import { signUp } from '#src/accounts/sign-up/sign-up.ts'
import { liftStrike, strike } from '#src/moderation/accounts/strike.ts'
import { blockAddress, blocksOfAddress, unblockAddress } from '#src/moderation/addresses/canonical-addresses.ts'
import { blockMailDomain, unblockMailDomain } from '#src/moderation/addresses/mail-domains.ts'
import { addNetworkRule } from '#src/moderation/addresses/networks.ts'
import { users } from '#src/platform/db/schema/accounts.ts'
import { auditLog, canonicalEmailBlocks } from '#src/platform/db/schema/moderation.ts'
import type { AccountId } from '#src/platform/ids.ts'
import { canonicalAddress } from '#src/rules/addresses/mail.ts'
import { localAccount, openSignUps, password } from '#test/cast.ts'
import { database, type TestDatabase } from '#test/database.ts'

let people = 0
const join = (t: TestDatabase, email: string, address = '192.0.2.1') =>
  signUp(t.app, { username: `person_${++people}`, email, password, agrees: true }, address)
const blockDomain = (t: TestDatabase, domain: string, withApproval = false) =>
  t.db.transaction((tx) => blockMailDomain(tx, commandLine, domain, withApproval))
const userOf = async (t: TestDatabase, id: AccountId) =>
  (await t.db.select().from(users).where(eq(users.accountId, id)))[0]
const refusedWith = (key: string) => ({
  code: 'invalid',
  problems: [{ field: 'email', code: 'ERR_BLOCKED', text: { key } }],
})
const client = { address: '192.0.2.1', userAgent: '', device: null }

test('spellings of one mailbox have one canonical form', () => {
  expect(canonicalAddress('Some.Body+Spam@Mail.Test')).toBe('somebody@mail.test')
  expect(canonicalAddress('s.o.m.e.body@mail.test')).toBe('somebody@mail.test')
  expect(canonicalAddress('somebody@mail.sub.test')).toBe('somebody@mail.sub.test')
})

test('nobody signs up with a blocked mail domain or a domain below it, and some only with approval', async () => {
  await using t = await database({ RATE_LIMIT_FACTOR: '1000' })
  await openSignUps(t)
  const bad = await blockDomain(t, 'Bad.Test')
  await blockDomain(t, 'shared.test', true)
  await blockDomain(t, 'worse.shared.test')
  for (const email of ['a@bad.test', 'a@BAD.test', 'a@mx.bad.test', 'a@worse.shared.test'])
    await expect(join(t, email), email).rejects.toMatchObject(refusedWith('mailDomainBlocked'))
  expect(await join(t, 'a@notbad.test')).toMatchObject({ isApproved: true })
  expect(await join(t, 'a@test')).toMatchObject({ isApproved: true })
  const waiting = await join(t, 'a@sub.shared.test')
  expect([waiting.isApproved, (await userOf(t, waiting.accountId))?.approvedAt]).toEqual([false, null])
  await expect(blockDomain(t, 'bad.test')).rejects.toMatchObject({ text: { key: 'mailDomainListed' } })
  for (const wrong of ['', 'a b', 'bad.test:8443'])
    await expect(blockDomain(t, wrong), wrong).rejects.toMatchObject({ text: { key: 'domainInvalid' } })

  await t.db.transaction((tx) => unblockMailDomain(tx, commandLine, bad.id))
  expect(await join(t, 'a@bad.test')).toMatchObject({ isApproved: true })
})

test('nobody signs up with another spelling of a blocked address, and the audit log does not name it', async () => {
  await using t = await database({ RATE_LIMIT_FACTOR: '1000' })
  await openSignUps(t)
  const block = (email: string) => t.db.transaction((tx) => blockAddress(tx, commandLine, { email }))
  const made = await block('some.body+one@mail.test')
  await expect(join(t, 'Somebody+two@mail.test')).rejects.toMatchObject(refusedWith('mailAddressBlocked'))
  expect(await join(t, 'somebody@other.test')).toMatchObject({ isApproved: true })
  await expect(block('somebody@mail.test')).rejects.toMatchObject({ code: 'invalid' })
  const hash = (text: string) => t.db.transaction((tx) => blockAddress(tx, commandLine, { hash: text }))
  await expect(hash('abc')).rejects.toMatchObject({ text: { key: 'hashInvalid' } })
  await t.db.transaction((tx) => unblockAddress(tx, commandLine, made.id))
  expect(await hash(made.hash.toUpperCase())).toMatchObject({ hash: made.hash })
  expect(JSON.stringify(await t.db.select().from(auditLog))).not.toMatch(new RegExp(`body|${made.hash}`))
})

test('rules about networks hold at sign-up', async () => {
  await using t = await database({ RATE_LIMIT_FACTOR: '1000' })
  await openSignUps(t)
  const networks = { '192.0.2.0/24': 'sign_up_block', '198.51.100.0/24': 'sign_up_requires_approval' } as const
  for (const [network, severity] of Object.entries(networks))
    await t.db.transaction((tx) => addNetworkRule(tx, commandLine, { network, severity }, null))
  await expect(join(t, 'a@mail.test', '192.0.2.9')).rejects.toMatchObject({
    code: 'not_permitted',
    text: { key: 'networkBlocked' },
  })
  expect(await join(t, 'b@mail.test', '198.51.100.9')).toMatchObject({ isApproved: false })
  expect(await join(t, 'c@mail.test', '203.0.113.9')).toMatchObject({ isApproved: true })
})

test('people can’t change to a blocked address', async () => {
  await using t = await database({ RATE_LIMIT_FACTOR: '1000' })
  await blockDomain(t, 'bad.test')
  await blockDomain(t, 'shared.test', true)
  await t.db.transaction((tx) => blockAddress(tx, commandLine, { email: 'some.body@mail.test' }))
  const [alice, bob] = [await localAccount(t, 'alice'), await localAccount(t, 'bob', { isConfirmed: false })]
  const wrong = { 'alice@mx.bad.test': 'mailDomainBlocked', 'somebody+2@mail.test': 'mailAddressBlocked' }
  for (const [email, key] of Object.entries(wrong)) {
    await expect(requestAddressChange(t.app, alice, email, client)).rejects.toMatchObject(refusedWith(key))
    await expect(changeUnconfirmedAddress(t.app, bob, email)).rejects.toMatchObject(refusedWith(key))
  }
  expect((await userOf(t, bob))?.email).toBe('bob@mail.test')
  // An address that would have needed approval at the sign-up needs it now.
  await changeUnconfirmedAddress(t.app, bob, 'bob@other.test')
  expect((await userOf(t, bob))?.approvedAt).not.toBeNull()
  await changeUnconfirmedAddress(t.app, bob, 'bob@shared.test')
  expect(await userOf(t, bob)).toMatchObject({ email: 'bob@shared.test', approvedAt: null })
})

test('the address of a suspended account is blocked until the suspension is lifted', async () => {
  await using t = await database({ RATE_LIMIT_FACTOR: '1000' })
  await openSignUps(t)
  const alice = await localAccount(t, 'alice')
  const suspend = async () => (await t.db.transaction((tx) => strike(tx, commandLine, alice, { action: 'suspend' })))!
  const lift = (id: Awaited<ReturnType<typeof suspend>>) => t.db.transaction((tx) => liftStrike(tx, commandLine, id))
  const first = await suspend()
  expect(await blocksOfAddress(t.db, 'a.lice+again@mail.test')).toMatchObject([{ accountId: alice }])
  await expect(join(t, 'a.lice+again@mail.test')).rejects.toMatchObject(refusedWith('mailAddressBlocked'))
  await lift(first)
  expect(await t.db.select().from(canonicalEmailBlocks)).toEqual([])
  expect(await join(t, 'a.lice+again@mail.test')).toMatchObject({ isApproved: true })

  // What staff blocked themselves stays.
  await t.db.transaction((tx) => blockAddress(tx, commandLine, { email: 'alice@mail.test' }))
  await lift(await suspend())
  expect(await blocksOfAddress(t.db, 'alice@mail.test')).toMatchObject([{ accountId: null }])
})
