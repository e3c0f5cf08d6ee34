/** Bundles the scripts of pages at the start, in some 50 ms, so that no build step comes between the code and the server. */
import { fileURLToPath } from 'node:url'
import { buildSync } from 'esbuild'

/** The scripts by name: `site` is for all pages, the others are for the pages that name them. */
const entries = ['site', 'composer', 'passkeys', 'captcha', 'captcha-worker', 'files'] as const

/** Each entry of `islands/` with what it imports, minified. The same code makes the same bytes in every process. */
export function buildScripts(): Record<(typeof entries)[number], Buffer> {
  const built = entries.map((name) => {
    const { outputFiles } = buildSync({
      entryPoints: [fileURLToPath(new URL(`islands/${name}.ts`, import.meta.url))],
      bundle: true,
      write: false,
      minify: true,
      format: 'esm',
      target: 'es2022',
      legalComments: 'none',
      alias: { 'node:url': fileURLToPath(new URL('islands/idna.ts', import.meta.url)) },
    })
    return [name, Buffer.from(outputFiles[0]?.contents ?? [])] as const
  })
  return Object.fromEntries(built) as Record<(typeof entries)[number], Buffer>
}
