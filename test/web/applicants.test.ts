import { sql } from 'drizzle-orm'
import { expect, test } from 'vitest'
import { notifyStaffOfSignUp } from '#src/accounts/sign-up/notify-staff.ts'
import { type AccountId, newId } from '#src/platform/ids.ts'
import { pages } from '../../web/app.tsx'
import { localAccount, password } from '../cast.ts'
import { database, type TestDatabase } from '../database.ts'
import { recorded } from '../statements.ts'
import { visitor } from './visitor.ts'

/** People who ask to join, with a confirmed address. */
async function ask(t: TestDatabase, count: number, prefix = 'bird'): Promise<AccountId[]> {
  const ids: AccountId[] = []
  for (let i = 0; i < count; i++) {
    const id = await localAccount(t, `${prefix}${String(i).padStart(2, '0')}`, { isApproved: false })
    await t.db.execute(
      sql`update users set sign_up_reason = ${`Reason ${i} <b>`}, sign_up_address = '203.0.113.7', locale = 'de' where account_id = ${id}`,
    )
    ids.push(id)
  }
  return ids
}
const left = async (t: TestDatabase) =>
  (await t.db.execute<{ n: number }>(sql`select count(*)::int as n from users where approved_at is null`)).rows[0]?.n

async function staff(t: TestDatabase, username = 'mod', role: 'user' | 'moderator' | 'admin' | 'owner' = 'moderator') {
  await localAccount(t, username, { role })
  const browser = visitor(pages(t.app))
  await browser.logIn(username, password)
  return browser
}

test('sixty people are looked through on two pages, and let in at once', async () => {
  await using t = await database()
  const mod = await staff(t)
  const people = await ask(t, 60)
  const first = await mod.get('/admin/applicants')
  expect(first.html.match(/<article /g)).toHaveLength(40)
  expect(first.html).toContain('Reason 0 &lt;b&gt;')
  expect(first.html).toContain('Sign-ups (60)')
  expect(first.html).toMatch(/Administration<\/span><span class="badge">60</)
  const next = /href="(\/admin\/applicants\?after=\d+)"/.exec(first.html)?.[1] ?? ''
  const second = await mod.get(next)
  expect(second.html.match(/<article /g)).toHaveLength(20)
  expect(second.html).toContain('@bird59')

  const ids = people.slice(0, 40).join(' ')
  const done = await mod.post('/admin/applicants', { ids, all: '1', list: 'confirmed', answer: 'approve' })
  expect(done).toMatchObject({ status: 303, location: '/admin/applicants?approved=40' })
  expect((await mod.get(done.location ?? '')).html).toContain('40 people were let in.')
  expect(await left(t)).toBe(20)
  // Pressed twice, it does nothing more.
  expect((await mod.post('/admin/applicants', { ids, all: '1', answer: 'approve' })).location).toContain('approved=0')
})

test('ticked people are rejected after a question, with a text', async () => {
  await using t = await database()
  const mod = await staff(t)
  const [one = '', two = '', three = ''] = await ask(t, 3)
  const question = await mod.post('/admin/applicants', {
    ids: [one, two, three].join(' '),
    pick: [one, three],
    list: 'confirmed',
    answer: 'reject',
  })
  expect(question.html).toContain('Reject 2 sign-ups')
  expect(question.html).toContain('@bird02')
  expect(question.html).not.toContain('@bird01')
  expect(await left(t)).toBe(3)
  const tooLong = await mod.post('/admin/applicants/reject', { ids: `${one} ${three}`, text: 'x'.repeat(1_001) })
  expect([tooLong.status, await left(t)]).toEqual([422, 3])
  expect(
    await mod.post('/admin/applicants/reject', { ids: `${one} ${three}`, list: 'confirmed', text: 'Not now' }),
  ).toMatchObject({ status: 303, location: '/admin/applicants?rejected=2' })
  expect(await left(t)).toBe(1)
  expect(await t.jobPayloads('rejection-mail')).toHaveLength(2)
})

test('a button beside each person is for that person alone', async () => {
  await using t = await database()
  const mod = await staff(t)
  const [one = '', two = '', three = ''] = await ask(t, 3)
  await mod.post('/admin/applicants', { ids: `${one} ${two} ${three}`, pick: [two, three], answer: `approve ${one}` })
  expect(await left(t)).toBe(2)
  const none = await mod.post('/admin/applicants', { ids: `${two} ${three}`, answer: 'approve' })
  expect([none.status, none.html.includes('Choose at least one first.')]).toEqual([422, true])
  expect((await mod.post('/admin/applicants', { answer: 'approve x', ids: 'x y' })).status).toBe(422)
})

