import { sql } from 'drizzle-orm'
import { expect, test } from 'vitest'
import { type AccountId, newId } from '#src/platform/ids.ts'
import { pages } from '../../web/app.tsx'
import { forgetJobs, localAccount, password, remoteAccount } from '../cast.ts'
import { database, type TestDatabase } from '../database.ts'
import { runJobs } from '../jobs/run.ts'
import { type Visitor, visitor } from './visitor.ts'

const path = '/admin/accounts'

async function staff(t: TestDatabase, username: string, role: 'moderator' | 'admin' | 'owner'): Promise<Visitor> {
  await localAccount(t, username, { role })
  const browser = visitor(pages(t.app))
  await browser.logIn(username, password)
  return browser
}

/** The handles of a list, from its top. */
const handlesIn = (html: string): string[] =>
  html
    .split('<article ')
    .slice(1)
    .map((entry) => /<bdi class="handle">(@[^<]+)</.exec(entry)?.[1] ?? '')
const linksIn = (html: string, pattern: RegExp): string => (pattern.exec(html)?.[1] ?? '').replaceAll('&amp;', '&')
const fieldIn = (html: string, name: string): string => linksIn(html, new RegExp(`name="${name}" value="([^"]*)"`))

/** Accounts of five servers. */
async function wave(t: TestDatabase, count: number): Promise<AccountId[]> {
  const { rows } = await t.db.execute<{ id: AccountId }>(sql`
    insert into accounts (id, username, domain, uri, url, inbox_url)
    select ${newId()}::bigint + n, 'spam' || n, 'spam' || n % 5 || '.test', 'https://spam' || n % 5 || '.test/' || n, 'https://spam.test', 'https://spam' || n % 5 || '.test/inbox'
    from generate_series(1, ${count}::int) n returning id::text as id`)
  return rows.map(({ id }) => id)
}
const countOf = async (t: TestDatabase, condition: ReturnType<typeof sql>) =>
  (await t.db.execute<{ n: number }>(sql`select count(*)::int as n from accounts where ${condition}`)).rows[0]?.n

