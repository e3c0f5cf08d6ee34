import { Hono } from 'hono'
import { finishPasskeyLogIn, startPasskeyLogIn } from '#src/accounts/passkeys/log-in.ts'
import { passkeyAnswer } from '../components/passkey-form.tsx'
import type { Env } from '../env.ts'
import { ownPath, refusalOf } from '../forms.ts'
import { clientOf, logIn, signInBrowser } from '../session.ts'
import { loginPage } from './login.tsx'

/** Logging in with a passkey alone. */
export const passkeyLogIns = new Hono<Env>()
  .post('/login/passkey/options', async (c) =>
    c.json(await startPasskeyLogIn(c.var.app, clientOf(c), signInBrowser(c), ownPath(c.var.form.text('return_to')))),
  )
  .post('/login/passkey', async (c) => {
    const { app, form } = c.var
    let answer: Response | null = null
    const refusal = await refusalOf(async () => {
      const done = await finishPasskeyLogIn(app, clientOf(c), signInBrowser(c), passkeyAnswer(form))
      await logIn(c, done.accountId, 'passkey')
      answer = c.redirect(ownPath(done.returnTo), 303)
    })
    return answer ?? loginPage(c, { login: '', returnTo: ownPath(form.text('return_to')) }, refusal)
  })
