/**
 * Forbidden changes of existing tables in a migration, as other processes, even older ones, read and write them meanwhile.
 * CONTRIBUTING.md shows the alternatives. A line `-- allows <rule>: <reason>` at the beginning of a file allows an exception.
 */
import { remarksOf } from '#src/platform/db/migrations/files.ts'

type Statement = { text: string; isTransactional: boolean; isContracting: boolean; isNew: (table: string) => boolean }
type Rule = (statement: Statement) => boolean

const table = String.raw`(?:if exists )?(?:only )?(?:"?public"?\.)?"?(\w+)"?`
const altered = new RegExp(`^alter table ${table}`)
/** Functions whose value is one for all rows of a statement. */
const stable = new Set(['now', 'transaction_timestamp', 'statement_timestamp'])

const alters = ({ text, isNew }: Statement): boolean => {
  const name = altered.exec(text)?.[1]
  return name !== undefined && !isNew(name)
}

const rules = {
  'index-holds-up-writes': ({ text, isNew }) => {
    const name = new RegExp(`^create (?:unique )?index (?!concurrently).*? on ${table}`).exec(text)?.[1]
    return name !== undefined && !isNew(name)
  },
  'concurrently-in-transaction': ({ text, isTransactional }) =>
    isTransactional && /^(?:create (?:unique )?|drop |re)index .*?\bconcurrently\b/.test(text),
  'not-repeatable': ({ text, isTransactional }) =>
    !isTransactional &&
    !/^(?:create (?:unique )?index concurrently|drop index concurrently if exists|alter table .* validate constraint) /.test(
      text,
    ),
  'constraint-scans': (it) =>
    alters(it) &&
    / add (?:constraint "?\w+"? )?(?:primary key|unique|check|foreign key|exclude)\b/.test(it.text) &&
    !/\bnot valid$|\busing index\b/.test(it.text),
  'not-null-scans': (it) => alters(it) && /\bset not null\b/.test(it.text),
  'column-is-required': (it) =>
    alters(it) && / add column .*\bnot null\b/.test(it.text) && !/\bdefault\b|\bgenerated\b/.test(it.text),
  'rewrites-table': (it) =>
    (alters(it) &&
      (/\balter column "?\w+"? (?:set data )?type\b|\bset (?:un)?logged\b|\bset tablespace\b/.test(it.text) ||
        / add column .*(?:\bgenerated\b.*(?:\bstored\b|\bidentity\b)|\b(?:big|small)?serial\b)/.test(it.text))) ||
    /^(?:cluster|vacuum full)\b/.test(it.text),
  'volatile-default': (it) =>
    alters(it) &&
    [...(/ add column .*\bdefault\b(.*)/.exec(it.text)?.[1] ?? '').matchAll(/(\w+)\(/g)].some(
      ([, name = '']) => !stable.has(name),
    ),
  'changes-rows': ({ text, isNew }) => {
    const name = new RegExp(`^(?:update|delete from|truncate(?: table)?|insert into) ${table}`).exec(text)?.[1]
    return name !== undefined && !isNew(name)
  },
  'removes-without-contract': ({ text, isContracting }) =>
    !isContracting &&
    /(?:^| )(?:drop (?:table|column|constraint|index|type|view|materialized view|function|trigger|schema|sequence|default|identity|expression)|rename(?: column| constraint)?(?: "?\w+"?)? to)\b/.test(
      text,
    ),
} satisfies Record<string, Rule>

type RuleName = keyof typeof rules | 'alters-several-tables' | 'validates-with-others'

/** The rules that a migration breaks without a reason, sorted. */
export function breaches(text: string): RuleName[] {
  const remarks = remarksOf(text)
  const allowed = remarks.map((remark) => /^-- allows (\S+): \S.*$/.exec(remark)?.[1])
  const isTransactional = remarks[0] !== '-- outside of a transaction'
  const isContracting = remarks.some((remark) => remark.startsWith('-- breaks before '))
  const texts = statementsOf(text)
  const made = new Set(
    texts.flatMap(
      (statement) => new RegExp(`^create (?:unlogged )?table (?:if not exists )?${table}`).exec(statement)?.[1] ?? [],
    ),
  )
  const statements = texts.map((statement): Statement => ({
    text: statement,
    isTransactional,
    isContracting,
    isNew: (name) => made.has(name),
  }))

  const broken = Object.entries(rules)
    .filter(([, isBroken]) => statements.some(isBroken))
    .map(([name]) => name as RuleName)
  const tables = new Set(statements.filter(alters).map((statement) => altered.exec(statement.text)?.[1]))
  if (isTransactional && tables.size > 1) broken.push('alters-several-tables')
  const validating = statements.filter((statement) => / validate constraint /.test(statement.text))
  if (isTransactional && validating.length > 0 && validating.length < statements.length)
    broken.push('validates-with-others')
  return broken.filter((name) => !allowed.includes(name)).toSorted()
}

/** Statements in one line each and lower case, without comments, and without the words inside of texts. */
function statementsOf(text: string): string[] {
  return text
    .replaceAll('--> statement-breakpoint', ';')
    .replaceAll(/--.*$/gm, '')
    .replaceAll(/'(?:[^']|'')*'/g, "''")
    .split(';')
    .map((statement) => statement.replaceAll(/\s+/g, ' ').trim().toLowerCase())
    .filter((statement) => statement !== '')
}
