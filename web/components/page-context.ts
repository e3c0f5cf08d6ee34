import { createContext, useContext } from 'hono/jsx'
import type { AccountStatus } from '#src/accounts/sessions/account-status.ts'
import type { Viewer } from '#src/accounts/sessions/sessions.ts'
import type { AccountView } from '#src/accounts/views.ts'
import type { Uris } from '#src/platform/uris.ts'
import type { InstanceSettings } from '#src/rules/settings.ts'

/** What all parts of a page may need to know of it. */
export type PageContext = {
  settings: Pick<InstanceSettings, 'title' | 'description' | 'registrations'>
  origin: string
  /** Host in handles of this server. */
  handleHost: string
  /** Path and query, to come back to after a form or a log-in. */
  here: string
  now: Date
  /** Where to see a file of another server. */
  remoteFile: Uris['remoteFile']
  /** Who acts, with what the navigation tells; null for visitors. */
  me: { viewer: Viewer; account: AccountView; unread: number; followRequests: number } | null
  /** Of somebody who is logged in: what they may do. */
  standing: AccountStatus | null
  formToken(): string
}

const Page = createContext<PageContext | null>(null)
export const PageProvider = Page.Provider

/** The page that a component is part of. */
export function usePage(): PageContext {
  const page = useContext(Page)
  if (!page) throw new Error('Rendered outside of a page')
  return page
}
