/** Changes the rules about networks of clients. They hold at once, in all processes. */
import { and, eq, lte, sql } from 'drizzle-orm'
import ipaddr from 'ipaddr.js'
import { audit } from '../../accounts/roles/audit.ts'
import { requirePermission, type Staff } from '../../accounts/roles/staff.ts'
import { changed } from '../../platform/db/changes.ts'
import { type Reader, sqlState, type Tx } from '../../platform/db/index.ts'
import { type Page, settle, slice } from '../../platform/db/page.ts'
import { ipBlocks } from '../../platform/db/schema/moderation.ts'
import { notFound, type Refusal } from '../../platform/errors.ts'
import { isWithin } from '../../platform/http/client-address.ts'
import { type Id, newId } from '../../platform/ids.ts'
import type { NetworkSeverity } from '../../rules/addresses/networks.ts'
import { countCharacters } from '../../rules/count.ts'
import { plainText } from '../../text/clean.ts'
import { refuse } from '../../text/refusals.ts'

export type NetworkRule = typeof ipBlocks.$inferSelect
export type NetworkRuleId = Id<'ip-block'>

/** Undefined members of a change stay as they are. */
export type NetworkInput = {
  /** An address, or a network in CIDR notation. */
  network: string
  severity: NetworkSeverity
  comment?: string
  /** Null: never. */
  expiresAt?: Date | null
}

const maxCommentLength = 2_000
/** Few enough to keep in memory. */
const maxRules = 50_000

/**
 * Makes a rule about a network.
 *
 * @param from the address of the client of the member of staff, whom the rule must not shut out; null on the command line
 * @throws Refusal `not_permitted`, `invalid` for a network that can't be used or has a rule, `unprocessable` for too many rules
 */
export async function addNetworkRule(
  tx: Tx,
  staff: Staff,
  input: NetworkInput,
  from: string | null,
): Promise<NetworkRule> {
  requirePermission(staff, 'manage_blocks')
  const values = checked(input, from)
  const { rows } = await tx.execute<{ count: number }>(sql`select count(*)::int as count from ip_blocks`)
  if ((rows[0]?.count ?? 0) >= maxRules) throw refuse('unprocessable', 'networkRulesFull', { max: maxRules })
  // One that has expired is as good as gone.
  await tx.delete(ipBlocks).where(and(eq(ipBlocks.network, values.network), lte(ipBlocks.expiresAt, sql`now()`)))
  const [added] = await tx
    .insert(ipBlocks)
    .values({ id: newId<NetworkRuleId>(), ...values })
    .onConflictDoNothing()
    .returning()
  if (!added) throw listed(values.network)
  await wasChanged(tx, staff, 'create', added)
  return added
}

/**
 * Changes a rule about a network.
 *
 * @param from as for `addNetworkRule`
 * @throws Refusal `not_permitted`, `not_found`, `invalid`
 */
export async function changeNetworkRule(
  tx: Tx,
  staff: Staff,
  id: NetworkRuleId,
  change: Partial<NetworkInput>,
  from: string | null,
): Promise<NetworkRule> {
  requirePermission(staff, 'manage_blocks')
  const [before] = await tx.select().from(ipBlocks).where(eq(ipBlocks.id, id)).for('update')
  if (!before) throw notFound()
  const values = checked({ ...before, ...change }, from)
  try {
    const [after] = await tx.update(ipBlocks).set(values).where(eq(ipBlocks.id, id)).returning()
    await wasChanged(tx, staff, 'change', after!)
    return after!
  } catch (error) {
    if (sqlState(error) === '23505') throw listed(values.network)
    throw error
  }
}

/** Lifts a rule about a network. @throws Refusal `not_permitted`, `not_found` */
export async function removeNetworkRule(tx: Tx, staff: Staff, id: NetworkRuleId): Promise<void> {
  requirePermission(staff, 'manage_blocks')
  const [removed] = await tx.delete(ipBlocks).where(eq(ipBlocks.id, id)).returning()
  if (!removed) throw notFound()
  await wasChanged(tx, staff, 'delete', removed)
}

/** @throws Refusal `not_found` */
export async function networkRule(db: Reader, id: NetworkRuleId): Promise<NetworkRule> {
  const [rule] = await db.select().from(ipBlocks).where(eq(ipBlocks.id, id))
  if (!rule) throw notFound()
  return rule
}

/** A page of rules, newest first. */
export async function pageOfNetworkRules(db: Reader, page: Page): Promise<NetworkRule[]> {
  const { where, orderBy, limit } = slice(ipBlocks.id, page)
  return settle(page, await db.select().from(ipBlocks).where(where).orderBy(orderBy).limit(limit))
}

async function wasChanged(
  tx: Tx,
  staff: Staff,
  action: 'create' | 'change' | 'delete',
  { id, network, severity, expiresAt }: NetworkRule,
): Promise<void> {
  await changed(tx, 'networks')
  await audit(
    tx,
    staff,
    'ipBlock',
    action,
    { id, name: network },
    { severity, ...(expiresAt ? { expiresAt: expiresAt.toISOString() } : {}) },
  )
}

function checked({ network, severity, comment = '', expiresAt = null }: NetworkInput, from: string | null) {
  const parsed = parseNetwork(network)
  if (!parsed) throw refuse('invalid', 'networkInvalid')
  const [, bits] = parsed
  if (bits === 0) throw refuse('invalid', 'networkOfEverybody')
  if (severity === 'no_access' && from !== null && isWithin(from, [parsed])) throw refuse('invalid', 'networkOfYours')
  const written = plainText(comment).trim()
  if (countCharacters(written) > maxCommentLength) throw refuse('invalid', 'commentTooLong', { max: maxCommentLength })
  return { network: `${parsed[0].toString()}/${bits}`, severity, comment: written, expiresAt }
}

/** A network, without the bits of a host; null for a text that is none. IPv4-mapped IPv6 networks become IPv4 ones. */
function parseNetwork(text: string): [ipaddr.IPv4 | ipaddr.IPv6, number] | null {
  const [, written = '', digits] = /^([0-9a-fA-F:.]+)(?:\/(\d{1,3}))?$/.exec(text.trim()) ?? []
  if (written.includes(':') ? !ipaddr.IPv6.isValid(written) : !ipaddr.IPv4.isValidFourPartDecimal(written)) return null
  const parsed = ipaddr.parse(written)
  const bits = Number(digits ?? (parsed.kind() === 'ipv4' ? 32 : 128))
  if (bits > (parsed.kind() === 'ipv4' ? 32 : 128)) return null
  if (parsed instanceof ipaddr.IPv6 && parsed.isIPv4MappedAddress() && bits >= 96) {
    const inner = parsed.toIPv4Address()
    return [ipaddr.IPv4.networkAddressFromCIDR(`${inner.toString()}/${bits - 96}`), bits - 96]
  }
  return [
    parsed instanceof ipaddr.IPv6
      ? ipaddr.IPv6.networkAddressFromCIDR(`${parsed.toString()}/${bits}`)
      : ipaddr.IPv4.networkAddressFromCIDR(`${parsed.toString()}/${bits}`),
    bits,
  ]
}

const listed = (network: string): Refusal => refuse('invalid', 'networkListed', { network })
