/** The architecture rules are enforced: the checker reads all files, and finds a planted breach of each kind. */
import { execFile } from 'node:child_process'
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join, matchesGlob } from 'node:path'
import { promisify } from 'node:util'
import ts from 'typescript'
import { expect, test } from 'vitest'
import { isPlanted } from './planted.ts'
import { projects } from './projects.ts'

const folders = ['src', 'federation', 'web', 'api', 'jobs', 'cli']

type Breach = { rule: string; from: string }

async function breaches(...paths: string[]): Promise<{ found: Breach[]; modules: number }> {
  const command = ['--config', '.dependency-cruiser.cjs', '--output-type', 'json', ...paths]
  const output = await promisify(execFile)('node_modules/.bin/depcruise', command, { maxBuffer: 64 << 20 }).then(
    ({ stdout }) => stdout,
    (error: { stdout: string }) => error.stdout,
  )
  const { summary } = JSON.parse(output) as {
    summary: { totalCruised: number; violations: { from: string; rule: { name: string } }[] }
  }
  return {
    found: summary.violations.map(({ from, rule }) => ({ from, rule: rule.name })),
    modules: summary.totalCruised,
  }
}

/** Breaches of a rule: where they are planted, and how. */
const plants: [rule: string, folder: string, code: string][] = [
  ['src-stands-alone', 'src/planted-1', `import { Hono } from 'hono'\nexport const a = new Hono()\n`],
  [
    'src-stands-alone',
    'src/planted-2',
    `import { startWorker } from '../../jobs/worker.ts'\nexport const a = startWorker\n`,
  ],
  [
    'sides-do-not-meet',
    'web/planted-1',
    `import { startWorker } from '../../jobs/worker.ts'\nexport const a = startWorker\n`,
  ],
  ['only-src-has-sql', 'web/planted-2', `import { sql } from 'drizzle-orm'\nexport const a = sql\n`],
  [
    'only-src-has-sql',
    'web/planted-3',
    `import { accounts } from '#src/platform/db/schema/accounts.ts'\nexport const a = accounts\n`,
  ],
  [
    'statuses-guarded',
    'src/planted-3',
    `import { statuses } from '../platform/db/schema/statuses.ts'\nexport const a = statuses\n`,
  ],
  ['text-looks-down', 'src/text/planted', `import { limits } from '../../rules/limits.ts'\nexport const a = limits\n`],
  ['no-cycles', 'src/planted-4', `import { b } from './b.ts'\nexport const a = b\n`],
]

test('the checker finds each kind of breach, reads all code, and finds no breach in it', async () => {
  try {
    for (const [rule, folder, code] of plants) {
      await mkdir(folder, { recursive: true })
      await writeFile(join(folder, 'a.ts'), code)
      if (rule === 'no-cycles')
        await writeFile(join(folder, 'b.ts'), `import { a } from './a.ts'\nexport const b = a\n`)
    }
    // One run for all: the checker reads our whole code each time, also for a folder of it.
    const { found, modules } = await breaches(...folders)
    for (const [rule, folder] of plants) expect(found).toContainEqual({ rule, from: `${folder}/a.ts` })
    expect(found.filter(({ from }) => !isPlanted(from))).toEqual([])
    expect(modules).toBeGreaterThan(150)
  } finally {
    for (const [, folder] of plants) await rm(folder, { recursive: true, force: true })
  }
})

test('only the configuration reads the environment; start and commands pass it on, and PostgreSQL’s programs get its path', async () => {
  const readers: string[] = []
  for (const folder of folders) {
    for (const file of await readdir(folder, { recursive: true })) {
      if (!/\.tsx?$/.test(file)) continue
      const path = join(folder, file)
      if ((await readFile(path, 'utf8')).includes('process.env')) readers.push(path)
    }
  }
  expect(readers.sort()).toEqual([
    'cli/session.ts',
    'jobs/alone-process.ts',
    'src/platform/config.ts',
    'src/platform/db/embedded/run-as.ts',
    'src/process/runtime.ts',
  ])
})

/** Files outside of `statuses/` and `reading/` that name the table of statuses, and why they may. */
const mayNameStatuses: Record<string, string> = {
  'src/moderation/read-private.ts': 'shows staff posts for followers, each look on record',
  'src/demo/extras.ts': 'makes up data',
  'src/demo/fill.ts': 'makes up data',
  'src/outgoing/contacts.ts': 'finds the servers that got any post of an account, whoever may see it',
  'src/incoming/forward.ts': 'passes a reply on to the followers of a public post of ours',
  'src/incoming/inbox-lookup.ts': 'asks whether a post is here, and shows nothing of it',
  'src/instance/recount.ts': 'compares counters with what they count',
  'src/notices/notify.ts':
    'writes notifications only of posts that their reader may see, by the audience of the caller',
  'src/notices/status-notices.ts': 'tells followers of a post that they see',
  'src/notices/policy.ts': 'asks in whose thread a post stands',
  'src/outbox/forget-documents.ts': 'forgets the documents of the posts that a reply answers',
  'src/outgoing/documents/statuses.ts': 'reads stored documents together with whether they may be shown',
  'src/outgoing/documents/stored.ts': 'asks for the author of the post that a stored document is about',
  'src/outgoing/recipients.ts': 'finds the servers that a post goes to',
}

