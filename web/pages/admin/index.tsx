import { Hono } from 'hono'
import type { Env } from '../../env.ts'
import { accountSecurity } from './account-security.tsx'
import { accountPages } from './account/index.tsx'
import { accounts } from './accounts/index.tsx'
import { appealPages } from './appeals/index.tsx'
import { applicants } from './applicants.tsx'
import { auditPage } from './audit.tsx'
import { allInvites } from './invites.tsx'
import { news } from './news.tsx'
import { privatePosts } from './private.tsx'
import { reportPages } from './reports/index.tsx'
import { factorResets } from './reset-factors.tsx'
import { rolePages } from './roles/index.tsx'
import { serverRule } from './server-rule.tsx'
import { servers } from './servers.tsx'
import { instanceSettings } from './settings.tsx'
import { statistics } from './statistics.tsx'
import { trendReview } from './trends.tsx'
import { webhookPages } from './webhooks/index.tsx'

/** Pages for moderators and admins. */
export const admin = new Hono<Env>()
for (const part of [
  statistics,
  instanceSettings,
  accounts,
  applicants,
  reportPages,
  privatePosts,
  appealPages,
  factorResets,
  accountSecurity,
  accountPages,
  allInvites,
  auditPage,
  rolePages,
  webhookPages,
  news,
  trendReview,
  serverRule,
  servers,
])
  admin.route('/', part)
