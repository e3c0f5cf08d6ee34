import { context } from './context.ts'
import type { JsonObject } from './json.ts'

/**
 * A report for the moderators of another server. Its actor is the instance, so that the reporting person stays unknown.
 *
 * @param objects ids of the account, then of its statuses
 */
export const toFlag = (id: string, instance: string, comment: string, objects: string[]): JsonObject => ({
  '@context': context,
  id,
  type: 'Flag',
  actor: instance,
  ...(objects[0] ? { to: [objects[0]] } : {}),
  content: comment,
  object: objects,
})
