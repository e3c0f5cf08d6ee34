/** Rules about the addresses of clients and people: networks, mail domains, mail addresses. */
import { Hono } from 'hono'
import {
  addressBlock,
  type AddressBlockId,
  blockAddress,
  blocksOfAddress,
  pageOfAddressBlocks,
  unblockAddress,
} from '#src/moderation/addresses/canonical-addresses.ts'
import {
  blockMailDomain,
  mailDomainRule,
  type MailDomainRuleId,
  pageOfMailDomainRules,
  unblockMailDomain,
} from '#src/moderation/addresses/mail-domains.ts'
import {
  addNetworkRule,
  changeNetworkRule,
  networkRule,
  type NetworkRuleId,
  pageOfNetworkRules,
  removeNetworkRule,
} from '#src/moderation/addresses/networks.ts'
import { ipSeverities } from '#src/platform/db/schema/moderation.ts'
import { toAdminCanonicalEmailBlock, toAdminEmailDomainBlock, toAdminIpBlock } from '../entities/admin-address.ts'
import type { ApiContext, Env } from '../env.ts'
import { requiresStaff, staffIn } from '../http/access.ts'
import { ApiError } from '../http/errors.ts'
import { expiry } from '../http/numbers.ts'
import { linkPage, paged, toPage } from '../http/paging.ts'
import { choice, filled, flag, id, isBlank, params, text, withoutUndefined } from '../http/params.ts'

const readsNetworks = requiresStaff('admin:read:ip_blocks', 'manage_blocks')
const writesNetworks = requiresStaff('admin:write:ip_blocks', 'manage_blocks')
const readsDomains = requiresStaff('admin:read:email_domain_blocks', 'manage_blocks')
const writesDomains = requiresStaff('admin:write:email_domain_blocks', 'manage_blocks')
const readsAddresses = requiresStaff('admin:read:canonical_email_blocks', 'manage_blocks')
const writesAddresses = requiresStaff('admin:write:canonical_email_blocks', 'manage_blocks')

const oneNetwork = { id: id<NetworkRuleId>() }
const oneDomain = { id: id<MailDomainRuleId>() }
const oneAddress = { id: id<AddressBlockId>() }
const network = {
  ip: text().optional(),
  severity: choice(ipSeverities).optional(),
  comment: text().optional(),
  expires_in: expiry(),
}
const clearable = ['comment', 'expires_in']

/** The address that the member of staff comes from. */
const fromOf = (c: Pick<ApiContext, 'env'>): string => c.env?.clientAddress ?? ''

export const addresses = new Hono<Env>()

addresses.get('/ip_blocks', readsNetworks, params(paged(100)), async (c) => {
  const page = toPage(c.var.params)
  const rows = await pageOfNetworkRules(c.var.app.db, page)
  linkPage(
    c,
    page,
    rows.map((row) => row.id),
  )
  return c.json(rows.map(toAdminIpBlock))
})

addresses.get('/ip_blocks/:id', readsNetworks, params(oneNetwork), async (c) =>
  c.json(toAdminIpBlock(await networkRule(c.var.app.db, c.var.params.id))),
)

addresses.post('/ip_blocks', writesNetworks, params(network, { clearable }), async (c) => {
  const { app, params } = c.var
  const { ip = '', severity, comment, expires_in: expiresAt } = params
  if (!severity) throw new ApiError(400, 'param is missing or the value is empty: severity')
  const rule = await app.db.transaction(async (tx) =>
    addNetworkRule(
      tx,
      await staffIn(c, tx),
      { network: ip, severity, ...withoutUndefined({ comment, expiresAt }) },
      fromOf(c),
    ),
  )
  return c.json(toAdminIpBlock(rule))
})

addresses.put('/ip_blocks/:id', writesNetworks, params({ ...oneNetwork, ...network }, { clearable }), async (c) => {
  const { app, params } = c.var
  const { ip, severity, comment, expires_in: expiresAt } = params
  const change = withoutUndefined({ network: ip, severity, comment, expiresAt })
  const rule = await app.db.transaction(async (tx) =>
    changeNetworkRule(tx, await staffIn(c, tx), params.id, change, fromOf(c)),
  )
  return c.json(toAdminIpBlock(rule))
})

addresses.delete('/ip_blocks/:id', writesNetworks, params(oneNetwork), async (c) => {
  const { app, params } = c.var
  await app.db.transaction(async (tx) => removeNetworkRule(tx, await staffIn(c, tx), params.id))
  return c.json({})
})

addresses.get('/email_domain_blocks', readsDomains, params(paged(100)), async (c) => {
  const page = toPage(c.var.params)
  const rows = await pageOfMailDomainRules(c.var.app.db, page)
  linkPage(
    c,
    page,
    rows.map((row) => row.id),
  )
  return c.json(rows.map(toAdminEmailDomainBlock))
})

addresses.get('/email_domain_blocks/:id', readsDomains, params(oneDomain), async (c) =>
  c.json(toAdminEmailDomainBlock(await mailDomainRule(c.var.app.db, c.var.params.id))),
)

const mailDomain = { domain: filled(), allow_with_approval: flag().optional() }
addresses.post('/email_domain_blocks', writesDomains, params(mailDomain), async (c) => {
  const { app, params } = c.var
  const rule = await app.db.transaction(async (tx) =>
    blockMailDomain(tx, await staffIn(c, tx), params.domain, params.allow_with_approval),
  )
  return c.json(toAdminEmailDomainBlock(rule))
})

addresses.delete('/email_domain_blocks/:id', writesDomains, params(oneDomain), async (c) => {
  const { app, params } = c.var
  await app.db.transaction(async (tx) => unblockMailDomain(tx, await staffIn(c, tx), params.id))
  return c.json({})
})

addresses.get('/canonical_email_blocks', readsAddresses, params(paged(100)), async (c) => {
  const page = toPage(c.var.params)
  const rows = await pageOfAddressBlocks(c.var.app.db, page)
  linkPage(
    c,
    page,
    rows.map((row) => row.id),
  )
  return c.json(rows.map(toAdminCanonicalEmailBlock))
})

addresses.get('/canonical_email_blocks/:id', readsAddresses, params(oneAddress), async (c) =>
  c.json(toAdminCanonicalEmailBlock(await addressBlock(c.var.app.db, c.var.params.id))),
)

addresses.post('/canonical_email_blocks/test', readsAddresses, params({ email: filled() }), async (c) =>
  c.json((await blocksOfAddress(c.var.app.db, c.var.params.email)).map(toAdminCanonicalEmailBlock)),
)

const address = { email: text().optional(), canonical_email_hash: text().optional() }
addresses.post('/canonical_email_blocks', writesAddresses, params(address), async (c) => {
  const { app, params } = c.var
  const { email = '', canonical_email_hash: hash = '' } = params
  if (isBlank(email) && isBlank(hash)) throw new ApiError(400, 'param is missing or the value is empty: email')
  const block = await app.db.transaction(async (tx) =>
    blockAddress(tx, await staffIn(c, tx), isBlank(email) ? { hash } : { email }),
  )
  return c.json(toAdminCanonicalEmailBlock(block))
})

addresses.delete('/canonical_email_blocks/:id', writesAddresses, params(oneAddress), async (c) => {
  const { app, params } = c.var
  const removed = await app.db.transaction(async (tx) => unblockAddress(tx, await staffIn(c, tx), params.id))
  return c.json(toAdminCanonicalEmailBlock(removed))
})
