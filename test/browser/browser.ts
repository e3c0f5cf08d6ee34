/** A real Chromium without a window, for tests that see pages as people do. */
import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, rename, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import chromium, { inflate } from '@sparticuz/chromium'
import { chromium as launcher, type Browser, type BrowserContextOptions, type Page } from 'playwright-core'
import { waitMs } from '../patience.ts'

/** Default arguments that would switch off policies of real browsers, which the tests need. */
const unwanted =
  /^--(disable-web-security|allow-running-insecure-content|disable-site-isolation-trials|single-process|no-zygote|headless|disable-features)/

const quiet = [
  '--no-sandbox',
  '--disable-dev-shm-usage',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-default-apps',
  '--disable-sync',
  '--no-first-run',
  '--disable-features=OptimizationHints,MediaRouter,Translate,AutofillServerCommunication,CertificateTransparencyComponentUpdater',
  // Requests to other machines are blocked.
  '--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE localhost , EXCLUDE 127.0.0.1',
]

export type TestBrowser = AsyncDisposable & {
  browser: Browser
  /** A page with its own cookies and storage. Scripts are off unless a test turns them on. */
  person(options?: BrowserContextOptions): Promise<Page>
}

/** Starts a browser, which ends with the test: `await using b = await openBrowser()`. */
export async function openBrowser(): Promise<TestBrowser> {
  const folder = await mkdtemp(join(tmpdir(), 'pipit-browser-'))
  const home = await unpackedBrowser()
  const browser = await launcher.launch({
    executablePath: join(home, 'chromium'),
    args: [...chromium.args.filter((flag) => !unwanted.test(flag)), ...quiet],
    env: {
      ...process.env,
      HOME: folder,
      XDG_CONFIG_HOME: folder,
      XDG_CACHE_HOME: folder,
      LD_LIBRARY_PATH: join(home, 'al2023/lib'),
      FONTCONFIG_PATH: fontsOf(home),
    },
    headless: true,
  })
  return {
    browser,
    async person(options = {}) {
      const context = await browser.newContext({
        javaScriptEnabled: false,
        locale: 'en-GB',
        viewport: { width: 1280, height: 900 },
        ...options,
      })
      context.setDefaultTimeout(waitMs)
      return context.newPage()
    },
    async [Symbol.asyncDispose]() {
      await browser.close()
      await rm(folder, { recursive: true, force: true })
    },
  }
}

/** The folder of the package's unpacked browser, with libraries that fresh machines lack. It is unpacked once, atomically. */
async function unpackedBrowser(): Promise<string> {
  const cache = resolve('node_modules/.cache')
  const home = join(cache, 'pipit-chromium')
  if (existsSync(home)) return home

  await mkdir(cache, { recursive: true })
  const made = await mkdtemp(`${home}-`)
  const usual = process.env['TMPDIR']
  // The package unpacks into the folder for temporary files.
  process.env['TMPDIR'] = made
  try {
    await chromium.executablePath()
    await inflate(join(fileURLToPath(import.meta.resolve('@sparticuz/chromium')), '../../bin/al2023.tar.br'))
  } finally {
    if (usual === undefined) delete process.env['TMPDIR']
    else process.env['TMPDIR'] = usual
  }
  await rename(made, home).catch(() => rm(made, { recursive: true }))
  return home
}

/** The machine's fonts; if there are none, the package's. */
function fontsOf(home: string): string {
  return existsSync('/etc/fonts/fonts.conf') ? '/etc/fonts' : join(home, 'fonts')
}
