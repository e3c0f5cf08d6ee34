/** Rules about mail domains and mail addresses, and what they do at sign-up and after. */
import { sql } from 'drizzle-orm'
import { expect, test } from 'vitest'
import { requestAddressChange } from '#src/accounts/mail-address/change.ts'
import { commandLine } from '#src/accounts/roles/staff.ts'
import { changeUnconfirmedAddress } from '#src/accounts/sign-up/credentials.ts'
import { domainUses } from '#src/accounts/sign-up/mail-domain-uses.ts'
import { signUp } from '#src/accounts/sign-up/sign-up.ts'
import { purgeAccounts } from '#src/moderation/accounts/purge.ts'
import { endEffect, liftStrike, strike } from '#src/moderation/accounts/strike.ts'
import { allowAddress, blockAddress, blocksOf, listCanonical } from '#src/moderation/addresses/canonical.ts'
import { allowMailDomain, blockMailDomain, mailDomainNamed } from '#src/moderation/addresses/mail-domains.ts'
import type { AccountId } from '#src/platform/ids.ts'
import { canonicalHash } from '#src/rules/addresses/mail.ts'
import { localAccount, openSignUps } from '#test/cast.ts'
import { database, type TestDatabase } from '#test/database.ts'
import { dnsServer } from '#test/dns-server.ts'

let people = 0
const join = (t: TestDatabase, email: string, address = `192.0.2.${(people % 250) + 1}`) =>
  signUp(t.app, { username: `guest${++people}`, email, password: 'quite a good password' }, address)
const blockDomain = (t: TestDatabase, domain: string, allowsWithApproval = false) =>
  t.db.transaction((tx) => blockMailDomain(tx, commandLine, domain, { allowsWithApproval }))
const block = (t: TestDatabase, email: string) => t.db.transaction((tx) => blockAddress(tx, commandLine, { email }))
const suspend = (t: TestDatabase, id: AccountId) =>
  t.db.transaction((tx) => strike(tx, commandLine, id, { action: 'suspend' }))
const blocked = { code: 'invalid', problems: [{ field: 'email', code: 'ERR_BLOCKED' }] }
const client = { address: '192.0.2.1', userAgent: 'Test', device: null }
const isApproved = async (t: TestDatabase, id: AccountId) =>
  (await t.db.execute(sql`select approved_at is not null as approved from users where account_id = ${id}`)).rows[0]?.[
    'approved'
  ]

test('nobody signs up with a blocked domain or a subdomain of it, and with some only after approval', async () => {
  await using t = await database()
  await openSignUps(t)
  const made = await blockDomain(t, ' @Bad.TEST. ')
  expect(made.domain).toBe('bad.test')
  await blockDomain(t, 'odd.test', true)
  await blockDomain(t, 'worse.odd.test')
  for (const email of ['a@bad.test', 'a@x.y.BAD.test', 'a@worse.odd.test'])
    await expect(join(t, email)).rejects.toMatchObject(blocked)
  expect(await join(t, 'a@notbad.test')).toMatchObject({ isApproved: true })
  expect(await join(t, 'a@mail.odd.test')).toMatchObject({ isApproved: false })
  await t.db.transaction((tx) => allowMailDomain(tx, commandLine, made.id))
  expect(await join(t, 'a@bad.test')).toMatchObject({ isApproved: true })
})

test('a mail domain has one rule, and must be a domain', async () => {
  await using t = await database()
  await blockDomain(t, 'bücher.test')
  await expect(blockDomain(t, 'xn--bcher-kva.test')).rejects.toMatchObject({ text: { key: 'domainTaken' } })
  for (const wrong of ['', 'bad test', 'bad.test:8080', 'a@bad.test', 'bad.test/x'])
    await expect(blockDomain(t, wrong), wrong).rejects.toMatchObject({ text: { key: 'domainInvalid' } })
  await expect(mailDomainNamed(t.db, commandLine, 'other.test')).rejects.toMatchObject({ code: 'not_found' })
})

