/**
 * Makes a release of what is committed: `npm run release -- 0.3.0`.
 *
 * In this order: the working copy is clean; all checks and tests pass; what migrations are tried on is renewed
 * (`test/migrations/last-release/`); version and changelog are written, committed and tagged. Nothing is pushed.
 */
import { execFileSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { releaseChangelog } from './changelog.ts'

const [version = ''] = process.argv.slice(2)
const run = (command: string, ...args: string[]): string =>
  execFileSync(command, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] }).trim()
const show = (command: string, ...args: string[]): void => void execFileSync(command, args, { stdio: 'inherit' })
const fail = (message: string): never => {
  process.stderr.write(`${message}\n`)
  process.exit(1)
}

if (!/^\d+\.\d+\.\d+$/.test(version)) fail('Name the version: npm run release -- 0.3.0')
if (run('git', 'status', '--porcelain') !== '') fail('Commit or stash your changes first')
if (run('git', 'tag', '--list', `v${version}`) !== '') fail(`v${version} is tagged already`)
const changelog = releaseChangelog(readFileSync('CHANGELOG.md', 'utf8'), version, new Date().toISOString().slice(0, 10))

show('npm', 'run', 'check')
show('npm', 'test')
show('npm', 'run', 'db:release')
writeFileSync('CHANGELOG.md', changelog)
show('npm', 'version', version, '--no-git-tag-version', '--allow-same-version')
show('git', 'add', 'CHANGELOG.md', 'package.json', 'package-lock.json', 'test/migrations/last-release')
show('git', 'commit', '--message', `Release ${version}`)
show('git', 'tag', '--annotate', `v${version}`, '--message', `Pipit ${version}`)
process.stdout.write(`Pipit ${version} is committed and tagged. To publish it: git push --follow-tags\n`)
