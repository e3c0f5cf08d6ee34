/** Budgets of pages: bytes, layout shifts, and space on the screen. */
import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { makeFollow, localAccount, status } from '../cast.ts'
import { openSite, type TestSite } from './site.ts'

let site: TestSite

beforeAll(async () => {
  site = await openSite()
  const { t } = site
  const [reader, writer] = [await localAccount(t, 'reader'), await localAccount(t, 'writer')]
  await makeFollow(t, reader, writer)
  for (let i = 0; i < 20; i++) await status(t, writer, { text: `A short post from the #meadow, number ${i}` })
})

afterAll(() => site?.[Symbol.asyncDispose]())

test('20 posts take at most 68 kB of HTML, and a quarter of that compressed', async () => {
  const page = await site.person('reader')
  const headers = { Cookie: (await page.context().cookies()).map(({ name, value }) => `${name}=${value}`).join('; ') }
  const plain = await fetch(site.base, { headers: { ...headers, 'Accept-Encoding': 'identity' } })
  const html = await plain.text()
  expect(html.match(/<article /g)).toHaveLength(20)
  expect(Buffer.byteLength(html)).toBeLessThanOrEqual(68_000)
  expect(html.match(/name="return_to"/g)).toHaveLength(1)
  for (const coding of ['br', 'gzip']) {
    const packed = await fetch(site.base, { headers: { ...headers, 'Accept-Encoding': coding } })
    expect(packed.headers.get('Content-Encoding')).toBe(coding)
    expect(packed.headers.get('Vary')).toContain('Accept-Encoding')
    expect((await packed.text()).match(/<article /g)).toHaveLength(20)
  }
  expect(gzipSync(html).length).toBeLessThan(15_000)
})

test('all scripts together take at most 40 kB, compressed', async () => {
  const page = await site.person('reader', { javaScriptEnabled: true })
  const sizes: number[] = []
  page.on('response', (response) => {
    if (response.request().resourceType() === 'script')
      void response.body().then((body) => sizes.push(gzipSync(body).length))
  })
  await page.goto(`${site.base}/compose`)
  await page.waitForLoadState('load')
  // The stream of a live page keeps its network busy, so it never is idle.
  await expect.poll(() => sizes.length).toBe(2)
  expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThanOrEqual(40_960)
})

test('nothing shifts while a page loads', async () => {
  for (const viewport of [
    { width: 1280, height: 900 },
    { width: 360, height: 740 },
  ]) {
    const page = await site.person('reader', { javaScriptEnabled: true, viewport })
    for (const path of ['/', '/explore', '/@writer', '/notifications']) {
      await page.goto(site.base + path)
      await page.waitForLoadState('load')
      const shift = await page.evaluate(
        () =>
          new Promise<number>((resolve) => {
            new PerformanceObserver((list) => {
              resolve(list.getEntries().reduce((sum, entry) => sum + (entry as unknown as { value: number }).value, 0))
            }).observe({ type: 'layout-shift', buffered: true })
            setTimeout(() => resolve(0), 300)
          }),
      )
      // Less than anybody sees: a letter in the menu that is drawn a little later.
      expect(shift, path).toBeLessThan(0.001)
    }
    await page.context().close()
  }
})

test('a screen of 900 pixels shows 8 short posts', async () => {
  const page = await site.person('reader', { javaScriptEnabled: true })
  await page.goto(`${site.base}/public`)
  const height = await page.evaluate(() => {
    const posts = [...document.querySelectorAll('.feed article')]
    const [first, eighth] = [posts[0], posts[7]]
    return first && eighth ? eighth.getBoundingClientRect().bottom - first.getBoundingClientRect().top : Infinity
  })
  // The rest is for the head of the page.
  expect(height).toBeLessThan(780)
})

test('a visitor’s browser keeps a public page until it changes', async () => {
  const first = await fetch(`${site.base}/@writer`)
  const tag = first.headers.get('ETag') ?? ''
  expect(tag).toMatch(/^W\/"[\w-]+"$/)
  const again = await fetch(`${site.base}/@writer`, { headers: { 'If-None-Match': `"other", ${tag}` } })
  expect([again.status, await again.text()]).toEqual([304, ''])
  const page = await site.person('reader')
  const own = await page.goto(`${site.base}/@writer`)
  expect(own?.headers()['etag']).toBeUndefined()
})
