import { commandLine } from '#src/accounts/roles/staff.ts'
import { type AccountView, loadAccountViews } from '#src/accounts/views.ts'
import { type HostView, listHosts, maxCounted, resumeHost, retryHost, stopHost } from '#src/outgoing/hosts.ts'
import type { App } from '#src/platform/app.ts'
import { Refusal } from '#src/platform/errors.ts'
import { parseHandle } from '#src/platform/handle.ts'
import type { RemoteFind } from '#src/platform/remote.ts'
import { type CollectionView, loadCollectionViews } from '#src/reading/collections/views.ts'
import { loadStatusView, type StatusView } from '#src/statuses/views/views.ts'
import { htmlToText } from '#src/text/html/to-text.ts'
import { remoteLookup } from '../../federation/fetching/lookup.ts'
import { UsageError } from '../exit.ts'
import { wholeNumber } from '../numbers.ts'
import { type Result, withApp } from '../session.ts'

/** `federation lookup` */
export function lookup(query: string, options: { json?: boolean }): Promise<void> {
  return withApp(
    options.json ?? false,
    async (app) => {
      const isHandle = parseHandle(query) !== null
      if (!isHandle && !/^https?:\/\//.test(query))
        throw new UsageError(`${query} is neither a handle such as bob@remote.example nor a URL`)
      const found = isHandle ? await accountOf(app, query) : await app.remote.url(query)
      const result = found && (await shown(app, found))
      if (!result) throw new Refusal('not_found', `${query} was not found`)
      return result
    },
    remoteLookup,
  )
}

function shown(app: App, found: RemoteFind): Promise<Result | null> {
  if (found.type === 'account') return account(app, found.id)
  return found.type === 'status' ? status(app, found.id) : collection(app, found.id)
}

async function accountOf(app: App, handle: string) {
  const id = await app.remote.account(handle)
  return id && ({ type: 'account', id } as const)
}

async function account(app: App, id: AccountView['id']): Promise<Result | null> {
  const [view] = await loadAccountViews(app.db, [id])
  if (!view) return null
  const { acct, displayName, uri, url, actorType, isLocked, isLocal, inboxUrl, suspendedAt } = view
  return toResult({
    type: 'account',
    id,
    acct,
    displayName,
    uri,
    url,
    actorType,
    isLocal,
    isLocked,
    isSuspended: suspendedAt !== null,
    inboxUrl,
  })
}

async function status(app: App, id: StatusView['id']): Promise<Result | null> {
  const view = await loadStatusView(app.db, null, id)
  if (!view) return null
  const { uri, url, visibility, createdAt, content, account } = view
  return toResult({
    type: 'status',
    id,
    uri,
    url,
    author: account.acct,
    visibility,
    createdAt: createdAt.toISOString(),
    text: htmlToText(content),
  })
}

async function collection(app: App, id: CollectionView['id']): Promise<Result | null> {
  const [view] = await loadCollectionViews(app.db, null, [id])
  if (!view) return null
  const { uri, url, name, updatedAt, items } = view
  return toResult({ type: 'collection', id, uri, url, name, updatedAt: updatedAt.toISOString(), people: items.length })
}

const toResult = (data: Record<string, unknown>): Result => ({
  data,
  lines: Object.entries(data).map(([key, value]) => `${key}: ${String(value)}`),
})

/** `federation hosts` */
export function hosts(options: { json?: boolean; failing?: boolean; limit: string }): Promise<void> {
  return withApp(options.json ?? false, async (app) => {
    const found = await listHosts(app.db, {
      isFailing: options.failing ?? false,
      limit: wholeNumber('--limit', options.limit, 1, 1_000_000),
    })
    return { data: found, lines: found.map(hostLine) }
  })
}

function hostLine({
  host,
  pending,
  oldestAt,
  failures,
  nextTryAt,
  stoppedAt,
  lastSuccessAt,
  lastError,
  signature,
}: HostView): string {
  return [
    host,
    `${pending}${pending >= maxCounted ? ' or more' : ''} waiting${oldestAt ? ` since ${oldestAt.toISOString()}` : ''}`,
    ...(stoppedAt
      ? [`stopped on ${stoppedAt.toISOString()}`]
      : nextTryAt
        ? [`next try ${nextTryAt.toISOString()}`]
        : []),
    ...(failures > 0 ? [`${failures} failures in a row: ${lastError ?? ''}`] : []),
    lastSuccessAt ? `last reached ${lastSuccessAt.toISOString()}` : 'never reached',
    signature,
  ].join('  ')
}

/** `federation retry`, `federation stop`, `federation resume` */
export function decide(verb: 'retry' | 'stop' | 'resume', host: string, options: { json?: boolean }): Promise<void> {
  const [run, done] = {
    retry: [retryHost, 'is sent now what waits for it'],
    stop: [stopHost, 'is sent nothing until deliveries are resumed'],
    resume: [resumeHost, 'is sent everything again'],
  }[verb] as [typeof retryHost, string]
  return withApp(options.json ?? false, async (app) => {
    const name = host.toLowerCase()
    await app.db.transaction((tx) => run(tx, commandLine, name))
    return { data: { host: name }, lines: [`${name} ${done}`] }
  })
}
