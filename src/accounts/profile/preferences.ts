/** A person's preferences: defaults of new posts, what timelines show, and how pages look. */
import { eq } from 'drizzle-orm'
import type { Tx } from '../../platform/db/index.ts'
import {
  appearances,
  descriptionRules,
  mediaDisplays,
  quotePolicies,
  textSizes,
  users,
} from '../../platform/db/schema/accounts.ts'
import { type FieldProblem, Refusal } from '../../platform/errors.ts'
import type { AccountId } from '../../platform/ids.ts'
import { locales } from '../../text/catalogue.ts'
import { knownLanguage } from '../../text/language-tag.ts'
import { problemWith } from '../../text/refusals.ts'

/** A person's settings for new statuses, timelines and mails; the API calls part of them `source`. */
export type Preferences = Pick<
  typeof users.$inferSelect,
  | 'defaultVisibility'
  | 'defaultSensitive'
  | 'defaultLanguage'
  | 'defaultFormat'
  | 'defaultQuotePolicy'
  | 'defaultInteractionPolicies'
  | 'undoSeconds'
  | 'descriptionRule'
  | 'mediaDisplay'
  | 'expandsWarnings'
  | 'appearance'
  | 'textSize'
  | 'locale'
  | 'timeZone'
  | 'groupsBoosts'
  | 'autoplaysLoops'
  | 'usesSingleKeys'
  | 'mailsMentions'
>

/** The values that a preference may have, for those with a fixed set of values. */
export const preferenceChoices = {
  defaultVisibility: ['public', 'unlisted', 'private'],
  defaultFormat: ['plain', 'markdown'],
  defaultQuotePolicy: quotePolicies,
  descriptionRule: descriptionRules,
  mediaDisplay: mediaDisplays,
  appearance: appearances,
  textSize: textSizes,
} as const satisfies { [Name in keyof Preferences]?: readonly Preferences[Name][] }

type Choice = keyof typeof preferenceChoices

/**
 * A change of preferences, as a form or an app sends it. An undefined member leaves its preference unchanged. The rules for
 * interactions are changed by `saveDefaultPolicies`.
 */
export type PreferenceChanges = {
  [Name in Exclude<keyof Preferences, 'defaultInteractionPolicies'>]?:
    | (Name extends Choice ? string : Preferences[Name])
    | undefined
}

const maxUndoSeconds = 120

/**
 * Changes preferences. All values are checked first, so that a wrong one changes nothing.
 *
 * @throws Refusal `invalid` with a problem for each wrong value. Its `field` is the name of the preference in snake case.
 */
export async function savePreferences(tx: Tx, accountId: AccountId, changes: PreferenceChanges): Promise<void> {
  const values = checkedPreferences(changes)
  if (Object.keys(values).length > 0) await tx.update(users).set(values).where(eq(users.accountId, accountId))
}

function checkedPreferences(changes: PreferenceChanges): Partial<Preferences> {
  const given = Object.fromEntries(
    Object.entries(changes).filter(([, value]) => value !== undefined),
  ) as Partial<Preferences>
  const problems: FieldProblem[] = []
  const wrong = (name: keyof Preferences, ...about: ProblemWords) => problems.push(problemWith(snake(name), ...about))

  for (const [name, values] of Object.entries(preferenceChoices) as [Choice, readonly string[]][])
    if (given[name] !== undefined && !values.includes(given[name])) wrong(name, 'ERR_INCLUSION', 'notOffered')
  const { undoSeconds, defaultLanguage, locale, timeZone } = given
  if (
    undoSeconds !== undefined &&
    !(Number.isInteger(undoSeconds) && undoSeconds >= 0 && undoSeconds <= maxUndoSeconds)
  )
    wrong('undoSeconds', 'ERR_INCLUSION', 'undoSeconds', { max: maxUndoSeconds })
  if (defaultLanguage) {
    const language = knownLanguage(defaultLanguage)
    if (language) given.defaultLanguage = language
    else wrong('defaultLanguage', 'ERR_INCLUSION', 'notOffered')
  }
  if (locale && !locales.some((known) => known === locale)) wrong('locale', 'ERR_INCLUSION', 'notOffered')
  if (timeZone) {
    const zone = canonicalTimeZone(timeZone)
    if (zone) given.timeZone = zone
    else wrong('timeZone', 'ERR_INCLUSION', 'timeZone')
  }
  if (problems.length > 0)
    throw new Refusal('invalid', problems.map(({ field, message }) => `${field} ${message}`).join(', '), problems)
  return given
}

type ProblemWords = Parameters<typeof problemWith> extends [string, ...infer Words] ? Words : never

const snake = (name: string): string => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)

/** The usual name of a time zone of the tz database: `Asia/Calcutta` for `Asia/Kolkata`. Null for an unknown zone. */
function canonicalTimeZone(name: string): string | null {
  // `Intl` takes offsets such as `+02:00`, too, which ignore summer time.
  if (!/^[A-Za-z][\w+-]*(?:\/[\w+-]+){0,2}$/.test(name)) return null
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone
  } catch (error) {
    if (error instanceof RangeError) return null
    throw error
  }
}
