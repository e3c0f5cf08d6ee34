/** Maps all errors of requests to JSON. Apps show `error` to people, and evaluate the status. */
import type { Context } from 'hono'
import { TooMany } from '#src/accounts/sessions/attempts.ts'
import type { OAuthErrorCode } from '#src/accounts/sessions/oauth.ts'
import { diskFullText, isDiskFull } from '#src/platform/db/disk-full.ts'
import { isDatabaseAway, isUnstorable } from '#src/platform/db/index.ts'
import { Refusal, type RefusalCode } from '#src/platform/errors.ts'
import { BodyError } from '#src/platform/http/body.ts'
import { getLogger } from '#src/platform/log.ts'
import { isStorageAway } from '#src/platform/storage/errors.ts'

type Status = 400 | 401 | 403 | 404 | 405 | 409 | 410 | 413 | 415 | 422 | 429 | 500 | 503 | 507

const log = getLogger('api')

/** An invalid request, detected before the core is called. */
export class ApiError extends Error {
  readonly status: Status
  readonly headers: Record<string, string>

  constructor(status: Status, message: string, headers: Record<string, string> = {}) {
    super(message)
    this.status = status
    this.headers = headers
  }
}

/** An error in OAuth's own words (RFC 6749, 5.2). */
export class OAuthFailure extends Error {
  readonly status: 400 | 401 | 403
  readonly code: OAuthErrorCode

  constructor(status: 400 | 401 | 403, code: OAuthErrorCode, description: string) {
    super(description)
    this.status = status
    this.code = code
  }
}

const statuses = {
  not_found: 404,
  not_permitted: 403,
  invalid: 422,
  unprocessable: 422,
  conflict: 409,
  too_many: 429,
  gone: 410,
  unavailable: 503,
} as const satisfies Record<RefusalCode, Status>

/** Default of `Retry-After`, by status. */
const retryAfterSeconds: Partial<Record<Status, number>> = { 429: 300, 503: 5, 507: 60 }

/** Turns any error into an answer. */
export function onError(error: Error, c: Context): Response {
  if (error instanceof ApiError) return answer(c, error.status, { error: error.message }, error.headers)
  if (error instanceof OAuthFailure) {
    const challenge: Record<string, string> = error.status === 401 ? { 'WWW-Authenticate': 'Basic realm="OAuth"' } : {}
    return answer(c, error.status, { error: error.code, error_description: error.message }, challenge)
  }
  if (error instanceof TooMany) {
    c.set('limits', error.report)
    return answer(
      c,
      429,
      { error: error.message },
      { 'Retry-After': String(Math.max(1, Math.ceil((error.report.reset - Date.now()) / 1_000))) },
    )
  }
  if (error instanceof Refusal) return answer(c, statuses[error.code], { error: toMessage(error), ...details(error) })
  if (error instanceof BodyError)
    return error.reason === 'too_large'
      ? answer(c, 413, { error: 'The request is too large' })
      : answer(c, 400, { error: 'The request was broken off' })
  // Checked first, as its cause may look like an unreachable database.
  if (isStorageAway(error)) {
    log.error('Files can’t be stored or read: {error}', { error })
    return answer(c, 503, { error: 'Files can’t be stored or read at the moment' })
  }
  if (isDatabaseAway(error)) {
    log.warn('The database is away: {error}', { error })
    return answer(c, 503, { error: 'This server is not available at the moment' })
  }
  if (isUnstorable(error)) return answer(c, 400, { error: 'The request has characters that can’t be stored' })
  if (isDiskFull(error)) {
    log.error('The disk is full: {error}', { error })
    return answer(c, 507, { error: diskFullText })
  }
  log.error('A request failed: {error}', { error })
  return answer(c, 500, { error: 'Something went wrong on this server' })
}

/** The answer for unknown paths. Apps detect missing features by it. */
export const onNotFound = (c: Context): Response => answer(c, 404, { error: 'Not found' })

function answer(c: Context, status: Status, body: object, headers: Record<string, string> = {}): Response {
  const seconds = retryAfterSeconds[status]
  const retryAfter: Record<string, string> =
    seconds && !headers['Retry-After'] ? { 'Retry-After': String(seconds) } : {}
  return c.json(body, status, { ...retryAfter, ...headers })
}

/** Apps recognize invalid values by Mastodon's prefix. */
const toMessage = ({ code, message }: Refusal): string =>
  code === 'invalid' ? `Validation failed: ${message}` : message

function details({ problems }: Refusal): object {
  if (problems.length === 0) return {}
  const fields = Map.groupBy(problems, ({ field }) => field)
  return {
    details: Object.fromEntries(
      [...fields].map(([field, list]) => [
        field,
        list.map(({ code, message }) => ({ error: code, description: message })),
      ]),
    ),
  }
}
