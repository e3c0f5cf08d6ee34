/** The website as people use it, in a real browser without scripts: one long day of a small instance. */
import { once } from 'node:events'
import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createAdaptorServer } from '@hono/node-server'
import { sql } from 'drizzle-orm'
import type { Page } from 'playwright-core'
import sharp from 'sharp'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { newMailToken } from '#src/accounts/sign-up/credentials.ts'
import { setupToken } from '#src/instance/setup-link.ts'
import type { AccountId } from '#src/platform/ids.ts'
import { pages } from '../../web/app.tsx'
import { password, remoteAccount, remoteStatus } from '../cast.ts'
import { database, type TestDatabase } from '../database.ts'
import { openBrowser, type TestBrowser } from './browser.ts'

let t: TestDatabase
let browser: TestBrowser
let server: Server
let base = ''
let mira: Page
let tomas: Page

const wide = { width: 1280, height: 900 }
const narrow = { width: 360, height: 740 }

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
  mira = await browser.person({ viewport: wide })
  tomas = await browser.person({ viewport: narrow })
})

afterAll(async () => {
  await browser?.[Symbol.asyncDispose]()
  server?.closeAllConnections()
  server?.close()
  await t?.[Symbol.asyncDispose]()
})

const main = (page: Page) => page.locator('main')
const submit = (page: Page) => main(page).locator('form:not([role=search]) button[type=submit]').first().click()

async function write(page: Page, text: string, visibility = 'public'): Promise<void> {
  await page.goto(`${base}/compose`)
  await page.getByLabel('What is on your mind?').fill(text)
  await page.getByLabel('Who can see it').selectOption(visibility)
  await page.getByRole('button', { name: 'Post', exact: true }).click()
}

test('the owner sets the instance up and writes the first post', async () => {
  await mira.goto(base)
  expect(await main(mira).innerText()).toContain('Pipit is running')
  await mira.goto(`${base}/setup?token=${setupToken(t.app.secrets)}`)
  await mira.getByLabel('Name of this server').fill('Wiesengrund')
  await mira.getByLabel('Your user name').fill('mira')
  await mira.getByLabel('Your mail address').fill('mira@mail.test')
  await mira.getByLabel('Password').fill(password)
  expect(await mira.getByLabel('Sign-ups').inputValue()).toBe('closed')
  await mira.getByLabel('Sign-ups').selectOption('open')
  await submit(mira)
  expect(mira.url()).toBe(`${base}/`)
  await write(mira, 'Good morning from the #meadow')
  expect(await main(mira).innerText()).toContain('Good morning from the #meadow')
  await write(mira, 'Only for those who follow me', 'private')
})

test('a newcomer signs up on a phone, confirms the address and logs in', async () => {
  await tomas.goto(base)
  await main(tomas).getByRole('link', { name: 'Join in' }).click()
  await tomas.getByLabel('Name').fill('tomas')
  await tomas.getByLabel('Mail address').fill('tomas@mail.test')
  await tomas.getByLabel('Password').fill(password)
  await submit(tomas)
  expect(await main(tomas).innerText()).toContain('Look into your mail')

  const {
    rows: [found],
  } = await t.db.execute<{ id: AccountId }>(sql`select id from accounts where username = 'tomas'`)
  const id = found!.id
  const { secret } = (await t.db.transaction((tx) => newMailToken(tx, id, 'confirm')))!
  await tomas.goto(`${base}/confirm?token=${secret}`)
  await submit(tomas)
  await main(tomas).getByRole('link', { name: 'Log in' }).click()
  await tomas.getByLabel('Name or mail address').fill('tomas')
  await tomas.getByLabel('Password').fill('not the password')
  await submit(tomas)
  expect(await main(tomas).innerText()).toContain('Name or password is wrong')
  expect(await tomas.getByLabel('Name or mail address').inputValue()).toBe('tomas')
  await tomas.getByLabel('Password').fill(password)
  await submit(tomas)
  expect(await main(tomas).innerText()).toContain('Your timeline is empty so far')
})

