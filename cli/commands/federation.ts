import { type AccountView, loadAccountViews } from '#src/accounts/views.ts'
import type { App } from '#src/app.ts'
import { Refusal } from '#src/errors.ts'
import { htmlToText } from '#src/html/to-text.ts'
import { loadStatusView, type StatusView } from '#src/statuses/views.ts'
import { parseHandle } from '#src/text/handle.ts'
import { remoteLookup } from '../../federation/lookup.ts'
import { UsageError } from '../exit.ts'
import { type Result, withApp } from '../session.ts'

/** `federation lookup` */
export function lookup(query: string, options: { json?: boolean }): Promise<void> {
  return withApp(
    options.json ?? false,
    async (app) => {
      const isHandle = parseHandle(query) !== null
      if (!isHandle && !/^https?:\/\//.test(query)) throw new UsageError(`${query} is neither a handle such as bob@remote.example nor a URL`)
      const found = isHandle ? await accountOf(app, query) : await app.remote.url(query)
      const result = found && (found.type === 'account' ? await account(app, found.id) : await status(app, found.id))
      if (!result) throw new Refusal('not_found', `${query} was not found`)
      return result
    },
    remoteLookup,
  )
}

async function accountOf(app: App, handle: string) {
  const id = await app.remote.account(handle)
  return id && ({ type: 'account', id } as const)
}

async function account(app: App, id: AccountView['id']): Promise<Result | null> {
  const [view] = await loadAccountViews(app.db, [id])
  if (!view) return null
  const { acct, displayName, uri, url, actorType, isLocked, isLocal, inboxUrl, suspendedAt } = view
  return toResult({ type: 'account', id, acct, displayName, uri, url, actorType, isLocal, isLocked, isSuspended: suspendedAt !== null, inboxUrl })
}

async function status(app: App, id: StatusView['id']): Promise<Result | null> {
  const view = await loadStatusView(app.db, null, id)
  if (!view) return null
  const { uri, url, visibility, createdAt, content, account } = view
  return toResult({ type: 'status', id, uri, url, author: account.acct, visibility, createdAt: createdAt.toISOString(), text: htmlToText(content) })
}

const toResult = (data: Record<string, unknown>): Result => ({ data, lines: Object.entries(data).map(([key, value]) => `${key}: ${String(value)}`) })
