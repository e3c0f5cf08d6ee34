import { Hono } from 'hono'
import type { Env } from '../../../env.ts'
import { requirePermission } from '../../../guards.tsx'
import { act, askPage, proofToAct, proofToAsk, resultPage } from './bulk.tsx'
import { path } from './filters.tsx'
import { listPage } from './list.tsx'

const guard = requirePermission('manage_users')

/** Accounts for staff: the list, and actions on many at once. */
export const accounts = new Hono<Env>()
  .get(path, guard, (c) => listPage(c))
  .get(`${path}/act`, guard, proofToAsk, askPage)
  .post(`${path}/act`, guard, proofToAct, act)
  .get(`${path}/acts/:act`, guard, resultPage)