test('people who have not confirmed their address are on a page of their own', async () => {
  await using t = await database()
  const mod = await staff(t)
  const [early = ''] = await ask(t, 1, 'early')
  await t.db.execute(sql`update users set confirmed_at = null where account_id = ${early}`)
  await ask(t, 1, 'ready')
  const list = await mod.get('/admin/applicants')
  expect([list.html.includes('@ready00'), list.html.includes('@early00')]).toEqual([true, false])
  expect(list.html).toContain('Sign-ups (1)')
  const unconfirmed = await mod.get('/admin/applicants/unconfirmed')
  expect([unconfirmed.html.includes('@ready00'), unconfirmed.html.includes('@early00')]).toEqual([false, true])
})

test('what each role sees of applicants, and may do', async () => {
  await using t = await database()
  const [bob = ''] = await ask(t, 1)
  const inviter = await localAccount(t, 'inga')
  const invite = newId()
  await t.db.execute(
    sql`insert into invites (id, account_id, code_hash, code) values (${invite}, ${inviter}, '\\x00', 'sealed')`,
  )
  await t.db.execute(sql`update users set invite_id = ${invite} where account_id = ${bob}`)
  const stranger = visitor(pages(t.app))
  expect((await stranger.get('/admin/applicants')).location).toContain('/login')
  const user = await staff(t, 'alice', 'user')
  for (const path of ['/admin/applicants', '/admin/applicants/unconfirmed'])
    expect((await user.get(path)).status).toBe(404)
  expect((await user.post('/admin/applicants', { answer: `approve ${bob}` })).status).toBe(404)
  expect((await user.post('/admin/applicants/reject', { ids: bob })).status).toBe(404)
  expect(await left(t)).toBe(1)
  expect((await user.get('/more')).html).not.toContain('/admin')

  const shown = async (browser: typeof user) => {
    const { html } = await browser.get('/admin/applicants')
    return [html.includes('203.0.113.7'), html.includes('bird00@'), html.includes('mail.test'), html.includes('@inga')]
  }
  // Nobody reads the whole mail address, and only admins that of the client.
  expect(await shown(await staff(t, 'mod', 'moderator'))).toEqual([false, false, true, true])
  expect(await shown(await staff(t, 'adam', 'admin'))).toEqual([true, false, true, true])
  expect(await shown(await staff(t, 'olga', 'owner'))).toEqual([true, false, true, true])
})

test('the notification says who asks, why, and where to answer', async () => {
  await using t = await database()
  const mod = await staff(t)
  const [bob] = await ask(t, 1)
  await t.db.transaction((tx) => notifyStaffOfSignUp(tx, bob!))
  const { html } = await mod.get('/notifications')
  expect(html).toMatch(/bird00<\/bdi><\/strong>[^<]* asks to join|bird00[^]{0,80} asks to join/)
  expect(html).toContain('Reason 0 &lt;b&gt;')
  expect(html).toContain('href="/admin/applicants" class="note-status"')
  expect(html).not.toContain('href="/@bird00"')
})

test('sixty applicants take as many statements as one; people who are no staff pay nothing', async () => {
  await using r = await recorded()
  const { t } = r
  await localAccount(t, 'mod', { role: 'moderator' })
  await localAccount(t, 'alice')
  const site = pages(r.app)
  const [mod, alice] = [visitor(site), visitor(site)]
  await mod.logIn('mod', password)
  await alice.logIn('alice', password)
  const home = () => r.countOf(() => alice.get('/more'))
  const list = () => r.countOf(() => mod.get('/admin/applicants'))
  const people = await ask(t, 1)
  const [homeOfOne, listOfOne] = [await home(), await list()]
  people.push(...(await ask(t, 59, 'more')))
  expect([await home(), await list()]).toEqual([homeOfOne, listOfOne])
  const approving = (ids: AccountId[]) =>
    r.countOf(async () => {
      // This is not recorded.
      await t.db.execute(sql`update users set approved_at = null where sign_up_reason is not null`)
      const { location } = await mod.post('/admin/applicants', { ids: ids.join(' '), all: '1', answer: 'approve' })
      expect(location).toContain(`approved=${ids.length}`)
    })
  expect(await approving(people.slice(0, 40))).toBe(await approving(people.slice(0, 1)))
  const rejecting = async (count: number) => {
    const rejected: number[] = []
    const statements = await r.countOf(async () => {
      const ids = (await ask(t, count, `no${rejected.length}x${count}x`)).join(' ')
      const { location } = await mod.post('/admin/applicants/reject', { ids })
      rejected.push(Number(/rejected=(\d+)/.exec(location ?? '')?.[1]))
    })
    expect(new Set(rejected)).toEqual(new Set([count]))
    return statements
  }
  expect(await rejecting(12)).toBe(await rejecting(1))
})
