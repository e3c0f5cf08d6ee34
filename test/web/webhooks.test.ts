import { expect, test } from 'vitest'
import { commandLine } from '#src/accounts/roles/staff.ts'
import { listWebhooks, loadWebhook } from '#src/moderation/webhooks/manage.ts'
import { pages } from '../../web/app.tsx'
import { localAccount, password } from '../cast.ts'
import { database } from '../database.ts'
import { receiver } from '../jobs/webhook-receiver.ts'
import { visitor } from './visitor.ts'

test('an admin makes, tests, changes, turns off and deletes a webhook on its page', async () => {
  await using hook = await receiver()
  await using t = await database({ ALLOW_PRIVATE_ADDRESSES: '127.0.0.0/8' })
  await localAccount(t, 'alice', { role: 'admin' })
  const browser = visitor(pages(t.app))
  await browser.logIn('alice', password)
  const host = new URL(hook.url).host

  const refused = await browser.post('/admin/webhooks', { url: 'http://10.0.0.1/', event: ['report.created'] })
  expect([refused.status, refused.html.includes('value="http://10.0.0.1/"')]).toEqual([422, true])
  expect(refused.html).toMatch(/value="report\.created" checked/)
  const noEvents = await browser.post('/admin/webhooks', { url: hook.url })
  expect(noEvents.html).toContain('id="events-problem"')

  const made = await browser.post('/admin/webhooks', { url: hook.url, event: ['report.created', 'nonsense'] })
  const [{ id } = { id: '' }] = await listWebhooks(t.db, commandLine)
  const at = `/admin/webhooks/${id}`
  expect(made.location).toBe(`${at}?done=made`)
  const { secret } = await loadWebhook(t.app, commandLine, id as never)
  expect((await browser.get(at)).html).toContain(`<code class="totp-secret">${secret}</code>`)

  const list = (await browser.get('/admin/webhooks')).html
  expect(list).toContain(host)
  // The path may be a secret of its service, and the secret is only where a proof was asked for.
  expect(list).not.toContain(hook.url)
  expect(list).not.toContain(secret)

  hook.answers.push({ status: 503 })
  const failed = await browser.post(`${at}/test`)
  expect(failed.location).toBe(`${at}?done=tested`)
  expect((await browser.get(failed.location ?? '')).html).toContain('That did not work: Answered 503.')
  await browser.post(`${at}/test`)
  expect((await browser.get(`${at}?done=tested`)).html).toContain('The webhook answered 200.')
  expect(hook.got.map(({ event }) => event)).toEqual(['ping', 'ping'])

  await browser.post(at, { url: `${hook.url}/2`, event: ['status.created'] })
  await browser.post(`${at}/rotate`)
  await browser.post(`${at}/disable`)
  expect(await loadWebhook(t.app, commandLine, id as never)).toMatchObject({
    webhook: { url: `${hook.url}/2`, events: ['status.created'], isEnabled: false },
  })
  const { secret: later } = await loadWebhook(t.app, commandLine, id as never)
  expect(later).not.toBe(secret)
  expect((await browser.post(`${at}/nonsense`)).status).toBe(404)
  expect((await browser.post(`${at}/delete`)).location).toBe('/admin/webhooks?done=deleted')
  expect((await browser.get(at)).status).toBe(404)
})

test('a webhook’s page and each change of it ask for a fresh proof of identity', async () => {
  await using t = await database({ ALLOW_PRIVATE_ADDRESSES: '127.0.0.0/8' })
  await localAccount(t, 'alice', { role: 'admin' })
  const browser = visitor(pages(t.app))
  await browser.logIn('alice', password)
  await browser.post('/admin/webhooks', { url: 'http://127.0.0.1:9/', event: ['report.created'] })
  const [hook] = await listWebhooks(t.db, commandLine)
  const at = `/admin/webhooks/${hook?.id}`
  await t.db.execute(`update sessions set proved_at = now() - interval '2 hours'`)
  for (const path of ['/admin/webhooks/new', at]) expect((await browser.get(path)).location).toMatch(/^\/prove\?/)
  for (const path of ['/admin/webhooks', at, `${at}/test`, `${at}/rotate`, `${at}/disable`, `${at}/delete`])
    expect((await browser.post(path, { url: 'http://127.0.0.1:9/', event: ['status.created'] })).location).toMatch(
      /^\/prove\?/,
    )
  expect(await listWebhooks(t.db, commandLine)).toEqual([hook])
})
