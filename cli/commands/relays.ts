import { addRelay, disableRelay, enableRelay, listRelays, removeRelay } from '#src/incoming/relays/manage.ts'
import type { App } from '#src/platform/app.ts'
import type { Tx } from '#src/platform/db/index.ts'
import { Refusal } from '#src/platform/errors.ts'
import { isId, type RelayId } from '#src/platform/ids.ts'
import { relayAt } from '../../federation/fetching/relays.ts'
import { UsageError } from '../exit.ts'
import { withApp } from '../session.ts'

type Global = { json?: boolean }

/** `relays add` */
export function add(url: string, options: Global & { litepub?: boolean }): Promise<void> {
  return withApp(options.json ?? false, async (app) => {
    const relay = await relayAt(app, url, options.litepub ? 'litepub' : 'mastodon')
    const id = await app.db.transaction((tx) => addRelay(tx, app.uris, relay))
    return {
      data: { id, ...relay },
      lines: [`Subscribed to the relay ${id} at ${relay.inboxUrl}`],
      notes: ['npx pipit relays list shows what it answers'],
    }
  })
}

/** `relays list` */
export function list(options: Global): Promise<void> {
  return withApp(options.json ?? false, async (app) => {
    const relays = await listRelays(app.db)
    return {
      data: relays,
      lines: relays.map(({ id, inboxUrl, protocol, state, lastError }) =>
        [id, state, protocol, inboxUrl, ...(lastError ? [`(${lastError})`] : [])].join('  '),
      ),
    }
  })
}

/** `relays enable` */
export const enable = (id: string, options: Global): Promise<void> =>
  change(id, options, 'Asked', (tx, app, relay) => enableRelay(tx, app.uris, relay))

/** `relays disable` */
export const disable = (id: string, options: Global): Promise<void> =>
  change(id, options, 'Ended', (tx, _app, relay) => disableRelay(tx, relay))

/** `relays remove` */
export const remove = (id: string, options: Global): Promise<void> =>
  change(id, options, 'Removed', (tx, _app, relay) => removeRelay(tx, relay))

function change(
  id: string,
  options: Global,
  done: string,
  work: (tx: Tx, app: App, id: RelayId) => Promise<void>,
): Promise<void> {
  return withApp(options.json ?? false, async (app) => {
    if (!isId(id)) throw new UsageError(`${id} is not an id; npx pipit relays list shows them`)
    try {
      await app.db.transaction((tx) => work(tx, app, id as RelayId))
    } catch (error) {
      if (error instanceof Refusal && error.code === 'not_found')
        throw new Refusal('not_found', `There is no relay ${id}`)
      throw error
    }
    return { data: { id }, lines: [`${done} the relay ${id}`] }
  })
}
