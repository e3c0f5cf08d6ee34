/** Measures, dimensions and retention. */
import { Hono } from 'hono'
import {
  type DimensionKey,
  dimensionKeys,
  type Divided,
  isServerDimension,
  isTagDimension,
  loadDimensions,
} from '#src/instance/figures/dimensions.ts'
import {
  isServerMeasure,
  isTagMeasure,
  loadMeasures,
  type Measured,
  type MeasureKey,
  measureKeys,
} from '#src/instance/figures/measures.ts'
import { loadRetention } from '#src/instance/figures/retention.ts'
import { daysOf } from '#src/instance/figures/span.ts'
import { normalizeDomain } from '#src/platform/handle.ts'
import { isId, type TagId } from '#src/platform/ids.ts'
import { dayMs } from '#src/platform/time.ts'
import { toCohort, toDimension, toMeasure } from '../entities/admin-figures.ts'
import type { Env } from '../env.ts'
import { requiresStaff } from '../http/access.ts'
import { ApiError } from '../http/errors.ts'
import { limitOf } from '../http/paging.ts'
import { hashIfGiven, list, moment, params, text } from '../http/params.ts'

const reads = requiresStaff('admin:read', 'view_dashboard')
const subject = () => hashIfGiven({ id: text().optional(), domain: text().optional() }).optional()
type Subject = { id?: string | undefined; domain?: string | undefined } | undefined

/** What is shown when no span is given. */
const usualDays = 30

export const figures = new Hono<Env>()

figures.post(
  '/measures',
  reads,
  params({
    keys: list(text()),
    start_at: moment().optional(),
    end_at: moment().optional(),
    tag_accounts: subject(),
    tag_uses: subject(),
    tag_servers: subject(),
    instance_accounts: subject(),
    instance_media_attachments: subject(),
    instance_reports: subject(),
    instance_statuses: subject(),
    instance_follows: subject(),
    instance_followers: subject(),
  }),
  async (c) => {
    const { app, staff, params } = c.var
    const days = daysOf(required(params.start_at, 'start_at'), required(params.end_at, 'end_at'))
    const wanted = known(params.keys, measureKeys).flatMap((key): Measured[] => {
      if (isTagMeasure(key)) return aboutTag(params[key]).map((tagId) => ({ key, tagId }))
      if (isServerMeasure(key)) return aboutServer(params[key]).map((domain) => ({ key, domain }))
      return [{ key }]
    })
    return c.json((await loadMeasures(app.db, staff, wanted, days)).map(toMeasure))
  },
)

figures.post(
  '/dimensions',
  reads,
  params({
    keys: list(text()),
    start_at: moment().optional(),
    end_at: moment().optional(),
    limit: limitOf(10, 100),
    tag_servers: subject(),
    tag_languages: subject(),
    instance_accounts: subject(),
    instance_languages: subject(),
  }),
  async (c) => {
    const { app, staff, params } = c.var
    const end = params.end_at ?? new Date()
    const days = daysOf(params.start_at ?? new Date(end.getTime() - (usualDays - 1) * dayMs), end)
    const wanted = known(params.keys, dimensionKeys).flatMap((key): Divided[] => {
      if (isTagDimension(key)) return aboutTag(params[key]).map((tagId) => ({ key, tagId }))
      if (isServerDimension(key)) return aboutServer(params[key]).map((domain) => ({ key, domain }))
      return [{ key }]
    })
    return c.json((await loadDimensions(app, staff, wanted, days, params.limit)).map(toDimension))
  },
)

figures.post(
  '/retention',
  reads,
  params({ start_at: moment().optional(), end_at: moment().optional(), frequency: text().optional() }),
  async (c) => {
    const { app, staff, params } = c.var
    const [start, end] = [required(params.start_at, 'start_at'), required(params.end_at, 'end_at')]
    // As with Mastodon, anything else means days.
    const frequency = params.frequency === 'month' ? 'month' : 'day'
    return c.json((await loadRetention(app.db, staff, start, end, frequency)).map(toCohort))
  },
)

function required(value: Date | undefined, name: string): Date {
  if (!value) throw new ApiError(400, `param is missing or the value is empty: ${name}`)
  return value
}

/** The known ones among the keys, each once. Mastodon ignores others, too. */
const known = <Key extends MeasureKey | DimensionKey>(asked: readonly string[], keys: readonly Key[]): Key[] =>
  [...new Set(asked)].flatMap((name) => keys.filter((key) => key === name))

/** A figure without what it is about is left out, as with Mastodon. */
const aboutTag = (about: Subject): TagId[] => (about?.id && isId(about.id) ? [about.id as TagId] : [])

function aboutServer(about: Subject): string[] {
  const domain = normalizeDomain(about?.domain ?? '')
  return domain === null ? [] : [domain]
}
