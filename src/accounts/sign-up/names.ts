/** Names that nobody can sign up with: those that Pipit reserves, and those that admins block. */

/** Paths of this server, roles that people would trust, and names that mail servers reserve. */
const reserved = new Set(
  `about abuse account accounts admin administrator administration announcements anonymous ap api app apps assets auth authorize bot bots
  contact dashboard directory domains everyone explore federation feed feeds hashtag help here home hostmaster inbox info instance
  internal list lists login logout mailerdaemon mail media mentions moderation moderator news nobody noreply notifications null oauth
  official outbox owner pages pipit postmaster privacy public register replies reports root rss search security service settings
  setup share signin signout signup static status statuses support system tags team terms timelines undefined users webfinger webmaster
  well_known www you`.split(/\s+/),
)

/**
 * Whether a name is reserved or blocked, or looks like one that is: `adm1n` and `a_d_m_i_n` are read as `admin`, too. The host's
 * first label is reserved as well: `social` on social.example would pass for the server itself.
 *
 * @param name in lower case
 * @param blocked names that admins block, in which `*` stands for any characters
 */
export function isReservedName(name: string, handleHost: string, blocked: readonly string[]): boolean {
  const [own] = handleHost.split(/[.:]/)
  return readings(name).some(
    (reading) => reserved.has(reading) || reading === own || blocked.some((pattern) => matches(pattern, reading)),
  )
}

/** The letters that digits are taken for. A 1 passes for two of them. */
const lookAlikes: Record<string, string> = { 0: 'o', 3: 'e', 4: 'a', 5: 's', 7: 't', 8: 'b' }

/** The ways in which people may read a name. */
function readings(name: string): string[] {
  const letters = name.replaceAll('_', '').replace(/[034578]/g, (digit) => lookAlikes[digit] ?? digit)
  return [...new Set([name, letters.replaceAll('1', 'i'), letters.replaceAll('1', 'l')])]
}

/** Compares without regular expressions, so that no pattern takes long: each part is looked for once, behind the one before. */
function matches(pattern: string, name: string): boolean {
  const [first = '', ...parts] = pattern.toLowerCase().split('*')
  const last = parts.pop()
  if (last === undefined) return name === first
  const end = name.length - last.length
  if (end < first.length || !name.startsWith(first) || !name.endsWith(last)) return false
  let at = first.length
  for (const part of parts) {
    const found = name.indexOf(part, at)
    if (found === -1 || found + part.length > end) return false
    at = found + part.length
  }
  return true
}
