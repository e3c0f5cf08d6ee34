import type { Refusal } from '#src/platform/errors.ts'

/** Fields of the form by their names in the refusal `profileTooLong`. */
const tooLong: Record<string, string> = {
  displayName: 'display_name',
  biography: 'note',
  avatarDescription: 'avatar_description',
  headerDescription: 'header_description',
}

/** The field of the profile's form that a refusal is about; undefined when the refusal doesn't say. */
export function refusedField(refusal: Refusal | null): string | undefined {
  const { key, values } = refusal?.text ?? {}
  if (key === 'profileTooLong') return tooLong[String(values?.['field'])]
  if (key === 'tooManyAttributionDomains' || key === 'attributionDomainInvalid') return 'attribution_domains'
  return undefined
}
