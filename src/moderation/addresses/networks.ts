/** Rules about networks: who signs up from there only with approval, who not at all, and whose requests are all refused. */
import { networkInterfaces } from 'node:os'
import { and, desc, eq, gt, isNull, or, sql } from 'drizzle-orm'
import { audit } from '../../accounts/roles/audit.ts'
import { requirePermission, type Staff } from '../../accounts/roles/staff.ts'
import type { App } from '../../platform/app.ts'
import type { Cidr } from '../../platform/config.ts'
import { changed } from '../../platform/db/changes.ts'
import { type Reader, sqlState, type Tx } from '../../platform/db/index.ts'
import { type Page, settle, slice } from '../../platform/db/page.ts'
import { ipBlocks, ipSeverities } from '../../platform/db/schema/moderation.ts'
import { notFound } from '../../platform/errors.ts'
import { isWithin } from '../../platform/http/client-address.ts'
import { type Id, newId } from '../../platform/ids.ts'
import { type IpSeverity, maxNetworks } from '../../rules/addresses/current.ts'
import { networkText, overlaps, parseNetwork } from '../../rules/addresses/networks.ts'
import { plainText } from '../../text/clean.ts'
import { refuse } from '../../text/refusals.ts'
import { requireRoom } from './limit.ts'

export { ipSeverities }
export type NetworkId = Id<'ip-block'>
export type StoredNetwork = typeof ipBlocks.$inferSelect

/** An undefined member leaves a stored rule as it is. `expiresAt`: null for good. */
export type NetworkInput = {
  network?: string | undefined
  severity?: IpSeverity | undefined
  comment?: string | undefined
  expiresAt?: Date | null | undefined
}

/** What a rule must not shut out: the proxies of the server, and the address of the person who makes it. */
export type Spared = { config: Pick<App['config'], 'trustedProxies'>; ownAddress: string | null }

const maxCommentLength = 2_000

/** Larger networks are parts of the world rather than of a provider. */
const widest = { ipv4: 8, ipv6: 16 }

/** Rules that have ended wait for the clean-up, and count as deleted. */
const holds = or(isNull(ipBlocks.expiresAt), gt(ipBlocks.expiresAt, sql`now()`))

/**
 * Makes a rule about a network.
 *
 * @throws Refusal `not_permitted`; `invalid` for what is no network, or has a rule already, and for a network without access that has
 *   addresses of the server, of its proxies, or of the person who makes the rule, or is too large
 */
export async function blockNetwork(
  tx: Tx,
  staff: Staff,
  spared: Spared,
  { network = '', severity, comment = '', expiresAt = null }: NetworkInput,
): Promise<StoredNetwork> {
  requirePermission(staff, 'manage_blocks')
  const row = checked({ network, severity, comment, expiresAt }, spared)
  await requireRoom(tx, ipBlocks, maxNetworks, 'tooManyNetworks')
  await dropEnded(tx, row.network)
  const [stored] = await tx
    .insert(ipBlocks)
    .values({ id: newId<NetworkId>(), ...row })
    .onConflictDoNothing()
    .returning()
  if (!stored) throw refuse('invalid', 'networkTaken')
  await record(tx, staff, 'create', stored)
  return stored
}

/**
 * Changes a rule about a network.
 *
 * @throws Refusal `not_found`, and as `blockNetwork`
 */
export async function changeNetwork(
  tx: Tx,
  staff: Staff,
  spared: Spared,
  id: NetworkId,
  change: NetworkInput,
): Promise<StoredNetwork> {
  requirePermission(staff, 'manage_blocks')
  const [before] = await tx
    .select()
    .from(ipBlocks)
    .where(and(eq(ipBlocks.id, id), holds))
    .for('update')
  if (!before) throw notFound()
  const row = checked(
    {
      network: change.network ?? before.network,
      severity: change.severity ?? before.severity,
      comment: change.comment ?? before.comment,
      expiresAt: change.expiresAt === undefined ? before.expiresAt : change.expiresAt,
    },
    spared,
  )
  if (row.network !== before.network) await dropEnded(tx, row.network)
  try {
    const [stored] = await tx.update(ipBlocks).set(row).where(eq(ipBlocks.id, id)).returning()
    if (!stored) throw notFound()
    await record(tx, staff, 'change', stored)
    return stored
  } catch (error) {
    if (sqlState(error) === '23505') throw refuse('invalid', 'networkTaken')
    throw error
  }
}

/** Deletes a rule about a network. @throws Refusal `not_permitted`, `not_found` */
export async function allowNetwork(tx: Tx, staff: Staff, id: NetworkId): Promise<StoredNetwork> {
  requirePermission(staff, 'manage_blocks')
  const [removed] = await tx
    .delete(ipBlocks)
    .where(and(eq(ipBlocks.id, id), holds))
    .returning()
  if (!removed) throw notFound()
  await record(tx, staff, 'delete', removed)
  return removed
}

