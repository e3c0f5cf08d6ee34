import { eq, sql } from 'drizzle-orm'
import { expect, test } from 'vitest'
import { bitsOf, type Permission } from '#src/accounts/roles/permissions.ts'
import { commandLine, type Staff } from '#src/accounts/roles/staff.ts'
import { strike } from '#src/moderation/accounts/strike.ts'
import { createReport } from '#src/moderation/reports/create.ts'
import { countFailedWebhooks } from '#src/moderation/waiting.ts'
import { testWebhook } from '#src/moderation/webhooks/deliver.ts'
import {
  changeWebhook,
  deleteWebhook,
  enableWebhook,
  listWebhooks,
  loadWebhook,
  makeWebhook,
  rotateSecret,
  type WebhookInput,
} from '#src/moderation/webhooks/manage.ts'
import { followChanges } from '#src/platform/db/changes.ts'
import { auditLog, webhookEvents, webhooks } from '#src/platform/db/schema/moderation.ts'
import type { WebhookId } from '#src/platform/ids.ts'
import { editStatus } from '#src/statuses/edit.ts'
import { reblog } from '#src/statuses/interactions/reblog.ts'
import { localAccount, remoteAccount, remoteStatus, status } from '#test/cast.ts'
import { database, type TestDatabase } from '#test/database.ts'
import { problemsOf } from '../../api/schemas.ts'
import { mailbox } from '../../jobs/mailbox.ts'
import { jobErrors, makeDue, runJobs } from '../../jobs/run.ts'
import { receiver } from '../../jobs/webhook-receiver.ts'

const loopback = { ALLOW_PRIVATE_ADDRESSES: '127.0.0.0/8' }
const all: readonly string[] = webhookEvents

const make = (t: TestDatabase, input: WebhookInput) =>
  t.db.transaction((tx) => makeWebhook(t.app, tx, commandLine, input))
const secretOf = async (t: TestDatabase, id: WebhookId) => (await loadWebhook(t.app, commandLine, id)).secret
async function row(t: TestDatabase, id: WebhookId) {
  const [found] = await t.db.select().from(webhooks).where(eq(webhooks.id, id))
  if (!found) throw new Error('There is no such webhook')
  return found
}

test('a webhook gets what happens here in order, signed, as Mastodon’s API shows it to staff', async () => {
  await using hook = await receiver()
  await using t = await database(loopback)
  const id = await make(t, { url: hook.url, events: all })
  const secret = await secretOf(t, id)
  expect(secret).toMatch(/^[0-9a-f]{40}$/)
  expect((await row(t, id)).secret).not.toContain(secret)

  const alice = await localAccount(t, 'alice')
  const bob = await localAccount(t, 'bob')
  const post = await status(t, alice, { text: 'Hello' })
  await editStatus(t.app, alice, post, { text: 'Hello again' })
  const report = await t.db.transaction((tx) =>
    createReport(tx, t.app.uris, bob, { targetId: alice, statusIds: [post], comment: 'Rude' }),
  )
  await t.db.transaction((tx) => strike(tx, commandLine, alice, { action: 'silence', reportId: report }))
  await runJobs(t)

  expect(hook.got.map(({ event }) => event)).toEqual([
    'account.created',
    'account.created',
    'status.created',
    'status.updated',
    'report.created',
    'account.updated',
    'report.updated',
  ])
  expect(hook.got.every((one) => hook.isSigned(one, secret))).toBe(true)
  const [account, , created, , filed, silenced, resolved] = hook.got
  expect(account?.object).toMatchObject({ username: 'alice', email: 'alice@mail.test', domain: null })
  expect(problemsOf('Admin_Account', account?.object)).toEqual([])
  expect(created?.object).toMatchObject({ id: post, visibility: 'public' })
  expect(problemsOf('Status', created?.object)).toEqual([])
  expect(filed?.object).toMatchObject({ id: report, comment: 'Rude', statuses: [{ id: post }] })
  expect(problemsOf('Admin_Report', filed?.object)).toEqual([])
  expect(silenced?.object).toMatchObject({ username: 'alice', silenced: true })
  expect(resolved?.object).toMatchObject({ id: report, action_taken: true })
  expect(Date.parse(created?.created_at ?? '')).toBeGreaterThan(Date.now() - 60_000)
  const { webhook, deliveries } = await loadWebhook(t.app, commandLine, id)
  expect(webhook.lastSuccessAt).not.toBeNull()
  expect(deliveries[0]).toMatchObject({ event: 'report.updated', status: 200, error: '' })
})

