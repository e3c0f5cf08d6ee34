import { Hono } from 'hono'
import type { App } from '#src/platform/app.ts'
import type { AccountId, Id } from '#src/platform/ids.ts'
import { loadMarkers, type MarkedTimeline, saveMarker } from '#src/reading/timelines/markers.ts'
import { toDateTime } from '../entities/dates.ts'
import type { Env } from '../env.ts'
import { requires } from '../http/access.ts'
import { hashIfGiven, idIfAny, list, params, text } from '../http/params.ts'

const timelines: readonly MarkedTimeline[] = ['home', 'notifications']
const place = hashIfGiven({ last_read_id: idIfAny<Id<string>>().optional() })

export const markers = new Hono<Env>()

markers.get('/markers', requires('read:statuses'), params({ timeline: list(text()) }), async (c) => {
  const { app, accountId, params } = c.var
  return c.json(await toMarkers(app, accountId, params.timeline))
})

markers.post('/markers', requires('write:statuses'), params({ home: place, notifications: place }), async (c) => {
  const { app, accountId, params } = c.var
  const saved = timelines.filter((timeline) => params[timeline]?.last_read_id)
  await app.db.transaction(async (tx) => {
    for (const timeline of saved) {
      const lastReadId = params[timeline]?.last_read_id
      if (lastReadId) await saveMarker(tx, accountId, timeline, lastReadId)
    }
  })
  return c.json(await toMarkers(app, accountId, saved))
})

/** @see https://docs.joinmastodon.org/entities/Marker/ */
async function toMarkers(app: App, accountId: AccountId, wanted: readonly string[]) {
  const found = (await loadMarkers(app.db, accountId)).filter(({ timeline }) => wanted.includes(timeline))
  return Object.fromEntries(
    found.map(({ timeline, lastReadId, version, updatedAt }) => [
      timeline,
      { last_read_id: lastReadId, version, updated_at: toDateTime(updatedAt) },
    ]),
  )
}
