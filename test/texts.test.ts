/** The catalogue of messages and the code fit together: each message can be formatted and is used, and no text hides in the code. */
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { IntlMessageFormat } from 'intl-messageformat'
import ts from 'typescript'
import { expect, test } from 'vitest'
import { catalogues, locales, readCatalogue } from '#src/text/catalogue.ts'
import { formatsIn } from '#src/text/formats.ts'
import { messagesIn } from '#src/text/messages.ts'
import { problemIn, problemWith, refusalIn, refuse } from '#src/text/refusals.ts'
import { literalTexts } from './checks/literal-texts.ts'
import { isPlanted } from './planted.ts'

type Parts = ReturnType<IntlMessageFormat['getAst']>

/** The names of the values and tags that a message takes. */
function argumentsOf(parts: Parts): Set<string> {
  return new Set(
    parts.flatMap((part) => [
      ...('value' in part && part.type !== 0 ? [part.value] : []),
      ...('options' in part ? Object.values(part.options).flatMap(({ value }) => [...argumentsOf(value)]) : []),
      ...('children' in part ? [...argumentsOf(part.children)] : []),
    ]),
  )
}

const argumentsIn = (locale: (typeof locales)[number], text: string) =>
  argumentsOf(new IntlMessageFormat(text, locale).getAst())

test.each(locales)(
  'every message of %s is valid ICU MessageFormat, and takes the same values as the English message',
  (locale) => {
    for (const [key, text] of catalogues[locale]) {
      const english = catalogues.en.get(key)
      expect(english, `${key} has no English message`).toBeDefined()
      expect([...argumentsIn(locale, text)].sort(), key).toEqual([...argumentsIn('en', english ?? '')].sort())
      expect(text, `${key} has a plural in parentheses`).not.toMatch(/\p{L}\(e?s\)/u)
    }
  },
)

// The typewriter's apostrophe escapes in ICU. Mastodon's refusals have it, too.
test('messages have typographic apostrophes', () => {
  const others = [...catalogues.en].filter(([key, text]) => text.includes("'") && !key.startsWith('refusals.'))
  expect(others).toEqual([])
})

const parsed = async (folder: string) => {
  const names = (await readdir(folder, { recursive: true })).filter((name) => /\.tsx?$/.test(name) && !isPlanted(name))
  return Promise.all(
    names.map(async (name) => {
      const path = join(folder, name)
      return ts.createSourceFile(path, await readFile(path, 'utf8'), ts.ScriptTarget.Latest, true, ts.ScriptKind.TSX)
    }),
  )
}

/** The function that makes all messages of `refusals` from their keys: it uses none of them. */
const forwards = 'src/text/refusals.ts'

/** The files of code, without the tests. */
const files = async () =>
  (await Promise.all(['src', 'web', 'api', 'jobs', 'federation', 'cli'].map(parsed)))
    .flat()
    .filter(({ fileName }) => fileName !== forwards)

function each(file: ts.Node, work: (node: ts.Node) => void): void {
  work(file)
  ts.forEachChild(file, (child) => each(child, work))
}

test('every message is used somewhere', async () => {
  const literals = new Set<string>(['refusals.subject', 'common.sentence'])
  const patterns: RegExp[] = []
  for (const file of await files()) {
    each(file, (node) => {
      if (ts.isStringLiteralLike(node)) literals.add(node.text).add(`refusals.${node.text}`)
      if (ts.isTemplateExpression(node) && /^\w+\./.test(node.head.text)) {
        const parts = [node.head, ...node.templateSpans.map(({ literal }) => literal)]
        patterns.push(new RegExp(`^${parts.map(({ text }) => text.replaceAll('.', '\\.')).join('.+')}$`))
      }
    })
  }
  const unused = [...catalogues.en.keys()].filter(
    (key) => !literals.has(key) && !patterns.some((pattern) => pattern.test(key)),
  )
  expect(unused).toEqual([])
})

