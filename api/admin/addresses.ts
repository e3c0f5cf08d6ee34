/** Rules about the addresses of clients and people: networks, mail domains, mail addresses. */
import { Hono } from 'hono'
import type { Staff } from '#src/accounts/roles/staff.ts'
import { domainUses } from '#src/accounts/sign-up/mail-domain-uses.ts'
import {
  allowAddress,
  blockAddress,
  blocksOf,
  canonicalById,
  type CanonicalId,
  canonicalPage,
} from '#src/moderation/addresses/canonical.ts'
import {
  allowMailDomain,
  blockMailDomain,
  mailDomainById,
  type MailDomainId,
  mailDomainsPage,
  type StoredMailDomain,
} from '#src/moderation/addresses/mail-domains.ts'
import {
  allowNetwork,
  blockNetwork,
  changeNetwork,
  ipSeverities,
  networkById,
  type NetworkId,
  type NetworkInput,
  networksPage,
} from '#src/moderation/addresses/networks.ts'
import type { App } from '#src/platform/app.ts'
import { toAdminCanonicalEmailBlock, toAdminEmailDomainBlock, toAdminIpBlock } from '../entities/admin-address.ts'
import type { ApiContext, Env } from '../env.ts'
import { requiresStaff, staffIn } from '../http/access.ts'
import { expiry } from '../http/numbers.ts'
import { linkPage, paged, toPage } from '../http/paging.ts'
import { choice, filled, flag, id, params, text } from '../http/params.ts'

const readsNetworks = requiresStaff('admin:read:ip_blocks', 'manage_blocks')
const writesNetworks = requiresStaff('admin:write:ip_blocks', 'manage_blocks')
const readsDomains = requiresStaff('admin:read:email_domain_blocks', 'manage_blocks')
const writesDomains = requiresStaff('admin:write:email_domain_blocks', 'manage_blocks')
const readsAddresses = requiresStaff('admin:read:canonical_email_blocks', 'manage_blocks')
const writesAddresses = requiresStaff('admin:write:canonical_email_blocks', 'manage_blocks')

export const addresses = new Hono<Env>()

const network = { id: id<NetworkId>() }
const networkInput = {
  ip: text().optional(),
  severity: choice(ipSeverities).optional(),
  comment: text().optional(),
  expires_in: expiry(),
}
const clearable = ['comment', 'expires_in']

type NetworkParams = {
  ip?: string | undefined
  severity?: NetworkInput['severity']
  comment?: string | undefined
  expires_in?: Date | null | undefined
}

/** An empty `ip` counts as not given. */
const toNetworkInput = ({ ip, severity, comment, expires_in: expiresAt }: NetworkParams): NetworkInput => ({
  network: ip?.trim() || undefined,
  severity,
  comment,
  expiresAt,
})

/** What the person must not shut out: the server, and themselves. */
const spared = (c: ApiContext) => ({ config: c.var.app.config, ownAddress: c.env?.clientAddress || null })

addresses.get('/ip_blocks', readsNetworks, params(paged(100)), async (c) => {
  const { app, staff, params } = c.var
  const page = toPage(params)
  const found = await networksPage(app.db, staff, page)
  linkPage(
    c,
    page,
    found.map((one) => one.id),
  )
  return c.json(found.map(toAdminIpBlock))
})

addresses.get('/ip_blocks/:id', readsNetworks, params(network), async (c) =>
  c.json(toAdminIpBlock(await networkById(c.var.app.db, c.var.staff, c.var.params.id))),
)

addresses.post('/ip_blocks', writesNetworks, params(networkInput), async (c) => {
  const { app, params } = c.var
  const stored = await app.db.transaction(async (tx) =>
    blockNetwork(tx, await staffIn(c, tx), spared(c), toNetworkInput(params)),
  )
  return c.json(toAdminIpBlock(stored))
})

addresses.on(
  ['PUT', 'PATCH'],
  '/ip_blocks/:id',
  writesNetworks,
  params({ ...network, ...networkInput }, { clearable }),
  async (c) => {
    const { app, params } = c.var
    const stored = await app.db.transaction(async (tx) =>
      changeNetwork(tx, await staffIn(c, tx), spared(c), params.id, toNetworkInput(params)),
    )
    return c.json(toAdminIpBlock(stored))
  },
)

