/** What the claims of a provider mean here: who a person is, whether they may come, and their role. */
import type { ProviderSettings } from '../../platform/provider-config.ts'
import { limits } from '../../rules/limits.ts'
import { cleanName } from '../../text/clean.ts'
import { refuse } from '../../text/refusals.ts'
import { isMailAddress } from '../sign-up/register.ts'
import type { ProvidersWord } from './protocol.ts'

/** A person as a provider knows them. Issuer and subject are who they are; everything else may change. */
export type ProviderPerson = {
  issuer: string
  subject: string
  email: string | null
  isEmailVerified: boolean
  /** A suggestion. */
  username: string | null
  /** What to call the provider's account. */
  label: string | null
  /** The role that the provider gives; null if it gives none. */
  role: 'user' | 'moderator' | 'admin' | null
}

type Claims = Readonly<Record<string, unknown>>

/**
 * The person that a provider's word is about.
 *
 * @throws Refusal `not_permitted` if the settings don't let them come
 */
export function personOf(provider: ProviderSettings, { issuer, claims: own, userinfo }: ProvidersWord): ProviderPerson {
  const subject = own.sub
  if (subject === '' || subject.length > 255 || /\p{C}/u.test(subject)) throw new Error('The subject can’t be stored')
  const claims: Claims = { ...own, ...userinfo }
  const { email, isEmailVerified } = addressIn(userinfo?.['email'] === undefined ? own : userinfo)
  if (!mayCome(provider, claims, isEmailVerified ? email : null))
    throw refuse('not_permitted', 'providerNotForYou', { provider: provider.label })
  const username = textIn(claims, 'preferred_username')
  return {
    issuer,
    subject,
    email,
    isEmailVerified,
    username: suggestionOf(username ?? email),
    label: cleanName(email ?? username ?? textIn(claims, 'name') ?? '', 100) || null,
    role: roleOf(provider, claims),
  }
}

/** An address and its verification, from the same document: one may vouch for another address than the other has. */
function addressIn(claims: Claims): { email: string | null; isEmailVerified: boolean } {
  const email = textIn(claims, 'email')
  const isAddress = email !== null && isMailAddress(email)
  return { email: isAddress ? email : null, isEmailVerified: isAddress && claims['email_verified'] === true }
}

/** @param verified the mail address, if it is verified */
function mayCome({ domains, groups, groupsClaim }: ProviderSettings, claims: Claims, verified: string | null): boolean {
  const domain = verified?.split('@')[1]?.toLowerCase()
  if (domains.length > 0 && !(domain && domains.includes(domain))) return false
  const own = valuesIn(claims, groupsClaim)
  return groups.length === 0 || groups.some((group) => own.includes(group))
}

/** The highest role that a value of the claim gives; `user` without one. Null if the provider gives no roles. */
function roleOf({ roles, rolesClaim }: ProviderSettings, claims: Claims): ProviderPerson['role'] {
  if (roles.length === 0) return null
  const own = valuesIn(claims, rolesClaim)
  const given = roles.filter(({ value }) => own.includes(value)).map(({ role }) => role)
  return given.includes('admin') ? 'admin' : given.includes('moderator') ? 'moderator' : 'user'
}

/** The values of a claim, a list or a single one. A name with dots is also a path, as in `realm_access.roles`. */
function valuesIn(claims: Claims, name: string): string[] {
  const value = Object.hasOwn(claims, name) ? claims[name] : valueAt(claims, name.split('.'))
  return [value].flat().filter((one) => typeof one === 'string')
}

function valueAt(value: unknown, [first, ...rest]: string[]): unknown {
  if (first === undefined) return value
  return typeof value === 'object' && value !== null && Object.hasOwn(value, first)
    ? valueAt((value as Claims)[first], rest)
    : undefined
}

function textIn(claims: Claims, name: string): string | null {
  const value = claims[name]
  return typeof value === 'string' && value !== '' && value.length <= 1_000 ? value : null
}

/** A username that the forms here take, for a name or address elsewhere. */
function suggestionOf(name: string | null): string | null {
  const local = (name ?? '').split('@')[0]?.toLowerCase() ?? ''
  const letters = local.normalize('NFKD').replace(/\p{M}/gu, '')
  return (
    letters
      .replace(/[^a-z0-9_]+/g, '_')
      .slice(0, limits.account.maxUsernameLength)
      .replace(/^_|_$/g, '') || null
  )
}
