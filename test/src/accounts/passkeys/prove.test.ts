/** A passkey as a proof of who somebody is, before a strong action. */
import { expect, test } from 'vitest'
import { addPasskey, startPasskey } from '#src/accounts/passkeys/add.ts'
import { askForProof, proveByPasskey } from '#src/accounts/passkeys/factor.ts'
import { startPasskeyLogIn } from '#src/accounts/passkeys/log-in.ts'
import { checkPassword, type Viewer } from '#src/accounts/sessions/sessions.ts'
import { makePasskey, type SoftPasskey } from '../../../authenticator.ts'
import { localAccount, password } from '../../../cast.ts'
import { clientAt } from '../../../client.ts'
import { database, type TestDatabase } from '../../../database.ts'

const browser = 'the secret of a cookie'
const client = clientAt()

async function somebody(t: TestDatabase, username: string): Promise<{ viewer: Viewer; passkey: SoftPasskey }> {
  await localAccount(t, username)
  const viewer = await checkPassword(t.app, username, password, client)
  const { state, options } = await startPasskey(t.app, viewer, browser)
  const { passkey, answer } = makePasskey({ ...options, rp: { id: options.rp.id ?? '' } })
  await addPasskey(t.app, viewer, client, browser, { state, response: answer }, { name: 'Key', otherName: '' })
  return { viewer, passkey }
}

test('a passkey of the account proves its owner, once, with a PIN or finger, in the browser that was asked', async () => {
  await using t = await database()
  const { viewer, passkey } = await somebody(t, 'alice')
  const ask = () => askForProof(t.app, viewer.accountId, browser)
  const prove = (state: string, response: string, by = browser) =>
    proveByPasskey(t.app, viewer.accountId, client, by, { state, response })

  const { state, options } = await ask()
  expect(options).toMatchObject({ allowCredentials: [{ id: passkey.id }], userVerification: 'required' })
  await prove(state, passkey.get(options))
  const late = { code: 'unprocessable', text: { key: 'passkeyLate' } }
  const wrong = { code: 'unprocessable', text: { key: 'passkeyWrong' } }
  await expect(prove(state, passkey.get(options))).rejects.toMatchObject(late)

  const touched = await ask()
  await expect(prove(touched.state, passkey.get(touched.options, { isVerified: false }))).rejects.toMatchObject(wrong)
  const stolen = await ask()
  await expect(prove(stolen.state, passkey.get(stolen.options), 'another cookie')).rejects.toMatchObject(late)
})

test('nobody proves an account by the passkey or the question of another', async () => {
  await using t = await database()
  const alice = await somebody(t, 'alice')
  const mallory = await somebody(t, 'mallory')
  const prove = (state: string, response: string) =>
    proveByPasskey(t.app, alice.viewer.accountId, client, browser, { state, response })

  const asked = await askForProof(t.app, alice.viewer.accountId, browser)
  for (const userHandle of [alice.passkey.userHandle, mallory.passkey.userHandle, null]) {
    const { state, options } = await askForProof(t.app, alice.viewer.accountId, browser)
    await expect(prove(state, mallory.passkey.get(options, { userHandle }))).rejects.toMatchObject({
      text: { key: 'passkeyWrong' },
    })
  }
  for (const { state, options } of [
    await askForProof(t.app, mallory.viewer.accountId, browser),
    await startPasskeyLogIn(t.app, client, browser, '/'),
  ])
    await expect(prove(state, mallory.passkey.get(options))).rejects.toMatchObject({ text: { key: 'passkeyLate' } })
  await prove(asked.state, alice.passkey.get(asked.options))
})
