import { sql } from 'drizzle-orm'
import { z } from 'zod'
import { audit } from '../accounts/roles/audit.ts'
import { requirePermission, type Staff } from '../accounts/roles/staff.ts'
import { changed } from '../platform/db/changes.ts'
import type { Tx } from '../platform/db/index.ts'
import { settings } from '../platform/db/schema/instance.ts'
import { type InstanceSettings, loadSettings, settingShapes } from '../rules/settings.ts'

/**
 * Checks and stores some settings, for staff.
 *
 * @throws ZodError naming each that is wrong; Refusal `not_permitted`
 */
export async function saveSettings(tx: Tx, staff: Staff, changes: Partial<InstanceSettings>): Promise<void> {
  requirePermission(staff, 'manage_settings')
  const before = await loadSettings(tx)
  await storeSettings(tx, changes)
  const after = await loadSettings(tx)
  const changedNames = (Object.keys(changes) as (keyof InstanceSettings)[]).filter(
    (name) => JSON.stringify(before[name]) !== JSON.stringify(after[name]),
  )
  // The names alone: answers of a captcha are secret.
  if (changedNames.length > 0)
    await audit(tx, staff, 'settings', 'change', { id: 'settings', name: '' }, { settings: changedNames })
}

/** The same by no member of staff: while the instance is set up, or as a part of another action. */
export async function storeSettings(tx: Tx, changes: Partial<InstanceSettings>): Promise<void> {
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
