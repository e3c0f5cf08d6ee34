/**
 * Takes the pictures of the README from a generated instance: `npm run screenshots [-- --all FOLDER]`. With `--all` it takes each
 * page in light and dark, wide and narrow, into a folder, for people who change pages. Takes a minute.
 */
import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import type { Page } from 'playwright-core'
import { openBrowser } from '#test/browser/browser.ts'
import { freePort, start } from '#test/runtime/process.ts'

type Shot = { name: string; path: string; width: number; height: number; scheme: 'light' | 'dark' }

const { values } = parseArgs({ options: { all: { type: 'string' } } })
const schemes = ['light', 'dark'] as const
const widths = [
  [1280, 860],
  [360, 740],
] as const

// The accounts are made for the address at which the server then runs.
const port = String(await freePort())
const data = mkdtempSync(join(tmpdir(), 'pipit-screenshots-'))
const pipit = (...args: string[]) =>
  execFileSync(process.execPath, ['--import', 'tsx', 'bin/pipit.js', ...args], {
    encoding: 'utf8',
    env: { ...process.env, DATA_DIR: data, PORT: port },
    stdio: ['ignore', 'pipe', 'ignore'],
  })

try {
  const { usernames, password } = JSON.parse(pipit('demo', '--posts', '2000', '--seed', '7', '--json')) as {
    usernames: string[]
    password: string
  }
  const [username = ''] = usernames
  pipit('accounts', 'modify', username, '--role', 'owner')
  await using server = await start({ DATA_DIR: data, PORT: port })
  await server.printed('Pipit runs at')
  await using browser = await openBrowser()
  const person = await browser.person({ javaScriptEnabled: true, locale: 'en-GB' })
  const base = `http://localhost:${port}`
  await logIn(person, base, username, password)
  for (const shot of values.all === undefined
    ? readmeShots(await threadOf(person, base))
    : await allShots(person, base))
    await take(person, base, shot, values.all ?? 'docs')
} finally {
  rmSync(data, { recursive: true, force: true })
}

async function logIn(person: Page, base: string, username: string, password: string): Promise<void> {
  await person.goto(`${base}/login`)
  await person.locator('#login').fill(username)
  await person.locator('#password').fill(password)
  await person.locator('main form[action="/login"] button').click()
  await person.waitForURL(`${base}/`)
}

/** The path of a post with replies, from the page of public posts. */
async function threadOf(person: Page, base: string): Promise<string> {
  await person.goto(`${base}/public`)
  const link = person.locator('article:has(.act:first-child .count) .post-time').first()
  return (await link.getAttribute('href')) ?? '/'
}

/** The pictures of the README. */
function readmeShots(thread: string): Shot[] {
  return [
    { name: 'screenshot', path: '/', width: 1280, height: 860, scheme: 'light' },
    { name: 'screenshot-thread', path: thread, width: 1280, height: 860, scheme: 'dark' },
    { name: 'screenshot-phone', path: '/notifications', width: 360, height: 740, scheme: 'light' },
  ]
}

async function allShots(person: Page, base: string): Promise<Shot[]> {
  const thread = await threadOf(person, base)
  const paths = ['/', thread, '/public', '/explore', '/explore/tags', '/explore/people', '/notifications', '/catch-up']
  paths.push(
    '/search?q=the',
    '/lists',
    '/conversations',
    '/collections',
    '/settings/filters',
    '/announcements',
    '/keyboard',
  )
  return paths.flatMap((path, i) =>
    schemes.flatMap((scheme) =>
      widths.map(([width, height]) => ({
        name: `${String(i).padStart(2, '0')}-${path.replaceAll(/\W+/g, '-')}-${scheme}-${width}`,
        path,
        width,
        height,
        scheme,
      })),
    ),
  )
}

async function take(person: Page, base: string, shot: Shot, folder: string): Promise<void> {
  mkdirSync(folder, { recursive: true })
  await person.setViewportSize(shot)
  await person.emulateMedia({ colorScheme: shot.scheme })
  await person.goto(`${base}${shot.path}`, { waitUntil: 'load' })
  await person.screenshot({ path: join(folder, `${shot.name}.png`) })
}
