/** The table of a profile: what its person typed, as safe HTML, and which of its links were found to link back. */
import type { ProfileField } from '../../platform/db/schema/accounts.ts'
import { Refusal } from '../../platform/errors.ts'
import type { Uris } from '../../platform/uris.ts'
import { countCharacters } from '../../rules/count.ts'
import { limits } from '../../rules/limits.ts'
import { cleanName, plainText } from '../../text/clean.ts'
import { renderFieldValue } from '../../text/render.ts'

export type FieldInput = { name: string; value: string }

/**
 * Fields as they are kept; blank ones are left out.
 *
 * @throws Refusal `invalid` for too many, too long ones, and those without a name
 */
export function toFields(uris: Uris, given: FieldInput[]): ProfileField[] {
  const filled = given
    .map(({ name, value }) => ({ name: cleanName(name, 1_000), value: plainText(value).trim() }))
    .filter(({ name, value }) => name !== '' || value !== '')
  if (filled.length > limits.account.maxFields)
    throw new Refusal('invalid', `At most ${limits.account.maxFields} fields`)
  if (filled.some(({ name }) => name === '')) throw new Refusal('invalid', 'Fields contains values with missing labels')
  return filled.map(({ name, value }) => ({
    name: bounded('Field name', name, limits.account.maxFieldNameLength),
    value: renderFieldValue(bounded('Field value', value, limits.account.maxFieldValueLength), {
      mentions: new Map(),
      tagUrl: uris.tag,
    }),
    source: value,
    verifiedAt: null,
  }))
}

function bounded(what: string, text: string, max: number): string {
  if (countCharacters(text) > max) throw new Refusal('invalid', `${what} is too long: at most ${max} characters`)
  return text
}

/** The new fields; a link that was verified before stays so, wherever it stands now and whatever it is called. */
export function keepVerified(fields: ProfileField[], before: readonly ProfileField[]): ProfileField[] {
  const verified = new Map(before.flatMap(({ value, verifiedAt }) => (verifiedAt ? [[value, verifiedAt]] : [])))
  return fields.map((field) => ({ ...field, verifiedAt: verified.get(field.value) ?? null }))
}

export const hasUnverifiedLinks = (fields: readonly ProfileField[]): boolean =>
  fields.some((field) => !field.verifiedAt && fieldLink(field) !== null)

/** The URL of a field that is one link and nothing else; null for all others, which can't be verified. */
export function fieldLink({ value }: Pick<ProfileField, 'value'>): string | null {
  const [, attributes, text] =
    /^\s*(?:<p>\s*)?<a ([^>]*)>((?:(?!<\/?a[ >]).)*)<\/a>\s*(?:<\/p>\s*)?$/s.exec(value) ?? []
  const [, href] = /(?:^| )href="(https?:\/\/[^"]*)"/i.exec(attributes ?? '') ?? []
  // Mentions and hashtags are links, too, of pages that say nothing of this account.
  if (href === undefined || text === undefined || /(?:^| )class="[^"]*\b(?:mention|hashtag)\b/.test(attributes ?? ''))
    return null
  return href.replaceAll('&amp;', '&')
}
