/** Appeals against strikes that deleted posts: what both sides read, and what the decision says. */
import { sql } from 'drizzle-orm'
import { expect, test } from 'vitest'
import { commandLine } from '#src/accounts/roles/staff.ts'
import { appeal } from '#src/moderation/appeals.ts'
import { actOnStatuses } from '#src/moderation/statuses.ts'
import type { AccountId, StatusId, StrikeId } from '#src/platform/ids.ts'
import { pages } from '../../web/app.tsx'
import { localAccount, password, status } from '../cast.ts'
import { database, type TestDatabase } from '../database.ts'
import { mailbox } from '../jobs/mailbox.ts'
import { runJobs } from '../jobs/run.ts'
import { visitor } from './visitor.ts'

async function browserOf(t: TestDatabase, username: string) {
  const browser = visitor(pages(t.app))
  await browser.logIn(username, password)
  return browser
}

async function deleted(t: TestDatabase, id: AccountId, posts: StatusId[]): Promise<StrikeId> {
  const { strikeId } = await t.db.transaction((tx) =>
    actOnStatuses(tx, commandLine, id, posts, { action: 'delete_statuses', text: 'Not here', mails: false }),
  )
  if (!strikeId) throw new Error('There were no posts')
  return strikeId
}

const looks = async (t: TestDatabase) =>
  (await t.db.execute(sql`select target_id, details from audit_log where action = 'readPrivate'`)).rows

test('the person and staff read what a deleted post said, and the answer says plainly that it can’t come back', async () => {
  await using box = await mailbox()
  await using t = await database({ SMTP_URL: box.url, MAIL_FROM: 'pipit@pipit.test' })
  const alice = await localAccount(t, 'alice')
  await localAccount(t, 'mod', { role: 'moderator' })
  const post = await status(t, alice, { text: 'Harsh <words>', spoilerText: 'A warning' })
  const id = await deleted(t, alice, [post])
  const [hers, staff] = [await browserOf(t, 'alice'), await browserOf(t, 'mod')]
  const at = `/settings/strikes/${id}`
  const own = (await hers.get(at)).html
  for (const words of ['Harsh &lt;words&gt;', 'A warning', 'It is deleted.']) expect(own).toContain(words)

  await appeal(t.app, alice, id, 'I was angry')
  const list = (await staff.get('/admin/appeals')).html
  for (const words of ['Harsh &lt;words&gt;', 'A warning', 'I was angry', 'Deleted posts can’t come back'])
    expect(list).toContain(words)
  expect((await staff.get(`/admin/appeals/${id}`)).html).toContain('name="answer"')
  expect(await looks(t)).toEqual([])
  expect((await hers.get(`/admin/appeals/${id}`)).status).toBe(404)

  const long = await staff.post(`/admin/appeals/${id}/approve`, { answer: 'x'.repeat(2_001) })
  expect(long.status).toBe(422)
  expect(long.html).toContain('2000 characters at most')
  expect(long.html).toContain('x'.repeat(2_001))
  expect((await hers.get(at)).html).toContain('Your appeal waits for an answer.')

  const done = await staff.post(`/admin/appeals/${id}/approve`, { answer: 'You are <right>' })
  expect(done).toMatchObject({ status: 303, location: '/admin/appeals?done=approve' })
  expect((await staff.get(done.location ?? '')).html).toContain('The appeal is approved.')
  expect((await staff.get(`/admin/appeals/${id}`)).html).toContain('This appeal was approved.')
  const after = (await hers.get(at)).html
  for (const words of ['no longer counts against you. Deleted posts can’t be brought back', 'You are &lt;right&gt;'])
    expect(after).toContain(words)
  await runJobs(t)
  expect(box.mails.at(-1)?.text).toContain('> You are <right>')
  expect(box.mails.at(-1)?.text).toContain('Deleted posts can’t be brought back')
  expect((await staff.post(`/admin/appeals/${id}/reject`, { answer: 'No' })).status).toBe(404)

  // It does not count in the list of accounts any more.
  expect((await staff.get('/admin/accounts?q=alice')).html).not.toContain('action against it')
})

test('what not everybody could read is shown to staff on the page of the appeal alone, on record', async () => {
  await using t = await database()
  const alice = await localAccount(t, 'alice')
  await localAccount(t, 'mod', { role: 'moderator' })
  const post = await status(t, alice, { text: 'For friends', visibility: 'private' })
  const id = await deleted(t, alice, [post])
  await appeal(t.app, alice, id, 'Please')
  const staff = await browserOf(t, 'mod')
  const list = (await staff.get('/admin/appeals')).html
  expect(list).not.toContain('For friends')
  expect(list).toContain('One post that not everybody could read')
  expect(await looks(t)).toEqual([])
  expect((await staff.get(`/admin/appeals/${id}`)).html).not.toContain('For friends')
  expect(await looks(t)).toEqual([])
  expect((await staff.post(`/admin/appeals/${id}/posts`)).html).toContain('For friends')
  expect(await looks(t)).toEqual([{ target_id: id, details: { posts: [post] } }])
  expect((await staff.get('/admin/audit')).html).toContain('for the appeal of @alice')
})
