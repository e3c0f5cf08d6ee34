import type { LogRecord } from '@logtape/logtape'
import { expect, test } from 'vitest'
import { redact } from '#src/platform/log.ts'

const record = (rawMessage: string, properties: Record<string, unknown>, category = ['pipit', 'test']): LogRecord => ({
  category,
  level: 'info',
  rawMessage,
  message: rawMessage.split(/\{([^}]*)\}/).map((part, i) => (i % 2 === 0 ? part : properties[part])),
  timestamp: 0,
  properties,
})

test.each([
  'password',
  'newPassword',
  'accessToken',
  'cookie',
  'Authorization',
  'email',
  'mailAddress',
  'clientSecret',
  'content',
  'codeVerifier',
])('%s is left out', (name) => {
  const shown = redact(record(`Got {${name}}`, { [name]: 'hush', ok: 1 }))
  expect(JSON.stringify(shown.properties) + shown.message.join('')).not.toContain('hush')
  expect(shown.properties['ok']).toBe(1)
})

test('only allowed properties of Fedify’s messages are logged', () => {
  const shown = redact(
    record('Sending {activity} to {inbox}', { activity: { content: 'hush' }, inbox: 'https://a.test/inbox' }, [
      'fedify',
      'outbox',
    ]),
  )
  expect(shown.message.join('')).toBe('Sending … to https://a.test/inbox')
  expect(shown.properties).toEqual({ inbox: 'https://a.test/inbox' })
})

test('an error of a query shows PostgreSQL’s message, not the query and its parameters', () => {
  const error = new Error('Failed query: insert into statuses values ($1)\nparams: hush', {
    cause: new Error('duplicate key'),
  })
  const shown = redact(record('It failed: {error}', { error }))
  expect(shown.message.join('')).toBe('It failed: duplicate key')
  expect(JSON.stringify(shown.properties)).not.toContain('hush')
})

test('a value can’t forge a line of the log', () => {
  expect(redact(record('{path}', { path: '/a\n{"level":"ERROR"}\u001b[2J' })).message.join('')).not.toMatch(/\p{Cc}/u)
})
