/** The documents name only existing commands, and docs/command-line.md names all commands. */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'

const source = readdirSync('cli/groups')
  .map((name) => readFileSync(join('cli/groups', name), 'utf8'))
  .join('\n')
const groups = new Set([...source.matchAll(/\.command\('([a-z-]+)'\)/g)].map(([, name = '']) => name))
const leaves = new Set([...source.matchAll(/leaf\(\s*(?:group|alias),\s*'([a-z-]+)/g)].map(([, name = '']) => name))
const hostVerbs = ['retry', 'stop', 'resume']

const pages = [
  'README.md',
  'SECURITY.md',
  ...readdirSync('docs', { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.md'))
    .map((name) => join('docs', name)),
]

test.each(pages)('the commands that %s names exist', (page) => {
  const named = [...readFileSync(page, 'utf8').matchAll(/npx pipit ([a-z]+)(?: ([a-z-]+))?/g)]
  const isThere = ([, group = '', leaf]: RegExpExecArray): boolean =>
    group === 'demo' ||
    (groups.has(group) && (leaf === undefined || groups.has(leaf) || leaves.has(leaf) || hostVerbs.includes(leaf)))
  expect(named.filter((match) => !isThere(match)).map(([text]) => text)).toEqual([])
})

test('docs/command-line.md names every command', () => {
  const page = readFileSync('docs/command-line.md', 'utf8')
  expect(groups.size).toBeGreaterThan(10)
  expect(leaves.size).toBeGreaterThan(25)
  const names = [...groups, ...leaves, ...hostVerbs]
  expect(names.filter((name) => !new RegExp(`^\\|[^|]*\`[^|]*\\b${name}\\b[^|]*\\|`, 'm').test(page))).toEqual([])
})
