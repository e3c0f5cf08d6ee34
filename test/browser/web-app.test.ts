/** A web app of another origin, in a real browser: CORS, the consent page and WebSockets must allow its requests. */
import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { serve } from '../../web/server.ts'
import { localAccount, makeFollow, password, status } from '../cast.ts'
import { database } from '../database.ts'
import { freePort } from '../runtime/process.ts'
import { openBrowser } from './browser.ts'

test('a web app of another origin logs in, reads, writes, uploads and streams', async () => {
  const port = await freePort()
  const instance = `http://localhost:${port}`
  await using t = await database({ PORT: String(port), ORIGIN: instance })
  await using _ = await serve(t.app)
  const [mira, tomas] = [await localAccount(t, 'mira'), await localAccount(t, 'tomas')]
  await makeFollow(t, mira, tomas)
  for (const text of ['First', 'Second', 'Third']) await status(t, tomas, { text })

  await using app = await webApp()
  await using browser = await openBrowser()
  const page = await browser.person({ javaScriptEnabled: true })
  const complaints: string[] = []
  page.on('console', (message) => message.type() === 'error' && complaints.push(message.text()))

  await page.goto(app.url)
  await page.evaluate((url) => (globalThis as unknown as { logIn: (url: string) => void }).logIn(url), instance)
  await page.getByLabel('Name or mail address').fill('mira')
  await page.getByLabel('Password').fill(password)
  await page.locator('main').getByRole('button', { name: 'Log in', exact: true }).click()
  const consent = page.locator('main')
  for (const words of ['A web app', 'mira']) await expect.poll(() => consent.innerText()).toContain(words)
  await page.locator('button[name=decision][value=allow]').click()

  await expect.poll(() => page.locator('#state').innerText()).toBe('done')
  expect(JSON.parse(await page.locator('#report').innerText())).toEqual({
    acct: 'mira',
    sentState: 'tweet',
    pages: ['<p>Third</p>', '<p>Second</p>'],
    media: 'image',
    attached: 1,
    stream: ['user'],
    content: '<p>Hello from another origin</p>',
    missing: [404, 'Record not found'],
    left: true,
  })
  // Browsers complain of the status that was asked for on purpose, and of nothing else.
  expect(complaints.filter((text) => !text.includes('404'))).toEqual([])
})

async function webApp(): Promise<AsyncDisposable & { url: string }> {
  const folder = join(import.meta.dirname, 'web-app')
  const [html, script] = [await readFile(join(folder, 'index.html')), await readFile(join(folder, 'app.js'))]
  const server = createServer((request, response) => {
    const isScript = request.url === '/app.js'
    response.setHeader('Content-Type', isScript ? 'text/javascript' : 'text/html; charset=utf-8')
    response.end(isScript ? script : html)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}