test('nothing is told of posts that are not for everybody, of other servers, or that are gone', async () => {
  await using hook = await receiver()
  await using t = await database(loopback)
  const alice = await localAccount(t, 'alice')
  const rita = await remoteAccount(t, 'rita')
  await make(t, { url: hook.url, events: ['status.created', 'status.updated', 'account.updated'] })
  for (const visibility of ['private', 'direct'] as const) await status(t, alice, { text: 'Secret', visibility })
  await status(t, alice, { text: 'For people here', isLocalOnly: true })
  const theirs = await remoteStatus(t, rita, {})
  await t.db.transaction((tx) => strike(tx, commandLine, rita, { action: 'silence' }))
  const quiet = await status(t, alice, { text: 'Quiet', visibility: 'unlisted' })
  const boost = await t.db.transaction((tx) => reblog(tx, t.app.uris, alice, theirs))
  await runJobs(t)
  expect(hook.got.map(({ object }) => object['id'])).toEqual([quiet, boost])
})

test('no job is queued where no webhook that is on wants the event', async () => {
  await using t = await database(loopback)
  const changes = followChanges(t.db)
  await using _changes = changes
  const alice = await localAccount(t, 'alice')
  const queued = async () => (await t.jobPayloads('webhook')).length
  await status(t, alice, { text: 'One' })
  expect(await queued()).toBe(0)
  const id = await make(t, { url: 'http://127.0.0.1:9/', events: ['status.created'] })
  await status(t, alice, { text: 'Two' })
  expect(await queued()).toBe(1)
  await t.db.transaction((tx) => createReport(tx, t.app.uris, alice, { targetId: alice }))
  await t.db.transaction((tx) => enableWebhook(tx, commandLine, id, false))
  await status(t, alice, { text: 'Three' })
  expect(await queued()).toBe(1)
})

test('a request that fails is sent again later, and what waits for a webhook that is turned off or deleted is not', async () => {
  await using hook = await receiver()
  await using t = await database(loopback)
  const alice = await localAccount(t, 'alice')
  const id = await make(t, { url: hook.url, events: ['status.created'] })
  hook.answers.push({ status: 500 })
  await status(t, alice, { text: 'One' })
  await runJobs(t)
  expect(await row(t, id)).toMatchObject({ lastFailure: 'Answered 500', lastSuccessAt: null, isEnabled: true })
  expect(await jobErrors(t)).toEqual([expect.stringContaining('Answered 500')])
  await makeDue(t)
  await runJobs(t)
  expect(hook.got).toHaveLength(2)
  expect(hook.got[0]?.body).toBe(hook.got[1]?.body)
  expect((await row(t, id)).lastSuccessAt).not.toBeNull()

  await status(t, alice, { text: 'Two' })
  await t.db.transaction((tx) => enableWebhook(tx, commandLine, id, false))
  await runJobs(t)
  await t.db.transaction((tx) => enableWebhook(tx, commandLine, id, true))
  await status(t, alice, { text: 'Three' })
  await t.db.transaction((tx) => deleteWebhook(tx, commandLine, id))
  await runJobs(t)
  expect(hook.got).toHaveLength(2)
  expect(await t.jobPayloads('webhook')).toEqual([])
})

test('a redirect is not followed, and a private address gets no request', async () => {
  await using hook = await receiver()
  await using other = await receiver()
  await using t = await database(loopback)
  const alice = await localAccount(t, 'alice')
  const id = await make(t, { url: hook.url, events: ['status.created'] })
  hook.answers.push({ status: 307, location: other.url })
  await status(t, alice, { text: 'One' })
  await runJobs(t)
  expect([hook.got.length, other.got.length]).toEqual([1, 0])
  expect((await row(t, id)).lastFailure).toBe('Answered 307')

  const bad = [
    'http://10.0.0.1/',
    'https://10.0.0.1/',
    'http://hooks.pipit.test/',
    'https://me:too@pipit.test/',
    'ftp://x.test/',
  ]
  for (const url of bad)
    await expect(make(t, { url, events: all })).rejects.toMatchObject({ problems: [{ field: 'url' }] })
  await expect(make(t, { url: hook.url, events: ['status.deleted'] })).rejects.toMatchObject({
    problems: [{ field: 'events' }],
  })
  // A name that leads into the own network passes the form, and fails when the connection is made.
  await t.db.update(webhooks).set({ url: 'http://192.168.7.7/' }).where(eq(webhooks.id, id))
  expect(await testWebhook(t.app, commandLine, id)).toMatchObject({
    status: null,
    error: expect.stringContaining('not allowed'),
  })
})

