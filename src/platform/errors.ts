/**
 * Every reason for which the core refuses a request. Each side maps all of them to its own protocol. `invalid`: a value
 * breaks a rule for values of its kind. `unprocessable`: the value is well-formed, but can't be used here.
 */
export type RefusalCode =
  | 'not_found'
  | 'not_permitted'
  | 'invalid'
  | 'unprocessable'
  | 'conflict'
  | 'too_many'
  | 'gone'
  | 'unavailable'

/** A problem with a field of a form or request. Codes are those of Mastodon's sign-up (`ERR_TAKEN` …). */
export type FieldProblem = { field: string; code: `ERR_${string}`; message: string }

/**
 * A refusal by the core: expected, safe to show to the client, never a bug.
 * It is thrown, so that its transaction rolls back.
 */
export class Refusal extends Error {
  readonly code: RefusalCode
  readonly problems: readonly FieldProblem[]

  constructor(code: RefusalCode, message: string, problems: readonly FieldProblem[] = []) {
    super(message)
    this.name = 'Refusal'
    this.code = code
    this.problems = problems
  }
}

/** A value breaks a rule. The message names the value and the rule, as in `Title can’t be blank`. */
export const invalid = (message: string, problems: readonly FieldProblem[] = []): Refusal =>
  new Refusal('invalid', message, problems)

/** The same refusal for records that a viewer may not see and for records that do not exist, so that nobody can tell them apart. */
export const notFound = (): Refusal => new Refusal('not_found', 'Record not found')
