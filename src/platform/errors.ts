import type messages from '../../locales/en/refusals.json'

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

/** A message of the catalogue's area `refusals` with its values, by which the website says it in the reader's language. */
export type RefusalText = {
  key: Extract<keyof typeof messages, string>
  values: Readonly<Record<string, string | number>>
}

/**
 * A problem with a field of a form or request. Codes are those of Mastodon's sign-up (`ERR_TAKEN` …). `message` is the English
 * predicate of a sentence about the field, as apps expect it: `has already been taken`.
 */
export type FieldProblem = { field: string; code: `ERR_${string}`; message: string; text?: RefusalText }

/**
 * A refusal by the core: expected, safe to show to the client, never a bug.
 * It is thrown, so that its transaction rolls back. Refusals that people can meet are made by `refuse` (`src/text/refusals.ts`),
 * which takes their words from the catalogue of messages.
 */
export class Refusal extends Error {
  readonly code: RefusalCode
  readonly problems: readonly FieldProblem[]
  readonly text: RefusalText | undefined

  constructor(code: RefusalCode, message: string, problems: readonly FieldProblem[] = [], text?: RefusalText) {
    super(message)
    this.name = 'Refusal'
    this.code = code
    this.problems = problems
    this.text = text
  }
}

/** A value breaks a rule. The message names the value and the rule, as in `Title can’t be blank`. */
export const invalid = (message: string, problems: readonly FieldProblem[] = []): Refusal =>
  new Refusal('invalid', message, problems)

/** The same refusal for records that a viewer may not see and for records that do not exist, so that nobody can tell them apart. */
export const notFound = (): Refusal => new Refusal('not_found', 'Record not found')
