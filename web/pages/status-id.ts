import { notFound } from '#src/platform/errors.ts'
import { isId, type StatusId } from '#src/platform/ids.ts'
import type { C } from '../env.ts'

/** The status that a path names. @throws Refusal `not_found` when it is no id */
export function statusIdOf(c: C, name = 'id'): StatusId {
  const id = c.req.param(name) ?? ''
  if (!isId(id)) throw notFound()
  return id as StatusId
}
