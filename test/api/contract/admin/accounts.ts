import { sql } from 'drizzle-orm'
import { newId } from '#src/platform/ids.ts'
import { localAccount } from '#test/cast.ts'
import type { Recipe } from '../recipe.ts'
import type { World } from '../world.ts'

const v1 = '/api/v1/admin'

const person = (w: World) => localAccount(w.t, `p${newId().slice(-12)}`)

/** Somebody to whom something was done. */
const after =
  (type: string, rest: string, method = 'POST'): Recipe =>
  async (w) => {
    const id = await person(w)
    await w.ask('POST', `${v1}/accounts/${id}/action`, { type, text: 'Too loud' })
    return { path: `${v1}/accounts/${id}${rest}`, ...(method === 'POST' ? { body: {} } : {}) }
  }

const applicant =
  (rest: string): Recipe =>
  async (w) => {
    const id = await person(w)
    await w.t.db.execute(sql`update users set approved_at = null where account_id = ${id}`)
    return { path: `${v1}/accounts/${id}${rest}`, body: {} }
  }

const report = async (w: World): Promise<string> =>
  (
    await w.askAs(w.asBob, 'POST', '/api/v1/reports', {
      account_id: w.carol,
      status_ids: [w.remote],
      comment: 'Spam',
      category: 'spam',
    })
  ).id

const onReport =
  (rest: string, body?: object): Recipe =>
  async (w) => ({ path: `${v1}/reports/${await report(w)}${rest}`, ...(body ? { body } : {}) })

export const accounts: Record<string, Recipe> = {
  'GET /api/v1/admin/accounts': () => ({ path: `${v1}/accounts?local=true` }),
  'GET /api/v2/admin/accounts': () => ({ path: '/api/v2/admin/accounts?origin=remote' }),
  'GET /api/v1/admin/accounts/:id': (w) => ({ path: `${v1}/accounts/${w.bob}` }),
  'DELETE /api/v1/admin/accounts/:id': after('suspend', '', 'DELETE'),
  'POST /api/v1/admin/accounts/:id/action': async (w) => ({
    path: `${v1}/accounts/${await person(w)}/action`,
    body: { type: 'silence', text: 'Too loud', send_email_notification: true },
  }),
  'POST /api/v1/admin/accounts/:id/approve': applicant('/approve'),
  'POST /api/v1/admin/accounts/:id/reject': applicant('/reject'),
  'POST /api/v1/admin/accounts/:id/enable': after('disable', '/enable'),
  'POST /api/v1/admin/accounts/:id/unsilence': after('silence', '/unsilence'),
  'POST /api/v1/admin/accounts/:id/unsuspend': after('suspend', '/unsuspend'),
  'POST /api/v1/admin/accounts/:id/unsensitive': after('sensitive', '/unsensitive'),
  'GET /api/v1/admin/reports': async (w) => {
    for (let i = 0; i < 2; i++) await report(w)
    return { path: `${v1}/reports` }
  },
  'GET /api/v1/admin/reports/:id': onReport(''),
  'PUT /api/v1/admin/reports/:id': onReport('', { category: 'spam' }),
  'POST /api/v1/admin/reports/:id/assign_to_self': onReport('/assign_to_self', {}),
  'POST /api/v1/admin/reports/:id/unassign': onReport('/unassign', {}),
  'POST /api/v1/admin/reports/:id/resolve': onReport('/resolve', {}),
  'POST /api/v1/admin/reports/:id/reopen': onReport('/reopen', {}),
}
