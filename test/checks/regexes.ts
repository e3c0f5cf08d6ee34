/**
 * Proves that every regular expression takes linear time, or is listed in `trusted-regexes.ts` with a reason. Patterns that
 * are built at run time can't be proven, so they need a reason, too. Proven expressions are cached in `node_modules/.cache`: the
 * first run takes a minute, later ones a second.
 *
 * Nothing here has a time limit, so that the result is the same on a busy machine.
 *
 * @see https://makenowjust-labs.github.io/recheck/
 */
import { globSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { check } from 'recheck'
import ts from 'typescript'
import { trustedRegexes } from './trusted-regexes.ts'

const sources = '{src,federation,web,api,jobs,cli}/**/*.{ts,tsx}'
const cacheFile = 'node_modules/.cache/pipit/regexes.json'
const atOnce = 4
const proof = { checker: 'automaton', timeout: null } as const
/** Number of characters of attack strings for expressions that the proof doesn't support, such as those with look-ahead. */
const trial = { checker: 'fuzz', timeout: null, incubationTimeout: null, attackTimeout: null } as const
/** The inputs of a result besides the expression. */
const method = JSON.stringify([
  JSON.parse(readFileSync('node_modules/recheck/package.json', 'utf8')).version,
  proof,
  trial,
])

type Place = { file: string; line: number; text: string; isLiteral: boolean }

function placesIn(file: string): Place[] {
  const source = ts.createSourceFile(file, readFileSync(file, 'utf8'), ts.ScriptTarget.Latest, true)
  const places: Place[] = []
  const visit = (node: ts.Node): void => {
    const isLiteral = ts.isRegularExpressionLiteral(node)
    const isBuilt = (ts.isNewExpression(node) || ts.isCallExpression(node)) && node.expression.getText() === 'RegExp'
    if (isLiteral || isBuilt)
      places.push({
        file,
        line: source.getLineAndCharacterOfPosition(node.getStart()).line + 1,
        // On one line, however it is broken into lines.
        text: node
          .getText()
          .replaceAll(/\(\n\s*/g, '(')
          .replaceAll(/,\n\s*\)/g, ')')
          .replaceAll(/\n\s*/g, ' '),
        isLiteral,
      })
    ts.forEachChild(node, visit)
  }
  visit(source)
  return places
}

/** Expressions that the same method has proven. */
function readCache(): string[] {
  try {
    const kept = JSON.parse(readFileSync(cacheFile, 'utf8')) as { method?: string; good?: string[] }
    return kept.method === method ? (kept.good ?? []) : []
  } catch {
    return []
  }
}

/** The problem of an expression; empty for none. */
async function problemOf(literal: string): Promise<string> {
  const end = literal.lastIndexOf('/')
  const [source, flags] = [literal.slice(1, end), literal.slice(end + 1)]
  const proven = await check(source, flags, proof)
  const isBeyond = proven.status === 'unknown' && proven.error.kind === 'unsupported'
  const verdict = isBeyond ? await check(source, flags, trial) : proven
  if (verdict.status === 'safe') return ''
  return verdict.status === 'vulnerable'
    ? `${verdict.complexity.summary}: ${verdict.attack.pattern}`
    : `not provable: ${verdict.error.kind}`
}

const places = globSync(sources).toSorted().flatMap(placesIn)
const isTrusted = ({ file, text }: Place): boolean => `${file} ${text}` in trustedRegexes
const literals = [...new Set(places.filter((place) => place.isLiteral && !isTrusted(place)).map(({ text }) => text))]
const verdicts = new Map(readCache().map((text) => [text, '']))
const unknown = literals.filter((text) => !verdicts.has(text))
await Promise.all(
  Array.from({ length: atOnce }, async () => {
    for (let text = unknown.pop(); text !== undefined; text = unknown.pop()) verdicts.set(text, await problemOf(text))
  }),
)
mkdirSync(cacheFile.slice(0, cacheFile.lastIndexOf('/')), { recursive: true })
writeFileSync(cacheFile, JSON.stringify({ method, good: literals.filter((text) => verdicts.get(text) === '') }))

const problems = [
  ...places
    .filter((place) => !isTrusted(place))
    .flatMap(({ file, line, text, isLiteral }) => {
      const problem = isLiteral ? verdicts.get(text) : 'put together at run time'
      return problem ? [`${file}:${line} ${text}\n    ${problem}`] : []
    }),
  ...Object.keys(trustedRegexes)
    .filter((key) => !places.some(({ file, text }) => key === `${file} ${text}`))
    .map((key) => `${key}\n    is trusted, but is nowhere`),
]
process.stdout.write([...problems, `${places.length} regular expressions, ${problems.length} problems`, ''].join('\n'))
process.exit(problems.length > 0 ? 1 : 0)
