import { Hono } from 'hono'
import { loadApplication, registerApplication } from '#src/accounts/sessions/applications.ts'
import { toApplication, toCredentialApplication } from '../entities/application.ts'
import { clientGroup, type Env } from '../env.ts'
import { open, requiresApp } from '../http/access.ts'
import { ApiError } from '../http/errors.ts'
import { filled, withoutUndefined, list, params, text } from '../http/params.ts'

export const apps = new Hono<Env>()

apps.post(
  '/apps',
  open,
  params({
    client_name: filled(),
    redirect_uris: list(text(), 20),
    scopes: text().optional(),
    website: text().optional(),
  }),
  async (c) => {
    const { app, params } = c.var
    if (params.redirect_uris.length === 0) throw new ApiError(422, 'Validation failed: Redirect URI can’t be blank')
    const input = {
      name: params.client_name,
      redirectUris: params.redirect_uris,
      ...withoutUndefined({ scopes: params.scopes, website: params.website }),
    }
    const application = await registerApplication(app, input, clientGroup(c))
    c.header('Cache-Control', 'no-store')
    return c.json(toCredentialApplication(application, app.secrets.vapidPublicKey))
  },
)

apps.get('/apps/verify_credentials', requiresApp(), async (c) => {
  const { app, ofToken } = c.var
  const application = await loadApplication(app.db, ofToken.applicationId)
  // An app's tokens are deleted with it, so a valid token has an app.
  return c.json(toApplication(application!, app.secrets.vapidPublicKey))
})
