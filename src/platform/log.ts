/**
 * Logging by LogTape, since Fedify speaks it too: one line an event, for people on a terminal and as JSON otherwise.
 * What an admin can act on is logged as values; content, secrets and mail addresses are not. As a second line of defence
 * the formatter leaves out values with private-sounding names, and all but a few harmless values of Fedify, which would
 * log whole activities and keys.
 */
import { AsyncLocalStorage } from 'node:async_hooks'
import {
  configureSync,
  getAnsiColorFormatter,
  getJsonLinesFormatter,
  getLogger as tapeLogger,
  type Logger,
  type LogLevel,
  type LogRecord,
  type Sink,
  withContext,
} from '@logtape/logtape'

export { withContext as withLogContext }

/** The logger of a part of Pipit, named after its folder. */
export const getLogger = (...category: string[]): Logger => tapeLogger(['pipit', ...category])

const privateName =
  /pass(word|phrase)?|secret|token|cookie|authorization|e?mail|signature|private|challenge|verifier|code|content|text|body|activity|json|document|payload/i
const harmlessCode = /^(status|statusCode|sqlState|code)$/
const harmlessInFedify = new Set([
  'inbox',
  'url',
  'keyId',
  'actorId',
  'activityId',
  'activityType',
  'status',
  'statusCode',
  'attempt',
  'resource',
  'id',
  'type',
  'requestId',
  'method',
  'path',
])
const omission = '…'
/** Line breaks and escape sequences in a value would forge lines, or paint the terminal. */
const controls = /[\p{Cc}\u2028\u2029]/gu

/**
 * Starts logging to standard error, apart from the output of commands.
 *
 * @param level the lowest level that is logged
 * @param pretty lines for people, rather than JSON
 */
export function configureLogging(level: LogLevel, pretty = process.stderr.isTTY === true): void {
  const format = pretty
    ? getAnsiColorFormatter({
        timestamp: 'time',
        category: (path) => path.filter((part) => part !== 'pipit').join('.') || 'pipit',
      })
    : getJsonLinesFormatter()
  const sink: Sink = (record) =>
    process.stderr.write(pretty ? withRequestId(format(redact(record)), record) : format(redact(record)))
  configureSync({
    reset: true,
    contextLocalStorage: new AsyncLocalStorage(),
    sinks: { stderr: sink },
    loggers: [
      { category: 'pipit', lowestLevel: level, sinks: ['stderr'] },
      // Below warnings Fedify logs each step with each document; its errors repeat what our handlers log.
      { category: 'fedify', lowestLevel: ['error', 'fatal'].includes(level) ? level : 'warning', sinks: ['stderr'] },
      // Its answers go to our own job alone, which fails with the error behind an answer 500.
      { category: ['fedify', 'federation', 'http'], lowestLevel: 'fatal' },
      { category: ['logtape', 'meta'], lowestLevel: 'warning', sinks: ['stderr'] },
    ],
  })
}

/** A record without the values that must not be logged, in its properties and in its message. */
export function redact(record: LogRecord): LogRecord {
  const fedify = record.category[0] === 'fedify'
  const isHarmless = (name: string) =>
    fedify ? harmlessInFedify.has(name) : harmlessCode.test(name) || !privateName.test(name)
  const properties: Record<string, unknown> = {}
  for (const [name, value] of Object.entries(record.properties)) {
    if (isHarmless(name)) properties[name] = plain(value)
    else if (!fedify) properties[name] = omission
  }
  // Odd members of a message are its values; their names stand in the raw message, in the same order.
  const names = [...String(record.rawMessage).matchAll(/\{\{|\{([^}]*)\}/g)].flatMap((match) =>
    match[1] === undefined ? [] : [match[1].trim()],
  )
  const words = record.message.map((part, i) =>
    i % 2 === 0 ? part : isHarmless(names[(i - 1) / 2] ?? 'private') ? inline(part) : omission,
  )
  return { ...record, properties, message: [words.join('').replace(controls, '�')] }
}

/** A value inside of a sentence. The properties have an error in full. */
function inline(value: unknown): string {
  if (value instanceof Error) return (value.cause instanceof Error ? value.cause : value).message
  return typeof value === 'object' && value !== null ? JSON.stringify(value) : String(value)
}

/** An error without its own fields, which may hold rows and parameters of queries. */
function plain(value: unknown): unknown {
  if (!(value instanceof Error)) return value
  const cause = value.cause instanceof Error ? value.cause : value
  const frames = (value.stack ?? '')
    .split('\n')
    .filter((line) => line.startsWith('    at '))
    .slice(0, 8)
    .map((line) => line.trim())
  // Drizzle's own message repeats the whole query with its parameters; its cause is PostgreSQL's short one.
  return { name: cause.name, message: cause.message, ...('code' in cause ? { code: cause.code } : {}), stack: frames }
}

function withRequestId(line: string, record: LogRecord): string {
  const id = record.properties['requestId']
  return typeof id === 'string' ? line.replace(/\n$/, ` [${id}]\n`) : line
}