test('accounts are found by each filter and by the one field, with what staff want to know first', async () => {
  await using t = await database()
  const admin = await staff(t, 'boss', 'admin')
  const alice = await localAccount(t, 'alice')
  const bob = await localAccount(t, 'bob', { isApproved: false })
  await localAccount(t, 'early', { isConfirmed: false })
  const carol = await remoteAccount(t, 'carol', 'far.test')
  await t.db.execute(sql`update accounts set display_name = 'Alice <b>' where id = ${alice}`)
  await t.db.execute(
    sql`update accounts set silenced_at = now(), silenced_by = 'domain', sensitized_at = now() where id = ${carol}`,
  )
  await t.db.execute(sql`update accounts set suspended_at = now(), suspended_by = 'moderator' where id = ${alice}`)
  await t.db.execute(
    sql`update users set sign_up_address = '192.0.2.77', email = 'bob@other.test', disabled_at = now() where account_id = ${bob}`,
  )
  await t.db.execute(sql`insert into active_days (day, account_id) values (current_date, ${alice})`)
  await t.db.execute(sql`insert into invites (id, account_id, code_hash, code) values (7, ${alice}, '\\x00', '')`)
  await t.db.execute(sql`update users set invite_id = 7 where account_id = ${bob}`)
  await t.db.execute(sql`insert into reports (id, target_id) values (1, ${carol}), (2, ${carol})`)
  await t.db.execute(
    sql`insert into strikes (id, account_id, action, review_at) values (1, ${alice}, 'suspend', now())`,
  )

  const { html } = await admin.get(path)
  expect(handlesIn(html)).toEqual(expect.arrayContaining(['@alice', '@bob', '@boss', '@early', '@carol@far.test']))
  expect(html).toContain('Alice &lt;b&gt;')
  expect(html).toContain(`href="${path}/${alice}"`)
  for (const text of [
    'Limited by a rule',
    'Files sensitive',
    'Suspended',
    'Disabled',
    'Waits for approval',
    'Unconfirmed',
  ])
    expect(html, text).toContain(`>${text}</span>`)
  for (const text of ['2 open reports', '1 action against it', 'Role: Admin', 'Last here', 'Signed up', 'First seen'])
    expect(html, text).toContain(text)

  const today = new Date().toISOString().slice(0, 10)
  for (const [query, found] of [
    ['origin=local', ['@early', '@bob', '@alice', '@boss']],
    ['origin=remote', ['@carol@far.test']],
    ['state=active', ['@boss']],
    ['state=pending', ['@bob']],
    ['state=unconfirmed', ['@early']],
    ['state=disabled', ['@bob']],
    ['state=silenced', ['@carol@far.test']],
    ['state=suspended', ['@alice']],
    ['state=review', ['@alice']],
    ['role=2', ['@boss']],
    ['host=FAR.test', ['@carol@far.test']],
    ['host=pipit.test', ['@early', '@bob', '@alice', '@boss']],
    ['name=alice', ['@alice']],
    ['email=bob@other.test', ['@bob']],
    ['mail_domain=other.test', ['@bob']],
    ['address=192.0.2.64/26', ['@bob']],
    ['address=192.0.2.128/25', []],
    ['invited_by=@alice', ['@bob']],
    [`invited_by=${alice}`, ['@bob']],
    [`active_since=${today}`, ['@alice', '@boss']],
    ['inactive_since=2020-01-01', []],
    ['order=active', ['@alice', '@boss']],
    ['order=reported', ['@carol@far.test']],
    ['order=posted', []],
    ['q=@carol@far.test', ['@carol@far.test']],
    ['q=bob@other.test', ['@bob']],
    ['q=192.0.2.77', ['@bob']],
    ['q=192.0.2.0%2F24', ['@bob', '@boss']],
    ['q=far.test', ['@carol@far.test']],
    ['q=ALI', ['@alice']],
    ['q=b&state=pending', ['@bob']],
    ['q=nobody', []],
  ] as const) {
    const answer = await admin.get(`${path}?${query}`)
    expect({ query, status: answer.status, found: handlesIn(answer.html) }).toEqual({ query, status: 200, found })
  }
  for (const [query, text] of [
    ['address=nonsense', 'neither an address nor a network'],
    ['address=0.0.0.0/0', 'neither an address nor a network'],
    ['host=a b', 'not the name of a server'],
    ['active_since=tomorrow', 'not a date'],
    ['invited_by=nobody', 'nobody’s username'],
    [`invited_by=${carol}`, 'nobody’s username'],
  ] as const) {
    const answer = await admin.get(`${path}?${query}`)
    expect({ query, status: answer.status, found: handlesIn(answer.html) }).toEqual({ query, status: 422, found: [] })
    expect(answer.html).toContain(text)
  }
  expect((await admin.get(`${path}?q=%00x`)).status).toBe(200)
  expect((await admin.get(`${path}?q=far.test`)).html).toContain('href="/admin/servers/rule?host=far.test"')
})

test('moderators neither see nor search by addresses of clients, nor set rules about servers', async () => {
  await using t = await database()
  const [mod, admin] = [await staff(t, 'mod', 'moderator'), await staff(t, 'boss', 'admin')]
  await t.db.execute(sql`update users set sign_up_address = '192.0.2.77'`)
  for (const query of ['address=192.0.2.77', 'q=192.0.2.77', 'q=192.0.2.0%2F24']) {
    const answer = await mod.get(`${path}?${query}`)
    expect({ query, status: answer.status, found: handlesIn(answer.html) }).toEqual({ query, status: 422, found: [] })
    expect(handlesIn((await admin.get(`${path}?${query}`)).html)).toHaveLength(2)
  }
  const { html } = await mod.get(`${path}?q=far.test`)
  expect(html).not.toContain('name="address"')
  expect(html).not.toContain('/admin/servers/rule')
  expect(html).not.toContain('reset-factors')
})

