import type { App } from '#src/platform/app.ts'
import { typesOf } from '../documents/json.ts'
import { type Budget, fetchDocument, forgetDocument, StatusError } from '../fetching/fetch-document.ts'

/**
 * Whether a server says that an object of its own is gone.
 *
 * @param statuses HTTP statuses that mean so, beside a Tombstone
 * @throws HttpError for any other failure
 */
export async function isGone(
  app: App,
  uri: string,
  budget: Budget,
  statuses: readonly number[] = [404, 410],
): Promise<boolean> {
  forgetDocument(app, uri)
  try {
    return typesOf((await fetchDocument(app, uri, budget)).json).includes('Tombstone')
  } catch (error) {
    if (error instanceof StatusError && statuses.includes(error.status) && error.isOf(uri)) return true
    throw error
  }
}
