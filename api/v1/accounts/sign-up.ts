import { Hono } from 'hono'
import { signUp } from '#src/accounts/sign-up.ts'
import { issueDecoy, issueToken } from '#src/auth/access-tokens.ts'
import type { Scope } from '#src/auth/scopes.ts'
import { standingOf } from '#src/auth/standing.ts'
import { type FieldProblem, Refusal } from '#src/errors.ts'
import { clientGroup, type Env } from '../../env.ts'
import { toToken } from '../../entities/application.ts'
import { requiresApp } from '../../http/access.ts'
import { ApiError } from '../../http/errors.ts'
import { flag, given, params, text } from '../../http/params.ts'

const form = {
  username: text().optional(),
  email: text().optional(),
  password: text().optional(),
  agreement: flag().optional(),
  reason: text().optional(),
}

export const signUps = new Hono<Env>()

/** Signing up through an app. The app gets a token at once, which works when the address is confirmed. */
signUps.post('/accounts', requiresApp('write:accounts'), params(form), async (c) => {
  const { app, ofToken, params } = c.var
  if (ofToken.viewer || ofToken.isDecoy) throw new ApiError(403, 'This action is not allowed')
  if (!params.agreement) throw refused({ field: 'agreement', code: 'ERR_ACCEPTED', message: 'must be accepted' })
  const { username = '', email = '', password = '', reason } = params
  const { accountId } = await signUp(app, { username, email, password, ...given({ reason }) }, clientGroup(c))
  const scopes = ofToken.scopes as Scope[]
  const token = await app.db.transaction((tx) => (accountId ? issueToken(tx, ofToken.applicationId, accountId, scopes) : issueDecoy(tx, ofToken.applicationId, scopes)))
  return c.json(toToken(token))
})

/** Whether the address was confirmed by now; apps ask it while people look into their mail. */
signUps.get('/emails/check_confirmation', requiresApp(), (c) => {
  const { viewer, isDecoy } = c.var.ofToken
  if (isDecoy) return c.json(false)
  if (!viewer) throw new ApiError(422, 'This method requires an authenticated user')
  return c.json(standingOf(viewer) !== 'unconfirmed')
})

const refused = (problem: FieldProblem) => new Refusal('unprocessable', `Validation failed: ${problem.field} ${problem.message}`, [problem])
