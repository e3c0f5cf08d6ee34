/** Reports in the API for staff. */
import { sql } from 'drizzle-orm'
import { createRestAPIClient } from 'masto'
import { expect, test } from 'vitest'
import { permissionBits } from '#src/accounts/roles/permissions.ts'
import type { AccountId } from '#src/platform/ids.ts'
import { localAccount, status } from '#test/cast.ts'
import { type Json, tokenOf } from '../server.ts'
import { scene, v1 } from './scene.ts'

type Scene = Awaited<ReturnType<typeof scene>>

/** A report by bob about alice. */
async function reported(s: Scene, body: object = {}): Promise<string> {
  const asBob = await s.as(s.bob)
  return (await asBob('POST', '/api/v1/reports', { account_id: s.alice, comment: 'Loud', ...body })).body.id
}

/** An account whose role has some permissions only. */
async function withPermissions(s: Scene, name: string, bits: bigint): Promise<AccountId> {
  const id = await localAccount(s.t, name)
  await s.t.db.execute(sql`with made as (
    insert into roles (id, name, permissions, position) values (${id}::bigint, ${name}, ${bits}::bigint, 50) returning id)
    update users set role_id = (select id from made) where account_id = ${id}`)
  return id
}

const audited = async (s: Scene): Promise<Json[]> =>
  (
    await s.t.db.execute<{ entry: Json }>(
      sql`select actor_name || ' ' || target_kind || ' ' || action as entry from audit_log order by id`,
    )
  ).rows.map(({ entry }) => entry)

test('reports are listed by state, reporter and account, a page at a time', async () => {
  await using s = await scene()
  const ask = await s.as(s.mod)
  const [first, second] = [await reported(s), await reported(s, { account_id: s.carol })]
  const third = await reported(s)
  const list = async (query = '') =>
    (await ask('GET', `${v1}/reports?${query}`)).body.map(({ id }: { id: string }) => id)
  await ask('POST', `${v1}/reports/${third}/resolve`)
  expect(await list()).toEqual([second, first])
  expect(await list('resolved=false')).toEqual([second, first])
  expect(await list('resolved=true')).toEqual([third])
  expect(await list(`target_account_id=${s.alice}`)).toEqual([first])
  expect(await list(`account_id=${s.bob}&target_account_id=${s.carol}`)).toEqual([second])
  expect(await list(`account_id=${s.alice}`)).toEqual([])
  const page = await ask('GET', `${v1}/reports?limit=1`)
  expect(page.body).toMatchObject([{ id: second }])
  expect(page.headers.get('Link')).toMatch(/limit=1&max_id=\d+>; rel="next", .*rel="prev"/)
  expect(await list(`max_id=${second}`)).toEqual([first])
  expect(await list(`min_id=${first}`)).toEqual([second])
})

test('each step changes the report once, and stands in the audit log once', async () => {
  await using s = await scene()
  const id = await reported(s)
  const [asMod, asOwner] = [await s.as(s.mod), await s.as(s.owner)]
  const step = async (verb: string, ask = asMod) => (await ask('POST', `${v1}/reports/${id}/${verb}`)).body
  for (let i = 0; i < 2; i++)
    expect(await step('assign_to_self')).toMatchObject({ assigned_account: { username: 'mod' } })
  expect(await step('assign_to_self', asOwner)).toMatchObject({ assigned_account: { username: 'olga' } })
  expect(await step('unassign')).toMatchObject({ assigned_account: null })
  for (let i = 0; i < 2; i++)
    expect(await step('resolve')).toMatchObject({
      action_taken: true,
      action_taken_at: expect.any(String),
      action_taken_by_account: { username: 'mod' },
    })
  expect(await step('reopen')).toMatchObject({
    action_taken: false,
    action_taken_at: null,
    action_taken_by_account: null,
  })
  expect(await audited(s)).toEqual([
    'mod report assign',
    'olga report assign',
    'mod report unassign',
    'mod report resolve',
    'mod report reopen',
  ])
  for (const verb of ['assign_to_self', 'unassign', 'resolve', 'reopen'])
    expect((await asMod('POST', `${v1}/reports/1/${verb}`)).status, verb).toBe(404)
})

