/** A real Chromium without a window, for tests that look at pages as people do. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import chromium from '@sparticuz/chromium'
import { chromium as launcher, type Browser, type BrowserContextOptions, type Page } from 'playwright-core'

/** These make pages behave otherwise than in people's browsers: tests would not see what the real policies do. */
const unwanted = /^--(disable-web-security|allow-running-insecure-content|disable-site-isolation-trials|single-process|no-zygote|headless|disable-features)/

const quiet = [
  '--no-sandbox',
  '--disable-dev-shm-usage',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-default-apps',
  '--disable-sync',
  '--no-first-run',
  '--disable-features=OptimizationHints,MediaRouter,Translate,AutofillServerCommunication,CertificateTransparencyComponentUpdater',
  // Nothing but this machine is ever asked.
  '--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE localhost , EXCLUDE 127.0.0.1',
]

export type TestBrowser = AsyncDisposable & {
  browser: Browser
  /** A page in a profile of its own, as of another person. Scripts are off unless a test turns them on. */
  person(options?: BrowserContextOptions): Promise<Page>
}

/** Starts a browser, which ends with the test: `await using b = await openBrowser()`. */
export async function openBrowser(): Promise<TestBrowser> {
  const folder = await mkdtemp(join(tmpdir(), 'pipit-browser-'))
  const browser = await launcher.launch({
    executablePath: await chromium.executablePath(),
    args: [...chromium.args.filter((flag) => !unwanted.test(flag)), ...quiet],
    env: { ...process.env, HOME: folder, XDG_CONFIG_HOME: folder, XDG_CACHE_HOME: folder },
    headless: true,
  })
  return {
    browser,
    async person(options = {}) {
      const context = await browser.newContext({ javaScriptEnabled: false, locale: 'en-GB', viewport: { width: 1280, height: 900 }, ...options })
      context.setDefaultTimeout(10_000)
      return context.newPage()
    },
    async [Symbol.asyncDispose]() {
      await browser.close()
      await rm(folder, { recursive: true, force: true })
    },
  }
}