test('every use of a message passes the values that the message takes', async () => {
  const missing: string[] = []
  for (const file of await files()) {
    each(file, (node) => {
      if (!ts.isCallExpression(node)) return
      const called = ts.isPropertyAccessExpression(node.expression) ? node.expression.name : node.expression
      const isRefusal = called.getText() === 'refuse' || called.getText() === 'problemWith'
      if (!isRefusal && called.getText() !== 't' && called.getText() !== 'rich') return
      const position = { refuse: 1, problemWith: 2 }[called.getText()] ?? 0
      const [key, values] = node.arguments.slice(position)
      // Keys only: other functions have these names, too.
      if (!key || !ts.isStringLiteralLike(key) || !/^[\w.:]+$/.test(key.text)) return
      const text = catalogues.en.get(isRefusal ? `refusals.${key.text}` : key.text)
      if (text === undefined) return void missing.push(`${file.fileName}: there is no message ${key.text}`)
      const wanted = [...argumentsIn('en', text)].filter((name) => name !== 'subject' || !isRefusal)
      if (values && !ts.isObjectLiteralExpression(values)) return
      const properties = values?.properties ?? []
      if (properties.some((property) => ts.isSpreadAssignment(property))) return
      const given = new Set(properties.map((property) => property.name?.getText()))
      for (const name of wanted) {
        if (!given.has(name)) missing.push(`${file.fileName}: ${key.text} needs ${name}`)
      }
    })
  }
  expect(missing).toEqual([])
})

test('the files of a language are read like the imports of English', () => {
  expect(readCatalogue('en')).toEqual(catalogues.en)
})

test('the code of pages and mails contains no text for people', async () => {
  const found: string[] = []
  for (const folder of ['web', 'jobs/mail']) {
    for (const name of await readdir(folder, { recursive: true })) {
      const path = join(folder, name)
      if (!/\.tsx?$/.test(path) || isPlanted(path)) continue
      const texts = literalTexts(path, await readFile(path, 'utf8'))
      found.push(...texts.map(({ line, text }) => `${path}:${line} ${text}`))
    }
  }
  expect(found).toEqual([])
})

test.each([
  ['<p>Hello there</p>', 'Hello there'],
  ['<p>{isNew ? "Hello" : t("a.b")}</p>', 'Hello'],
  ['<input aria-label={`Reply to ${name}`} />', 'Reply to …'],
  ['<Field label="Name" hint={t("a.b")} />', 'Name'],
  ['page(c, { title: "Log in" }, null)', 'Log in'],
  ['page(c, "Log in", null)', 'Log in'],
  ['const a = <b>{count} posts</b>', 'posts'],
  ['button.title = "Send"', 'Send'],
])('the check finds the text in %s', (code, text) => {
  expect(literalTexts('a.tsx', code).map((found) => found.text)).toEqual([text])
})

test.each([
  '<p>@{handle} · {t("a.b")}</p>',
  '<a class="button" href="/login">{t("a.b")}</a>',
  '<code>npx pipit accounts</code>',
  'const list = names.map((name) => <i>{name === "all" ? t("a.b") : name}</i>)',
])('the check finds no text in %s', (code) => {
  expect(literalTexts('a.tsx', code)).toEqual([])
})

test('apps and the website get a refusal’s text from the same message', () => {
  const refusal = refuse('invalid', 'textOverLimit', { max: 5000 })
  expect(refusal.message).toBe('Text character limit of 5000 exceeded')
  expect(refusalIn(messagesIn('en'), refusal)).toBe(refusal.message)
})

test('a problem is a predicate for apps, and a whole sentence below its field on the website', () => {
  const problem = problemWith('username', 'ERR_TAKEN', 'taken')
  expect(problem.message).toBe('has already been taken')
  expect(problemIn(messagesIn('en'), problem)).toBe('This has already been taken.')
})

test('times are written in the person’s time zone, and in UTC if the time zone is unknown', () => {
  const at = new Date('2026-11-29T22:19:00Z')
  expect(formatsIn('en').moment(at)).toBe('29 November 2026 at 22:19 UTC')
  expect(formatsIn('en', 'Asia/Tokyo').moment(at)).toBe('30 November 2026 at 07:19 GMT+9')
  expect(formatsIn('en', 'Europe/Nowhere').moment(at)).toBe('29 November 2026 at 22:19 UTC')
})

test.each([
  [30, 'now'],
  [5 * 60, '5m'],
  [3 * 3600, '3h'],
  [2 * 86_400, '2d'],
  [8 * 86_400, '21 Nov'],
  [400 * 86_400, '25 Oct 2025'],
])('%i seconds ago is %s', (seconds, text) => {
  const now = new Date('2026-11-29T22:19:00Z')
  expect(formatsIn('en').ago(new Date(now.getTime() - seconds * 1000), now)).toBe(text)
})

test('large counts are shortened, small counts are exact', () => {
  expect([7, 1234, 9999, 12_345].map(formatsIn('en').count)).toEqual(['7', '1,234', '9,999', '12.3k'])
})