test('the sign-ups that a rule met are counted by day, with their clients', async () => {
  await using t = await database()
  await openSignUps(t)
  const { id } = await blockDomain(t, 'bad.test')
  for (const address of ['198.51.100.1', '198.51.100.1', '198.51.100.2'])
    await expect(join(t, 'a@bad.test', address)).rejects.toMatchObject(blocked)
  const uses = (await domainUses(t.db, commandLine, [id])).get(id) ?? []
  expect(uses).toHaveLength(7)
  expect(uses[0]).toMatchObject({ uses: 3, accounts: 2 })
  expect(uses.slice(1).every((day) => day.uses === 0 && day.accounts === 0)).toBe(true)
})

test('nobody takes a blocked address later, and one that needs approval before it is confirmed waits', async () => {
  await using t = await database()
  await openSignUps(t)
  await blockDomain(t, 'bad.test')
  await blockDomain(t, 'odd.test', true)
  await block(t, 'somebody@mail.test')
  const alice = await localAccount(t, 'alice')
  for (const email of ['a@bad.test', 'some.body+x@mail.test'])
    await expect(requestAddressChange(t.app, alice, email, client)).rejects.toMatchObject(blocked)
  await requestAddressChange(t.app, alice, 'a@odd.test', client)

  const { accountId } = await join(t, 'a@mail.test')
  await expect(changeUnconfirmedAddress(t.app, accountId, 'a@bad.test')).rejects.toMatchObject(blocked)
  expect(await isApproved(t, accountId)).toBe(true)
  await changeUnconfirmedAddress(t.app, accountId, 'a@odd.test')
  expect(await isApproved(t, accountId)).toBe(false)
  expect(await isApproved(t, alice)).toBe(true)
})

test('a blocked address is blocked with its variants until it is allowed', async () => {
  await using t = await database()
  await openSignUps(t)
  const made = await block(t, 'Some.Body@mail.test')
  expect(made).toMatchObject({ hash: canonicalHash('somebody@mail.test'), accountId: null })
  await expect(block(t, 'somebody+1@mail.test')).rejects.toMatchObject({ text: { key: 'canonicalTaken' } })
  await expect(join(t, 's.omebody+2@mail.test')).rejects.toMatchObject(blocked)
  expect(await blocksOf(t.db, commandLine, 'somebody@MAIL.test')).toEqual([made])
  await t.db.transaction((tx) => allowAddress(tx, commandLine, made.id))
  expect(await join(t, 's.omebody+2@mail.test')).toMatchObject({ isApproved: true })
  for (const wrong of [{ email: 'nonsense' }, { hash: 'abc' }, { hash: '' }])
    await expect(t.db.transaction((tx) => blockAddress(tx, commandLine, wrong))).rejects.toMatchObject({
      code: 'invalid',
    })
  const { rows } = await t.db.execute(
    sql`select action, target_name as name from audit_log where target_kind = 'canonicalEmailBlock' order by id`,
  )
  expect(rows.map(({ action }) => action)).toEqual(['create', 'delete'])
  expect(JSON.stringify(rows)).not.toContain('mail.test')
})

test('suspending an account blocks its address, and lifting the suspension frees it, but not what staff blocked', async () => {
  await using t = await database()
  await openSignUps(t)
  const [alice, bob] = [await localAccount(t, 'alice'), await localAccount(t, 'bob')]
  await block(t, 'bob@mail.test')
  const strikes = [await suspend(t, alice), await suspend(t, bob)]
  expect((await listCanonical(t.db, commandLine)).map(({ hash, accountId }) => [hash, accountId])).toEqual([
    [canonicalHash('alice@mail.test'), alice],
    [canonicalHash('bob@mail.test'), null],
  ])
  await expect(join(t, 'al.ice+again@mail.test')).rejects.toMatchObject(blocked)
  for (const id of strikes) await t.db.transaction((tx) => liftStrike(tx, commandLine, id!))
  expect((await listCanonical(t.db, commandLine)).map(({ accountId }) => accountId)).toEqual([null])
  expect(await join(t, 'al.ice+again@mail.test')).toMatchObject({ isApproved: true })
})

