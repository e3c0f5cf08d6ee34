/**
 * Proves that no regular expression takes more than linear time, or stands in `trusted-regexes.ts` with a reason. Patterns that
 * are put together at run time can't be proven, so they need a reason, too. Verdicts are kept in `node_modules/.cache`: the
 * first run takes half a minute, later ones a second.
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
const timeout = 60_000

type Place = { file: string; line: number; text: string; isLiteral: boolean }

function placesIn(file: string): Place[] {
  const source = ts.createSourceFile(file, readFileSync(file, 'utf8'), ts.ScriptTarget.Latest, true)
  const places: Place[] = []
  const visit = (node: ts.Node): void => {
    const isLiteral = ts.isRegularExpressionLiteral(node)
    const isBuilt = (ts.isNewExpression(node) || ts.isCallExpression(node)) && node.expression.getText() === 'RegExp'
    if (isLiteral || isBuilt) places.push({ file, line: source.getLineAndCharacterOfPosition(node.getStart()).line + 1, text: node.getText(), isLiteral })
    ts.forEachChild(node, visit)
  }
  visit(source)
  return places
}

function readCache(): Record<string, string> {
  try {
    return JSON.parse(readFileSync(cacheFile, 'utf8')) as Record<string, string>
  } catch {
    return {}
  }
}

/** What is wrong with an expression; empty for nothing. */
async function problemOf(literal: string): Promise<string> {
  const end = literal.lastIndexOf('/')
  const verdict = await check(literal.slice(1, end), literal.slice(end + 1), { timeout })
  if (verdict.status === 'safe') return ''
  return verdict.status === 'vulnerable' ? `${verdict.complexity.summary}: ${verdict.attack.pattern}` : `not provable: ${verdict.error.kind}`
}

const places = globSync(sources).toSorted().flatMap(placesIn)
const isTrusted = ({ file, text }: Place): boolean => `${file} ${text}` in trustedRegexes
const cache = readCache()
const unknown = [...new Set(places.filter((place) => place.isLiteral && !isTrusted(place)).map(({ text }) => text))].filter((text) => cache[text] === undefined)
await Promise.all(
  Array.from({ length: atOnce }, async () => {
    for (let text = unknown.pop(); text !== undefined; text = unknown.pop()) cache[text] = await problemOf(text)
  }),
)
mkdirSync(cacheFile.slice(0, cacheFile.lastIndexOf('/')), { recursive: true })
writeFileSync(cacheFile, JSON.stringify(cache))

const problems = [
  ...places.filter((place) => !isTrusted(place)).flatMap(({ file, line, text, isLiteral }) => {
    const problem = isLiteral ? cache[text] : 'put together at run time'
    return problem ? [`${file}:${line} ${text}\n    ${problem}`] : []
  }),
  ...Object.keys(trustedRegexes).filter((key) => !places.some(({ file, text }) => key === `${file} ${text}`)).map((key) => `${key}\n    is trusted, but is nowhere`),
]
process.stdout.write([...problems, `${places.length} regular expressions, ${problems.length} problems`, ''].join('\n'))
process.exit(problems.length > 0 ? 1 : 0)
