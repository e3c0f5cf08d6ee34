import { Hono } from 'hono'
import { createReport, reportCategories } from '#src/moderation/reports/create.ts'
import { notFound } from '#src/platform/errors.ts'
import type { AccountId, CollectionId, Id, StatusId } from '#src/platform/ids.ts'
import { ownReport } from '#src/reading/notifications/reports.ts'
import { toReport } from '../entities/report.ts'
import type { Env } from '../env.ts'
import { requires } from '../http/access.ts'
import { limited } from '../http/limits.ts'
import { choice, flag, withoutUndefined, id, list, params, text } from '../http/params.ts'

export const reports = new Hono<Env>()

reports.post(
  '/reports',
  requires('write:reports'),
  limited('reports'),
  params({
    account_id: id<AccountId>(),
    status_ids: list(id<StatusId>()),
    collection_ids: list(id<CollectionId>()),
    rule_ids: list(id<Id<'rule'>>()),
    comment: text().optional(),
    category: choice(reportCategories).optional(),
    forward: flag().optional(),
    forward_to_domains: list(text()),
  }),
  async (c) => {
    const { app, accountId, params } = c.var
    const input = {
      targetId: params.account_id,
      statusIds: params.status_ids,
      collectionIds: params.collection_ids,
      ruleIds: params.rule_ids,
      domains: params.forward_to_domains,
      ...withoutUndefined({ comment: params.comment, category: params.category, isForwarded: params.forward }),
    }
    const reportId = await app.db.transaction((tx) => createReport(tx, app.uris, accountId, input))
    const view = await ownReport(app.db, accountId, reportId)
    if (!view) throw notFound()
    return c.json(toReport(view, app.uris))
  },
)
