import { readFile } from 'node:fs/promises'
import { commandLine } from '#src/accounts/roles/staff.ts'
import { fromCsv, toCsv } from '#src/moderation/domain-csv.ts'
import {
  allowDomain,
  disallowDomain,
  importDomainRules,
  limitFederation,
  listAllowedDomains,
  listDomainRules,
  removeDomainRule,
  setDomainRule,
  type StoredRule,
} from '#src/moderation/domains.ts'
import { saveSettings } from '#src/moderation/save-settings.ts'
import { Refusal } from '#src/platform/errors.ts'
import { loadSettings } from '#src/rules/settings.ts'
import { UsageError } from '../exit.ts'
import { withApp } from '../session.ts'

type Global = { json?: boolean }
type RuleOptions = Global & {
  silence?: boolean
  noop?: boolean
  rejectMedia?: boolean
  rejectReports?: boolean
  comment?: string
  publicComment?: string
  obfuscate?: boolean
}
type Audience = 'nobody' | 'users' | 'all'

/** `domains block` */
export function block(host: string, options: RuleOptions): Promise<void> {
  if (options.silence && options.noop) throw new UsageError('--silence and --noop exclude one another')
  const severity = options.silence ? 'silence' : options.noop ? 'noop' : 'suspend'
  const {
    rejectMedia: rejectsMedia = false,
    rejectReports: rejectsReports = false,
    comment = '',
    publicComment = '',
    obfuscate: isObfuscated = false,
  } = options
  return withApp(options.json ?? false, async (app) => {
    const domain = await app.db.transaction((tx) =>
      setDomainRule(tx, commandLine, app.uris, host, {
        severity,
        rejectsMedia,
        rejectsReports,
        privateComment: comment,
        publicComment,
        isObfuscated,
      }),
    )
    return {
      data: { domain, severity, rejectsMedia, rejectsReports },
      lines: [`${domain}: ${severity}`],
      notes: ['The worker applies the rule to its stored accounts and posts soon'],
    }
  })
}

/** `domains unblock` */
export function unblock(host: string, options: Global): Promise<void> {
  return withApp(options.json ?? false, async (app) => {
    const domain = await missing(`There is no rule about ${host}`, () =>
      app.db.transaction((tx) => removeDomainRule(tx, commandLine, host)),
    )
    return { data: { domain }, lines: [`Removed the rule about ${domain}`], notes: ['Ended follows are not restored'] }
  })
}

/** `domains list` */
export function list(options: Global): Promise<void> {
  return withApp(options.json ?? false, async (app) => {
    const rules = await listDomainRules(app.db, commandLine)
    return { data: rules, lines: rules.map(line) }
  })
}

const line = ({
  domain,
  severity,
  rejectsMedia,
  rejectsReports,
  isObfuscated,
  publicComment,
  privateComment,
}: StoredRule): string =>
  [
    domain,
    severity,
    ...(rejectsMedia ? ['no media'] : []),
    ...(rejectsReports ? ['no reports'] : []),
    ...(isObfuscated ? ['obfuscated'] : []),
    publicComment,
    privateComment && `(${privateComment})`,
  ]
    .filter(Boolean)
    .join('  ')

/** `domains import` */
export function importFile(file: string, options: Global & { replace?: boolean }): Promise<void> {
  return withApp(options.json ?? false, async (app) => {
    const { rules, problems } = fromCsv(await textOf(file))
    const others = rules.filter(({ domain }) => app.uris.localised({ domain }).domain !== null)
    const set = await app.db.transaction((tx) =>
      importDomainRules(tx, commandLine, app.uris, others, { replaces: options.replace ?? false }),
    )
    return {
      data: { set, unread: problems },
      lines: [`Set ${set.length} rules`],
      notes: [
        ...(set.length < others.length
          ? [`${others.length - set.length} servers have rules already; --replace sets them anew`]
          : []),
        ...problems.map(({ line, text }) => `Line ${line} is no rule: ${text}`),
      ],
    }
  })
}

async function textOf(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8')
  } catch {
    throw new UsageError(`${file} can't be read`)
  }
}

/** `domains export` */
export function exportAll(options: Global): Promise<void> {
  return withApp(options.json ?? false, async (app) => {
    const rules = await listDomainRules(app.db, commandLine)
    return { data: rules, lines: [toCsv(rules).trimEnd()] }
  })
}

/** `domains allow` */
export function allow(host: string, options: Global): Promise<void> {
  return withApp(options.json ?? false, async (app) => {
    const { domain } = await app.db.transaction((tx) => allowDomain(tx, commandLine, app.uris, host))
    const { limitedFederation } = await loadSettings(app.db)
    return {
      data: { domain },
      lines: [`${domain} is allowed`],
      notes: limitedFederation
        ? []
        : ['Federation is not limited, so every server is; npx pipit domains limited on changes that'],
    }
  })
}

/** `domains disallow` */
export function disallow(host: string, options: Global & { yes?: boolean }): Promise<void> {
  return withApp(options.json ?? false, async (app) => {
    const { limitedFederation } = await loadSettings(app.db)
    if (limitedFederation && !options.yes)
      throw new Refusal(
        'not_permitted',
        `Federation is limited, so every follow to and from ${host} would end for good; --yes means it`,
      )
    const domain = await missing(`${host} is not among the allowed`, () =>
      app.db.transaction((tx) => disallowDomain(tx, commandLine, host)),
    )
    return { data: { domain }, lines: [`${domain} is no longer allowed`] }
  })
}

/** `domains allowed` */
export function allowed(options: Global): Promise<void> {
  return withApp(options.json ?? false, async (app) => {
    const domains = await listAllowedDomains(app.db, commandLine)
    return { data: domains, lines: domains }
  })
}

/** `domains limited` */
export function limited(state: 'on' | 'off', options: Global & { yes?: boolean }): Promise<void> {
  return withApp(options.json ?? false, async (app) => {
    if (state === 'on' && !options.yes && (await listAllowedDomains(app.db, commandLine)).length === 0) {
      throw new Refusal(
        'not_permitted',
        'No server is allowed, so every follow to and from other servers would end for good; npx pipit domains allow HOST allows one, and --yes means it',
      )
    }
    await app.db.transaction((tx) => limitFederation(tx, commandLine, state === 'on'))
    return {
      data: { limited: state === 'on' },
      lines: [
        state === 'on'
          ? 'Only allowed servers are federated with'
          : 'All servers are federated with, but those with rules',
      ],
    }
  })
}

/** `domains publish` */
export function publish(audience: Audience, options: Global & { reasons?: Audience }): Promise<void> {
  return withApp(options.json ?? false, async (app) => {
    await app.db.transaction((tx) =>
      saveSettings(tx, commandLine, {
        showsDomainRules: audience,
        ...(options.reasons ? { showsDomainReasons: options.reasons } : {}),
      }),
    )
    const { showsDomainRules, showsDomainReasons } = await loadSettings(app.db)
    return {
      data: { rules: showsDomainRules, reasons: showsDomainReasons },
      lines: [`rules: ${showsDomainRules}`, `reasons: ${showsDomainReasons}`],
    }
  })
}

/** Replaces the message of a `not_found` refusal by the command's own. */
async function missing<T>(message: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    if (error instanceof Refusal && error.code === 'not_found') throw new Refusal('not_found', message)
    throw error
  }
}
