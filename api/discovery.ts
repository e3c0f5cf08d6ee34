import { Hono } from 'hono'
import { responseModes } from '#src/accounts/sessions/oauth.ts'
import { scopes } from '#src/accounts/sessions/scopes.ts'
import type { Env } from './env.ts'
import { open } from './http/access.ts'

/** Metadata of the authorization server for OAuth clients (RFC 8414). */
export const discovery = new Hono<Env>()

discovery.get('/.well-known/oauth-authorization-server', open, (c) => {
  const { origin } = c.var.app.config
  return c.json({
    issuer: `${origin}/`,
    service_documentation: 'https://docs.joinmastodon.org/',
    authorization_endpoint: `${origin}/oauth/authorize`,
    token_endpoint: `${origin}/oauth/token`,
    app_registration_endpoint: `${origin}/api/v1/apps`,
    revocation_endpoint: `${origin}/oauth/revoke`,
    userinfo_endpoint: `${origin}/oauth/userinfo`,
    scopes_supported: scopes,
    response_types_supported: ['code'],
    response_modes_supported: responseModes,
    code_challenge_methods_supported: ['S256'],
    grant_types_supported: ['authorization_code', 'client_credentials'],
    token_endpoint_auth_methods_supported: ['client_secret_basic', 'client_secret_post'],
  })
})
