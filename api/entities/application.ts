import type { IssuedToken } from '#src/accounts/sessions/access-tokens.ts'
import type { Application } from '#src/accounts/sessions/applications.ts'

/** @see https://docs.joinmastodon.org/entities/Application/ */
export const toApplication = (application: Application, vapidKey: string) => ({
  id: application.id,
  name: application.name,
  website: application.website,
  scopes: application.scopes,
  redirect_uris: application.redirectUris,
  redirect_uri: application.redirectUris.join('\n'),
  vapid_key: vapidKey,
})

/** An app with its credentials. Shown only once, as the secret is not stored. */
export const toCredentialApplication = (application: Application & { clientSecret: string }, vapidKey: string) => ({
  ...toApplication(application, vapidKey),
  client_id: application.clientId,
  client_secret: application.clientSecret,
  client_secret_expires_at: 0,
})

/** @see https://docs.joinmastodon.org/entities/Token/ */
export const toToken = ({ token, scopes, createdAt }: IssuedToken) => ({
  access_token: token,
  token_type: 'Bearer',
  scope: scopes.join(' '),
  created_at: Math.floor(createdAt.getTime() / 1_000),
})
