import type { Refusal, RefusalCode } from '#src/platform/errors.ts'
import type { MessageKey } from '#src/text/catalogue.ts'

/** An invalid request, detected before the core is called. */
export class HttpProblem extends Error {
  readonly status: 400 | 403 | 405 | 413 | 415
  /** The message to show, if there is a more exact one than the message of the status code. */
  readonly key: MessageKey | undefined
  /** The person's text, which would otherwise be lost with the request. */
  readonly written: string

  constructor(status: HttpProblem['status'], key?: MessageKey, written = '') {
    super(key)
    this.status = status
    this.key = key
    this.written = written
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
} as const satisfies Record<RefusalCode, number>

/** The status code of a refusal. */
export const statusOf = (refusal: Refusal): (typeof statuses)[RefusalCode] => statuses[refusal.code]
