import { commandLine } from '#src/accounts/roles/staff.ts'
import { allowAddress, blockAddress, blocksOf, listCanonical } from '#src/moderation/addresses/canonical.ts'
import {
  allowMailDomain,
  blockMailDomain,
  listMailDomains,
  mailDomainNamed,
} from '#src/moderation/addresses/mail-domains.ts'
import {
  allowNetwork,
  blockNetwork,
  listNetworks,
  networkNamed,
  type NetworkInput,
  type StoredNetwork,
} from '#src/moderation/addresses/networks.ts'
import type { App } from '#src/platform/app.ts'
import { Refusal } from '#src/platform/errors.ts'
import { parseNetwork } from '#src/rules/addresses/networks.ts'
import { UsageError } from '../exit.ts'
import { wholeNumber } from '../numbers.ts'
import { withApp } from '../session.ts'

type Global = { json?: boolean }
type BlockOptions = Global & {
  severity?: keyof typeof severities
  days?: string
  comment?: string
  withApproval?: boolean
}

/** The words of the command line for what a rule about a network does. */
const severities = {
  approval: 'sign_up_requires_approval',
  'no-sign-up': 'sign_up_block',
  'no-access': 'no_access',
} as const satisfies Record<string, NetworkInput['severity']>

const maxDays = 36_500

/** `addresses block` */
export function block(what: string, options: BlockOptions): Promise<void> {
  return withApp(options.json ?? false, (app) => {
    const kind = kindOf(what)
    if (kind !== 'network' && (options.severity || options.days || options.comment))
      throw new UsageError('--severity, --days and --comment are for networks')
    if (kind !== 'domain' && options.withApproval) throw new UsageError('--with-approval is for mail domains')
    return kind === 'network'
      ? blockNetworkOf(app, what, options)
      : kind === 'domain'
        ? blockDomainOf(app, what, options.withApproval ?? false)
        : blockAddressOf(app, what)
  })
}

/** A mail address has an `@` inside; what is neither that nor a network is a mail domain. */
const kindOf = (what: string): 'network' | 'domain' | 'address' =>
  parseNetwork(what) || what.includes('/') ? 'network' : /.@/.test(what) ? 'address' : 'domain'

async function blockNetworkOf(
  app: App,
  network: string,
  { severity = 'no-sign-up', days, comment = '' }: BlockOptions,
): Promise<{ data: unknown; lines: string[] }> {
  const expiresAt =
    days === undefined ? null : new Date(Date.now() + wholeNumber('--days', days, 1, maxDays) * 86_400_000)
  const input = { network, severity: severities[severity], comment, expiresAt }
  const spared = { config: app.config, ownAddress: null }
  const stored = await app.db.transaction((tx) => blockNetwork(tx, commandLine, spared, input))
  return { data: stored, lines: [lineOf(stored)] }
}

async function blockDomainOf(app: App, domain: string, allowsWithApproval: boolean) {
  const stored = await app.db.transaction((tx) => blockMailDomain(tx, commandLine, domain, { allowsWithApproval }))
  return { data: stored, lines: [`${stored.domain}  ${allowsWithApproval ? 'approval' : 'no-sign-up'}`] }
}

async function blockAddressOf(app: App, email: string) {
  const stored = await app.db.transaction((tx) => blockAddress(tx, commandLine, { email }))
  return { data: stored, lines: [`Nobody signs up with ${email}`] }
}

/** `addresses allow` */
export function allow(what: string, options: Global): Promise<void> {
  return withApp(options.json ?? false, async (app) => {
    const missing = () => new Refusal('not_found', `There is no rule about ${what}`)
    await app.db
      .transaction(async (tx) => {
        const kind = kindOf(what)
        if (kind === 'network') await allowNetwork(tx, commandLine, (await networkNamed(tx, commandLine, what)).id)
        else if (kind === 'domain')
          await allowMailDomain(tx, commandLine, (await mailDomainNamed(tx, commandLine, what)).id)
        else {
          const [found] = await blocksOf(tx, commandLine, what)
          if (!found) throw missing()
          await allowAddress(tx, commandLine, found.id)
        }
      })
      .catch((error: unknown) => {
        throw error instanceof Refusal && error.code === 'not_found' ? missing() : error
      })
    return { data: { allowed: what }, lines: [`Removed the rule about ${what}`] }
  })
}

/** `addresses list` */
export function list(options: Global): Promise<void> {
  return withApp(options.json ?? false, async (app) => {
    const [networks, domains, addresses] = [
      await listNetworks(app.db, commandLine),
      await listMailDomains(app.db, commandLine),
      await listCanonical(app.db, commandLine),
    ]
    return {
      data: { networks, domains, addresses },
      lines: [
        ...networks.map(lineOf),
        ...domains.map(
          ({ domain, allowsWithApproval }) => `${domain}  ${allowsWithApproval ? 'approval' : 'no-sign-up'}`,
        ),
        ...addresses.map(({ hash }) => `${hash}  no-sign-up`),
      ],
    }
  })
}

const lineOf = ({ network, severity, expiresAt, comment }: StoredNetwork): string =>
  [
    network,
    Object.entries(severities).find(([, value]) => value === severity)?.[0] ?? severity,
    ...(expiresAt ? [`until ${expiresAt.toISOString()}`] : []),
    comment,
  ]
    .filter(Boolean)
    .join('  ')
