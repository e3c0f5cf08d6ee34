/** Bundles the scripts of pages at the start, in some 50 ms, so that no build step comes between the code and the server. */
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'

/** The scripts by name: `site` is for all pages, the others are for the pages that name them. */
const entries = ['site', 'composer', 'passkeys', 'captcha', 'captcha-worker', 'files'] as const

type Name = (typeof entries)[number]

/** Each entry of `islands/` with what it imports, minified. The same code makes the same bytes in every process. */
export async function buildScripts(): Promise<Record<Name, Buffer>> {
  const built = entries.map(async (name) => {
    const { outputFiles } = await build({
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
  return Object.fromEntries(await Promise.all(built)) as Record<Name, Buffer>
}
