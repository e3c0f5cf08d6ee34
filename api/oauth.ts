/** The OAuth endpoints that apps call; the page for people is `web/pages/oauth-authorize.tsx`. */
import { Hono } from 'hono'
import { revokeToken } from '#src/accounts/sessions/access-tokens.ts'
import { type Application, authenticateApplication } from '#src/accounts/sessions/applications.ts'
import { clientToken, exchangeCode } from '#src/accounts/sessions/oauth.ts'
import { loadAccountViews } from '#src/accounts/views.ts'
import { plainText } from '#src/text/clean.ts'
import { toAccount } from './entities/account.ts'
import { toToken } from './entities/application.ts'
import type { ApiContext, Env } from './env.ts'
import { open, requires } from './http/access.ts'
import { OAuthFailure } from './http/errors.ts'
import { params, type Params, text } from './http/params.ts'

const client = { client_id: text().optional(), client_secret: text().optional() }

export const oauth = new Hono<Env>()

oauth.post(
  '/oauth/token',
  open,
  params({
    ...client,
    grant_type: text().optional(),
    code: text().optional(),
    redirect_uri: text().optional(),
    code_verifier: text().optional(),
    scope: text().optional(),
  }),
  async (c) => {
    const { app, params } = c.var
    c.header('Cache-Control', 'no-store')
    c.header('Pragma', 'no-cache')
    const application = await clientOf(c, params)

    if (params.grant_type === 'client_credentials') {
      const token = await app.db.transaction((tx) => clientToken(tx, application, params.scope))
      if (!token)
        throw new OAuthFailure(
          400,
          'invalid_scope',
          'The requested scope is invalid, unknown, or not part of what the app registered',
        )
      return c.json(toToken(token))
    }
    if (params.grant_type === 'authorization_code') {
      const { code, redirect_uri: redirectUri, code_verifier: verifier } = params
      if (!code || !redirectUri)
        throw new OAuthFailure(400, 'invalid_request', 'The code and the redirect_uri are required')
      const token = await app.db.transaction((tx) => exchangeCode(tx, application, code, redirectUri, verifier || null))
      if (!token) {
        throw new OAuthFailure(
          400,
          'invalid_grant',
          'The code is unknown, expired or used, or was issued to another client, redirect_uri or code_challenge',
        )
      }
      return c.json(toToken(token))
    }
    throw params.grant_type
      ? new OAuthFailure(
          400,
          'unsupported_grant_type',
          'The grant_type must be authorization_code or client_credentials',
        )
      : new OAuthFailure(400, 'invalid_request', 'The grant_type is required')
  },
)

oauth.post('/oauth/revoke', open, params({ ...client, token: text().optional() }), async (c) => {
  const { app, params } = c.var
  const application = await clientOf(c, params)
  const { token } = params
  if (token && !(await app.db.transaction((tx) => revokeToken(tx, application.id, token)))) {
    throw new OAuthFailure(403, 'unauthorized_client', 'You are not authorized to revoke this token')
  }
  return c.json({})
})

oauth.on(['GET', 'POST'], '/oauth/userinfo', requires('profile', 'read:accounts'), async (c) => {
  const { app, accountId } = c.var
  const [view] = await loadAccountViews(app.db, [accountId])
  // Every person with a token has an account.
  const account = toAccount(view!, app.uris)
  return c.json({
    iss: `${app.config.origin}/`,
    sub: account.uri,
    name: account.display_name,
    preferred_username: account.username,
    profile: account.url,
    picture: account.avatar,
  })
})

/** Authenticates the client of a request by the body, by HTTP Basic (RFC 6749, 2.3.1), or by both if they agree. */
async function clientOf(
  c: ApiContext,
  { client_id: bodyId, client_secret: bodySecret }: Params<typeof client>,
): Promise<Application> {
  const basic = basicCredentials(c.req.header('Authorization'))
  const clientId = basic?.id ?? bodyId
  const secret = basic?.secret ?? bodySecret
  const disagree = basic && ((bodyId && bodyId !== basic.id) || (bodySecret && bodySecret !== basic.secret))
  const application =
    clientId && secret && !disagree ? await authenticateApplication(c.var.app.db, clientId, secret) : null
  if (!application)
    throw new OAuthFailure(
      401,
      'invalid_client',
      'Client authentication failed: the client is unknown, or its secret is wrong',
    )
  return application
}

function basicCredentials(header: string | undefined): { id: string; secret: string } | null {
  const [, encoded] = /^Basic +([A-Za-z0-9+/=_-]+) *$/i.exec(header ?? '') ?? []
  const [id, ...secret] = encoded === undefined ? [] : Buffer.from(encoded, 'base64').toString('utf8').split(':')
  return id === undefined ? null : { id: plainText(formDecoded(id)), secret: plainText(formDecoded(secret.join(':'))) }
}

/** Clients form-encode both parts before they join them. Our ids and secrets have no characters that this changes. */
function formDecoded(part: string): string {
  try {
    return decodeURIComponent(part)
  } catch {
    return part
  }
}