test('the address of a suspended account stays blocked when its data is deleted', async () => {
  await using t = await database()
  await openSignUps(t)
  const alice = await localAccount(t, 'alice')
  await suspend(t, alice)
  await t.db.execute(sql`update accounts set purge_at = now() where id = ${alice}`)
  await purgeAccounts(t.db)
  expect((await t.db.execute(sql`select from users where account_id = ${alice}`)).rows).toEqual([])
  await expect(join(t, 'alice@mail.test')).rejects.toMatchObject(blocked)
})

test('a rule about a mail domain holds for domains whose mail goes to a server of it, however many there are', async () => {
  await using dns = await dnsServer({
    'one.test': { hosts: ['mx1.bad.test'] },
    'two.test': { hosts: ['mail.fine.test', 'MX2.Bad.Test'] },
    'odd.test': { hosts: ['in.careful.test'] },
    'both.test': { hosts: ['in.careful.test', 'mx.bad.test'] },
    'fine.test': { hosts: ['mx.fine.test'] },
    'many.test': { hosts: [...Array.from({ length: 12 }, (_, n) => `m${n}.fine.test`), 'mx.bad.test'] },
    'xn--bcher-kva.test': { hosts: ['mx.bad.test'] },
  })
  await using t = await database({ DNS_SERVERS: dns.address })
  await openSignUps(t)
  await join(t, 'early@one.test')
  expect(dns.asked, 'nobody is asked while there is no rule').toEqual([])
  const { id } = await blockDomain(t, 'bad.test')
  await blockDomain(t, 'careful.test', true)
  for (const email of ['a@one.test', 'b@TWO.test', 'c@both.test', 'd@xn--bcher-kva.test'])
    await expect(join(t, email), email).rejects.toMatchObject(blocked)
  const { accountId: odd } = await join(t, 'e@odd.test')
  const { accountId: fine } = await join(t, 'f@fine.test')
  // The first ten names of an answer are looked at.
  const { accountId: many } = await join(t, 'g@many.test')
  expect([await isApproved(t, odd), await isApproved(t, fine), await isApproved(t, many)]).toEqual([false, true, true])
  await expect(changeUnconfirmedAddress(t.app, fine, 'h@one.test')).rejects.toMatchObject(blocked)
  await expect(requestAddressChange(t.app, fine, 'i@two.test', client)).rejects.toMatchObject(blocked)
  expect((await domainUses(t.db, commandLine, [id])).get(id)?.[0]).toMatchObject({ uses: 4 })
  dns.asked.length = 0
  await expect(join(t, 'j@x.bad.test')).rejects.toMatchObject(blocked)
  expect(dns.asked, 'a rule that is found needs no answer').toEqual([])
})

test('a DNS server that fails, has no such domain, or is silent keeps nobody from signing up', async () => {
  await using dns = await dnsServer({ 'silent.test': 'silence', 'broken.test': 'failure' })
  await using t = await database({ DNS_SERVERS: dns.address })
  await openSignUps(t)
  await blockDomain(t, 'bad.test')
  for (const domain of ['silent.test', 'broken.test', 'nothing.test']) await join(t, `a@${domain}`)
  expect([...new Set(dns.asked)].toSorted()).toEqual(['broken.test', 'nothing.test', 'silent.test'])
})

test('an address that two suspended people have variants of stays blocked until both are back', async () => {
  await using t = await database()
  await openSignUps(t)
  const [alice, bob] = [await localAccount(t, 'alice'), await localAccount(t, 'bob')]
  await t.db.execute(sql`update users set email = 'same.one@mail.test' where account_id = ${alice}`)
  await t.db.execute(sql`update users set email = 'sameone+b@MAIL.test' where account_id = ${bob}`)
  await suspend(t, alice)
  await suspend(t, bob)
  const unsuspend = (id: AccountId) => t.db.transaction((tx) => endEffect(tx, commandLine, id, 'suspend'))
  for (const [first, second] of [
    [alice, bob],
    [bob, alice],
  ] as const) {
    expect(await blocksOf(t.db, commandLine, 'sameone@mail.test')).toHaveLength(1)
    await unsuspend(first)
    await expect(join(t, 'same.o.ne+x@mail.test')).rejects.toMatchObject(blocked)
    await unsuspend(second)
    expect(await blocksOf(t.db, commandLine, 'sameone@mail.test')).toEqual([])
    await suspend(t, alice)
    await suspend(t, bob)
  }
})