test('pages have forty accounts each, in both directions and in each order', async () => {
  await using t = await database()
  const mod = await staff(t, 'mod', 'moderator')
  await wave(t, 95)
  const first = await mod.get(`${path}?origin=remote`)
  expect(handlesIn(first.html)).toHaveLength(40)
  const second = await mod.get(linksIn(first.html, /href="([^"]*max_id=[^"]*)"/))
  const third = await mod.get(linksIn(second.html, /href="([^"]*max_id=[^"]*)"/))
  const all = [first, second, third].flatMap(({ html }) => handlesIn(html))
  expect(new Set(all).size).toBe(95)
  const back = await mod.get(linksIn(third.html, /href="([^"]*min_id=[^"]*)"/))
  expect(handlesIn(back.html)).toEqual(handlesIn(second.html))

  await t.db.execute(
    sql`insert into reports (id, target_id) select row_number() over (), id from accounts where domain is not null`,
  )
  const seen: string[] = []
  for (let next = `${path}?order=reported`; next !== '';) {
    const { html } = await mod.get(next)
    seen.push(...handlesIn(html))
    next = linksIn(html, /href="([^"]*)" rel="next"/)
  }
  expect(new Set(seen).size).toBe(95)
  expect(seen).toHaveLength(95)
})

test('the ticked accounts are limited after a page that says what happens, with a text and a date', async () => {
  await using t = await database()
  const mod = await staff(t, 'mod', 'moderator')
  const [alice, bob] = [await localAccount(t, 'alice'), await localAccount(t, 'bob')]
  const boss = await localAccount(t, 'boss', { role: 'owner' })
  const carol = await remoteAccount(t, 'carol', 'far.test')
  const ids = [boss, bob, alice, carol].join('+')
  const none = await mod.get(`${path}/act?action=silence&ids=${ids}&search=%3Forigin%3Dlocal`)
  expect(none.status).toBe(422)
  expect(none.html).toContain('Choose at least one account first')
  expect(handlesIn(none.html)).toContain('@alice')

  const asked = await mod.get(
    `${path}/act?action=silence&ids=${ids}&pick=${alice}&pick=${boss}&pick=${carol}&search=%3Forigin%3Dlocal`,
  )
  expect(asked.html).toContain('Limit 2 accounts')
  expect(asked.html).toContain('1 account of this server')
  expect(asked.html).toContain('1 account of 1 server')
  expect(asked.html).toContain('1 has a role as high as yours')
  expect(asked.html).not.toContain('@bob')
  expect(await countOf(t, sql`silenced_at is not null`)).toBe(0)

  const fields = {
    action: 'silence',
    ids: fieldIn(asked.html, 'ids'),
    back: fieldIn(asked.html, 'back'),
    return_to: fieldIn(asked.html, 'return_to'),
    text: 'Be kind',
    ends_on: '',
    review_on: '2999-01-01',
  }
  expect(fields.back).toBe(`${path}?origin=local`)
  const late = await mod.post(`${path}/act`, { ...fields, ends_on: '2020-01-01' })
  expect([late.status, await countOf(t, sql`silenced_at is not null`)]).toEqual([422, 0])
  expect(late.html).toContain('Be kind')
  const done = await mod.post(`${path}/act`, fields)
  expect(done.status).toBe(303)
  const result = await mod.get(done.location ?? '')
  expect(result.html).toContain('2 accounts: done')
  expect(result.html).toContain(`href="${path}?origin=local"`)
  const { rows } = await t.db.execute(
    sql`select username, text from strikes join accounts on accounts.id = account_id order by username`,
  )
  expect(rows).toEqual([
    { username: 'alice', text: 'Be kind' },
    { username: 'carol', text: 'Be kind' },
  ])
  // Pressed twice, it does nothing more; and nobody else sees what was done.
  const again = await mod.post(`${path}/act`, fields)
  expect((await mod.get(again.location ?? '')).html).toContain('2 accounts in that state already')
  const other = await staff(t, 'mod2', 'moderator')
  expect((await other.get(done.location ?? '')).status).toBe(404)
  const lifted = await mod.get(`${path}/act?action=unsilence&all=1&ids=${ids}`)
  expect(lifted.html).toContain('Lift the limit of 2 accounts')
  expect(lifted.html).not.toContain('name="text"')
})

