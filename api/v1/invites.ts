import { Hono } from 'hono'
import { readInvite } from '#src/accounts/invites/use.ts'
import { notFound } from '#src/platform/errors.ts'
import type { ApiContext, Env } from '../env.ts'
import { open } from '../http/access.ts'

/** Whether a request wants an invitation as an app, and not its page on the website. */
export function wantsJson(c: Pick<ApiContext, 'req'>): boolean {
  const accepted = c.req.header('Accept') ?? ''
  return accepted.includes('application/json') && !accepted.includes('text/html')
}

export const inviteRoutes = new Hono<Env>()

/**
 * Tells apps that a link lets somebody in, and on which server. A link that doesn't is not found, whatever the reason.
 *
 * @see https://docs.joinmastodon.org/methods/accounts/#create
 */
inviteRoutes.get('/invite/:invite_code', open, async (c, next) => {
  if (!wantsJson(c)) return next()
  const { app } = c.var
  const invite = await readInvite(app, c.req.param('invite_code'), c.env?.clientAddress ?? '')
  c.header('Cache-Control', 'private, no-store')
  c.header('Vary', 'Accept')
  if (!invite) throw notFound()
  return c.json({ invite_code: invite.code, instance_api_url: `${app.config.origin}/api/v2/instance` })
})
