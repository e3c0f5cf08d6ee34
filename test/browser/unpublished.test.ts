/** Drafts, scheduled posts and held posts in a real browser, on wide and narrow screens, with and without scripts. */
import { once } from 'node:events'
import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createAdaptorServer } from '@hono/node-server'
import { sql } from 'drizzle-orm'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { AccountId } from '#src/platform/ids.ts'
import { emptyContent, emptyPart, listDrafts, saveDraft } from '#src/statuses/drafts.ts'
import { prepareStatus } from '#src/statuses/prepare.ts'
import { listScheduled, scheduleStatus } from '#src/statuses/scheduled.ts'
import { pages } from '../../web/app.tsx'
import { localAccount, password, status } from '../cast.ts'
import { database, type TestDatabase } from '../database.ts'
import { eventually } from '../patience.ts'
import { openBrowser, type TestBrowser } from './browser.ts'

let t: TestDatabase
let browser: TestBrowser
let server: Server
let base = ''
let alice: AccountId

beforeAll(async () => {
  // The port is part of the instance's address, so it is taken before there is an instance.
  let answer: (request: Request) => Response | Promise<Response> = () => new Response('Not yet', { status: 503 })
  server = createAdaptorServer({ fetch: (request) => answer(request), overrideGlobalObjects: false }) as Server
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  base = `http://localhost:${(server.address() as AddressInfo).port}`
  t = await database({ ORIGIN: base })
  const site = pages(t.app)
  answer = (request) => site.fetch(request, { clientAddress: '127.0.0.1', requestId: 'test' })
  browser = await openBrowser()
  alice = await localAccount(t, 'alice')
  await t.db.execute(sql`update users set time_zone = 'Europe/Berlin'`)
})

afterAll(async () => {
  await browser?.[Symbol.asyncDispose]()
  server?.closeAllConnections()
  server?.close()
  await t?.[Symbol.asyncDispose]()
})

async function loggedIn(options: Parameters<TestBrowser['person']>[0]): Promise<Page> {
  const page = await browser.person(options)
  await page.goto(`${base}/login`)
  await page.locator('input[name=login]').fill('alice')
  await page.locator('input[name=password]').fill(password)
  await page.locator('main form button[type=submit]').first().click()
  return page
}

const draft = (text: string, more: Partial<typeof emptyPart> = {}) =>
  t.db.transaction((tx) => saveDraft(tx, alice, { ...emptyContent, parts: [{ ...emptyPart, text, ...more }] }))

async function schedule(text: string): Promise<void> {
  const input = { text }
  const prepared = await prepareStatus(t.app, alice, input)
  await t.db.transaction((tx) =>
    scheduleStatus(tx, alice, new Date('2030-06-01T10:00:00Z'), { input, draft: prepared }),
  )
}

const overflow = (page: Page) =>
  page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth)

test('drafts and scheduled posts can be changed and deleted on a narrow phone without scripts', async () => {
  const page = await loggedIn({ viewport: { width: 320, height: 640 } })
  await draft('Half a thought about the meadow and its birds, '.repeat(12))
  await draft(`https://example.com/${'long'.repeat(60)}`)
  await schedule('Good morning')

  await page.goto(`${base}/drafts`)
  expect(await overflow(page)).toBe(0)
  await page.locator('main').getByText('Delete', { exact: true }).first().click()
  await page.getByRole('button', { name: 'Delete it for good' }).first().click()
  expect(await listDrafts(t.db, alice, { limit: 5 })).toHaveLength(1)

  await page.getByRole('link', { name: 'Scheduled posts' }).first().click()
  expect(await overflow(page)).toBe(0)
  await page.locator('main').getByText('Change the time').first().click()
  expect(await page.getByLabel('When').inputValue()).toBe('2030-06-01T12:00')
  await page.getByLabel('When').fill('2030-06-02T08:30')
  await page.getByRole('button', { name: 'Save the time' }).click()
  expect((await listScheduled(t.db, alice, { limit: 5 }))[0]?.scheduledAt.toISOString()).toBe(
    '2030-06-02T06:30:00.000Z',
  )
  expect(await overflow(page)).toBe(0)
})

test('the seconds of a held post count down, and its line disappears at the end', async () => {
  await t.db.execute(sql`update users set undo_seconds = 120`)
  const id = await status(t, alice, { text: 'Wait for it' })
  const page = await loggedIn({ viewport: { width: 360, height: 740 }, javaScriptEnabled: true })
  await page.goto(`${base}/@alice/${id}`)
  const seconds = async () => Number(await page.locator('[data-seconds]').innerText())
  const first = await seconds()
  expect(first).toBeGreaterThan(0)
  await eventually(async () => (await seconds()) < first)
  expect(await overflow(page)).toBe(0)
  await t.db.execute(sql`update statuses set held_until = now() + interval '2 seconds'`)
  await page.reload()
  await page.locator('[data-held]').waitFor({ state: 'hidden' })
})

test('a held post can be taken back without scripts, and its text is kept', async () => {
  const id = await status(t, alice, { text: 'Too early' })
  const page = await loggedIn({ viewport: { width: 1280, height: 900 } })
  await page.goto(`${base}/@alice/${id}`)
  expect(await page.locator('main').innerText()).toMatch(/Leaves this server in \d+ s/)
  await page.getByRole('button', { name: 'Take back' }).click()
  const [newest] = await listDrafts(t.db, alice, { limit: 5 })
  expect(page.url()).toBe(`${base}/compose?draft=${newest!.id}`)
  expect(newest!.content.parts[0]!.text).toBe('Too early')
})