test('a wave of 200 accounts of five servers is suspended in four steps, with a proof of identity', async () => {
  await using t = await database()
  const mod = await staff(t, 'mod', 'moderator')
  await wave(t, 200)
  await remoteAccount(t, 'carol', 'far.test')
  const search = `${path}?q=spam&origin=remote`
  const list = await mod.get(search)
  expect(handlesIn(list.html)).toHaveLength(40)
  expect(list.html).toContain('All 200 that match, on all pages')
  const question = `${path}/act?${new URLSearchParams({ search: fieldIn(list.html, 'search'), ids: fieldIn(list.html, 'ids'), matching: '1', action: 'suspend' })}`

  await t.db.execute(sql`update sessions set proved_at = now() - interval '2 hours'`)
  expect((await mod.get(question)).location).toBe(`/prove?${new URLSearchParams({ return_to: question })}`)
  await t.db.execute(sql`update sessions set proved_at = now()`)
  const asked = await mod.get(question)
  expect(asked.html).toContain('Suspend 200 accounts')
  expect(asked.html).toContain('200 accounts of 5 servers')
  // The people of other servers get no text.
  expect(asked.html).not.toContain('name="text"')
  const fields = { action: 'suspend', ids: fieldIn(asked.html, 'ids'), return_to: fieldIn(asked.html, 'return_to') }
  await t.db.execute(sql`update sessions set proved_at = now() - interval '11 minutes'`)
  expect((await mod.post(`${path}/act`, { ...fields, ends_on: '2099-01-02' })).location).toBe(
    `/prove?${new URLSearchParams({ return_to: question })}`,
  )
  await t.db.execute(sql`update sessions set proved_at = now()`)
  expect((await mod.get(question)).html).toContain('value="2099-01-02"')
  const begun = await mod.post(`${path}/act`, fields)
  expect((await mod.get(begun.location ?? '')).html).toContain('0 of 200 done so far')
  await runJobs(t)
  expect((await mod.get(begun.location ?? '')).html).toContain('200 accounts: done')
  expect(await countOf(t, sql`suspended_by = 'moderator'`)).toBe(200)
  expect(await countOf(t, sql`username = 'carol' and suspended_at is null`)).toBe(1)
})

test('nobody acts on all accounts at once, nor on more than the bound', async () => {
  await using t = await database()
  const mod = await staff(t, 'mod', 'moderator')
  await wave(t, 520)
  for (const query of ['', '?origin=remote', '?state=active'])
    expect((await mod.get(`${path}${query}`)).html, query).not.toContain('name="matching"')
  const many = await mod.get(`${path}?q=spam`)
  expect(many.html).toContain('More than 500 accounts match')
  expect(many.html).not.toContain('name="matching"')
  for (const [search, text] of [
    ['?q=spam', 'More than 500 accounts match'],
    ['?origin=remote', 'Search for something first'],
    ['?host=a b', 'Choose at least one account first'],
  ] as const) {
    const answer = await mod.get(`${path}/act?${new URLSearchParams({ search, matching: '1', action: 'silence' })}`)
    expect([search, answer.status]).toEqual([search, 422])
    expect(answer.html).toContain(text)
  }
  const { rows } = await t.db.execute<{ id: string }>(sql`select id::text from accounts where domain is not null`)
  const tooMany = await mod.post(`${path}/act`, { action: 'silence', ids: rows.map(({ id }) => id).join(' ') })
  expect(tooMany.status).toBe(422)
  expect((await mod.post(`${path}/act`, { action: 'purge', ids: '1' })).status).toBe(404)
  expect((await mod.get(`${path}/act?action=purge&pick=1`)).location).toBe(path)
  expect((await mod.post(`${path}/act`, { action: 'silence', ids: 'x y' })).status).toBe(303)
  expect(await countOf(t, sql`silenced_at is not null`)).toBe(0)
  expect((await mod.get(`${path}/acts/5`)).status).toBe(404)
  expect((await mod.get(`${path}/acts/x`)).status).toBe(404)
})

