import { Hono } from 'hono'
import { blockDomain, blockedDomains, previewDomainBlock, unblockDomain } from '#src/relationships/domain-block.ts'
import type { Env } from '../env.ts'
import { requires } from '../http/access.ts'
import { linkPage, paged, toPage } from '../http/paging.ts'
import { filled, params } from '../http/params.ts'

const one = { domain: filled() }

export const domainBlocks = new Hono<Env>()

domainBlocks.get('/domain_blocks', requires('read:blocks'), params(paged(100)), async (c) => {
  const { app, accountId, params } = c.var
  const found = await blockedDomains(app.db, accountId, toPage(params))
  linkPage(
    c,
    toPage(params),
    found.map(({ id }) => id),
    'since_id',
  )
  return c.json(found.map(({ domain }) => domain))
})

domainBlocks.get('/domain_blocks/preview', requires('read:blocks'), params(one), async (c) => {
  const { app, accountId, params } = c.var
  const { following, followers } = await previewDomainBlock(app.db, accountId, params.domain)
  return c.json({ following_count: following, followers_count: followers })
})

domainBlocks.post('/domain_blocks', requires('write:blocks'), params(one), async (c) => {
  const { app, accountId, params } = c.var
  await app.db.transaction((tx) => blockDomain(tx, app.uris, accountId, params.domain))
  return c.json({})
})

domainBlocks.delete('/domain_blocks', requires('write:blocks'), params(one), async (c) => {
  const { app, accountId, params } = c.var
  await app.db.transaction((tx) => unblockDomain(tx, accountId, params.domain))
  return c.json({})
})
