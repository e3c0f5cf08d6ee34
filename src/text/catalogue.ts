/**
 * The catalogue of messages: texts of pages and mails in ICU MessageFormat. A file an area in `locales/<language>/`; the key of
 * a message is `area.name`. English is complete, and the type of the keys comes from it.
 *
 * @see https://unicode-org.github.io/icu/userguide/format_parse/messages/
 */
import { readdirSync, readFileSync } from 'node:fs'
import about from '../../locales/en/about.json' with { type: 'json' }
import accessTokens from '../../locales/en/access-tokens.json' with { type: 'json' }
import accountList from '../../locales/en/account-list.json' with { type: 'json' }
import accountStatus from '../../locales/en/account-status.json' with { type: 'json' }
import admin from '../../locales/en/admin.json' with { type: 'json' }
import announcements from '../../locales/en/announcements.json' with { type: 'json' }
import approvals from '../../locales/en/approvals.json' with { type: 'json' }
import audit from '../../locales/en/audit.json' with { type: 'json' }
import bookmarks from '../../locales/en/bookmarks.json' with { type: 'json' }
import boost from '../../locales/en/boost.json' with { type: 'json' }
import captcha from '../../locales/en/captcha.json' with { type: 'json' }
import catchUp from '../../locales/en/catch-up.json' with { type: 'json' }
import collections from '../../locales/en/collections.json' with { type: 'json' }
import common from '../../locales/en/common.json' with { type: 'json' }
import composer from '../../locales/en/composer.json' with { type: 'json' }
import confirm from '../../locales/en/confirm.json' with { type: 'json' }
import conversations from '../../locales/en/conversations.json' with { type: 'json' }
import decisions from '../../locales/en/decisions.json' with { type: 'json' }
import delivery from '../../locales/en/delivery.json' with { type: 'json' }
import discover from '../../locales/en/discover.json' with { type: 'json' }
import drafts from '../../locales/en/drafts.json' with { type: 'json' }
import errors from '../../locales/en/errors.json' with { type: 'json' }
import files from '../../locales/en/files.json' with { type: 'json' }
import filters from '../../locales/en/filters.json' with { type: 'json' }
import firstSteps from '../../locales/en/first-steps.json' with { type: 'json' }
import history from '../../locales/en/history.json' with { type: 'json' }
import home from '../../locales/en/home.json' with { type: 'json' }
import intents from '../../locales/en/intents.json' with { type: 'json' }
import interact from '../../locales/en/interact.json' with { type: 'json' }
import invites from '../../locales/en/invites.json' with { type: 'json' }
import keyboard from '../../locales/en/keyboard.json' with { type: 'json' }
import layout from '../../locales/en/layout.json' with { type: 'json' }
import lists from '../../locales/en/lists.json' with { type: 'json' }
import live from '../../locales/en/live.json' with { type: 'json' }
import mailAddress from '../../locales/en/mail-address.json' with { type: 'json' }
import mail from '../../locales/en/mail.json' with { type: 'json' }
import measures from '../../locales/en/measures.json' with { type: 'json' }
import moderation from '../../locales/en/moderation.json' with { type: 'json' }
import notices from '../../locales/en/notices.json' with { type: 'json' }
import notifications from '../../locales/en/notifications.json' with { type: 'json' }
import oauth from '../../locales/en/oauth.json' with { type: 'json' }
import passkeys from '../../locales/en/passkeys.json' with { type: 'json' }
import password from '../../locales/en/password.json' with { type: 'json' }
import plot from '../../locales/en/plot.json' with { type: 'json' }
import policy from '../../locales/en/policy.json' with { type: 'json' }
import preferences from '../../locales/en/preferences.json' with { type: 'json' }
import profileSettings from '../../locales/en/profile-settings.json' with { type: 'json' }
import profile from '../../locales/en/profile.json' with { type: 'json' }
import prove from '../../locales/en/prove.json' with { type: 'json' }
import providers from '../../locales/en/providers.json' with { type: 'json' }
import rail from '../../locales/en/rail.json' with { type: 'json' }
import reactions from '../../locales/en/reactions.json' with { type: 'json' }
import readPrivate from '../../locales/en/read-private.json' with { type: 'json' }
import refusals from '../../locales/en/refusals.json' with { type: 'json' }
import registrations from '../../locales/en/registrations.json' with { type: 'json' }
import relations from '../../locales/en/relations.json' with { type: 'json' }
import reportForm from '../../locales/en/report-form.json' with { type: 'json' }
import reports from '../../locales/en/reports.json' with { type: 'json' }
import roles from '../../locales/en/roles.json' with { type: 'json' }
import scheduled from '../../locales/en/scheduled.json' with { type: 'json' }
import scopes from '../../locales/en/scopes.json' with { type: 'json' }
import searchKinds from '../../locales/en/search-kinds.json' with { type: 'json' }
import search from '../../locales/en/search.json' with { type: 'json' }
import security from '../../locales/en/security.json' with { type: 'json' }
import sessions from '../../locales/en/sessions.json' with { type: 'json' }
import settings from '../../locales/en/settings.json' with { type: 'json' }
import setup from '../../locales/en/setup.json' with { type: 'json' }
import signIn from '../../locales/en/sign-in.json' with { type: 'json' }
import signUp from '../../locales/en/sign-up.json' with { type: 'json' }
import staffAccount from '../../locales/en/staff-account.json' with { type: 'json' }
import statusPeople from '../../locales/en/status-people.json' with { type: 'json' }
import status from '../../locales/en/status.json' with { type: 'json' }
import strikes from '../../locales/en/strikes.json' with { type: 'json' }
import switcher from '../../locales/en/switcher.json' with { type: 'json' }
import tags from '../../locales/en/tags.json' with { type: 'json' }
import thread from '../../locales/en/thread.json' with { type: 'json' }
import translation from '../../locales/en/translation.json' with { type: 'json' }
import transparency from '../../locales/en/transparency.json' with { type: 'json' }
import twoFactor from '../../locales/en/two-factor.json' with { type: 'json' }
import undo from '../../locales/en/undo.json' with { type: 'json' }
import unsubscribe from '../../locales/en/unsubscribe.json' with { type: 'json' }
import visibility from '../../locales/en/visibility.json' with { type: 'json' }
import webhooks from '../../locales/en/webhooks.json' with { type: 'json' }
import why from '../../locales/en/why.json' with { type: 'json' }
import year from '../../locales/en/year.json' with { type: 'json' }

