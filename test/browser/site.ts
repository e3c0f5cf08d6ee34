/** The website on a port of its own, with a browser in front of it. */
import { once } from 'node:events'
import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createAdaptorServer } from '@hono/node-server'
import type { BrowserContext, BrowserContextOptions, Page } from 'playwright-core'
import { pages } from '../../web/app.tsx'
import { password } from '../cast.ts'
import { database, type TestDatabase } from '../database.ts'
import { openBrowser } from './browser.ts'

export const wide = { width: 1280, height: 900 }
export const narrow = { width: 360, height: 740 }

export type TestSite = AsyncDisposable & {
  t: TestDatabase
  base: string
  /** A visitor. Scripts are off unless a test turns them on. */
  visitor(options?: BrowserContextOptions): Promise<Page>
  /** A person who is logged in, with the password of the cast. The test opens the page. */
  person(username: string, options?: BrowserContextOptions): Promise<Page>
}

/**
 * Serves a website that ends with the test: `await using site = await openSite()`.
 *
 * @param settings further settings, which may depend on its address
 */
export async function openSite(
  settings: (base: string) => NodeJS.ProcessEnv | Promise<NodeJS.ProcessEnv> = () => ({}),
): Promise<TestSite> {
  // The port is part of the instance's address, so it is taken before there is an instance.
  let answer: (request: Request) => Response | Promise<Response> = () => new Response('Not yet', { status: 503 })
  const server = createAdaptorServer({ fetch: (request) => answer(request), overrideGlobalObjects: false }) as Server
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const base = `http://localhost:${(server.address() as AddressInfo).port}`
  const t = await database({ ORIGIN: base, ...(await settings(base)) })
  const site = pages(t.app)
  answer = (request) => site.fetch(request, { clientAddress: '127.0.0.1', requestId: 'test' })
  const browser = await openBrowser()
  // Attempts to log in are limited, so each person logs in once.
  const sessions = new Map<string, Awaited<ReturnType<BrowserContext['storageState']>>>()
  const visitor = (options: BrowserContextOptions = {}) => browser.person({ viewport: wide, ...options })
  return {
    t,
    base,
    visitor,
    async person(username, options) {
      const known = sessions.get(username)
      if (known) return visitor({ storageState: known, ...options })
      const page = await visitor(options)
      await page.goto(`${base}/login`)
      await page.locator('#login').fill(username)
      await page.locator('#password').fill(password)
      await page.locator('main form[action="/login"] button').click()
      await page.waitForURL(`${base}/`)
      sessions.set(username, await page.context().storageState())
      return page
    },
    async [Symbol.asyncDispose]() {
      await browser[Symbol.asyncDispose]()
      server.closeAllConnections()
      server.close()
      await t[Symbol.asyncDispose]()
    },
  }
}
