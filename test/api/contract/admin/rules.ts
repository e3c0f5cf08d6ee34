/** Rules about servers and addresses. */
import type { Json } from '../../server.ts'
import type { Recipe } from '../recipe.ts'
import type { World } from '../world.ts'

const base = '/api/v1/admin'
let made = 0
const another = () => `n${++made}`

/** A request about a rule that is made first. */
const on =
  (make: (w: World) => Promise<Json>, kind: string, body?: object): Recipe =>
  async (w) => ({ path: `${base}/${kind}/${(await make(w)).id}`, ...(body ? { body } : {}) })

/** A list with two entries. */
const listed =
  (make: (w: World) => Promise<Json>, kind: string): Recipe =>
  async (w) => {
    await make(w)
    await make(w)
    return { path: `${base}/${kind}` }
  }

const block = (w: World) =>
  w.ask('POST', `${base}/domain_blocks`, { domain: `${another()}.test`, public_comment: 'Spam' })
const allow = (w: World) => w.ask('POST', `${base}/domain_allows`, { domain: `${another()}.test` })
const mailDomain = (w: World) => w.ask('POST', `${base}/email_domain_blocks`, { domain: `${another()}.test` })
const address = (w: World) => w.ask('POST', `${base}/canonical_email_blocks`, { email: `${another()}@mail.test` })
const network = (w: World) =>
  w.ask('POST', `${base}/ip_blocks`, { ip: `2001:db8:${++made}::/48`, severity: 'sign_up_block', expires_in: 3_600 })

export const rules: Record<string, Recipe> = {
  'GET /api/v1/admin/domain_blocks': listed(block, 'domain_blocks'),
  'GET /api/v1/admin/domain_blocks/:id': on(block, 'domain_blocks'),
  'POST /api/v1/admin/domain_blocks': () => ({
    path: `${base}/domain_blocks`,
    body: { domain: `${another()}.test`, severity: 'suspend', private_comment: 'A note', obfuscate: true },
  }),
  'PUT /api/v1/admin/domain_blocks/:id': on(block, 'domain_blocks', { severity: 'noop', reject_media: true }),
  'DELETE /api/v1/admin/domain_blocks/:id': on(block, 'domain_blocks'),

  'GET /api/v1/admin/domain_allows': listed(allow, 'domain_allows'),
  'GET /api/v1/admin/domain_allows/:id': on(allow, 'domain_allows'),
  'POST /api/v1/admin/domain_allows': () => ({ path: `${base}/domain_allows`, body: { domain: `${another()}.test` } }),
  'DELETE /api/v1/admin/domain_allows/:id': on(allow, 'domain_allows'),

  'GET /api/v1/admin/email_domain_blocks': listed(mailDomain, 'email_domain_blocks'),
  'GET /api/v1/admin/email_domain_blocks/:id': on(mailDomain, 'email_domain_blocks'),
  'POST /api/v1/admin/email_domain_blocks': () => ({
    path: `${base}/email_domain_blocks`,
    body: { domain: `${another()}.test`, allow_with_approval: true },
  }),
  'DELETE /api/v1/admin/email_domain_blocks/:id': on(mailDomain, 'email_domain_blocks'),

  'GET /api/v1/admin/ip_blocks': listed(network, 'ip_blocks'),
  'GET /api/v1/admin/ip_blocks/:id': on(network, 'ip_blocks'),
  'POST /api/v1/admin/ip_blocks': () => ({
    path: `${base}/ip_blocks`,
    body: { ip: `2001:db8:${++made}::/48`, severity: 'no_access', comment: 'Spam' },
  }),
  'PUT /api/v1/admin/ip_blocks/:id': on(network, 'ip_blocks', { severity: 'no_access', expires_in: 60 }),
  'DELETE /api/v1/admin/ip_blocks/:id': on(network, 'ip_blocks'),

  'GET /api/v1/admin/canonical_email_blocks': listed(address, 'canonical_email_blocks'),
  'GET /api/v1/admin/canonical_email_blocks/:id': on(address, 'canonical_email_blocks'),
  'POST /api/v1/admin/canonical_email_blocks': () => ({
    path: `${base}/canonical_email_blocks`,
    body: { email: `${another()}@mail.test` },
  }),
  'POST /api/v1/admin/canonical_email_blocks/test': async (w) => {
    await w.ask('POST', `${base}/canonical_email_blocks`, { email: 'some.body@mail.test' })
    return { path: `${base}/canonical_email_blocks/test`, body: { email: 'somebody+x@mail.test' } }
  },
  'DELETE /api/v1/admin/canonical_email_blocks/:id': on(address, 'canonical_email_blocks'),
}