addresses.delete('/ip_blocks/:id', writesNetworks, params(network), async (c) => {
  const { app, params } = c.var
  await app.db.transaction(async (tx) => allowNetwork(tx, await staffIn(c, tx), params.id))
  return c.json({})
})

const mailDomain = { id: id<MailDomainId>() }

async function presentDomains({ db }: App, staff: Staff, found: StoredMailDomain[]) {
  const uses = await domainUses(
    db,
    staff,
    found.map((one) => one.id),
  )
  return found.map((one) => toAdminEmailDomainBlock(one, uses.get(one.id) ?? []))
}

addresses.get('/email_domain_blocks', readsDomains, params(paged(100)), async (c) => {
  const { app, staff, params } = c.var
  const page = toPage(params)
  const found = await mailDomainsPage(app.db, staff, page)
  linkPage(
    c,
    page,
    found.map((one) => one.id),
  )
  return c.json(await presentDomains(app, staff, found))
})

addresses.get('/email_domain_blocks/:id', readsDomains, params(mailDomain), async (c) => {
  const { app, staff, params } = c.var
  const [shown] = await presentDomains(app, staff, [await mailDomainById(app.db, staff, params.id)])
  return c.json(shown)
})

addresses.post(
  '/email_domain_blocks',
  writesDomains,
  params({ domain: text().optional(), allow_with_approval: flag().optional() }),
  async (c) => {
    const { app, staff, params } = c.var
    const allowsWithApproval = params.allow_with_approval ?? false
    const stored = await app.db.transaction(async (tx) =>
      blockMailDomain(tx, await staffIn(c, tx), params.domain ?? '', { allowsWithApproval }),
    )
    const [shown] = await presentDomains(app, staff, [stored])
    return c.json(shown)
  },
)

addresses.delete('/email_domain_blocks/:id', writesDomains, params(mailDomain), async (c) => {
  const { app, params } = c.var
  await app.db.transaction(async (tx) => allowMailDomain(tx, await staffIn(c, tx), params.id))
  return c.json({})
})

const canonical = { id: id<CanonicalId>() }

addresses.get('/canonical_email_blocks', readsAddresses, params(paged(100)), async (c) => {
  const { app, staff, params } = c.var
  const page = toPage(params)
  const found = await canonicalPage(app.db, staff, page)
  linkPage(
    c,
    page,
    found.map((one) => one.id),
  )
  return c.json(found.map(toAdminCanonicalEmailBlock))
})

/** Reading in spirit: it is a `POST` so that the address stays out of logs. */
addresses.post('/canonical_email_blocks/test', readsAddresses, params({ email: filled() }), async (c) => {
  const { app, staff, params } = c.var
  return c.json((await blocksOf(app.db, staff, params.email)).map(toAdminCanonicalEmailBlock))
})

addresses.get('/canonical_email_blocks/:id', readsAddresses, params(canonical), async (c) =>
  c.json(toAdminCanonicalEmailBlock(await canonicalById(c.var.app.db, c.var.staff, c.var.params.id))),
)

addresses.post(
  '/canonical_email_blocks',
  writesAddresses,
  params({ email: text().optional(), canonical_email_hash: text().optional() }),
  async (c) => {
    const { app, params } = c.var
    const input = params.email?.trim() ? { email: params.email } : { hash: params.canonical_email_hash ?? '' }
    const stored = await app.db.transaction(async (tx) => blockAddress(tx, await staffIn(c, tx), input))
    return c.json(toAdminCanonicalEmailBlock(stored))
  },
)

addresses.delete('/canonical_email_blocks/:id', writesAddresses, params(canonical), async (c) => {
  const { app, params } = c.var
  const removed = await app.db.transaction(async (tx) => allowAddress(tx, await staffIn(c, tx), params.id))
  return c.json(toAdminCanonicalEmailBlock(removed))
})
