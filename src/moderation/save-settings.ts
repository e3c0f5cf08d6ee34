import { sql } from 'drizzle-orm'
import { z } from 'zod'
import { changed } from '../platform/db/changes.ts'
import type { Tx } from '../platform/db/index.ts'
import { settings } from '../platform/db/schema/instance.ts'
import { type InstanceSettings, settingShapes } from '../rules/settings.ts'

/** Checks and stores some settings. Throws a ZodError naming each that is wrong. */
export async function saveSettings(tx: Tx, changes: Partial<InstanceSettings>): Promise<void> {
  const checked = z.object(settingShapes).partial().parse(changes)
  for (const name of Object.keys(changes) as (keyof InstanceSettings)[]) {
    const value = JSON.stringify(checked[name])
    await tx
      .insert(settings)
      .values({ name, value: sql`${value}::jsonb` })
      .onConflictDoUpdate({ target: settings.name, set: { value: sql`excluded.value` } })
  }
  await changed(tx, 'settings')
}