/** The rule about exactly a network. @throws Refusal `not_permitted`, `not_found` */
export async function networkNamed(db: Reader, staff: Staff, network: string): Promise<StoredNetwork> {
  const parsed = parseNetwork(network)
  if (!parsed) throw notFound()
  return one(db, staff, eq(ipBlocks.network, networkText(parsed)))
}

/** @throws Refusal `not_permitted`, `not_found` */
export const networkById = (db: Reader, staff: Staff, id: NetworkId): Promise<StoredNetwork> =>
  one(db, staff, eq(ipBlocks.id, id))

async function one(db: Reader, staff: Staff, where: ReturnType<typeof eq>): Promise<StoredNetwork> {
  requirePermission(staff, 'manage_blocks')
  const [found] = await db.select().from(ipBlocks).where(and(where, holds))
  if (!found) throw notFound()
  return found
}

/** A page of the rules about networks, the newest first. @throws Refusal `not_permitted` */
export async function networksPage(db: Reader, staff: Staff, page: Page): Promise<StoredNetwork[]> {
  requirePermission(staff, 'manage_blocks')
  const { where, orderBy, limit } = slice(ipBlocks.id, page)
  return settle(page, await db.select().from(ipBlocks).where(and(where, holds)).orderBy(orderBy).limit(limit))
}

/** All rules about networks, the newest first. @throws Refusal `not_permitted` */
export async function listNetworks(db: Reader, staff: Staff): Promise<StoredNetwork[]> {
  requirePermission(staff, 'manage_blocks')
  return db.select().from(ipBlocks).where(holds).orderBy(desc(ipBlocks.id)).limit(maxNetworks)
}

type Wanted = { network: string; severity: IpSeverity | undefined; comment: string; expiresAt: Date | null }

function checked({ network, severity, comment, expiresAt }: Wanted, spared: Spared) {
  const parsed = parseNetwork(network)
  if (!parsed) throw refuse('invalid', 'networkInvalid')
  if (severity === undefined) throw refuse('invalid', 'severityBlank')
  if (expiresAt && expiresAt.getTime() <= Date.now()) throw refuse('invalid', 'expiryPast')
  if (severity === 'no_access') spare(parsed, spared)
  const written = plainText(comment).trim()
  if ([...written].length > maxCommentLength) throw refuse('invalid', 'commentTooLong', { max: maxCommentLength })
  return { network: networkText(parsed), severity, comment: written, expiresAt }
}

/** Nobody shuts everybody out, or themselves: all that is refused here could be undone on the command line only. */
function spare(network: Cidr, { config, ownAddress }: Spared): void {
  const [base, bits] = network
  if (bits < widest[base.kind()]) throw refuse('invalid', 'networkTooWide', { v4: widest.ipv4, v6: widest.ipv6 })
  // Behind a proxy that is not trusted, all requests come from the proxy.
  if ([...loopback, ...config.trustedProxies, ...machineNetworks()].some((other) => overlaps(network, other)))
    throw refuse('invalid', 'networkOfServer')
  if (ownAddress !== null && isWithin(ownAddress, [network])) throw refuse('invalid', 'networkOfYours')
}

const loopback = ['0.0.0.0/8', '127.0.0.0/8', '::/127'].flatMap((text) =>
  [parseNetwork(text)].filter((one) => one !== null),
)

/** The private addresses of this machine: a proxy in another container or on the same machine may use such a one. */
const machineNetworks = (): Cidr[] =>
  Object.values(networkInterfaces())
    .flatMap((addresses) => addresses ?? [])
    .flatMap(({ address }) => [parseNetwork(address)].filter((parsed) => parsed !== null))
    .filter(([base]) => privateRanges.has(base.range()))

const privateRanges: ReadonlySet<string> = new Set(['private', 'uniqueLocal', 'linkLocal', 'carrierGradeNat'])

async function dropEnded(tx: Tx, network: string): Promise<void> {
  await tx.delete(ipBlocks).where(and(eq(ipBlocks.network, network), sql`${ipBlocks.expiresAt} <= now()`))
}

async function record(
  tx: Tx,
  staff: Staff,
  action: 'create' | 'change' | 'delete',
  { id, network, severity, expiresAt }: StoredNetwork,
): Promise<void> {
  await changed(tx, 'networks')
  const details = action === 'delete' ? {} : { severity, expiresAt: expiresAt?.toISOString() ?? null }
  await audit(tx, staff, 'ipBlock', action, { id, name: loggedName(network) }, details)
}

/** The log is kept for good, and more people read it than may see addresses: single clients and households are not named. */
function loggedName(network: string): string {
  const [address = '', length] = network.split('/')
  const widest = address.includes(':') ? 48 : 24
  return length !== undefined && Number(length) <= widest ? network : ''
}
