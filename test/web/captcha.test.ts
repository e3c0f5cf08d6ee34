import { sql } from 'drizzle-orm'
import { expect, test } from 'vitest'
import { commandLine } from '#src/accounts/roles/staff.ts'
import { newMailToken } from '#src/accounts/sign-up/credentials.ts'
import { signUp } from '#src/accounts/sign-up/sign-up.ts'
import { saveSettings } from '#src/moderation/save-settings.ts'
import { loadSettings } from '#src/rules/settings.ts'
import { pages } from '../../web/app.tsx'
import { askCaptchas, readSum, solveWork } from '../captcha.ts'
import { localAccount, password } from '../cast.ts'
import { database } from '../database.ts'
import { visitor } from './visitor.ts'

const bob = { username: 'bob', email: 'bob@mail.test', password }
const workIn = (html: string) => (/data-captcha="([^"]*)"/.exec(html)?.[1] ?? '').replaceAll('&quot;', '"')

test('the sign-up page asks for a sum, and takes the answer once', async () => {
  await using t = await database()
  await askCaptchas(t)
  const browser = visitor(pages(t.app))
  const form = await browser.get('/signup')
  expect(form.html).toMatch(/<label for="captcha_answer">What is \w+ plus \w+\?<\/label>/)
  expect((await browser.post('/signup', bob)).status).toBe(422)
  const wrong = await browser.post('/signup', { ...bob, ...readSum(form.html), captcha_answer: '99' })
  expect(wrong.status).toBe(422)
  expect(wrong.html).toContain('This is not right. Please answer once more.')
  expect(wrong.html).not.toContain('value="99"')
  const answer = readSum(wrong.html)
  expect(answer).not.toEqual(readSum(form.html))
  expect((await browser.post('/signup', { ...bob, ...answer })).status).toBe(200)
  const again = await browser.post('/signup', { ...bob, ...answer, username: 'bob2', email: 'bob2@mail.test' })
  expect([again.status, again.html.includes('This was used already')]).toEqual([422, true])
})

test('a form that is refused for another reason keeps the answer, and the work', async () => {
  await using t = await database()
  await askCaptchas(t)
  const browser = visitor(pages(t.app))
  const first = await browser.get('/signup')
  const answered = await browser.post('/signup', { ...bob, username: 'admin', ...readSum(first.html) })
  expect(answered.status).toBe(422)
  expect(readSum(answered.html)).toEqual(readSum(first.html))
  expect(answered.html).toMatch(new RegExp(`name="captcha_answer"[^>]* value="${readSum(first.html).captcha_answer}"`))

  const solution = await solveWork(workIn(answered.html))
  const worked = await browser.post('/signup', { ...bob, username: 'admin', captcha_solution: solution })
  expect(worked.html).toContain(`name="captcha_solution" value="${solution.replaceAll('"', '&quot;')}"`)
  expect((await browser.post('/signup', { ...bob, captcha_solution: solution })).status).toBe(200)
})

test('somebody who signed up through an app answers on the page of the confirmation link', async () => {
  await using t = await database()
  await askCaptchas(t)
  const { accountId } = await signUp(t.app, bob, '192.0.2.1')
  const { secret: token } = (await t.db.transaction((tx) => newMailToken(tx, accountId, 'confirm')))!
  const browser = visitor(pages(t.app))
  const form = await browser.get(`/confirm?token=${token}`)
  expect(form.html).toContain('You signed up through an app')
  const refused = await browser.post('/confirm', { token })
  expect([refused.status, refused.html.includes('aria-invalid="true"')]).toEqual([422, true])
  expect((await browser.post('/confirm', { token, ...readSum(refused.html) })).html).toContain(
    'Your address is confirmed',
  )
  expect((await browser.post('/confirm', { token, ...readSum(form.html) })).html).toContain('It was used already')
})

test('somebody who signed up on the website confirms with one press', async () => {
  await using t = await database()
  await askCaptchas(t)
  const browser = visitor(pages(t.app))
  await browser.post('/signup', { ...bob, ...readSum((await browser.get('/signup')).html) })
  const { rows } = await t.db.execute<{ id: string }>(sql`select account_id as id from users`)
  const link = await t.db.transaction((tx) => newMailToken(tx, rows[0]?.id as never, 'confirm'))
  const { html } = await browser.get(`/confirm?token=${link!.secret}`)
  expect(html).not.toContain('captcha')
  expect((await browser.post('/confirm', { token: link!.secret })).status).toBe(200)
})

test('only pages with a captcha load its script', async () => {
  await using t = await database()
  const browser = visitor(pages(t.app))
  const hasScript = async (path: string) => (await browser.get(path)).html.includes('/static/captcha.js')
  await t.db.transaction((tx) => saveSettings(tx, commandLine, { registrations: 'open' }))
  expect(await hasScript('/signup')).toBe(false)
  await askCaptchas(t)
  expect([await hasScript('/signup'), await hasScript('/login')]).toEqual([true, false])
  const { headers } = await browser.get('/signup')
  expect(headers.get('Content-Security-Policy')).toContain("worker-src 'self'")
  expect(headers.get('Cache-Control')).toBe('private, no-store')
})

test('admins set the question, its answers, and the names that nobody gets', async () => {
  await using t = await database()
  await localAccount(t, 'olga', { role: 'admin' })
  const admin = visitor(pages(t.app))
  await admin.logIn('olga', password)
  const fields = {
    title: 'Meadow',
    registrations: 'open',
    max_media_attachments: '4',
    captcha: 'work',
    captcha_question: 'Which bird?',
    captcha_answers: 'Pipit\r\n\r\n the pipit ',
    blocked_usernames: 'Nest*\r\n*shop*',
  }
  expect((await admin.post('/admin/settings', fields)).status).toBe(303)
  expect(await loadSettings(t.db)).toMatchObject({
    captcha: 'work',
    captchaQuestion: 'Which bird?',
    captchaAnswers: ['Pipit', 'the pipit'],
    blockedUsernames: ['nest*', '*shop*'],
  })
  const { html } = await admin.get('/admin/settings')
  expect(html).toContain('nest*\n*shop*</textarea>')

  const wrong = await admin.post('/admin/settings', { ...fields, captcha_answers: ' ', blocked_usernames: 'fine' })
  expect(wrong.status).toBe(422)
  expect(wrong.html).toMatch(/id="captcha_answers-problem"/)
  const names = await admin.post('/admin/settings', { ...fields, blocked_usernames: 'fine\n*' })
  expect([names.status, /id="blocked_usernames-problem"/.test(names.html)]).toEqual([422, true])
  // As many as there may be fit into the form.
  const many = Array.from({ length: 1_000 }, (_, i) => `*${'x'.repeat(50)}${i}*`)
  expect((await admin.post('/admin/settings', { ...fields, blocked_usernames: many.join('\r\n') })).status).toBe(303)
  expect(
    (await admin.post('/admin/settings', { ...fields, blocked_usernames: [...many, 'y'].join('\r\n') })).status,
  ).toBe(422)

  const visiting = visitor(pages(t.app))
  const form = await visiting.get('/signup')
  expect(form.html).toContain('<label for="captcha_answer">Which bird?</label>')
  const { captcha_token } = readSum(form.html)
  const refused = await visiting.post('/signup', {
    ...bob,
    username: `${'x'.repeat(20)}`,
    captcha_token,
    captcha_answer: 'THE PÍPIT',
  })
  expect(refused.status).toBe(200)
})
