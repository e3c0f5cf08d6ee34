import { isDuplicate, isIdTaken } from '#src/platform/db/index.ts'
import { Refusal } from '#src/platform/errors.ts'
import { HttpError } from '#src/platform/http/client.ts'

/** Whether an error is final: a retry would fail in the same way. */
export function isFinalError(error: unknown): boolean {
  if (error instanceof Refusal) return error.code !== 'unavailable' && error.code !== 'too_many'
  if (error instanceof HttpError) return error.isPermanent
  // A URI that another row has already.
  return isDuplicate(error) && !isIdTaken(error)
}