test('SQL names the table of statuses only in the folders that check visibility and in listed files', async () => {
  const naming: string[] = []
  for (const file of await readdir('src', { recursive: true })) {
    const path = join('src', file)
    if (!file.endsWith('.ts') || /^src\/(statuses|reading|platform\/db)\//.test(path)) continue
    const code = (await readFile(path, 'utf8')).replaceAll(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, '')
    if (
      /\b(?:from|join|into|update|table|using)\s+"?statuses\b|,\s*statuses\s+\w+\s+where|schema\/statuses\.ts'/.test(
        code,
      )
    )
      naming.push(path)
  }
  expect(naming.sort()).toEqual(Object.keys(mayNameStatuses).sort())
})

const testFiles = async () =>
  (await readdir('test', { recursive: true }))
    .filter((file) => /\.test\.tsx?$/.test(file))
    .map((file) => join('test', file))
const matches = (file: string, globs: string[]) => globs.some((glob) => matchesGlob(file, glob))

test('each test file belongs to one project, and a file that starts a process belongs to “processes”', async () => {
  const misplaced: string[] = []
  for (const file of await testFiles()) {
    const names = Object.entries(projects)
      .filter(([, { include, exclude }]) => matches(file, include) && !matches(file, exclude))
      .map(([name]) => name)
    const startsProcesses =
      /import \{[^}]*\b(?:start|pipitWith|openBrowser)\b[^}]*\} from '.*(?:process|pipit|browser)\.ts'/.test(
        await readFile(file, 'utf8'),
      )
    if (names.length !== 1 || (startsProcesses && names[0] !== 'processes')) misplaced.push(`${file}: ${names.join()}`)
  }
  expect(misplaced).toEqual([])
})

const maxLineLength = 160

/** Files whose texts have no line ends of their own, with the reasons. */
const hasLongTexts: Record<string, string> = {
  'src/demo/pictures.ts': 'SVG',
  'src/instance/privacy-policy.ts': 'Markdown, a line a paragraph',
  'web/components/icons.tsx': 'paths of SVG',
}

/** Numbers of lines over 160 characters, except lines with URLs, SQL, regular expressions or compared values. */
function longLines(path: string, code: string): number[] {
  const lines = code.split('\n')
  const long = lines.flatMap((line, i) => (line.length > maxLineLength && !/https?:\/\//.test(line) ? [i] : []))
  if (long.length === 0) return []
  const file = ts.createSourceFile(path, code, ts.ScriptTarget.Latest, true)
  const excused = new Set<number>()
  const visit = (node: ts.Node): void => {
    const isText = ts.isStringLiteral(node) || ts.isTemplateLiteral(node) || ts.isRegularExpressionLiteral(node)
    if (isText && isExcused(path, node)) {
      const [first, last] = [node.getStart(), node.getEnd()].map((at) => file.getLineAndCharacterOfPosition(at).line)
      for (let line = first!; line <= last!; line++) excused.add(line)
    }
    ts.forEachChild(node, visit)
  }
  visit(file)
  return long.filter((line) => !excused.has(line)).map((line) => line + 1)
}

function isExcused(path: string, node: ts.Node): boolean {
  if (path in hasLongTexts || path.startsWith('test/')) return true
  if (ts.isRegularExpressionLiteral(node)) return node.getWidth() > maxLineLength / 2
  return (
    ts.isTemplateLiteral(node) &&
    (ts.isTaggedTemplateExpression(node.parent)
      ? node.parent.tag.getText().startsWith('sql')
      : /^.\s*(?:select|insert|update|delete|with)\b/.test(node.getText()))
  )
}

test('no line of code or comment is longer than 160 characters', async () => {
  const tooLong: string[] = []
  for (const folder of [...folders, 'test']) {
    for (const file of await readdir(folder, { recursive: true })) {
      if (!/\.tsx?$/.test(file)) continue
      const path = join(folder, file)
      tooLong.push(...longLines(path, await readFile(path, 'utf8')).map((line) => `${path}:${line}`))
    }
  }
  expect(tooLong).toEqual([])
})

test('a long line is a breach in code, comments and texts, but not in SQL or with a URL', () => {
  const long = 'word '.repeat(40)
  const code = [
    `// ${long}`,
    `f('${long}')`,
    `f(\`${long}\`)`,
    `sql\`select ${long}\``,
    `f('https://a.test/ ${long}')`,
    `f(/${long}/)`,
    `f(/a/, '${long}')`,
  ]
  expect(longLines('src/a.ts', code.join('\n'))).toEqual([1, 2, 3, 7])
})
