import { commandLine } from '#src/accounts/roles/staff.ts'
import { addRule, loadRules, removeRule, type RuleId } from '#src/moderation/instance-rules.ts'
import { isId } from '#src/platform/ids.ts'
import { UsageError } from '../exit.ts'
import { withApp } from '../session.ts'

type Global = { json?: boolean }

/** `rules add` */
export function add(text: string, options: Global & { hint?: string }): Promise<void> {
  return withApp(options.json ?? false, async (app) => {
    const id = await app.db.transaction((tx) => addRule(tx, commandLine, text, options.hint))
    return { data: { id, text, hint: options.hint ?? '' }, lines: [`Added the rule ${id}`] }
  })
}

/** `rules list` */
export function list(options: Global): Promise<void> {
  return withApp(options.json ?? false, async (app) => {
    const rules = await loadRules(app.db)
    return {
      data: rules,
      lines: rules.map(({ id, text, hint }) => [id, text, ...(hint ? [`(${hint})`] : [])].join('  ')),
    }
  })
}

/** `rules remove` */
export function remove(id: string, options: Global): Promise<void> {
  return withApp(options.json ?? false, async (app) => {
    if (!isId(id)) throw new UsageError(`${id} is not an id; npx pipit rules list shows them`)
    await app.db.transaction((tx) => removeRule(tx, commandLine, id as RuleId))
    return { data: { id }, lines: [`Removed the rule ${id}`] }
  })
}
