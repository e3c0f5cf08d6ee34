/** The table of profile fields: the text as typed, as safe HTML, and the time at which a link was verified. */
import type { ProfileField } from '../../platform/db/schema/accounts.ts'
import type { Uris } from '../../platform/uris.ts'
import { limits } from '../../rules/limits.ts'
import { cleanName, plainText } from '../../text/clean.ts'
import { refuse } from '../../text/refusals.ts'
import { renderFieldValue } from '../../text/render.ts'
import { bounded } from './bounded.ts'

export type FieldInput = { name: string; value: string }

/**
 * Fields as they are stored, without blank ones.
 *
 * @throws Refusal `invalid` for too many fields, a field that is too long, and a field without a name
 */
export function toFields(uris: Uris, input: FieldInput[]): ProfileField[] {
  const filled = input
    .map(({ name, value }) => ({ name: cleanName(name, 1_000), value: plainText(value).trim() }))
    .filter(({ name, value }) => name !== '' || value !== '')
  if (filled.length > limits.account.maxFields)
    throw refuse('invalid', 'tooManyFields', { max: limits.account.maxFields })
  if (filled.some(({ name }) => name === '')) throw refuse('invalid', 'fieldWithoutLabel')
  return filled.map(({ name, value }) => ({
    name: bounded('fieldName', name, limits.account.maxFieldNameLength),
    value: renderFieldValue(bounded('fieldValue', value, limits.account.maxFieldValueLength), {
      mentions: new Map(),
      tagUrl: uris.tag,
    }),
    source: value,
    verifiedAt: null,
  }))
}

/** The new fields. A link that was verified before stays verified, in any position and under any name. */
export function keepVerified(fields: ProfileField[], before: readonly ProfileField[]): ProfileField[] {
  const verified = new Map(before.flatMap(({ value, verifiedAt }) => (verifiedAt ? [[value, verifiedAt]] : [])))
  return fields.map((field) => ({ ...field, verifiedAt: verified.get(field.value) ?? null }))
}

export const hasUnverifiedLinks = (fields: readonly ProfileField[]): boolean =>
  fields.some((field) => !field.verifiedAt && fieldLink(field) !== null)

/** The URL of a field that consists of one link; null for all other fields, which can't be verified. */
export function fieldLink({ value }: Pick<ProfileField, 'value'>): string | null {
  const [, attributes, text] =
    /^\s*(?:<p>\s*)?<a ([^>]*)>((?:(?!<\/?a[ >]).)*)<\/a>\s*(?:<\/p>\s*)?$/s.exec(value) ?? []
  const [, href] = /(?:^| )href="(https?:\/\/[^"]*)"/i.exec(attributes ?? '') ?? []
  // Mentions and hashtags are links, too, but to pages that can't vouch for this account.
  if (href === undefined || text === undefined || /(?:^| )class="[^"]*\b(?:mention|hashtag)\b/.test(attributes ?? ''))
    return null
  return href.replaceAll('&amp;', '&')
}
