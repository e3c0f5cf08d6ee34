import { createContext, useContext } from 'hono/jsx'
import type { AccountStatus } from '#src/accounts/sessions/account-status.ts'
import type { SessionViewer } from '#src/accounts/sessions/sessions.ts'
import type { AccountView } from '#src/accounts/views.ts'
import type { Uris } from '#src/platform/uris.ts'
import type { Notice } from '#src/reading/announcements/unread.ts'
import type { TopTag } from '#src/reading/trends/top.ts'
import type { InstanceSettings } from '#src/rules/settings.ts'
import type { Formats } from '#src/text/formats.ts'
import type { Messages } from '#src/text/messages.ts'
import type { IconName } from './drawings.ts'

/** Data of a page that any of its components may need. */
export type PageContext = {
  settings: Pick<InstanceSettings, 'title' | 'description' | 'registrations' | 'showsTransparency'>
  origin: string
  /** Host of this server's handles. */
  handleHost: string
  /** Path and query, to return to after a form or a log-in. */
  here: string
  now: Date
  messages: Messages
  /** Dates and numbers in the reader's language and time zone. */
  formats: Formats
  /** Whether the reader's time zone is known; otherwise the formats use UTC, and a script does better. */
  knowsTimeZone: boolean
  /** The URL for showing a remote file. */
  remoteFile: Uris['remoteFile']
  /** The viewer, with the counts of the navigation; null for visitors. `applicants`, open `reports`, and `appeals` with due
   *  reviews: 0 for all but moderators. */
  me: {
    viewer: SessionViewer
    account: AccountView
    unread: number
    approvals: number
    /** Unread ones. */
    conversations: number
    applicants: number
    appeals: number
    reports: number
    /** The announcements that they have not dismissed, newest first. */
    announcements: Notice[]
  } | null
  /** What the right column shows on pages for reading; null on others. */
  rail: { tags: TopTag[]; people: AccountView[] } | null
  /** The accounts that this browser can switch to. */
  others: AccountView[]
  /** Status of the logged-in account, which decides what it may do; null for visitors. */
  accountStatus: AccountStatus | null
  /** The preferences of the logged-in person; the defaults for visitors. */
  preferences: Pick<
    SessionViewer,
    'appearance' | 'textSize' | 'mediaDisplay' | 'expandsWarnings' | 'autoplaysLoops' | 'usesSingleKeys'
  >
  /** Whether this server can translate posts in a language into that of the page. */
  translates(language: string): boolean
  /** Whether the answer refuses the form that was sent. */
  isRefused: boolean
  formToken(): string
  /**
   * Collects elements that the body refers to and that the page has once: drawings, the form of actions, the script of files, and how long a client has to wait
   * that tried too often.
   */
  used: { icons: Set<IconName | 'bird'>; hasActions: boolean; hasFiles: boolean; waitSeconds: number | null }
}

const Page = createContext<PageContext | null>(null)
export const PageProvider = Page.Provider

/** The page that a component is part of. */
export function usePage(): PageContext {
  const page = useContext(Page)
  if (!page) throw new Error('Rendered outside of a page')
  return page
}

/** The messages in the reader's language, for components. */
export const useMessages = (): Messages => usePage().messages

/** Dates and numbers in the reader's language and time zone, for components. */
export const useFormats = (): Formats => usePage().formats

/** Whether the account keeps if single keys are shortcuts. The browser of visitors does so, and of people who may not change theirs. */
export function useKeepsSingleKeys(): boolean {
  const { accountStatus } = usePage()
  return accountStatus === 'active' || accountStatus === 'moved'
}
