/** The executed plans of all statements of a piece of code, including those of foreign keys, by PostgreSQL's `auto_explain`. */
import { connect, type Db } from '#src/platform/db/index.ts'

export type PlanNode = {
  'Node Type': string
  'Relation Name'?: string
  'Index Name'?: string
  'Actual Rows': number
  'Actual Loops': number
  'Rows Removed by Filter'?: number
  'Rows Removed by Index Recheck'?: number
  'Shared Hit Blocks'?: number
  'Shared Read Blocks'?: number
  Plans?: PlanNode[]
}

export type Explained = { text: string; ms: number; plan: PlanNode }

export type ExplainingDb = { db: Db; statements: Explained[] }

const settings = {
  session_preload_libraries: 'auto_explain',
  'auto_explain.log_min_duration': '0',
  'auto_explain.log_analyze': 'on',
  'auto_explain.log_buffers': 'on',
  // Reading the clock for each row would take longer than the rest.
  'auto_explain.log_timing': 'off',
  'auto_explain.log_nested_statements': 'on',
  'auto_explain.log_parameter_max_length': '0',
  'auto_explain.log_format': 'json',
  'auto_explain.log_level': 'notice',
}

/** Opens a pool whose statements are explained, in the order in which they end. The settings are those of `connect`. */
export function connectExplaining(url: string, poolSize: number): ExplainingDb {
  const statements: Explained[] = []
  const db = connect(url, poolSize)
  db.$client.options.options += Object.entries(settings)
    .map(([name, value]) => ` -c ${name}=${value}`)
    .join('')
  db.$client.on('connect', (client) => {
    client.on('notice', ({ message }) => {
      const [, ms, json] = /^duration: ([\d.]+) ms {2}plan:\n([^]*)$/.exec(message ?? '') ?? []
      if (!json) return
      const { 'Query Text': text, Plan: plan } = JSON.parse(json) as { 'Query Text': string; Plan: PlanNode }
      statements.push({ text, ms: Number(ms), plan })
    })
  })
  return { db, statements }
}

/** A plan with all plans below it. */
export const nodesOf = (plan: PlanNode): PlanNode[] => [plan, ...(plan.Plans ?? []).flatMap(nodesOf)]

export type Read = { table: string; rows: number; isWhole: boolean }

/** The numbers of rows that a statement read, by table, filtered ones included; `isWhole`: without an index. */
export function readsOf({ plan }: Explained): Read[] {
  return nodesOf(plan)
    .filter((node) => node['Relation Name'] && node['Node Type'] !== 'ModifyTable' && node['Actual Loops'] > 0)
    .map((node) => ({
      table: node['Relation Name'] ?? '',
      rows: Math.round(
        (node['Actual Rows'] + (node['Rows Removed by Filter'] ?? 0) + (node['Rows Removed by Index Recheck'] ?? 0)) *
          node['Actual Loops'],
      ),
      isWhole: node['Node Type'] === 'Seq Scan',
    }))
}
