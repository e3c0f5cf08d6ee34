import type { Recipe } from '../recipe.ts'
import type { World } from '../world.ts'

let made = 0
const host = (): string => `server-${++made}.example`

/** A rule of each kind, by the part of its path. */
const bodies: Record<string, () => object> = {
  domain_allows: () => ({ domain: host() }),
  domain_blocks: () => ({ domain: host(), severity: 'silence', private_comment: 'Loud', reject_media: true }),
  email_domain_blocks: () => ({ domain: host(), allow_with_approval: 'true' }),
  canonical_email_blocks: () => ({ email: `person@${host()}` }),
  ip_blocks: () => ({ ip: `2001:db8:${++made}::/48`, severity: 'sign_up_block', comment: 'Spam', expires_in: 3_600 }),
}
const changes: Record<string, object> = {
  domain_blocks: { severity: 'suspend', public_comment: 'Spam', obfuscate: 'true' },
  ip_blocks: { severity: 'no_access', expires_in: '' },
}

const make = async (w: World, kind: string): Promise<string> =>
  (await w.ask('POST', `/api/v1/admin/${kind}`, bodies[kind]?.())).id

const recipesOf = (kind: string): Record<string, Recipe> => {
  const path = `/api/v1/admin/${kind}`
  const one: Recipe = async (w) => ({ path: `${path}/${await make(w, kind)}` })
  return {
    [`GET ${path}`]: async (w) => {
      for (let i = 0; i < 4; i++) await make(w, kind)
      return { path }
    },
    [`GET ${path}/:id`]: one,
    [`POST ${path}`]: () => ({ path, body: bodies[kind]!() }),
    [`DELETE ${path}/:id`]: one,
    ...(changes[kind] && {
      [`PUT ${path}/:id`]: async (w: World) => ({ path: `${path}/${await make(w, kind)}`, body: changes[kind]! }),
    }),
  }
}

const tested: Recipe = async (w) => {
  const email = `some.body+spam@${host()}`
  await w.ask('POST', '/api/v1/admin/canonical_email_blocks', { email })
  return { path: '/api/v1/admin/canonical_email_blocks/test', body: { email } }
}

export const rules: Record<string, Recipe> = Object.assign(
  { 'POST /api/v1/admin/canonical_email_blocks/test': tested },
  ...Object.keys(bodies).map(recipesOf),
)
