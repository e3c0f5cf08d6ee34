import { notFound } from '#src/platform/errors.ts'
import { isId } from '#src/platform/ids.ts'
import type { C } from './env.ts'

/** The id in a request's path. @throws Refusal `not_found` if it can't be one */
export function pathId<Id extends string>(c: C, name = 'id'): Id {
  const id = c.req.param(name) ?? ''
  if (!isId(id)) throw notFound()
  return id as Id
}
