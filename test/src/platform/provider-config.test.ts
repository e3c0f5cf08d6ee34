import { tmpdir } from 'node:os'
import { expect, test } from 'vitest'
import { ConfigError, loadConfig } from '#src/platform/config.ts'

const acme = { OIDC_ACME_ISSUER: 'https://login.acme.test', OIDC_ACME_CLIENT_ID: 'pipit' }
const load = (env: Record<string, string>) => loadConfig(env, tmpdir())

test('a provider needs issuer and client; everything else has a default', () => {
  expect(load(acme).providers).toEqual([
    {
      name: 'acme',
      issuer: 'https://login.acme.test',
      clientId: 'pipit',
      clientSecret: undefined,
      label: 'Acme',
      scopes: 'openid email profile',
      domains: [],
      groups: [],
      groupsClaim: 'groups',
      roles: [],
      rolesClaim: 'groups',
      signsUpAlways: false,
    },
  ])
  expect(load({}).providers).toEqual([])
})

test('there may be any number of providers, in the order of their names', () => {
  const { providers, providersOnly } = load({
    OIDC_ZOO2_ISSUER: 'http://127.0.0.1:9000/realms/zoo',
    OIDC_ZOO2_CLIENT_ID: 'pipit',
    OIDC_ZOO2_CLIENT_SECRET: 'a-secret',
    OIDC_ZOO2_LABEL: 'The Zoo',
    OIDC_ZOO2_DOMAINS: 'Zoo.test, ape.test',
    OIDC_ZOO2_GROUPS: 'keepers,guests of the day',
    OIDC_ZOO2_GROUPS_CLAIM: 'realm_access.roles',
    OIDC_ZOO2_ROLES: 'admin=heads,moderator=keepers,moderator=vets',
    OIDC_ZOO2_SIGNUP: 'always',
    ...acme,
    OIDC_ONLY: 'true',
  })
  expect(providersOnly).toBe(true)
  expect(providers.map(({ name }) => name)).toEqual(['acme', 'zoo2'])
  expect(providers[1]).toMatchObject({
    label: 'The Zoo',
    domains: ['zoo.test', 'ape.test'],
    groups: ['keepers', 'guests of the day'],
    roles: [
      { role: 'admin', value: 'heads' },
      { role: 'moderator', value: 'keepers' },
      { role: 'moderator', value: 'vets' },
    ],
    rolesClaim: 'realm_access.roles',
    signsUpAlways: true,
  })
})

test.each([
  ['OIDC_ACME_ISSUER', 'http://login.acme.test', 'must be a URL that starts with https://'],
  ['OIDC_ACME_ISSUER', 'https://login.acme.test/?a=b', 'must be a URL that starts with https://'],
  ['OIDC_ACME_ISSUER', 'https://me:secret@login.acme.test', 'must be a URL that starts with https://'],
  ['OIDC_ACME_ISSUER', 'http://localhost.evil.test', 'must be a URL that starts with https://'],
  ['OIDC_ACME_ISSUER', 'acme', 'must be a URL that starts with https://'],
  ['OIDC_ACME_CLIENT_ID', '', 'is missing'],
  ['OIDC_ACME_SCOPES', 'email profile', 'must contain openid'],
  ['OIDC_ACME_DOMAINS', 'me@acme.test', 'must be domains'],
  ['OIDC_ACME_ROLES', 'owner=bosses', 'nobody becomes owner'],
  ['OIDC_ACME_ROLES', 'admin', 'must be pairs'],
  ['OIDC_ACME_SIGNUP', 'sometimes', 'must be always'],
  ['OIDC_ACME_SECRET', 'a-secret', 'is no setting of a provider'],
  ['OIDC_MY_COMPANY_ISSUER', 'https://my.test', 'letters and digits'],
  ['OIDC_JOIN_ISSUER', 'https://my.test', 'can’t be named JOIN'],
  ['OIDC_OTHER_ISSUER', 'https://login.acme.test', 'is the issuer of OIDC_ACME_ISSUER'],
  ['OIDC_ONLY', 'yes', 'must be true or false'],
])('%s=%s is refused in one line that names it', (name, value, why) => {
  let message = ''
  try {
    load({ ...acme, OIDC_OTHER_CLIENT_ID: 'pipit', [name]: value })
  } catch (error) {
    message = error instanceof ConfigError ? error.message : String(error)
  }
  expect(message).toContain(`${name}: `)
  expect(message).toContain(why)
  expect(message).not.toContain('\n')
  expect(message).not.toContain('secret@')
  expect(message).not.toContain('a-secret')
})

test('people can’t log in by a provider only where there is none', () => {
  expect(() => load({ OIDC_ONLY: 'true' })).toThrow(/^OIDC_ONLY: there is no provider/)
})
