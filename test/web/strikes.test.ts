import { sql } from 'drizzle-orm'
import { expect, test } from 'vitest'
import { commandLine } from '#src/accounts/roles/staff.ts'
import { strike, type StrikeInput } from '#src/moderation/accounts/strike.ts'
import { strikeUrl } from '#src/moderation/appeals.ts'
import { actOnStatuses } from '#src/moderation/statuses.ts'
import type { AccountId, StrikeId } from '#src/platform/ids.ts'
import { pages } from '../../web/app.tsx'
import { localAccount, password, status } from '../cast.ts'
import { database, type TestDatabase } from '../database.ts'
import { visitor } from './visitor.ts'

async function act(t: TestDatabase, id: AccountId, input: StrikeInput): Promise<StrikeId> {
  const made = await t.db.transaction((tx) => strike(tx, commandLine, id, { mails: false, ...input }))
  if (!made) throw new Error('The account was in this state already')
  return made
}

async function browserOf(t: TestDatabase, username: string) {
  const browser = visitor(pages(t.app))
  await browser.logIn(username, password)
  return browser
}

const linkOf = (t: TestDatabase, id: StrikeId): string => {
  const { pathname, search } = new URL(strikeUrl(t.app, id))
  return `${pathname}${search}`
}

test('a person reads what was done and appeals it, staff approve that, and nobody else sees it', async () => {
  await using t = await database()
  const alice = await localAccount(t, 'alice')
  await localAccount(t, 'bob')
  await localAccount(t, 'mod', { role: 'moderator' })
  const id = await act(t, alice, { action: 'silence', text: 'Too <loud>' })
  const at = `/settings/strikes/${id}`
  const [hers, his, staff] = [await browserOf(t, 'alice'), await browserOf(t, 'bob'), await browserOf(t, 'mod')]

  expect((await hers.get('/notifications')).html).toContain(`href="${at}"`)
  expect((await hers.get('/settings/account')).html).toContain('href="/settings/strikes"')
  expect((await hers.get('/settings/strikes')).html).toContain(`href="${at}"`)
  expect((await hers.get(at)).html).toContain('Too &lt;loud&gt;')

  for (const other of [his, staff]) {
    expect((await other.get(at)).status).toBe(404)
    expect((await other.post(`${at}/appeal`, { text: 'Mine' })).status).toBe(404)
    expect((await other.get('/settings/strikes')).html).not.toContain(at)
  }
  expect((await hers.get('/settings/strikes/x')).status).toBe(404)
  expect((await visitor(pages(t.app)).get(at)).location).toContain('/login')
  for (const path of ['/admin/appeals', `/admin/appeals/${id}/approve`])
    expect((await (path.endsWith('approve') ? hers.post(path) : hers.get(path))).status).toBe(404)

  expect(await hers.post(`${at}/appeal`, { text: ' ' })).toMatchObject({ status: 422 })
  expect(await hers.post(`${at}/appeal`, { text: 'I was <quiet>' })).toMatchObject({ status: 303, location: at })
  const appealed = (await hers.get(at)).html
  expect(appealed).toContain('Your appeal waits for an answer.')
  expect(appealed).not.toContain(`action="${at}/appeal"`)
  expect((await hers.post(`${at}/appeal`, { text: 'Again' })).status).toBe(409)

  expect((await staff.get('/')).html).toMatch(/href="\/admin"[^>]*>(?:(?!<\/a>).)*1(?:(?!<\/a>).)*<\/a>/s)
  const waiting = (await staff.get('/admin/appeals')).html
  expect(waiting).toContain('Appeals (1)')
  for (const words of ['@alice', 'Too &lt;loud&gt;', 'I was &lt;quiet&gt;']) expect(waiting).toContain(words)
  expect(await staff.post(`/admin/appeals/${id}/approve`)).toMatchObject({
    status: 303,
    location: '/admin/appeals?done=approve',
  })
  expect((await staff.get('/admin/appeals')).html).toContain('No appeal waits.')
  const approved = (await hers.get(at)).html
  expect(approved).toContain('Your appeal was approved')
  expect(approved).toContain('It was lifted')
})

