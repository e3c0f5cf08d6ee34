/**
 * Scopes: what a token allows. They form a tree: `read` covers every `read:…`. `follow` covers reading and writing
 * relationships.
 */
import { hasPermission, isStaff, type Permission } from '../roles/permissions.ts'

export const scopes = [
  'profile',
  'read',
  'read:accounts',
  'read:blocks',
  'read:bookmarks',
  'read:collections',
  'read:favourites',
  'read:filters',
  'read:follows',
  'read:lists',
  'read:mutes',
  'read:notifications',
  'read:search',
  'read:statuses',
  'write',
  'write:accounts',
  'write:blocks',
  'write:bookmarks',
  'write:collections',
  'write:conversations',
  'write:favourites',
  'write:filters',
  'write:follows',
  'write:lists',
  'write:media',
  'write:mutes',
  'write:notifications',
  'write:reports',
  'write:statuses',
  'follow',
  'push',
  'admin:read',
  'admin:read:accounts',
  'admin:read:reports',
  'admin:read:domain_allows',
  'admin:read:domain_blocks',
  'admin:read:ip_blocks',
  'admin:read:email_domain_blocks',
  'admin:read:canonical_email_blocks',
  'admin:write',
  'admin:write:accounts',
  'admin:write:reports',
  'admin:write:domain_allows',
  'admin:write:domain_blocks',
  'admin:write:ip_blocks',
  'admin:write:email_domain_blocks',
  'admin:write:canonical_email_blocks',
] as const
export type Scope = (typeof scopes)[number]

/**
 * Old scopes of Mastodon whose routes no longer exist. Apps may ask for them; the response says that they were not
 * granted.
 */
const notServed: readonly string[] = ['crypto']

/** The scopes of a request that names none. */
export const defaultScopes: readonly Scope[] = ['read']

const ofFollow = /^(read|write):(blocks|follows|mutes)$/

/**
 * The scopes in a parameter, without duplicates. They are separated by spaces, or by `+` when an app encoded them twice.
 * Scopes of `notServed` are left out. Null when a scope does not exist, or none is left.
 */
export function parseScopes(text: string): Scope[] | null {
  const names = [...new Set(text.split(/[\s+]+/).filter((name) => name !== '' && !notServed.includes(name)))]
  return names.length > 0 && names.every(isScope) ? names : null
}

export const isScope = (name: string): name is Scope => (scopes as readonly string[]).includes(name)

/** Whether the granted scopes include a scope. */
export function coversScopes(granted: readonly string[], wanted: Scope): boolean {
  return granted.some(
    (scope) => scope === wanted || wanted.startsWith(`${scope}:`) || (scope === 'follow' && ofFollow.test(wanted)),
  )
}

/** The permission that each part of the administration takes. */
const permissionFor: Record<string, Permission> = {
  accounts: 'manage_users',
  reports: 'manage_reports',
  domain_allows: 'manage_federation',
  domain_blocks: 'manage_federation',
  ip_blocks: 'manage_blocks',
  email_domain_blocks: 'manage_blocks',
  canonical_email_blocks: 'manage_blocks',
}

/**
 * The scopes that a person with some permissions can grant to an app. All staff can grant the whole administration: what the app then
 * may do follows the person's role.
 */
export function grantable(wanted: readonly Scope[], permissions: bigint): Scope[] {
  return wanted.filter((scope) => {
    const [section, , part] = scope.split(':')
    if (section !== 'admin') return true
    const needed = part === undefined ? null : permissionFor[part]
    return needed ? hasPermission(permissions, needed) : isStaff(permissions)
  })
}
