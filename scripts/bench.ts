/**
 * Runs the benches of `test/bench/` that need no large data of their own, on a demo of 20,000 posts, and appends what they print
 * to `docs/performance.md`, with the day, the commit and the time of a calibration loop: `npm run bench [-- name …]`.
 * Takes some minutes. Figures of two machines are to be compared by the calibration; so are two runs on a busy one.
 */
import { execFileSync, spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { appendFileSync, mkdtempSync, rmSync } from 'node:fs'
import { availableParallelism, tmpdir } from 'node:os'
import { join } from 'node:path'

const all = ['start', 'requests', 'documents', 'inbox', 'deliver'] as const
const onDemo: readonly string[] = ['requests', 'documents']
const wanted = process.argv.slice(2)
const unknown = wanted.filter((name) => !(all as readonly string[]).includes(name))
if (unknown.length > 0) throw new Error(`There is no bench ${unknown.join(', ')}; there are ${all.join(', ')}`)

/** Milliseconds that one core takes for a fixed piece of work: 256 MB of SHA-256 and a million additions of text. */
function calibrate(): number {
  const began = performance.now()
  const block = Buffer.alloc(1 << 20, 7)
  const hash = createHash('sha256')
  for (let i = 0; i < 256; i++) hash.update(block)
  let text = ''
  for (let i = 0; i < 1_000_000; i++) text = `${text.length > 64 ? '' : text}${i}`
  hash.update(text).digest()
  return performance.now() - began
}

const folder = mkdtempSync(join(tmpdir(), 'pipit-bench-'))
const env = { ...process.env, DATA_DIR: folder }
const node = (args: string[], environment = process.env): string => {
  const { status, stdout } = spawnSync(process.execPath, ['--import', 'tsx', ...args], {
    encoding: 'utf8',
    env: environment,
    stdio: ['ignore', 'pipe', 'inherit'],
    maxBuffer: 64 << 20,
  })
  if (status !== 0) throw new Error(`${args.join(' ')} ended with ${status}`)
  return stdout.trim()
}

try {
  const before = calibrate()
  const names = all.filter((name) => wanted.length === 0 || wanted.includes(name))
  if (names.some((name) => onDemo.includes(name))) node(['bin/pipit.js', 'demo', '--posts', '20000'], env)
  const parts = names.map((name) => {
    process.stdout.write(`${name} …\n`)
    const printed = node([`test/bench/${name}.ts`], onDemo.includes(name) ? env : process.env)
    process.stdout.write(`${printed}\n\n`)
    return `${name}\n\n${printed.replaceAll(/^(?=.)/gm, '    ')}\n`
  })
  const commit = execFileSync('git', ['describe', '--always', '--dirty'], { encoding: 'utf8' }).trim()
  const calibration = `calibration ${before.toFixed(0)} ms before, ${calibrate().toFixed(0)} ms after`
  appendFileSync(
    'docs/performance.md',
    `\n### ${new Date().toISOString().slice(0, 10)}, ${commit}\n\n${availableParallelism()} cores; ${calibration}.\n\n${parts.join('\n')}`,
  )
} finally {
  rmSync(folder, { recursive: true, force: true })
}
