/** Rules about other servers. */
import { Hono } from 'hono'
import {
  addDomainRule,
  allowDomain,
  allowedDomain,
  changeDomainRule,
  disallowDomain,
  domainRule,
  pageOfAllowedDomains,
  pageOfDomainRules,
  removeDomainRule,
} from '#src/moderation/domains.ts'
import { severities } from '#src/platform/db/schema/moderation.ts'
import type { Id } from '#src/platform/ids.ts'
import { toAdminDomainAllow, toAdminDomainBlock } from '../entities/admin-domain.ts'
import type { Env } from '../env.ts'
import { requiresStaff, staffIn } from '../http/access.ts'
import { linkPage, paged, toPage } from '../http/paging.ts'
import { choice, filled, flag, id, params, text, withoutUndefined } from '../http/params.ts'

const readsAllows = requiresStaff('admin:read:domain_allows', 'manage_federation')
const writesAllows = requiresStaff('admin:write:domain_allows', 'manage_federation')
const readsBlocks = requiresStaff('admin:read:domain_blocks', 'manage_federation')
const writesBlocks = requiresStaff('admin:write:domain_blocks', 'manage_federation')

const oneAllow = { id: id<Id<'domain-allow'>>() }
const oneBlock = { id: id<Id<'domain-rule'>>() }
const rule = {
  severity: choice(severities).optional(),
  reject_media: flag().optional(),
  reject_reports: flag().optional(),
  private_comment: text().optional(),
  public_comment: text().optional(),
  obfuscate: flag().optional(),
}
/** Comments that an app clears. */
const clearable = ['private_comment', 'public_comment']

const toInput = (given: {
  severity?: (typeof severities)[number] | undefined
  reject_media?: boolean | undefined
  reject_reports?: boolean | undefined
  private_comment?: string | undefined
  public_comment?: string | undefined
  obfuscate?: boolean | undefined
}) =>
  withoutUndefined({
    severity: given.severity,
    rejectsMedia: given.reject_media,
    rejectsReports: given.reject_reports,
    privateComment: given.private_comment,
    publicComment: given.public_comment,
    isObfuscated: given.obfuscate,
  })

export const domains = new Hono<Env>()

domains.get('/domain_allows', readsAllows, params(paged(100)), async (c) => {
  const { app, params } = c.var
  const page = toPage(params)
  const rows = await pageOfAllowedDomains(app.db, page)
  linkPage(
    c,
    page,
    rows.map((row) => row.id),
  )
  return c.json(rows.map(toAdminDomainAllow))
})

domains.get('/domain_allows/:id', readsAllows, params(oneAllow), async (c) =>
  c.json(toAdminDomainAllow(await allowedDomain(c.var.app.db, c.var.params.id))),
)

domains.post('/domain_allows', writesAllows, params({ domain: filled() }), async (c) => {
  const { app, params } = c.var
  const allow = await app.db.transaction(async (tx) => allowDomain(tx, await staffIn(c, tx), app.uris, params.domain))
  return c.json(toAdminDomainAllow(allow))
})

domains.delete('/domain_allows/:id', writesAllows, params(oneAllow), async (c) => {
  const { app, params } = c.var
  await app.db.transaction(async (tx) => {
    const staff = await staffIn(c, tx)
    await disallowDomain(tx, staff, (await allowedDomain(tx, params.id)).domain)
  })
  return c.json({})
})

domains.get('/domain_blocks', readsBlocks, params(paged(100)), async (c) => {
  const { app, params } = c.var
  const page = toPage(params)
  const rows = await pageOfDomainRules(app.db, page)
  linkPage(
    c,
    page,
    rows.map((row) => row.id),
  )
  return c.json(rows.map(toAdminDomainBlock))
})

domains.get('/domain_blocks/:id', readsBlocks, params(oneBlock), async (c) =>
  c.json(toAdminDomainBlock(await domainRule(c.var.app.db, c.var.params.id))),
)

domains.post('/domain_blocks', writesBlocks, params({ domain: filled(), ...rule }, { clearable }), async (c) => {
  const { app, params } = c.var
  const made = await app.db.transaction(async (tx) =>
    addDomainRule(tx, await staffIn(c, tx), app.uris, params.domain, { severity: 'silence', ...toInput(params) }),
  )
  const block = toAdminDomainBlock(made.rule)
  return made.isNew
    ? c.json(block)
    : c.json({ error: `There is a rule about ${block.domain} already`, existing_domain_block: block }, 422)
})

domains.put('/domain_blocks/:id', writesBlocks, params({ ...oneBlock, ...rule }, { clearable }), async (c) => {
  const { app, params } = c.var
  const changed = await app.db.transaction(async (tx) =>
    changeDomainRule(tx, await staffIn(c, tx), params.id, toInput(params)),
  )
  return c.json(toAdminDomainBlock(changed))
})

domains.delete('/domain_blocks/:id', writesBlocks, params(oneBlock), async (c) => {
  const { app, params } = c.var
  await app.db.transaction(async (tx) => {
    const staff = await staffIn(c, tx)
    await removeDomainRule(tx, staff, (await domainRule(tx, params.id)).domain)
  })
  return c.json({})
})
