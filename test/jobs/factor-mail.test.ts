/** Each change of second factors, and each use of a way around them, is told by mail. */
import { sql } from 'drizzle-orm'
import { beforeEach, expect, test } from 'vitest'
import { addAuthenticator, offerAuthenticator, removeAuthenticator } from '#src/accounts/factors/authenticator.ts'
import { passWithCode } from '#src/accounts/factors/pass-factor.ts'
import { makeRecoveryCodes } from '#src/accounts/factors/recovery-codes.ts'
import { resetFactors } from '#src/accounts/factors/reset.ts'
import { commandLine } from '#src/accounts/roles/staff.ts'
import { startState } from '#src/accounts/security/states.ts'
import { checkPassword } from '#src/accounts/sessions/sessions.ts'
import { localAccount, password } from '#test/cast.ts'
import { clientAt } from '#test/client.ts'
import { database } from '#test/database.ts'
import { codeOf, holdClock } from '#test/factors.ts'
import { mailbox } from './mailbox.ts'
import { runJobs } from './run.ts'

beforeEach(holdClock)

test('the person is told what happened, from where, and what to do', async () => {
  await using box = await mailbox()
  await using t = await database({ SMTP_URL: box.url })
  const alice = await localAccount(t, 'alice')
  const client = clientAt('198.51.100.7')
  const viewer = await checkPassword(t.app, 'alice', password, client)
  const { secret, sealed } = await offerAuthenticator(t.app, viewer)
  await addAuthenticator(t.app, alice, sealed, codeOf(secret), client)
  const codes = await t.db.transaction((tx) => makeRecoveryCodes(tx, alice, client))
  const state = await startState(t.app, 'factor', 'browser', { method: 'password', returnTo: '/' }, alice)
  const pass = (code: string) => passWithCode(t.app, { state, browser: 'browser' }, code, client)
  await expect(pass(codeOf(secret))).rejects.toMatchObject({ code: 'unprocessable' })
  await pass(codes[0] ?? '')
  await t.db.transaction((tx) => removeAuthenticator(tx, alice, client))
  await t.db.execute(sql`update users set totp_secret = 'x', second_factor_since = now()`)
  await t.db.transaction((tx) => resetFactors(tx, commandLine, alice))
  await runJobs(t)

  const mails = new Map(box.mails.map((mail) => [mail.subject, mail]))
  expect([...mails.keys()].toSorted()).toEqual([
    'A log-in failed at the second factor – Pipit',
    'A recovery code was used – Pipit',
    'An authenticator app was added – Pipit',
    'New recovery codes were made – Pipit',
    'The authenticator app was removed – Pipit',
    'The second factors were removed by the staff – Pipit',
  ])
  for (const [subject, mail] of mails) {
    expect(mail.to).toEqual(['alice@mail.test'])
    expect(mail.text, subject).toContain('@alice')
    expect(mail.text, subject).toContain('https://pipit.test/password')
    for (const value of [secret, ...codes]) expect(`${mail.text}${mail.html}`).not.toContain(value)
  }
  // A new password leaves what somebody else added.
  expect(mails.get('An authenticator app was added – Pipit')?.text).toContain(
    'https://pipit.test/settings/two-factor\n',
  )
  expect(mails.get('An authenticator app was added – Pipit')?.text).toContain('A new password alone does not remove it')
  expect(mails.get('The authenticator app was removed – Pipit')?.text).not.toContain('does not remove it')
  expect(mails.get('A recovery code was used – Pipit')?.text).toContain('9 codes are left')
  expect(mails.get('A recovery code was used – Pipit')?.text).toContain('198.51.100.7')
  expect(mails.get('The second factors were removed by the staff – Pipit')?.text).toContain(
    'by the staff of this server',
  )
})
