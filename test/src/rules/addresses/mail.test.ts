import { expect, test } from 'vitest'
import { commandLine } from '#src/accounts/roles/staff.ts'
import { blockMailDomain } from '#src/moderation/addresses/mail-domains.ts'
import { mailRule } from '#src/rules/addresses/mail.ts'
import { database } from '#test/database.ts'

test('a text that is too long for a mail address costs nothing, however many dots it has', async () => {
  await using t = await database()
  await t.db.transaction((tx) => blockMailDomain(tx, commandLine, 'bad.test'))
  // All domains above it together would be a gigabyte.
  const start = performance.now()
  expect(await mailRule(t.app, `a@${'a.'.repeat(32_000)}bad.test`)).toEqual({ verdict: 'open', domainRules: [] })
  expect(performance.now() - start).toBeLessThan(1_000)

  const longest = `${'a'.repeat(64)}@${'a.'.repeat(90)}bad.test`
  expect(longest.length).toBeLessThanOrEqual(254)
  expect((await mailRule(t.app, longest)).verdict).toBe('blocked')
})
