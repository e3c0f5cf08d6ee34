/** Settings, first steps and the history of edits in a real browser, with and without scripts. */
import { readFileSync } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import type { Page } from 'playwright-core'
import sharp from 'sharp'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { loadOwnProfile } from '#src/accounts/profile/profile.ts'
import { loadAccountViews } from '#src/accounts/views.ts'
import type { AccountId } from '#src/platform/ids.ts'
import { editStatus } from '#src/statuses/edit.ts'
import { localAccount, makeFollow, status } from '../cast.ts'
import { narrow, openSite, type TestSite, wide } from './site.ts'

let site: TestSite
let mira: AccountId
let tomas: AccountId

beforeAll(async () => {
  site = await openSite()
  mira = await localAccount(site.t, 'mira')
  tomas = await localAccount(site.t, 'tomas')
})

afterAll(() => site?.[Symbol.asyncDispose]())

const main = (page: Page) => page.locator('main')
const scripted = { javaScriptEnabled: true }
const picture = async (color: string) => ({
  name: 'me.png',
  mimeType: 'image/png',
  buffer: await sharp({ create: { width: 300, height: 200, channels: 3, background: color } })
    .png()
    .toBuffer(),
})

/** Pictures of a page for people who work on its look, if `SHOTS` names a folder. */
async function shoot(page: Page, name: string): Promise<void> {
  const folder = process.env['SHOTS']
  if (!folder) return
  await mkdir(folder, { recursive: true })
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme })
    for (const size of [wide, narrow]) {
      await page.setViewportSize(size)
      await page.screenshot({ path: `${folder}/${name}-${colorScheme}-${size.width}.png`, fullPage: true })
    }
  }
  await page.emulateMedia({ colorScheme: 'light' })
  await page.setViewportSize(wide)
}

const axe = readFileSync(fileURLToPath(import.meta.resolve('axe-core/axe.min.js')), 'utf8')
type Axe = {
  run(part: string): Promise<{ violations: { id: string; nodes: { html: string; failureSummary: string }[] }[] }>
}

