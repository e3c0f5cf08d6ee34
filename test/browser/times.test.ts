/** Times on pages for readers whose zone the server does not know, in a browser in Tokyo. */
import { once } from 'node:events'
import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createAdaptorServer } from '@hono/node-server'
import { sql } from 'drizzle-orm'
import { expect, test } from 'vitest'
import { pages } from '../../web/app.tsx'
import { localAccount, status } from '../cast.ts'
import { database } from '../database.ts'
import { openBrowser } from './browser.ts'

test.each([
  [true, '2 March 2025 at 08:30 GMT+9', '2 Mar 2025'],
  [false, '1 March 2025 at 23:30 UTC', '1 Mar 2025'],
])('with scripts: %s, a visitor reads %s', async (hasScripts, exact, short) => {
  let answer: (request: Request) => Response | Promise<Response> = () => new Response('Not yet', { status: 503 })
  const server = createAdaptorServer({ fetch: (request) => answer(request), overrideGlobalObjects: false }) as Server
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const base = `http://localhost:${(server.address() as AddressInfo).port}`
  await using t = await database({ ORIGIN: base })
  const site = pages(t.app)
  answer = (request) => site.fetch(request, { clientAddress: '127.0.0.1', requestId: 'test' })
  await using browser = await openBrowser()
  try {
    const alice = await localAccount(t, 'alice')
    const id = await status(t, alice, { text: 'Good morning' })
    await t.db.execute(sql`update statuses set created_at = '2025-03-01T23:30:00Z' where id = ${id}`)
    const page = await browser.person({ timezoneId: 'Asia/Tokyo', javaScriptEnabled: hasScripts })
    await page.goto(`${base}/@alice/${id}`)
    await expect.poll(() => page.locator('time[data-exact]').first().textContent()).toBe(exact)
    await page.goto(`${base}/@alice`)
    const time = page.locator('.post time').first()
    await expect.poll(() => time.getAttribute('title')).toBe(exact)
    expect(await time.textContent()).toBe(short)
  } finally {
    server.closeAllConnections()
    server.close()
  }
})