test.each(['disable', 'suspend'] as const)(
  'the signed link opens an appeal after %s, and no other strike',
  async (action) => {
    await using t = await database()
    const [alice, bob] = [await localAccount(t, 'alice'), await localAccount(t, 'bob')]
    await localAccount(t, 'mod', { role: 'moderator' })
    const post = await status(t, alice, { text: 'Nasty words' })
    const marked = await t.db.transaction((tx) =>
      actOnStatuses(tx, commandLine, alice, [post], { action: 'mark_statuses_as_sensitive', mails: false }),
    )
    const id = await act(t, alice, { action, text: 'Spam' })
    const other = await act(t, bob, { action: 'none', text: 'Hers not' })
    const guest = visitor(pages(t.app))

    const link = linkOf(t, id)
    // The password leads there, too, as there may have been no mail; with a second factor it does not.
    const closed = await guest.logIn('alice', password)
    expect(closed).toMatchObject({
      status: 303,
      location: link.startsWith('http') ? link : new URL(link, 'https://pipit.test').href,
    })
    await t.db.execute(sql`update users set second_factor_since = now() where account_id = ${alice}`)
    expect((await visitor(pages(t.app)).logIn('alice', password)).status).toBe(403)
    await t.db.execute(sql`update users set second_factor_since = null where account_id = ${alice}`)
    const signature = new URLSearchParams(link.split('?')[1]).get('signature') ?? ''
    const shown = await guest.get(link)
    expect(shown).toMatchObject({ status: 200 })
    expect(shown.html).toContain('Spam')
    expect(shown.headers.get('Cache-Control')).toBe('private, no-store')
    expect((await guest.get(linkOf(t, marked.strikeId as StrikeId))).html).toContain('Nasty words')
    expect((await guest.get(`/settings/strikes/${other}?signature=${signature}`)).status).toBe(404)
    const wrong = { text: 'Please', signature }
    expect((await guest.post(`/settings/strikes/${other}/appeal`, wrong)).status).toBe(404)
    expect((await guest.post(`/settings/strikes/${id}/appeal`, { ...wrong, signature: 'x' })).status).toBe(404)

    expect(await guest.post(`/settings/strikes/${id}/appeal`, wrong)).toMatchObject({ status: 303, location: link })
    const after = await guest.get(link)
    expect(after.html).toContain('Your appeal waits for an answer.')
    expect(after.headers.get('Cache-Control')).toBe('private, no-store')

    const staff = await browserOf(t, 'mod')
    // Bringing a suspended account back takes a proof of identity.
    await t.db.execute(sql`update sessions set proved_at = null`)
    for (const [strikeId, verb] of [
      [id, 'approve'],
      [id, 'lift'],
    ])
      expect((await staff.post(`/admin/appeals/${strikeId}/${verb}`)).location?.startsWith('/prove') ?? false).toBe(
        action === 'suspend',
      )
    await t.db.execute(sql`update appeals set approved_at = null`)
    expect((await staff.post(`/admin/appeals/${id}/reject`)).status).toBe(303)
    expect((await guest.get(link)).html).toContain('Your appeal was rejected')
  },
)

test('staff keep or lift what has come up for review', async () => {
  await using t = await database()
  const [alice, bob] = [await localAccount(t, 'alice'), await localAccount(t, 'bob')]
  await localAccount(t, 'mod', { role: 'moderator' })
  const reviewAt = new Date(Date.now() + 60_000)
  const [kept, lifted] = [
    await act(t, alice, { action: 'silence', text: 'First', reviewAt }),
    await act(t, bob, { action: 'silence', text: 'Second', reviewAt }),
  ]
  const staff = await browserOf(t, 'mod')
  expect((await staff.get('/admin/appeals')).html).toContain('No action has come up for review.')
  await t.db.execute(sql`update strikes set review_at = now() - interval '1 day'`)
  const due = (await staff.get('/admin/appeals')).html
  for (const words of ['@alice', 'First', '@bob', 'Second']) expect(due).toContain(words)
  await staff.post(`/admin/appeals/${kept}/keep`)
  await staff.post(`/admin/appeals/${lifted}/lift`)
  expect((await staff.get('/admin/appeals')).html).toContain('No action has come up for review.')
  const { rows } = await t.db.execute(
    sql`select username, silenced_at is not null as limited from accounts where username in ('alice', 'bob') order by 1`,
  )
  expect(rows).toEqual([
    { username: 'alice', limited: true },
    { username: 'bob', limited: false },
  ])
})
