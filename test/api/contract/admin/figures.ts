/** Hashtags, trends and figures. */
import { sql } from 'drizzle-orm'
import { dimensionKeys } from '#src/instance/figures/dimensions.ts'
import { measureKeys } from '#src/instance/figures/measures.ts'
import { serverMeasures } from '#src/instance/figures/servers.ts'
import { newId } from '#src/platform/ids.ts'
import { dayMs } from '#src/platform/time.ts'
import type { Recipe } from '../recipe.ts'
import type { World } from '../world.ts'

const at =
  (path: string): Recipe =>
  () => ({ path })

/** The id of a hashtag that posts use. */
async function tag(w: World): Promise<string> {
  await w.post('Out in the #woods')
  const { rows } = await w.t.db.execute<{ id: string }>(sql`select id from tags where name = 'woods'`)
  return rows[0]!.id
}

/** The id of a page that posts link. */
async function link(w: World): Promise<string> {
  const url = `https://news.test/${newId()}`
  await w.post(`Read ${url}`)
  const { rows } = await w.t.db.execute<{ id: string }>(
    sql`update cards set is_usable = true, title = 'News', fetched_at = now() where url = ${url} returning id`,
  )
  await w.t.db.execute(
    sql`insert into trending_cards (card_id, score, is_allowed) values (${rows[0]!.id}, 5, true) on conflict do nothing`,
  )
  return rows[0]!.id
}

async function publisher(w: World): Promise<string> {
  const id = newId()
  await w.t.db.execute(
    sql`insert into link_publishers (id, domain, requested_review_at) values (${id}, ${`p${id}.test`}, now())`,
  )
  return id
}

const trend = (path: string, make: (w: World) => Promise<string>): Record<string, Recipe> =>
  Object.fromEntries(
    ['approve', 'reject'].map((verb) => [
      `POST /api/v1/admin/trends/${path}/:id/${verb}`,
      async (w: World) => ({ path: `/api/v1/admin/trends/${path}/${await make(w)}/${verb}`, body: {} }),
    ]),
  )

const aWeek = () => ({ start_at: new Date(Date.now() - 6 * dayMs).toISOString(), end_at: new Date().toISOString() })
const ofServer = (...keys: string[]) => Object.fromEntries(keys.map((key) => [key, { domain: 'remote.test' }]))

export const figures: Record<string, Recipe> = {
  'POST /api/v1/admin/measures': async (w) => {
    const about = { id: await tag(w) }
    return {
      path: '/api/v1/admin/measures',
      body: {
        keys: measureKeys,
        ...aWeek(),
        tag_accounts: about,
        tag_uses: about,
        tag_servers: about,
        ...ofServer(...serverMeasures),
      },
    }
  },
  'POST /api/v1/admin/dimensions': async (w) => {
    const about = { id: await tag(w) }
    return {
      path: '/api/v1/admin/dimensions',
      body: {
        keys: dimensionKeys,
        ...aWeek(),
        limit: 5,
        tag_servers: about,
        tag_languages: about,
        ...ofServer('instance_accounts', 'instance_languages'),
      },
    }
  },
  'POST /api/v1/admin/retention': () => ({ path: '/api/v1/admin/retention', body: { ...aWeek(), frequency: 'day' } }),
  'GET /api/v1/admin/tags': at('/api/v1/admin/tags'),
  'GET /api/v1/admin/tags/:id': async (w) => ({ path: `/api/v1/admin/tags/${await tag(w)}` }),
  'PUT /api/v1/admin/tags/:id': async (w) => ({
    path: `/api/v1/admin/tags/${await tag(w)}`,
    body: { display_name: 'Woods', trendable: true, usable: true, listable: true },
  }),
  'GET /api/v1/admin/trends/tags': async (w) => {
    await w.t.db.execute(
      sql`insert into trending_tags (tag_id, score, is_allowed) values (${await tag(w)}, 5, true) on conflict do nothing`,
    )
    return { path: '/api/v1/admin/trends/tags' }
  },
  'GET /api/v1/admin/trends/links': async (w) => {
    await link(w)
    return { path: '/api/v1/admin/trends/links' }
  },
  'GET /api/v1/admin/trends/links/publishers': async (w) => {
    for (let i = 0; i < 2; i++) await publisher(w)
    return { path: '/api/v1/admin/trends/links/publishers' }
  },
  'GET /api/v1/admin/trends/statuses': async (w) => {
    await w.t.db.execute(
      sql`insert into trending_statuses (status_id, score, is_allowed) values (${await w.post()}, 5, true) on conflict do nothing`,
    )
    return { path: '/api/v1/admin/trends/statuses' }
  },
  ...trend('tags', tag),
  ...trend('links', link),
  ...trend('links/publishers', publisher),
  ...trend('statuses', (w) => w.post()),
}