test('a report is sorted by category and rules', async () => {
  await using s = await scene()
  await s.t.db.execute(sql`insert into rules (id, position, text, hint) values (7, 1, 'Be kind', '')`)
  const ask = await s.as(s.mod)
  const id = await reported(s)
  const change = (body: object) => ask('PUT', `${v1}/reports/${id}`, body)
  expect((await change({ category: 'violation', rule_ids: ['7'] })).body).toMatchObject({
    category: 'violation',
    rules: [{ id: '7', text: 'Be kind' }],
  })
  expect((await change({})).body).toMatchObject({ category: 'violation', rules: [{ id: '7' }] })
  expect((await change({ rule_ids: ['8'] })).status).toBe(422)
  expect((await change({ category: 'boredom' })).status).toBe(422)
  expect((await change({ category: 'spam' })).body).toMatchObject({ category: 'spam', rules: [] })
})

test('an action because of a report shows the person the posts, and resolves it', async () => {
  await using s = await scene()
  const { alice } = s
  const post = await status(s.t, alice, { text: 'Nasty words' })
  const ask = await s.as(s.mod)
  const act = (body: object) => ask('POST', `${v1}/accounts/${alice}/action`, { type: 'silence', ...body })
  const [first, second, far] = [
    await reported(s, { status_ids: [post] }),
    await reported(s),
    await reported(s, { account_id: s.carol }),
  ]
  expect((await act({ report_id: first, text: 'Quiet, please' })).status).toBe(200)
  const { rows } = await s.t.db.execute(sql`select action, text, status_ids::text from strikes`)
  expect(rows).toEqual([{ action: 'silence', text: 'Quiet, please', status_ids: `{${post}}` }])
  const isResolved = async (id: string) => (await ask('GET', `${v1}/reports/${id}`)).body.action_taken
  expect(await isResolved(first)).toBe(true)
  expect(await isResolved(second)).toBe(false)
  // The account is limited already; the report is answered all the same.
  expect((await act({ report_id: second })).status).toBe(200)
  expect(await isResolved(second)).toBe(true)
  expect((await act({ report_id: far })).status).toBe(404)
  expect((await act({ report_id: '1' })).status).toBe(404)
  expect(await isResolved(far)).toBe(false)
})

test('the reported posts stay in the report when their author is suspended', async () => {
  await using s = await scene()
  const [open, closed, gone] = [
    await status(s.t, s.alice, { text: 'For all' }),
    await status(s.t, s.alice, { text: 'For followers', visibility: 'private' }),
    await status(s.t, s.alice, { text: 'Deleted' }),
  ]
  const id = await reported(s, { status_ids: [open, gone] })
  await s.t.db.execute(sql`update reports set status_ids = array[${open}, ${closed}, ${gone}]::bigint[]`)
  await s.t.db.execute(sql`update statuses set deleted_at = now() where id = ${gone}`)
  const ask = await s.as(s.mod)
  await ask('POST', `${v1}/accounts/${s.alice}/action`, { type: 'suspend' })
  const ids = (report: Json) => report.statuses.map((one: { id: string }) => one.id)
  const report = await s.server.get(`${v1}/reports/${id}`, 'Admin_Report', await tokenOf(s.t.app, s.mod))
  expect(ids(report)).toEqual([open, closed])
  expect((await ask('GET', `${v1}/reports`)).body.map(ids)).toEqual([[open]])
})