/** Nothing sticks out at the side of a narrow screen, and axe-core, which needs scripts, finds nothing in either scheme. */
async function expectToBeAccessible(page: Page, part = 'main'): Promise<void> {
  const storageState = await page.context().storageState()
  const looked = await site.visitor({ ...scripted, storageState })
  for (const colorScheme of ['dark', 'light'] as const) {
    // A page that is already there keeps some colours of the other scheme for a moment.
    await looked.emulateMedia({ colorScheme })
    await looked.goto(page.url())
    await looked.evaluate(axe)
    const { violations } = await looked.evaluate(
      (where) => (globalThis as unknown as { axe: Axe }).axe.run(where),
      part,
    )
    expect(
      violations.flatMap(({ id, nodes }) =>
        nodes.map(({ html, failureSummary }) => `${colorScheme} ${id}: ${html} ${failureSummary}`),
      ),
    ).toEqual([])
  }
  await looked.setViewportSize({ width: 320, height: 740 })
  expect(await looked.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(320)
  await looked.context().close()
}

test('a newcomer is led through the first steps, until they are done', async () => {
  const page = await site.person('mira')
  const steps = main(page).getByRole('region', { name: 'First steps' })
  expect(await steps.innerText()).toContain('0 of 3 done')
  await shoot(page, 'first-steps')
  await expectToBeAccessible(page, '.first-steps')
  await steps.getByLabel('Time to undo').selectOption('30')
  await steps.getByRole('button', { name: 'Save' }).click()
  expect(await steps.innerText()).toContain('wait 30 seconds')
  expect((await loadOwnProfile(site.t.db, mira))?.undoSeconds).toBe(30)
  await steps.getByRole('link', { name: 'Add a picture' }).click()
  await page.getByLabel('Picture', { exact: true }).setInputFiles(await picture('#c98a4b'))
  await main(page).locator('[name=note]').fill('I bake bread')
  await main(page).getByRole('button', { name: 'Save' }).click()
  await makeFollow(site.t, mira, tomas)
  await page.goto(site.base)
  expect(await steps.innerText()).toContain('2 of 3 done')
  await shoot(page, 'first-steps-two-done')
  await status(site.t, mira, { text: 'Hello' })
  await page.goto(site.base)
  expect(await steps.count()).toBe(0)
})

test('dismissed first steps are never shown again', async () => {
  const page = await site.person('tomas')
  const steps = main(page).getByRole('region', { name: 'First steps' })
  await steps.getByRole('button', { name: 'Hide these steps' }).click()
  expect(page.url()).toBe(`${site.base}/`)
  await page.reload()
  expect(await steps.count()).toBe(0)
})

test('preferences are chosen without scripts', async () => {
  const page = await site.person('mira')
  await page.goto(`${site.base}/settings/preferences`)
  await shoot(page, 'preferences')
  await expectToBeAccessible(page)
  await page.getByLabel('Who sees them').selectOption('Followers only')
  await page.getByLabel('Time zone').selectOption('Europe/Berlin')
  await page.getByLabel('Open content warnings').check()
  await page.getByRole('button', { name: 'Save' }).click()
  expect(await main(page).innerText()).toContain('Saved.')
  expect(await page.getByLabel('Time zone').inputValue()).toBe('Europe/Berlin')
  expect(await page.getByLabel('Open content warnings').isChecked()).toBe(true)
  expect(await loadOwnProfile(site.t.db, mira)).toMatchObject({
    defaultVisibility: 'private',
    timeZone: 'Europe/Berlin',
    expandsWarnings: true,
    undoSeconds: 30,
  })
})

test('without scripts, facts can be reordered, and hashtags and people featured and removed', async () => {
  const page = await site.person('mira')
  await page.goto(`${site.base}/settings/profile`)
  await page.getByLabel('Label 1').fill('Web')
  await page.getByLabel('Content 1').fill('https://mira.example')
  await page.getByLabel('Label 2').fill('Pronouns')
  await page.getByLabel('Content 2').fill('she/her')
  await page.getByLabel('Place of line 2').selectOption('1')
  await page.getByLabel('Websites that may name you').fill('blog.example\nnews.example')
  await page.getByLabel('A tab with my pictures').uncheck()
  await main(page).getByRole('button', { name: 'Save' }).click()
  const [view] = await loadAccountViews(site.t.db, [mira])
  expect(view).toMatchObject({
    fields: [{ name: 'Pronouns' }, { name: 'Web' }],
    attributionDomains: ['blog.example', 'news.example'],
    showsMedia: false,
    showsFeatured: true,
  })

  await page.getByLabel('Hashtag', { exact: true }).fill('#Meadow')
  await main(page).locator('#featured-tags').getByRole('button', { name: 'Feature', exact: true }).click()
  await page.getByLabel('Handle of somebody').fill('@tomas')
  await main(page).locator('#featured-people').getByRole('button', { name: 'Feature', exact: true }).click()
  expect(await main(page).locator('.featured').allInnerTexts()).toEqual([
    expect.stringContaining('#Meadow'),
    expect.stringContaining('@tomas'),
  ])
  await shoot(page, 'profile')
  await expectToBeAccessible(page)
  await page.getByLabel('Handle of somebody').fill('@nobody')
  await main(page).locator('#featured-people').getByRole('button', { name: 'Feature', exact: true }).click()
  expect(await main(page).getByRole('alert').innerText()).toContain('@nobody was not found')
  expect(await page.getByLabel('Handle of somebody').inputValue()).toBe('@nobody')
  await page.getByRole('button', { name: 'Remove #Meadow' }).click()
  await page.getByRole('button', { name: 'Remove @tomas' }).click()
  expect(await main(page).locator('.featured').count()).toBe(0)
})

test('with scripts, a profile shows chosen pictures, counts letters, and moves facts by buttons', async () => {
  const page = await site.person('mira', scripted)
  await page.goto(`${site.base}/settings/profile`)
  await page.getByLabel('Header image', { exact: true }).setInputFiles(await picture('#336699'))
  await page.locator('.header-preview canvas').waitFor()
  const colour = await page.locator('.header-preview canvas').evaluate((element) => {
    const { data } = (element as HTMLCanvasElement).getContext('2d')!.getImageData(5, 5, 1, 1)
    return [...data].slice(0, 3)
  })
  expect(colour).toEqual([0x33, 0x66, 0x99])

  const name = page.getByLabel('Display name')
  await name.fill('👩‍👩‍👧‍👦 Mira')
  expect(await page.locator('[data-count-to="30"] .field-counter').innerText()).toBe('6 / 30')
  await name.fill('x'.repeat(31))
  expect(await name.getAttribute('aria-invalid')).toBe('true')
  await name.fill('Mira')

  expect(await page.locator('.fact:visible').count()).toBe(2)
  await page.getByRole('button', { name: 'Move up (2)' }).click()
  expect(await page.getByLabel('Label 1').inputValue()).toBe('Web')
  await page.getByRole('button', { name: 'Add a line' }).click()
  await page.keyboard.type('Garden')
  await page.getByLabel('Content 3').fill('Roses')
  await page.getByRole('button', { name: 'Remove (1)' }).click()
  await shoot(page, 'profile-scripts')
  await main(page).getByRole('button', { name: 'Save' }).click()
  await page.getByText('See your profile').waitFor()
  const [view] = await loadAccountViews(site.t.db, [mira])
  expect(view?.fields.map((field) => field.name)).toEqual(['Pronouns', 'Garden'])
})

test('the history of edits marks words that came and went, also for screen readers', async () => {
  const { t } = site
  // Posts of the other person are held back, and such posts have no history.
  const id = await status(t, tomas, {
    text: 'The quick brown fox\n\njumps over the lazy dog',
    spoilerText: 'Animals',
    visibility: 'public',
  })
  await editStatus(t.app, tomas, id, { text: 'The quick red fox\n\njumps over the dog', spoilerText: 'Wild animals' })
  await editStatus(t.app, tomas, id, { text: '狐は犬を飛び越える', spoilerText: '' })
  await editStatus(t.app, tomas, id, { text: '狐は猫を飛び越える', spoilerText: '' })
  const page = await site.visitor()
  await page.goto(`${site.base}/@tomas/${id}/history`)
  const [latest, , first] = [0, 1, 2].map((i) => main(page).locator('article').nth(i))
  expect(await first!.locator('del').allInnerTexts()).toEqual([
    expect.stringContaining('Animals'),
    expect.stringContaining('brown'),
    expect.stringContaining('lazy'),
  ])
  expect(await first!.locator('.revision-text').innerText()).toMatch(
    /^The quick\s+removed:\s+brown\s+end of change\s+added:\s+red\s+end of change\s+fox/,
  )
  expect(await latest!.locator('del').innerText()).toContain('犬')
  expect(await latest!.locator('.revision-text').innerText()).toContain('飛び越える')
  expect(await main(page).locator('article').last().innerText()).toContain('jumps over the lazy dog')
  await shoot(page, 'history')
  await expectToBeAccessible(page)
})
