import { Hono } from 'hono'
import { alreadyConfirmed, changeUnconfirmedAddress, requestConfirmation } from '#src/accounts/sign-up/credentials.ts'
import type { Env } from '../env.ts'
import { requiresApp } from '../http/access.ts'
import { ApiError } from '../http/errors.ts'
import { params, text } from '../http/params.ts'

/** Endpoints for people who signed up through an app and have not confirmed their address yet. */
export const emails = new Hono<Env>()

/** Sends the link again, to another address if one is given. */
emails.post('/emails/confirmations', requiresApp(), params({ email: text().optional() }), async (c) => {
  const { app, ofToken, params } = c.var
  const { viewer } = ofToken
  if (!viewer) throw new ApiError(422, 'This method requires an authenticated user')
  if (viewer.isConfirmed || viewer.isDisabled) throw alreadyConfirmed()
  if (params.email) await changeUnconfirmedAddress(app, viewer.accountId, params.email)
  else await requestConfirmation(app, viewer.accountId)
  return c.json({})
})

/** Whether the address is confirmed; apps ask while people read their mail. */
emails.get('/emails/check_confirmation', requiresApp(), (c) => {
  const { viewer } = c.var.ofToken
  if (!viewer) throw new ApiError(422, 'This method requires an authenticated user')
  return c.json(viewer.isConfirmed)
})
