/** The static files of pages, read once. URLs contain a hash of the content, so browsers cache them for ever. */
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { brotliCompressSync, gzipSync } from 'node:zlib'
import { Hono } from 'hono'
import { buildScripts } from './build-scripts.ts'
import { type Coding, codingFor } from './compress.ts'
import type { Env } from './env.ts'

/** The parts of the style sheet, in order: of rules with the same specificity, the later one wins. */
const styles = [
  'tokens',
  'base',
  'frame',
  'heads',
  'controls',
  'status',
  'thread',
  'media',
  'file-page',
  'fold',
  'cards',
  'poll',
  'edit',
  'actions',
  'composer',
  'drafts',
  'rows',
  'filters',
  'collections',
  'tags',
  'conversations',
  'invites',
  'people',
  'reactions',
  'reports',
  'notifications',
  'keyboard',
  'catch-up',
  'live',
  'pagination',
  'welcome',
  'discover',
  'rail',
  'statistics',
  'applications',
  'approvals',
  'account-list',
  'settings',
  'history',
  'two-factor',
  'relations',
]
const styleOf = (name: string) => readFileSync(new URL(`styles/${name}.css`, import.meta.url), 'utf8')
const style = Buffer.from([...styles.map(styleOf), ...darkStyles(styleOf('dark'))].join('\n'))
const scripts = await buildScripts()
const read = (name: string) => readFileSync(new URL(`static/${name}`, import.meta.url))
const files = {
  'style.css': { type: 'text/css; charset=utf-8', content: style },
  'site.js': { type: 'text/javascript; charset=utf-8', content: scripts.site },
  'composer.js': { type: 'text/javascript; charset=utf-8', content: scripts.composer },
  'passkeys.js': { type: 'text/javascript; charset=utf-8', content: scripts.passkeys },
  'captcha.js': { type: 'text/javascript; charset=utf-8', content: scripts.captcha },
  'files.js': { type: 'text/javascript; charset=utf-8', content: scripts.files },
  'captcha-worker.js': { type: 'text/javascript; charset=utf-8', content: scripts['captcha-worker'] },
  'icon.svg': { type: 'image/svg+xml', content: read('icon.svg') },
  'icon-new.svg': { type: 'image/svg+xml', content: read('icon-new.svg') },
  'icon-180.png': { type: 'image/png', content: read('icon-180.png') },
  // The API's images for accounts without one; apps recognize the name.
  'avatars/missing.png': { type: 'image/png', content: read('avatars/missing.png') },
  'headers/missing.png': { type: 'image/png', content: read('headers/missing.png') },
  'thumbnail.png': { type: 'image/png', content: read('thumbnail.png') },
} as const

/** The dark colours, for people who chose them, and for those whose system is dark. CSS can't name both at once. */
function darkStyles(chosen: string): string[] {
  const bySystem = chosen
    .replace("[data-appearance='dark']", "[data-appearance='system']")
    .replace('color-scheme: dark', 'color-scheme: light dark')
  return [chosen, `@media (prefers-color-scheme: dark) {\n${bySystem}}`]
}

const hash = (content: Buffer): string => createHash('sha256').update(content).digest('base64url').slice(0, 12)

export const styleUrl = `/static/style.css?v=${hash(files['style.css'].content)}`

/** The scripts of pages by name. `site` is for all pages. */
export const scriptUrls = {
  site: `/static/site.js?v=${hash(files['site.js'].content)}`,
  composer: `/static/composer.js?v=${hash(files['composer.js'].content)}`,
  passkeys: `/static/passkeys.js?v=${hash(files['passkeys.js'].content)}`,
  captcha: `/static/captcha.js?v=${hash(files['captcha.js'].content)}`,
  files: `/static/files.js?v=${hash(files['files.js'].content)}`,
  captchaWorker: `/static/captcha-worker.js?v=${hash(files['captcha-worker.js'].content)}`,
}

/** The compressed forms of a file, made once at the start: there is time for the best compression. */
const packed = (content: Buffer): Record<Coding, Buffer> => ({
  br: brotliCompressSync(content),
  gzip: gzipSync(content, { level: 9 }),
})

export const assets = new Hono<Env>()
for (const [name, { type, content }] of Object.entries(files)) {
  const forms = /^(text\/|image\/svg)/.test(type) ? packed(content) : null
  const version = hash(content)
  assets.get(`/static/${name}`, (c) => {
    const isVersioned = c.req.query('v') === version
    const coding = forms && codingFor(c)
    return c.body(new Uint8Array(coding ? forms[coding] : content), 200, {
      'Content-Type': type,
      // Web apps and other servers show the images, too.
      'Cross-Origin-Resource-Policy': 'cross-origin',
      'Access-Control-Allow-Origin': '*',
      'Cache-Control': isVersioned ? 'public, max-age=31536000, immutable' : 'public, max-age=3600',
      ...(forms ? { Vary: 'Accept-Encoding' } : {}),
      ...(coding ? { 'Content-Encoding': coding } : {}),
    })
  })
}
assets.get('/favicon.ico', (c) => c.redirect('/static/icon.svg', 301))
assets.get('/robots.txt', (c) =>
  c.text(
    'User-agent: *\nDisallow: /search\nDisallow: /compose\nDisallow: /login\nDisallow: /signup\nDisallow: /settings\n',
    200,
    { 'Cache-Control': 'public, max-age=3600' },
  ),
)
