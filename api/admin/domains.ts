/** Rules about other servers. */
import { Hono } from 'hono'
import {
  addDomainRule,
  allowById,
  allowDomain,
  type AllowId,
  allowsPage,
  changeDomainRule,
  disallowDomain,
  domainRuleById,
  domainRulesPage,
  removeDomainRule,
  type RuleChange,
  type RuleId,
  severities,
} from '#src/moderation/domains.ts'
import { toAdminDomainAllow, toAdminDomainBlock } from '../entities/admin-domain.ts'
import type { Env } from '../env.ts'
import { requiresStaff, staffIn } from '../http/access.ts'
import { linkPage, paged, toPage } from '../http/paging.ts'
import { choice, flag, id, params, text, withoutUndefined } from '../http/params.ts'

const reads = requiresStaff('admin:read:domain_blocks', 'manage_federation')
const writes = requiresStaff('admin:write:domain_blocks', 'manage_federation')
const readsAllows = requiresStaff('admin:read:domain_allows', 'manage_federation')
const writesAllows = requiresStaff('admin:write:domain_allows', 'manage_federation')

const rule = { id: id<RuleId>() }
const allow = { id: id<AllowId>() }
const input = {
  severity: choice(severities).optional(),
  reject_media: flag().optional(),
  reject_reports: flag().optional(),
  private_comment: text().optional(),
  public_comment: text().optional(),
  obfuscate: flag().optional(),
}
const clearable = ['private_comment', 'public_comment']

type Input = {
  severity?: RuleChange['severity']
  reject_media?: boolean | undefined
  reject_reports?: boolean | undefined
  private_comment?: string | undefined
  public_comment?: string | undefined
  obfuscate?: boolean | undefined
}

const toChange = (params: Input) =>
  withoutUndefined({
    severity: params.severity,
    rejectsMedia: params.reject_media,
    rejectsReports: params.reject_reports,
    privateComment: params.private_comment,
    publicComment: params.public_comment,
    isObfuscated: params.obfuscate,
  })

export const domains = new Hono<Env>()

domains.get('/domain_blocks', reads, params(paged(100)), async (c) => {
  const { app, staff, params } = c.var
  const page = toPage(params)
  const found = await domainRulesPage(app.db, staff, page)
  linkPage(
    c,
    page,
    found.map((one) => one.id),
  )
  return c.json(found.map(toAdminDomainBlock))
})

domains.get('/domain_blocks/:id', reads, params(rule), async (c) =>
  c.json(toAdminDomainBlock(await domainRuleById(c.var.app.db, c.var.staff, c.var.params.id))),
)

/** A server that a rule covers already is answered with that rule; `PUT` changes it. */
domains.post('/domain_blocks', writes, params({ ...input, domain: text().optional() }), async (c) => {
  const { app, params } = c.var
  const result = await app.db.transaction(async (tx) =>
    addDomainRule(tx, await staffIn(c, tx), app.uris, params.domain ?? '', {
      severity: 'silence',
      ...toChange(params),
    }),
  )
  if ('added' in result) return c.json(toAdminDomainBlock(result.added))
  const { domain } = result.existing
  const error = `You have already imposed stricter limits on ${domain}`
  return c.json({ error, existing_domain_block: toAdminDomainBlock(result.existing) }, 422)
})

domains.on(['PUT', 'PATCH'], '/domain_blocks/:id', writes, params({ ...rule, ...input }, { clearable }), async (c) => {
  const { app, params } = c.var
  const changed = await app.db.transaction(async (tx) =>
    changeDomainRule(tx, await staffIn(c, tx), params.id, toChange(params)),
  )
  return c.json(toAdminDomainBlock(changed))
})

domains.delete('/domain_blocks/:id', writes, params(rule), async (c) => {
  const { app, params } = c.var
  await app.db.transaction(async (tx) => {
    const staff = await staffIn(c, tx)
    await removeDomainRule(tx, staff, (await domainRuleById(tx, staff, params.id)).domain)
  })
  return c.json({})
})

domains.get('/domain_allows', readsAllows, params(paged(100)), async (c) => {
  const { app, staff, params } = c.var
  const page = toPage(params)
  const found = await allowsPage(app.db, staff, page)
  linkPage(
    c,
    page,
    found.map((one) => one.id),
  )
  return c.json(found.map(toAdminDomainAllow))
})

domains.get('/domain_allows/:id', readsAllows, params(allow), async (c) =>
  c.json(toAdminDomainAllow(await allowById(c.var.app.db, c.var.staff, c.var.params.id))),
)

domains.post('/domain_allows', writesAllows, params({ domain: text().optional() }), async (c) => {
  const { app, params } = c.var
  const allowed = await app.db.transaction(async (tx) =>
    allowDomain(tx, await staffIn(c, tx), app.uris, params.domain ?? ''),
  )
  return c.json(toAdminDomainAllow(allowed))
})

domains.delete('/domain_allows/:id', writesAllows, params(allow), async (c) => {
  const { app, params } = c.var
  await app.db.transaction(async (tx) => {
    const staff = await staffIn(c, tx)
    await disallowDomain(tx, staff, (await allowById(tx, staff, params.id)).domain)
  })
  return c.json({})
})