test('two people find and follow each other, answer, favourite and boost', async () => {
  await tomas.goto(`${base}/search`)
  await tomas.getByRole('searchbox').first().fill('mira')
  await tomas.keyboard.press('Enter')
  await main(tomas).getByRole('link', { name: '@mira' }).click()
  expect(await main(tomas).innerText()).not.toContain('Only for those who follow me')
  await main(tomas).getByRole('button', { name: 'Follow' }).click()
  expect(await main(tomas).innerText()).toContain('Only for those who follow me')

  const post = main(tomas).locator('article', { hasText: 'Good morning' })
  await post.getByRole('button', { name: 'Favourite' }).click()
  await post.getByRole('button', { name: 'Boost' }).click()
  expect(await post.getByRole('button', { name: 'Favourite' }).getAttribute('aria-pressed')).toBe('true')
  expect(await post.getByRole('button', { name: 'Boost' }).getAttribute('aria-pressed')).toBe('true')
  await post.getByRole('link', { name: 'Reply' }).click()
  expect(await tomas.getByLabel('Your reply').inputValue()).toBe('@mira ')
  await tomas.getByLabel('Your reply').fill('@mira Good morning to the meadow')
  await tomas.getByRole('button', { name: 'Reply' }).click()
  expect(await main(tomas).innerText()).toContain('Good morning to the meadow')

  await mira.goto(`${base}/notifications`)
  const list = await main(mira).innerText()
  for (const words of ['follows you', 'favourited your post', 'boosted your post', 'Good morning to the meadow'])
    expect(list).toContain(words)
  expect(await mira.locator('.badge').count()).toBe(0)
})

test('a remote account can be followed like a local one', async () => {
  const ada = await remoteAccount(t, 'ada')
  await remoteStatus(t, ada, {
    content:
      '<p>Hello from <a href="https://remote.test/tags/afar" class="mention hashtag" rel="tag">#<span>Afar</span></a></p>',
    tags: [{ name: 'afar', displayName: 'Afar' }],
  })
  await mira.goto(`${base}/search?q=${encodeURIComponent('@ada@remote.test')}`)
  await main(mira).getByRole('button', { name: 'Follow' }).click()
  expect(await main(mira).innerText()).toContain('Withdraw request')
  await main(mira).getByRole('link', { name: '@ada@remote.test' }).click()
  await main(mira).getByRole('link', { name: '#Afar' }).click()
  expect(mira.url()).toBe(`${base}/tags/afar`)
})

test('settings: the picture and the password can be changed, and the old password no longer works', async () => {
  const picture = await sharp({ create: { width: 300, height: 300, channels: 3, background: '#c98a4b' } })
    .png()
    .toBuffer()
  await tomas.goto(`${base}/settings/profile`)
  await tomas.getByLabel('Display name').fill('Tomáš Novák')
  await tomas
    .getByLabel('Picture', { exact: true })
    .setInputFiles({ name: 'me.png', mimeType: 'image/png', buffer: picture })
  await tomas.getByRole('button', { name: 'Save' }).click()
  await main(tomas).getByRole('link', { name: 'See your profile' }).click()
  expect(await main(tomas).getByRole('heading', { level: 1 }).innerText()).toContain('Tomáš Novák')
  expect(
    await main(tomas)
      .locator('.profile img.avatar')
      .evaluate((image) => (image as HTMLImageElement).naturalWidth),
  ).toBe(400)

  await tomas.goto(`${base}/settings/account`)
  await tomas.getByLabel('Current password').fill(password)
  await tomas.getByLabel('New password').fill('slow trains through hills')
  await tomas.getByRole('button', { name: 'Change password' }).click()
  expect(await main(tomas).innerText()).toContain('Your password is changed')
  await tomas.getByRole('button', { name: 'Log out of this browser' }).click()
  await tomas.goto(`${base}/login`)
  for (const [tried, where] of [
    [password, '/login'],
    ['slow trains through hills', '/'],
  ]) {
    await tomas.getByLabel('Name or mail address').fill('tomas@mail.test')
    await tomas.getByLabel('Password').fill(tried ?? '')
    await submit(tomas)
    expect(new URL(tomas.url()).pathname).toBe(where)
  }
})

