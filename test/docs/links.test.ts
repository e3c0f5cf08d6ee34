/** All links and file names in the documents lead to existing files. */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { expect, test } from 'vitest'

const pages = [
  'README.md',
  'SECURITY.md',
  ...readdirSync('docs', { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.md'))
    .map((name) => join('docs', name)),
]

/** Titles as GitHub makes addresses of them. */
const anchorsOf = (path: string): string[] =>
  [...readFileSync(path, 'utf8').matchAll(/^#+ (.+)$/gm)].map(([, title = '']) =>
    title
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}_ -]/gu, '')
      .replaceAll(' ', '-'),
  )

function isBroken(page: string, link: string): boolean {
  const [file = '', anchor] = link.split('#')
  const path = file ? join(dirname(page), file) : page
  return !existsSync(path) || (anchor !== undefined && !anchorsOf(path).includes(anchor))
}

test.each(pages)('the links of %s lead to existing files and headings', (page) => {
  const links = [...readFileSync(page, 'utf8').matchAll(/\]\(([^)\s]+)\)/g)].map(([, link = '']) => link)
  expect(links.filter((link) => !/^https?:/.test(link) && isBroken(page, link))).toEqual([])
})

test.each(pages)('the files that %s names exist', (page) => {
  const named = [
    ...readFileSync(page, 'utf8').matchAll(/`((?:src|federation|web|api|jobs|cli|drizzle|test)\/[\w./-]*)`/g),
  ]
  expect(named.map(([, path = '']) => path).filter((path) => !existsSync(path))).toEqual([])
})

test('the index names every document and every decision', () => {
  for (const folder of ['docs', 'docs/decisions']) {
    const index = readFileSync(join(folder, 'README.md'), 'utf8')
    const names = readdirSync(folder).filter((name) => name.endsWith('.md') && name !== 'README.md')
    expect(names.filter((name) => !index.includes(`](${name})`))).toEqual([])
  }
})