test('staff for reports alone act, but neither suspend nor see addresses of people', async () => {
  await using s = await scene()
  const reporter = await withPermissions(s, 'rita', permissionBits.manage_reports)
  const people = await withPermissions(s, 'paul', permissionBits.manage_users)
  const [asRita, asPaul] = [await s.as(reporter), await s.as(people)]
  const id = await reported(s)
  const act = (ask: typeof asRita, body: object) => ask('POST', `${v1}/accounts/${s.alice}/action`, body)
  expect((await asRita('GET', `${v1}/reports/${id}`)).body).toMatchObject({
    target_account: { username: 'alice', email: null, ips: [], role: { id: '-99' }, confirmed: true },
  })
  expect((await asRita('GET', `${v1}/accounts/${s.alice}`)).status).toBe(403)
  expect((await act(asRita, { type: 'suspend', report_id: id })).status).toBe(403)
  expect((await act(asRita, { type: 'none', report_id: id, text: 'Be kind' })).status).toBe(200)
  expect((await asRita('POST', `${v1}/reports/${id}/reopen`)).status).toBe(200)
  // To act because of a report takes the permission for reports.
  expect((await act(asPaul, { type: 'none', report_id: id })).status).toBe(403)
  expect((await act(asPaul, { type: 'none' })).status).toBe(200)
})

test('masto handles reports', async () => {
  await using s = await scene()
  const { t, alice, bob } = s
  const post = await status(t, alice, { text: 'Nasty words' })
  const hidden = await status(t, alice, { text: 'For followers', visibility: 'private' })
  const client = async (id: AccountId) =>
    createRestAPIClient({ url: s.server.url, accessToken: await tokenOf(t.app, id) })
  const [admin, asBob] = [(await client(s.mod)).v1.admin, await client(bob)]

  await asBob.v1.reports.create({ accountId: alice, statusIds: [post], comment: 'Look at this', category: 'spam' })
  const [found] = await admin.reports.list({ resolved: false, targetAccountId: alice })
  expect(found).toMatchObject({
    comment: 'Look at this',
    category: 'spam',
    account: { username: 'bob' },
    targetAccount: { username: 'alice', role: { name: '' } },
    statuses: [{ content: '<p>Nasty words</p>' }],
    assignedAccount: null,
  })
  const report = admin.reports.$select(found?.id ?? '')
  expect((await report.assignToSelf()).assignedAccount?.username).toBe('mod')
  expect((await report.unassign()).assignedAccount).toBeNull()
  expect((await report.resolve()).actionTaken).toBe(true)
  expect(await admin.reports.list({ resolved: true })).toHaveLength(1)
  expect((await report.reopen()).actionTaken).toBe(false)
  expect((await report.fetch()).actionTakenAt).toBeNull()

  // A post that not everybody can see is in the report that names it, and in no list.
  await t.db.execute(sql`update reports set status_ids = array[${post}, ${hidden}]::bigint[]`)
  expect((await report.fetch()).statuses).toHaveLength(2)
  expect((await admin.reports.list())[0]?.statuses).toHaveLength(1)

  const account = admin.accounts.$select(alice)
  await account.action.create({ type: 'suspend', reportId: found?.id ?? '', text: 'Spam' })
  expect((await account.fetch()).suspended).toBe(true)
  expect((await account.unsuspend()).suspended).toBe(false)
  await account.action.create({ type: 'disable' })
  expect((await account.enable()).disabled).toBe(false)
  expect((await admin.accounts.list({ local: true })).map(({ username }) => username)).toContain('alice')
})

test('the instance itself, not the reported account, reports for somebody without an account', async () => {
  await using s = await scene()
  await s.t.db.execute(sql`
    insert into reports (id, target_id, reporter_name, reporter_email, category) values (7, ${s.alice}, 'Vera', 'vera@mail.test', 'legal')`)
  const token = await tokenOf(s.t.app, s.mod)
  for (const report of [
    await s.server.get(`${v1}/reports/7`, 'Admin_Report', token),
    (await s.server.get(`${v1}/reports`, '[Admin_Report]', token))[0],
  ])
    expect(report).toMatchObject({
      target_account: { id: s.alice },
      account: { id: '1', username: 'pipit.test', domain: null, account: { id: '1', bot: true } },
    })
})
