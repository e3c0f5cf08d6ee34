/**
 * Every reason for which the core refuses a request. Each side maps all of them to its protocol's own form. `invalid`: a value
 * breaks a rule for values of its kind; `unprocessable`: it is well-formed, and can't be used here.
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

/** A field of a form or request and what is wrong with it. Codes are those of Mastodon's sign-up (`ERR_TAKEN` …). */
export type FieldProblem = { field: string; code: `ERR_${string}`; message: string }

/**
 * "No" from the core: expected, safe to show to whoever asked, never a bug.
 * It is thrown, so that the transaction around it rolls back.
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

/** What a viewer may not see and what does not exist are told apart by nobody: both are this. */
export const notFound = (): Refusal => new Refusal('not_found', 'Record not found')
