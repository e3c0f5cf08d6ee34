/** Silent loops: what starts and stops them. */
import type { BrowserContextOptions } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { savePreferences } from '#src/accounts/profile/preferences.ts'
import { localAccount, remoteAccount, remoteStatus } from '../cast.ts'
import { openSite, type TestSite } from './site.ts'

let site: TestSite
let path = ''

beforeAll(async () => {
  site = await openSite(() => ({ ALLOW_PRIVATE_ADDRESSES: '127.0.0.0/8' }))
  const { t } = site
  await localAccount(t, 'still')
  const moving = await localAccount(t, 'moving')
  await t.db.transaction((tx) => savePreferences(tx, moving, { autoplaysLoops: true }))
  const carol = await remoteAccount(t, 'carol')
  const post = await remoteStatus(t, carol, {
    media: [
      {
        kind: 'gifv',
        mediaType: 'video/mp4',
        url: 'http://127.0.0.1:1/loop.mp4',
        // With a still, browsers load the file when it plays.
        previewUrl: 'http://127.0.0.1:1/still.jpg',
        description: 'A loop',
        width: 400,
        height: 300,
        blurhash: null,
        focus: { x: 0, y: 0 },
      },
    ],
  })
  path = `/@carol@remote.test/${post}`
})

afterAll(() => site?.[Symbol.asyncDispose]())

/** The page of the post. Players only note what they are asked to do: the file is out of reach, and browsers differ in formats. */
async function open(name: string, options: BrowserContextOptions = {}) {
  const page = await site.person(name, { javaScriptEnabled: true, ...options })
  await page.addInitScript(() => {
    const prototype = HTMLMediaElement.prototype
    Object.defineProperty(prototype, 'paused', {
      get(this: HTMLMediaElement) {
        return this.dataset['state'] !== 'plays'
      },
    })
    prototype.play = function play() {
      this.dataset['state'] = 'plays'
      this.dispatchEvent(new Event('play'))
      return Promise.resolve()
    }
    prototype.pause = function pause() {
      this.dataset['state'] = 'paused'
      this.dispatchEvent(new Event('pause'))
    }
  })
  await page.goto(site.base + path)
  const loop = page.locator('video[data-loop]')
  await loop.waitFor()
  return { page, state: () => loop.getAttribute('data-state'), loop }
}

test('a loop plays while the mouse is on it', async () => {
  const { page, loop, state } = await open('still')
  expect(await state()).toBeNull()
  await loop.hover()
  await expect.poll(state).toBe('plays')
  await page.mouse.move(0, 0)
  await expect.poll(state).toBe('paused')
})

test('a loop plays by itself where the person wants it, until it is stopped', async () => {
  const { page, loop, state } = await open('moving')
  await expect.poll(state).toBe('plays')
  await page.mouse.move(0, 0)
  expect(await state()).toBe('plays')
  await loop.evaluate((one: HTMLVideoElement) => one.pause())
  await page.evaluate(() => document.body.style.setProperty('padding-top', '300vh'))
  await page.evaluate(() => document.body.style.removeProperty('padding-top'))
  await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))))
  expect(await state()).toBe('paused')
})

test('nothing plays unasked where the device asks for less motion', async () => {
  for (const name of ['still', 'moving']) {
    const { page, loop, state } = await open(name, { reducedMotion: 'reduce' })
    await loop.hover()
    await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))))
    expect(await state()).toBeNull()
  }
})