test('applicants are let in and rejected from the list, the rejected with a text', async () => {
  await using t = await database()
  const mod = await staff(t, 'mod', 'moderator')
  const [bob, eve] = [
    await localAccount(t, 'bob', { isApproved: false }),
    await localAccount(t, 'eve', { isApproved: false }),
  ]
  expect((await mod.get(`${path}?state=pending`)).html).toMatch(/value="approve" class="button"/)
  await mod.post(`${path}/act`, { action: 'approve', ids: bob })
  const asked = await mod.get(`${path}/act?action=reject&pick=${eve}`)
  expect(asked.html).toContain('deleted for good')
  expect(asked.html).not.toContain('name="ends_on"')
  expect((await mod.post(`${path}/act`, { action: 'reject', ids: eve, text: 'x'.repeat(1_001) })).status).toBe(422)
  await mod.post(`${path}/act`, { action: 'reject', ids: eve, text: 'Not now' })
  expect(await countOf(t, sql`username = 'eve'`)).toBe(0)
  expect(await t.jobPayloads('rejection-mail')).toHaveLength(1)
})

test('admins set the rule about a server, with a proof of identity, and an earlier one keeps what they don’t change', async () => {
  await using t = await database()
  const [mod, admin] = [await staff(t, 'mod', 'moderator'), await staff(t, 'boss', 'admin')]
  const at = '/admin/servers/rule?host=far.test'
  expect((await mod.get(at)).status).toBe(404)
  await t.db.execute(sql`update sessions set proved_at = now() - interval '2 hours'`)
  for (const answer of [
    await admin.get(at),
    await admin.post('/admin/servers/rule', { host: 'far.test', severity: 'suspend', return_to: at }),
  ])
    expect(answer.location).toBe(`/prove?${new URLSearchParams({ return_to: at })}`)
  await t.db.execute(sql`update sessions set proved_at = now()`)
  expect((await admin.get(at)).html).toContain('value="far.test"')
  const set = (fields: Record<string, string>) => admin.post('/admin/servers/rule', { host: 'Far.test', ...fields })
  expect((await set({ severity: 'x' })).status).toBe(422)
  expect((await set({ severity: 'suspend', host: 'pipit.test' })).status).toBe(422)
  const done = await set({ severity: 'silence', public_comment: 'Spam', obfuscated: '1' })
  const { html } = await admin.get(done.location ?? '')
  expect(html).toContain('The rule holds')
  expect(html).toContain('value="Spam"')
  expect(html).toMatch(/value="silence" required[^>]* checked/)
  const { rows } = await t.db.execute(sql`select domain, severity, public_comment, is_obfuscated from domain_rules`)
  expect(rows).toEqual([{ domain: 'far.test', severity: 'silence', public_comment: 'Spam', is_obfuscated: true }])
})

test('people are mailed about an action on many accounts only if staff want it', async () => {
  await using t = await database()
  const mod = await staff(t, 'mod', 'moderator')
  const [alice, bob] = [await localAccount(t, 'alice'), await localAccount(t, 'bob')]
  const asked = (await mod.get(`${path}/act?action=silence&all=1&ids=${alice}`)).html
  expect(asked).toMatch(/name="mails" value="1" checked/)
  expect((await mod.get(`${path}/act?action=unsilence&all=1&ids=${alice}`)).html).not.toContain('name="mails"')
  await forgetJobs(t)
  await mod.post(`${path}/act`, { action: 'silence', ids: alice })
  expect(await t.jobs()).not.toContain('strike-mail')
  await mod.post(`${path}/act`, { action: 'silence', ids: bob, mails: '1' })
  expect(await t.jobs()).toContain('strike-mail')
})

test('a filter by something that there is not, such as a deleted role, finds nobody instead of everybody', async () => {
  await using t = await database()
  const mod = await staff(t, 'mod', 'moderator')
  await wave(t, 50)
  for (const query of ['role=abc', 'role=12345', 'state=abc', 'origin=abc', 'order=abc']) {
    const { status, html } = await mod.get(`${path}?${query}`)
    expect({ query, status, found: handlesIn(html) }).toEqual({ query, status: 422, found: [] })
    expect(html, query).toContain('is none of the choices')
    const search = new URLSearchParams({ search: query, matching: '1', action: 'silence' })
    expect((await mod.get(`${path}/act?${search}`)).html, query).not.toContain('name="ids"')
  }
  expect((await mod.get(`${path}?role=1`)).status).toBe(200)
})