test('a new secret signs the next request, and the test sends a sample', async () => {
  await using hook = await receiver()
  await using t = await database(loopback)
  const id = await make(t, { url: hook.url, events: ['report.created'] })
  const before = await secretOf(t, id)
  expect(await testWebhook(t.app, commandLine, id)).toMatchObject({ event: 'ping', status: 200, error: '' })
  await t.db.transaction((tx) => rotateSecret(t.app, tx, commandLine, id))
  const after = await secretOf(t, id)
  hook.answers.push({ status: 404 })
  expect(await testWebhook(t.app, commandLine, id)).toMatchObject({ status: 404, error: 'Answered 404' })
  expect(hook.got.map(({ event, object }) => [event, object['uri']])).toEqual([
    ['ping', 'https://pipit.test'],
    ['ping', 'https://pipit.test'],
  ])
  expect([hook.isSigned(hook.got[0], before), hook.isSigned(hook.got[1], before)]).toEqual([true, false])
  expect(hook.isSigned(hook.got[1], after)).toBe(true)
  const actions = await t.db
    .select({ action: auditLog.action, name: auditLog.targetName })
    .from(auditLog)
    .orderBy(auditLog.id)
  expect(actions.map(({ action }) => action)).toEqual(['create', 'test', 'rotate', 'test'])
  // Paths may be secrets of a service.
  expect(actions.every(({ name }) => name === new URL(hook.url).host)).toBe(true)
})

test('a webhook that fails for a week is turned off, of which staff get a mail', async () => {
  await using hook = await receiver()
  await using box = await mailbox()
  await using t = await database({ ...loopback, SMTP_URL: box.url, MAIL_FROM: 'pipit@pipit.test' })
  const alice = await localAccount(t, 'alice', { role: 'admin' })
  await localAccount(t, 'mod', { role: 'moderator' })
  const id = await make(t, { url: hook.url, events: ['status.created'] })
  const fail = async () => {
    hook.answers.push({ status: 410 })
    await status(t, alice, { text: 'Hello' })
    await runJobs(t)
  }
  const age = (days: number) =>
    t.db.execute(
      sql`update kv set value = jsonb_set(value, '{failingSince}', to_jsonb((now() - ${days} * interval '1 day')::text)) where key = ${`webhook ${id}`}`,
    )
  await fail()
  await age(6)
  await fail()
  expect((await row(t, id)).isEnabled).toBe(true)
  await age(8)
  await fail()
  expect((await row(t, id)).isEnabled).toBe(false)
  expect(box.mails.map(({ to, text }) => [to, text?.includes('https://pipit.test/admin/webhooks')])).toEqual([
    [expect.arrayContaining([expect.stringContaining('alice')]), true],
  ])
  expect(await countFailedWebhooks(t.db)).toBe(1)
  const [entry] = await t.db.select().from(auditLog).where(eq(auditLog.action, 'disable'))
  expect(entry).toMatchObject({ actorName: 'schedule', targetKind: 'webhook' })
  // Turned on again it has a week once more.
  await t.db.transaction((tx) => enableWebhook(tx, commandLine, id, true))
  await fail()
  expect((await row(t, id)).isEnabled).toBe(true)
  // One that staff turn off waits for nobody, although it failed last.
  await t.db.transaction((tx) => enableWebhook(tx, commandLine, id, false))
  expect(await countFailedWebhooks(t.db)).toBe(0)
})

test('each use of webhooks takes their permission, and there are 20 at most', async () => {
  await using t = await database(loopback)
  const staff = (...names: Permission[]): Staff => ({
    accountId: null,
    name: 'x',
    permissions: bitsOf(names),
    position: 50,
  })
  const input = { url: 'http://127.0.0.1:9/', events: all }
  const id = await make(t, input)
  const outsider = staff('manage_settings', 'manage_users', 'manage_roles')
  const insider = staff('manage_webhooks', 'manage_user_access')
  const half = staff('manage_webhooks')
  const uses: ((who: Staff) => Promise<unknown>)[] = [
    (who) => listWebhooks(t.db, who),
    (who) => loadWebhook(t.app, who, id),
    (who) => t.db.transaction((tx) => makeWebhook(t.app, tx, who, input)),
    (who) => t.db.transaction((tx) => changeWebhook(t.app, tx, who, id, { ...input, events: ['report.created'] })),
    (who) => t.db.transaction((tx) => enableWebhook(tx, who, id, false)),
    (who) => t.db.transaction((tx) => rotateSecret(t.app, tx, who, id)),
    (who) => testWebhook(t.app, who, id),
    (who) => t.db.transaction((tx) => deleteWebhook(tx, who, id)),
  ]
  for (const use of uses) await expect(use(outsider)).rejects.toMatchObject({ code: 'not_permitted' })
  // What they get has addresses of people.
  await expect(uses[2]!(half)).rejects.toMatchObject({ code: 'not_permitted' })
  for (const use of uses) await use(insider)
  for (let n = (await listWebhooks(t.db, insider)).length; n < 20; n++) await make(t, input)
  await expect(make(t, input)).rejects.toMatchObject({ code: 'invalid' })
})
