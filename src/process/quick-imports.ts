/**
 * Halves the time of a start, and saves memory: `node --import tsx/esm --import ./src/process/quick-imports.ts`.
 *
 * For each import Node reads the `exports` of the package again, and drizzle-orm, a thousand small modules, has 180 kB of
 * them; tsx also looks at each module of each package. Both are unnecessary: the target of `./x.js` inside a package, and of
 * a name that was imported before, can't change. (Importing web/server.ts: 2.4 -> 1.3 s of CPU, 205 -> 182 MB, Node 24.21.)
 *
 * `tsx/esm` is the half of tsx that reads ECMAScript modules, which all of Pipit is. The other half also reads each file that a
 * package requires, and Node then keeps the source twice (5 MB).
 */
import { existsSync, readFileSync } from 'node:fs'
import { registerHooks, type ResolveFnOutput, setSourceMapsSupport } from 'node:module'
import { fileURLToPath } from 'node:url'

const isInPackage = (url: string | undefined): boolean => url?.includes('/node_modules/') ?? false
const resolved = new Map<string, ResolveFnOutput>()
const formats = new Map<string, string>()

// tsx also turns on the source maps of packages. Node would read and keep them for stack traces of code that isn't ours (3 MB).
setSourceMapsSupport(true)

registerHooks({
  resolve(specifier, context, next) {
    if (!context.conditions.includes('import')) return next(specifier, context)
    if (isInPackage(context.parentURL)) {
      if (!/^\..*\.m?js$/.test(specifier)) return next(specifier, context)
      const { href } = new URL(specifier, context.parentURL)
      return { url: href, format: formatOf(fileURLToPath(href)), shortCircuit: true }
    }
    // Only names of packages: specifiers with # or . depend on the importing file.
    if (!/^[@a-z]/i.test(specifier) || URL.canParse(specifier)) return next(specifier, context)
    const known = resolved.get(specifier) ?? { ...next(specifier, context), shortCircuit: true }
    resolved.set(specifier, known)
    return known
  },
  load(url, context, next) {
    if (context.format !== 'module' || !isInPackage(url)) return next(url, context)
    return { format: 'module', source: readFileSync(fileURLToPath(url)), shortCircuit: true }
  },
})

/** Whether a file of a package is an ECMAScript module, by its ending or by the nearest package.json. */
function formatOf(path: string): string {
  if (path.endsWith('.mjs')) return 'module'
  const folder = path.slice(0, Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\')))
  let format = formats.get(folder)
  if (!format) {
    const file = `${folder}/package.json`
    if (existsSync(file))
      format = (JSON.parse(readFileSync(file, 'utf8')) as { type?: string }).type === 'module' ? 'module' : 'commonjs'
    else format = formatOf(folder)
    formats.set(folder, format)
  }
  return format
}
