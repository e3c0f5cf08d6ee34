import { commandLine } from '#src/accounts/roles/staff.ts'
import type { App } from '#src/platform/app.ts'
import { Refusal } from '#src/platform/errors.ts'
import { computeTrends } from '#src/reading/trends/compute.ts'
import { decideTrend, scoredLinks, scoredTags, trendNamed } from '#src/reading/trends/review.ts'
import { scoredStatuses } from '#src/statuses/trendable.ts'
import { loadStatusViews } from '#src/statuses/views/views.ts'
import { htmlToText } from '#src/text/html/to-text.ts'
import { wholeNumber } from '../numbers.ts'
import { withApp } from '../session.ts'

type Listed = {
  kind: 'tag' | 'link' | 'status'
  id: string
  name: string
  url: string
  decision: 'approved' | 'rejected' | null
  isShown: boolean
}

/** `trends list` */
export function list(options: { json?: boolean; limit: string; compute?: boolean }): Promise<void> {
  return withApp(options.json ?? false, async (app) => {
    const limit = wholeNumber('--limit', options.limit, 1, 200)
    if (options.compute) await computeTrends(app.db)
    const found = await listed(app, limit)
    return {
      data: found,
      lines: found.map(
        ({ kind, name, url, decision, isShown }) =>
          `${kind}\t${name}\t${url}\t${decision ?? 'not reviewed'}${isShown ? '' : ', hidden'}`,
      ),
    }
  })
}

/** `trends approve` and `trends reject` */
export function decide(what: string, isTrendable: boolean, options: { json?: boolean }): Promise<void> {
  return withApp(options.json ?? false, async (app) => {
    const trend = await trendNamed(app.db, commandLine, app.uris, what)
    if (!trend) throw new Refusal('not_found', `${what} is no hashtag, link or public post that is known here`)
    await app.db.transaction((tx) => decideTrend(tx, commandLine, trend, isTrendable))
    return { data: { ...trend, isTrendable }, lines: [`${what} ${isTrendable ? 'may trend' : 'will not trend'}`] }
  })
}

async function listed({ db, uris }: App, limit: number): Promise<Listed[]> {
  const [tags, links, statuses] = [
    await scoredTags(db, commandLine, uris, limit),
    await scoredLinks(db, commandLine, limit),
    await scoredStatuses(db, commandLine, limit),
  ]
  const views = await loadStatusViews(
    db,
    null,
    statuses.map(({ id }) => id),
  )
  const decided = ({ decision }: { decision: boolean | null }): Listed['decision'] =>
    decision === null ? null : decision ? 'approved' : 'rejected'
  return [
    ...tags.map((tag) => ({
      kind: 'tag' as const,
      id: tag.id,
      name: `#${tag.name}`,
      url: tag.url,
      decision: decided(tag),
      isShown: tag.isShown,
    })),
    ...links.map((link) => ({
      kind: 'link' as const,
      id: link.id,
      name: link.name,
      url: link.url,
      decision: decided(link),
      isShown: link.isShown,
    })),
    ...statuses.flatMap((status) => {
      const view = views.find(({ id }) => id === status.id)
      const name = view && `@${view.account.acct}: ${htmlToText(view.content).replaceAll(/\s+/g, ' ').slice(0, 60)}`
      return view && name
        ? [
            {
              kind: 'status' as const,
              id: view.id,
              name,
              url: view.url,
              decision: decided(status),
              isShown: status.isShown,
            },
          ]
        : []
    }),
  ]
}
