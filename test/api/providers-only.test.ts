import { expect, test } from 'vitest'
import { localAccount, openSignUps, password } from '../cast.ts'
import { database } from '../database.ts'
import { serve } from './server.ts'

const provider = { OIDC_ACME_ISSUER: 'https://login.acme.test', OIDC_ACME_CLIENT_ID: 'pipit' }

test('where people log in by a provider only, apps are told where to sign up, and can’t do it themselves', async () => {
  for (const only of [false, true]) {
    await using t = await database({ ...provider, OIDC_ONLY: String(only) })
    await using server = await serve(t.app)
    await localAccount(t, 'olga', { role: 'owner' })
    await openSignUps(t)
    expect(await server.get('/api/v2/instance', 'Instance')).toMatchObject({
      registrations: { enabled: true, url: only ? 'https://pipit.test/signup' : null },
    })
    expect(await server.get('/api/v1/instance', 'V1_Instance')).toMatchObject({ registrations: !only })

    const { body: app } = await server.call('POST', '/api/v1/apps', {
      body: { client_name: 'Kite', redirect_uris: 'https://kite.test/', scopes: 'write' },
    })
    const { body: token } = await server.call('POST', '/oauth/token', {
      body: {
        grant_type: 'client_credentials',
        client_id: app.client_id,
        client_secret: app.client_secret,
        scope: 'write',
      },
    })
    const signedUp = await server.call('POST', '/api/v1/accounts', {
      token: token.access_token,
      body: { username: 'mira', email: 'mira@mail.test', password, agreement: true, locale: 'en' },
    })
    const refused = { status: 403, body: { error: 'People log in here by a provider only' } }
    expect(signedUp).toMatchObject(only ? refused : { status: 200 })
  }
})