const english = {
  about,
  accountList,
  accountStatus,
  admin,
  announcements,
  approvals,
  bookmarks,
  collections,
  catchUp,
  common,
  composer,
  confirm,
  conversations,
  decisions,
  discover,
  drafts,
  errors,
  files,
  filters,
  firstSteps,
  history,
  intents,
  home,
  interact,
  keyboard,
  layout,
  lists,
  live,
  mail,
  measures,
  notices,
  notifications,
  oauth,
  password,
  plot,
  policy,
  preferences,
  profile,
  profileSettings,
  reactions,
  readPrivate,
  refusals,
  registrations,
  scheduled,
  scopes,
  search,
  searchKinds,
  settings,
  setup,
  signIn,
  signUp,
  staffAccount,
  status,
  undo,
  unsubscribe,
  security,
  providers,
  rail,
  twoFactor,
  passkeys,
  sessions,
  accessTokens,
  mailAddress,
  invites,
  captcha,
  prove,
  switcher,
  strikes,
  tags,
  audit,
  moderation,
  relations,
  reportForm,
  reports,
  roles,
  boost,
  delivery,
  statusPeople,
  translation,
  why,
  thread,
  transparency,
  webhooks,
  year,
  visibility,
}

type Catalogue = typeof english
export type MessageKey = {
  [Area in keyof Catalogue]: `${Area}.${Extract<keyof Catalogue[Area], string>}`
}[keyof Catalogue]

/** Languages with a catalogue: the names of their folders, which are BCP 47 tags. */
export const locales = ['en'] as const
export type Locale = (typeof locales)[number]

/** The messages of a language by key. */
export const catalogues: Record<Locale, ReadonlyMap<string, string>> = Object.fromEntries<ReadonlyMap<string, string>>(
  locales.map((locale) => [locale, locale === 'en' ? flatten(english) : readCatalogue(locale)]),
) as Record<Locale, ReadonlyMap<string, string>>

/** Reads the files of a language: `sign-up.json` has the area `signUp`. */
export function readCatalogue(locale: string): Map<string, string> {
  const folder = new URL(`../../locales/${locale}/`, import.meta.url)
  const areas = readdirSync(folder)
    .filter((name) => name.endsWith('.json'))
    .map((name) => {
      const area = name.replace('.json', '').replace(/-(\w)/g, (_, letter: string) => letter.toUpperCase())
      return [area, JSON.parse(readFileSync(new URL(name, folder), 'utf8')) as Record<string, string>] as const
    })
  return flatten(Object.fromEntries(areas))
}

function flatten(areas: Record<string, Record<string, string>>): Map<string, string> {
  return new Map(
    Object.entries(areas).flatMap(([area, messages]) =>
      Object.entries(messages).map(([name, message]) => [`${area}.${name}`, message] as const),
    ),
  )
}
