import { Hono } from 'hono'
import { issueToken } from '#src/accounts/sessions/access-tokens.ts'
import type { Scope } from '#src/accounts/sessions/scopes.ts'
import { signUp } from '#src/accounts/sign-up/sign-up.ts'
import type { FieldProblem } from '#src/platform/errors.ts'
import { problemWith } from '#src/text/refusals.ts'
import { toToken } from '../../entities/application.ts'
import type { Env } from '../../env.ts'
import { requiresApp } from '../../http/access.ts'
import { ApiError } from '../../http/errors.ts'
import { flag, withoutUndefined, params, text } from '../../http/params.ts'

const form = {
  username: text().optional(),
  email: text().optional(),
  password: text().optional(),
  agreement: flag().optional(),
  reason: text().optional(),
  locale: text().optional(),
  time_zone: text().optional(),
  date_of_birth: text().optional(),
  invite_code: text().optional(),
}

export const signUpRoutes = new Hono<Env>()

/** Signing up through an app. The app gets a token at once, which works after the address is confirmed. */
signUpRoutes.post('/accounts', requiresApp('write:accounts'), params(form), async (c) => {
  const { app, ofToken, params } = c.var
  if (ofToken.viewer) throw new ApiError(403, 'This action is not allowed')
  const { username = '', email = '', password = '', reason, locale } = params
  const { time_zone: timeZone, date_of_birth: dateOfBirth, invite_code: inviteCode } = params
  const agrees = params.agreement === true
  const problems: FieldProblem[] = agrees ? [] : [problemWith('agreement', 'ERR_ACCEPTED', 'mustBeAccepted')]
  const { accountId } = await signUp(
    app,
    {
      username,
      email,
      password,
      agrees,
      applicationId: ofToken.applicationId,
      ...withoutUndefined({ reason, locale, timeZone, dateOfBirth, inviteCode }),
    },
    c.env?.clientAddress ?? '',
    problems,
  )
  return c.json(
    toToken(
      await app.db.transaction((tx) => issueToken(tx, ofToken.applicationId, accountId, ofToken.scopes as Scope[])),
    ),
  )
})
