import { Hono } from 'hono'
import { loadAccountViews } from '#src/accounts/views.ts'
import type { App } from '#src/app.ts'
import { ownerOf } from '#src/instance/contact.ts'
import { loadSettings } from '#src/instance/settings.ts'
import { loadTotals } from '#src/instance/stats.ts'
import type { Env } from '../env.ts'
import { type InstanceFacts, toInstance, toInstanceV1 } from '../entities/instance.ts'
import { open } from '../http/access.ts'
import { deprecated } from '../http/deprecated.ts'

export const instanceV1 = new Hono<Env>()

instanceV1.get('/instance', open, deprecated('2022-11-14'), async (c) => c.json(toInstanceV1(c.var.app, await loadFacts(c.var.app))))

// There is nowhere to write rules down yet.
instanceV1.get('/instance/rules', open, (c) => c.json([]))

// There are none, and no way to add any.
instanceV1.get('/custom_emojis', open, (c) => c.json([]))

export const instanceV2 = new Hono<Env>()

instanceV2.get('/instance', open, async (c) => c.json(toInstance(c.var.app, await loadFacts(c.var.app))))

async function loadFacts(app: App): Promise<InstanceFacts> {
  const [settings, totals, owner] = await Promise.all([loadSettings(app.db), loadTotals(app.db), ownerOf(app.db)])
  const [contact = null] = owner ? await loadAccountViews(app.db, [owner]) : []
  return { settings, totals, contact }
}
