/** The settings of OpenID providers: `OIDC_<NAME>_ISSUER` and the like, for any number of names. */

const staffRoles = ['moderator', 'admin'] as const

/** An OpenID provider by whose accounts people log in. */
export type ProviderSettings = Readonly<{
  /** Its name in addresses, such as `acme` for `OIDC_ACME_ISSUER`. */
  name: string
  issuer: string
  clientId: string
  /** Undefined: a public client. */
  clientSecret: string | undefined
  /** Its name for people. */
  label: string
  scopes: string
  /** Domains of mail addresses, in lower case. Empty: people with any address may come. */
  domains: readonly string[]
  /** Values of the claim, one of which lets a person come. Empty: everybody may. */
  groups: readonly string[]
  groupsClaim: string
  /** Values of the claim that give a role. Empty: the provider gives no roles. */
  roles: readonly Readonly<{ role: (typeof staffRoles)[number]; value: string }>[]
  rolesClaim: string
  /** Whether its people get accounts whatever the instance's registrations are. */
  signsUpAlways: boolean
}>

const members = [
  'ISSUER',
  'CLIENT_ID',
  'CLIENT_SECRET',
  'LABEL',
  'SCOPES',
  'DOMAINS',
  'GROUPS',
  'GROUPS_CLAIM',
  'ROLES',
  'ROLES_CLAIM',
  'SIGNUP',
] as const
type Member = (typeof members)[number]

/** Paths below `/login/`, and settings that are not about one provider. */
const reserved = new Set(['ONLY', 'FACTOR', 'JOIN', 'OWNER', 'PASSKEY', 'PASSKEYS'])

/**
 * The providers that variables describe, in the order of their names.
 *
 * @param complain gets a problem: the name of the variable, and the rule that it breaks
 */
export function providersIn(
  variables: NodeJS.Dict<string>,
  complain: (variable: string, problem: string) => void,
): readonly ProviderSettings[] {
  const byName = new Map<string, Partial<Record<Member, string>>>()
  for (const [variable, value] of Object.entries(variables)) {
    if (!variable.startsWith('OIDC_') || variable === 'OIDC_ONLY' || value === undefined) continue
    const [, name = '', member = ''] = /^OIDC_([A-Z][A-Z0-9]{0,29})_([A-Z_]+)$/.exec(variable) ?? []
    if (!isMember(member)) {
      complain(variable, 'is no setting of a provider; its name consists of letters and digits, as in OIDC_ACME_ISSUER')
      continue
    }
    if (reserved.has(name)) complain(variable, `a provider can’t be named ${name}`)
    const known = byName.get(name) ?? {}
    known[member] = value
    byName.set(name, known)
  }
  const providers = [...byName]
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, values]) => providerOf(name, values, (member, problem) => complain(`OIDC_${name}_${member}`, problem)))
  const issuers = new Map<string, string>()
  for (const { name, issuer } of providers) {
    const first = issuers.get(issuer)
    if (first && issuer) complain(`OIDC_${name.toUpperCase()}_ISSUER`, `is the issuer of OIDC_${first}_ISSUER, too`)
    else issuers.set(issuer, name.toUpperCase())
  }
  return Object.freeze(providers)
}

const isMember = (text: string): text is Member => (members as readonly string[]).includes(text)

function providerOf(
  name: string,
  values: Partial<Record<Member, string>>,
  complain: (member: Member, problem: string) => void,
): ProviderSettings {
  for (const needed of ['ISSUER', 'CLIENT_ID'] as const)
    if (!values[needed]) complain(needed, 'is missing; a provider needs issuer and client')
  if (values.ISSUER && !isIssuer(values.ISSUER))
    complain('ISSUER', 'must be a URL that starts with https://, without a query; http:// only for this machine')
  const scopes = (values.SCOPES ?? 'openid email profile').split(/\s+/).filter(Boolean)
  if (!scopes.includes('openid')) complain('SCOPES', 'must contain openid')
  const label = values.LABEL?.trim() ?? name.charAt(0) + name.slice(1).toLowerCase()
  if (label.length > 60 || /\p{C}/u.test(label)) complain('LABEL', 'must have at most 60 characters')
  const domains = listOf(values.DOMAINS).map((domain) => domain.toLowerCase())
  if (domains.some((domain) => !/^[a-z0-9.-]+$/.test(domain)))
    complain('DOMAINS', 'must be domains of mail addresses with commas between them, such as example.com')
  const groupsClaim = values.GROUPS_CLAIM ?? 'groups'
  if (values.SIGNUP !== undefined && values.SIGNUP !== 'always') complain('SIGNUP', 'must be always, or left out')
  return Object.freeze({
    name: name.toLowerCase(),
    issuer: values.ISSUER ?? '',
    clientId: values.CLIENT_ID ?? '',
    clientSecret: values.CLIENT_SECRET,
    label,
    scopes: scopes.join(' '),
    domains,
    groups: listOf(values.GROUPS),
    groupsClaim,
    roles: rolesOf(values.ROLES, (problem) => complain('ROLES', problem)),
    rolesClaim: values.ROLES_CLAIM ?? groupsClaim,
    signsUpAlways: values.SIGNUP === 'always',
  })
}

const listOf = (text = ''): string[] =>
  text
    .split(',')
    .map((part) => part.trim())
    .filter(Boolean)

function rolesOf(text: string | undefined, complain: (problem: string) => void): ProviderSettings['roles'] {
  return listOf(text).flatMap((pair) => {
    const [, wanted = '', value = ''] = /^(\w+)=(.+)$/.exec(pair) ?? []
    const role = staffRoles.find((one) => one === wanted)
    if (!role)
      complain('must be pairs such as admin=pipit-admins,moderator=pipit-mods; nobody becomes owner by a provider')
    return role ? [{ role, value }] : []
  })
}

/** An issuer as OpenID Connect Core 1.0 (section 2) wants it; without TLS only where nobody stands in between. */
function isIssuer(text: string): boolean {
  const url = URL.parse(text)
  if (!url || url.search || url.hash || url.username || url.password || /[?#]$/.test(text)) return false
  return url.protocol === 'https:' || (url.protocol === 'http:' && isLoopback(url.hostname))
}

/** Whether a URL's host is this machine. */
export const isLoopback = (hostname: string): boolean =>
  hostname === 'localhost' || hostname === '[::1]' || /^127\.\d+\.\d+\.\d+$/.test(hostname)