test('a post is deleted after a confirmation', async () => {
  await write(mira, 'A slip of the pen')
  const post = () => main(mira).locator('article', { hasText: 'A slip of the pen' })
  // The menu of the last post opens below the page's end, where phones have a bar.
  for (const viewport of [{ width: 320, height: 480 }, narrow, wide]) {
    await mira.setViewportSize(viewport)
    await mira.goto(`${base}/@mira`)
    const last = main(mira).locator('article').last()
    await last.locator('.menu > summary').click()
    await last.getByRole('link', { name: 'Delete', exact: true }).click({ trial: true })
  }
  await mira.goto(base)
  await post().locator('.menu > summary').click()
  await post().getByRole('link', { name: 'Delete', exact: true }).click()
  await mira.getByRole('button', { name: 'Delete' }).click()
  expect(await post().count()).toBe(0)
})

test('public pages are readable after the log-out, and for everybody else', async () => {
  await mira.getByRole('button', { name: 'Log out' }).click()
  await mira.goto(`${base}/@mira`)
  const text = await main(mira).innerText()
  expect(text).toContain('Good morning from the #meadow')
  expect(text).not.toContain('Only for those who follow me')
  await main(mira).locator('article', { hasText: 'Good morning' }).locator('.post-time').click()
  expect(await main(mira).innerText()).toContain('Good morning to the meadow')
  expect(await main(mira).getByRole('button').count()).toBe(0)
})

test('no page is wider than the screen, fetches from other hosts, or breaks the content security policy', async () => {
  const problems: string[] = []
  const page = await browser.person({
    viewport: narrow,
    javaScriptEnabled: true,
    storageState: await tomas.context().storageState(),
  })
  page.on(
    'console',
    (message) => ['error', 'warning'].includes(message.type()) && problems.push(`${page.url()}: ${message.text()}`),
  )
  page.on('request', (request) => !request.url().startsWith(base) && problems.push(`asked ${request.url()}`))
  for (const width of [320, 360, 768, 1280]) {
    await page.setViewportSize({ width, height: 800 })
    for (const path of [
      '/',
      '/explore',
      '/@mira',
      '/@tomas',
      '/@ada@remote.test',
      '/compose',
      '/notifications',
      '/search?q=mira',
      '/settings/profile',
      '/settings/account',
      '/about',
      '/bookmarks',
      '/follow-requests',
    ]) {
      await page.goto(base + path)
      const overflow = await page.evaluate(
        () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
      )
      if (overflow > 0) problems.push(`${path} at ${width} is ${overflow} too wide`)
    }
  }
  expect(problems).toEqual([])
})

test('a short name stands on one line beside its handle', async () => {
  await write(tomas, 'Short names')
  for (const viewport of [narrow, wide]) {
    await tomas.setViewportSize(viewport)
    const name = await main(tomas).locator('article .name').first().boundingBox()
    expect(name!.height).toBeLessThan(30)
  }
  await tomas.setViewportSize(narrow)
})

test('every control is named and large enough for a thumb', async () => {
  const page = await browser.person({
    viewport: narrow,
    javaScriptEnabled: true,
    storageState: await tomas.context().storageState(),
  })
  for (const path of ['/', '/@mira', '/compose', '/settings/profile', '/settings/account', '/notifications']) {
    await page.goto(base + path)
    const bad = await page.evaluate(() =>
      [
        ...document.querySelectorAll<HTMLElement>(
          'button, .button, a.act, .main-nav a, .tools a, .tabs a, select, textarea, input:not([type=hidden]):not([type=checkbox]), .check',
        ),
      ]
        .filter((element) => element.checkVisibility())
        .flatMap((element) => {
          const { width, height } = element.getBoundingClientRect()
          const isNamed =
            element.textContent?.trim() ||
            element.getAttribute('aria-label') ||
            (element as HTMLInputElement).labels?.length
          return width < 43.5 || height < 43.5 || !isNamed
            ? [`${element.outerHTML.slice(0, 120)} ${width}×${height}`]
            : []
        }),
    )
    expect(bad, path).toEqual([])
  }
})
