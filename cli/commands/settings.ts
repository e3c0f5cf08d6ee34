import { commandLine } from '#src/accounts/roles/staff.ts'
import { saveSettings } from '#src/moderation/save-settings.ts'
import { Refusal } from '#src/platform/errors.ts'
import { type InstanceSettings, loadSettings } from '#src/rules/settings.ts'
import { UsageError } from '../exit.ts'
import { withApp } from '../session.ts'

type Global = { json?: boolean }

/** `settings list` */
export function list(options: Global): Promise<void> {
  return withApp(options.json ?? false, async (app) => {
    const settings = await loadSettings(app.db)
    return {
      data: settings,
      lines: Object.entries(settings).map(([name, value]) => `${optionName(name)}: ${shown(value)}`),
    }
  })
}

/** `settings set` */
export function set(name: string, value: string, options: Global): Promise<void> {
  return withApp(options.json ?? false, async (app) => {
    const key = Object.keys(await loadSettings(app.db)).find((known) => optionName(known) === name) as
      | keyof InstanceSettings
      | undefined
    if (key === 'limitedFederation')
      throw new UsageError('See npx pipit domains limited, which ends what it no longer allows')
    if (!key) throw new UsageError(`There is no setting ${name}; see npx pipit settings list`)
    const before = (await loadSettings(app.db))[key]
    try {
      await app.db.transaction((tx) => saveSettings(tx, commandLine, { [key]: parsed(name, value, before) }))
    } catch (error) {
      if (error instanceof Error && 'issues' in error)
        throw new Refusal('unprocessable', `${name} can’t be ${JSON.stringify(value)}${choicesIn(error.issues)}`)
      throw error
    }
    const after = (await loadSettings(app.db))[key]
    return { data: { [key]: after }, lines: [`${name}: ${shown(after)}`] }
  })
}

/** The values that a setting takes, as far as the schema's complaint lists them. */
function choicesIn(issues: unknown): string {
  const [issue] = Array.isArray(issues) ? (issues as { values?: unknown }[]) : []
  return Array.isArray(issue?.values) ? `; possible: ${issue.values.join(', ')}` : ''
}

/** @param before the current value of the setting, which shows its type */
function parsed(
  name: string,
  value: string,
  before: InstanceSettings[keyof InstanceSettings],
): boolean | number | string | string[] {
  if (Array.isArray(before))
    return value
      .split(',')
      .map((part) => part.trim())
      .filter(Boolean)
  if (typeof before === 'number') return /^\d{1,9}$/.test(value) ? Number(value) : value
  if (typeof before !== 'boolean') return value
  if (value !== 'on' && value !== 'off') throw new UsageError(`${name} is on or off`)
  return value === 'on'
}

const optionName = (key: string): string => key.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)

const shown = (value: InstanceSettings[keyof InstanceSettings]): string =>
  typeof value === 'boolean' ? (value ? 'on' : 'off') : Array.isArray(value) ? value.join(', ') : String(value)
