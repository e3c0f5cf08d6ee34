import { Hono } from 'hono'
import { currentSeason } from '#src/instance/annual-reports/season.ts'
import { loadContact } from '#src/instance/contact.ts'
import { loadTotals } from '#src/instance/stats.ts'
import { loadPrivacyPolicy, loadText, textHtml } from '#src/instance/texts.ts'
import { loadWeeks } from '#src/instance/weeks.ts'
import { mayReadRules, publicRules } from '#src/moderation/domains.ts'
import { loadRules } from '#src/moderation/instance-rules.ts'
import type { App } from '#src/platform/app.ts'
import { notFound } from '#src/platform/errors.ts'
import { loadPeers, searchPeers } from '#src/rules/servers/peers.ts'
import { loadSettings } from '#src/rules/settings.ts'
import { languages } from '#src/text/languages.ts'
import { toDate, toDateTime } from '../entities/dates.ts'
import { toDomainBlock } from '../entities/domain-block.ts'
import { type InstanceFacts, toInstance, toInstanceV1 } from '../entities/instance.ts'
import { toRule } from '../entities/rule.ts'
import type { Env } from '../env.ts'
import { allows, open, requires } from '../http/access.ts'
import { deprecated } from '../http/deprecated.ts'
import { params, text } from '../http/params.ts'

export const instanceV1 = new Hono<Env>()

instanceV1.get('/instance', open, deprecated('2022-11-14'), async (c) =>
  c.json(toInstanceV1(c.var.app, await loadFacts(c.var.app))),
)

instanceV1.get('/instance/rules', open, async (c) => c.json((await loadRules(c.var.app.db)).map(toRule)))

instanceV1.get('/instance/languages', open, (c) => c.json(languages))

instanceV1.get('/instance/peers', open, async (c) => c.json(await loadPeers(c.var.app.db)))

instanceV1.get('/peers/search', open, params({ q: text().optional() }), async (c) =>
  c.json(await searchPeers(c.var.app.db, c.var.params.q ?? '', 10)),
)

instanceV1.get('/instance/activity', open, async (c) => {
  const weeks = await loadWeeks(c.var.app.db)
  return c.json(
    weeks.map(({ start, statuses, logins, registrations }) => ({
      week: String(start.getTime() / 1_000),
      statuses: String(statuses),
      logins: String(logins),
      registrations: String(registrations),
    })),
  )
})

instanceV1.get('/instance/extended_description', open, async (c) => {
  const written = await loadText(c.var.app.db, 'extendedDescription')
  return c.json({
    updated_at: written && toDateTime(written.updatedAt),
    content: written ? textHtml(c.var.app, written.source) : '',
  })
})

instanceV1.get('/instance/privacy_policy', open, async (c) => {
  const { updatedAt, source } = await loadPrivacyPolicy(c.var.app)
  return c.json({ updated_at: toDateTime(updatedAt), content: textHtml(c.var.app, source) })
})

instanceV1.get('/instance/terms_of_service', open, async (c) => c.json(await terms(c.var.app)))

// Only the current terms are stored.
instanceV1.get('/instance/terms_of_service/:date', open, params({ date: text() }), async (c) => {
  const held = await terms(c.var.app)
  if (held.effective_date !== c.var.params.date) throw notFound()
  return c.json(held)
})

// This server asks nobody for money.
instanceV1.get('/donation_campaigns', requires(), (c) => c.body(null, 204))

instanceV1.get('/instance/domain_blocks', allows(), async (c) => {
  const { app, accountId } = c.var
  const may = await mayReadRules(app.db, accountId !== null)
  if (!may.rules) throw notFound()
  return c.json((await publicRules(app.db)).map((rule) => toDomainBlock(rule, may.reasons)))
})

export const instanceV2 = new Hono<Env>()

instanceV2.get('/instance', open, async (c) => c.json(toInstance(c.var.app, await loadFacts(c.var.app))))

/** @see https://docs.joinmastodon.org/entities/TermsOfService/ */
async function terms(app: App) {
  const written = await loadText(app.db, 'termsOfService')
  if (!written) throw notFound()
  return {
    effective_date: toDate(written.updatedAt),
    effective: true,
    content: textHtml(app, written.source),
    succeeded_by: null,
  }
}

async function loadFacts(app: App): Promise<InstanceFacts> {
  const [settings, totals, contact, rules, written] = await Promise.all([
    loadSettings(app.db),
    loadTotals(app.db),
    loadContact(app.db),
    loadRules(app.db),
    loadText(app.db, 'termsOfService'),
  ])
  return { settings, totals, contact, rules, hasTerms: written !== null, season: currentSeason() }
}
