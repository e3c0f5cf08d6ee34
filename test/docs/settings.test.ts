/** The page about settings matches the code: each setting is described, with its default and a valid example. */
import { readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { parseEnv } from 'node:util'
import { expect, test } from 'vitest'
import { loadConfig } from '#src/platform/config.ts'

const source = readFileSync('src/platform/config.ts', 'utf8')
const settings = [...new Set([...source.matchAll(/^ {4}([A-Z][A-Z0-9_]+): /gm)].map(([, name = '']) => name))]

type Section = { name: string; text: string }
const sections: Section[] = readFileSync('docs/settings.md', 'utf8')
  .split(/^### /m)
  .slice(1)
  .map((section) => ({
    name: section.split('\n', 1)[0] ?? '',
    text: section.replace(/^[^\n]*\n/, '').replace(/^## [^]*/m, ''),
  }))
const exampleOf = ({ text }: Section): string => /^Example: `([^`]+)`$/m.exec(text)?.[1] ?? ''
/** Defaults that are a value by themselves, rather than made of other settings. */
const defaultOf = ({ text }: Section): string | undefined => /^Default: `([^`]+)`\.$/m.exec(text)?.[1]

/** A provider has settings of its own, for any name: they stand in a table, with an example of one. */
const providers = readFileSync('docs/settings.md', 'utf8')
  .replace(/^[^]*\n## Log-in by providers\n/, '')
  .replace(/\n### [^]*/, '')
const provider = parseEnv([...providers.matchAll(/^ {4}(OIDC_.*)$/gm)].map(([, line]) => line).join('\n')) as Record<
  string,
  string
>

const load = (env: Record<string, string>) => loadConfig({ PATH: '', ...env }, tmpdir())

test('docs/settings.md describes exactly the existing settings', () => {
  expect(settings.length).toBeGreaterThan(20)
  expect(sections.map(({ name }) => name).toSorted()).toEqual(settings.toSorted())
})

test('.env.example lists exactly the existing settings, and the password of the container’s database', () => {
  const names = Object.keys(parseEnv(readFileSync('.env.example', 'utf8')))
  expect(names.toSorted()).toEqual([...settings, 'POSTGRES_PASSWORD'].toSorted())
})

test('each setting is described with its default and an example', () => {
  expect(
    sections
      .filter((section) => !/^Default: .+\.$/m.test(section.text) || !exampleOf(section).startsWith(`${section.name}=`))
      .map(({ name }) => name),
  ).toEqual([])
})

test('the examples are valid, and each changes its setting', () => {
  const examples = sections.map(exampleOf)
  const before = load({ FFMPEG_PATH: process.execPath })
  const after = load({
    ...provider,
    ...Object.fromEntries(examples.map((example) => example.split(/=(.*)/s, 2)) as [string, string][]),
  })
  for (const [name, value] of Object.entries(after))
    expect({ [name]: value }).not.toEqual({ [name]: before[name as keyof typeof before] })
})

test('the described defaults are those of the code', () => {
  const defaults = sections.flatMap((section) => {
    const value = defaultOf(section)
    return value === undefined ? [] : [[section.name, value] as const]
  })
  expect(defaults.length).toBeGreaterThan(9)
  expect(load(Object.fromEntries(defaults))).toEqual(load({}))
})

test('the settings of a provider are those of the code, and the example of one is taken', () => {
  const members =
    /const members = \[([^\]]+)\]/.exec(readFileSync('src/platform/provider-config.ts', 'utf8'))?.[1] ?? ''
  const known = [...members.matchAll(/'(\w+)'/g)].map(([, member]) => `OIDC_<NAME>_${member}`)
  expect([...providers.matchAll(/^\| `([^`]+)`/gm)].map(([, name]) => name)).toEqual(known)
  expect(load(provider).providers).toMatchObject([
    { name: 'acme', label: 'Acme Inc.', domains: ['acme.example', 'acme.test'], roles: [{ role: 'admin' }] },
  ])
})
