/** A day of a person on an instance with the most verbose log: the output has none of the person's secrets. */
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { visitor, type Seen } from '../api/visitor.ts'
import { eventually } from '../patience.ts'
import { dataFolder, start } from './process.ts'

const callback = 'https://app.test/callback'
const person = {
  username: 'alice',
  email: 'alice.secret@mail.test',
  password: 'the password of alice',
  newPassword: 'another password of alice',
}
const words = {
  private: 'whispered to followers',
  direct: 'told to one alone',
  public: 'said aloud but not to the log',
  warning: 'warned of in confidence',
}

test('passwords, tokens, cookies, mail addresses and texts are never logged', async () => {
  await using folder = await dataFolder()
  await using pipit = await start({ DATA_DIR: folder.path, LOG_LEVEL: 'trace', RATE_LIMIT_FACTOR: '10' })
  await pipit.printed('/setup?token=')
  const origin = `http://localhost:${pipit.port}`
  const secrets = new Map<string, string>(Object.entries({ ...person, ...words }))
  secrets.delete('username')
  const browser = visitor(origin)
  const note = (seen: Seen): Seen => {
    for (const cookie of seen.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(cookie) ?? []
      if (value.length > 15) secrets.set(`cookie ${name} ${secrets.size}`, value)
    }
    const formToken = /name="form_token" value="([^"]+)"/.exec(seen.html)?.[1]
    if (formToken) secrets.set(`form token ${secrets.size}`, formToken)
    return seen
  }
  const open = async (path: string) => note(await browser.open(path))
  const send = async (page: Seen, action: string, fields: Record<string, string>) =>
    note(await browser.send(page, action, fields))

  // The owner, then alice, who confirms her address by the mail.
  const setUp = /\/setup\?token=(\S+)/.exec(pipit.stdout())?.[1] ?? ''
  await send(await open(`/setup?token=${setUp}`), '/setup', {
    title: 'Test',
    username: 'owner',
    email: 'owner@mail.test',
    password: 'the password of owner',
    registrations: 'open',
  })
  await send(await open('/'), '/logout', {})
  await send(await open('/signup'), '/signup', {
    username: person.username,
    email: person.email,
    password: person.password,
  })
  const mailed = await linkIn(join(folder.path, 'mail'), '/confirm?token=')
  secrets.set('confirmation link', mailed)
  await send(await open(`/confirm?token=${mailed}`), '/confirm', { token: mailed })

  // Wrong and right passwords.
  await send(await open('/login'), '/login', { login: person.username, password: person.newPassword })
  await send(await open('/login'), '/login', { login: person.email, password: person.password })
  expect((await open('/')).html).toContain('action="/compose"')

  for (const visibility of ['private', 'direct', 'public'] as const) {
    const posted = await send(await open('/compose'), '/compose', {
      text: `${words[visibility]} @owner`,
      spoiler_text: words.warning,
      visibility,
    })
    expect(posted.status).toBe(303)
  }

  // An app: registration, consent, token, a post, failing requests, and the end of the token.
  const api = async (path: string, init: RequestInit = {}) =>
    (await fetch(`${origin}${path}`, init)).json() as Promise<Record<string, string>>
  const json = (body: object, headers = {}) => ({
    method: 'POST',
    body: JSON.stringify(body),
    headers: { 'Content-Type': 'application/json', ...headers },
  })
  const app = await api('/api/v1/apps', json({ client_name: 'App', redirect_uris: callback, scopes: 'read write' }))
  const consent = await open(
    `/oauth/authorize?${new URLSearchParams({ response_type: 'code', client_id: app['client_id'] ?? '', redirect_uri: callback, scope: 'read write' })}`,
  )
  const { location } = await send(consent, '/oauth/authorize', { decision: 'allow' })
  const code = new URL(location).searchParams.get('code') ?? ''
  const grant = {
    grant_type: 'authorization_code',
    code,
    redirect_uri: callback,
    client_id: app['client_id'],
    client_secret: app['client_secret'],
  }
  const token = (await api('/oauth/token', json(grant)))['access_token'] ?? ''
  expect(token).not.toBe('')
  for (const [name, value] of Object.entries({ clientSecret: app['client_secret'] ?? '', code, token }))
    secrets.set(name, value)
  const bearer = { Authorization: `Bearer ${token}` }
  expect(await api('/api/v1/statuses', json({ status: `${words.private} again` }, bearer))).toHaveProperty('id')
  await api('/api/v1/statuses', json({ status: words.private, visibility: 'nonsense' }, bearer))
  await api(`/api/v1/accounts/verify_credentials?access_token=${token}`)
  await api('/oauth/token', json(grant))
  await api('/oauth/revoke', json({ token, client_id: app['client_id'], client_secret: app['client_secret'] }))

  // A forgotten password.
  await send(await open('/password'), '/password', { email: person.email })
  const reset = await linkIn(join(folder.path, 'mail'), '/reset?token=')
  secrets.set('reset link', reset)
  await send(await open(`/reset?token=${reset}`), '/reset', { token: reset, password: person.newPassword })

  pipit.child.kill('SIGTERM')
  expect(await pipit.ended).toBe(0)
  const printed = `${pipit.stdout()}${pipit.stderr()}`
  expect(printed).toContain('/oauth/token')
  expect(secrets.size).toBeGreaterThan(15)
  const told = [...secrets]
    .filter(([, secret]) => secret === '' || printed.includes(secret) || printed.includes(encodeURIComponent(secret)))
    .map(([name]) => name)
  expect(told).toEqual([])
})

/** The secret of a link in a mail that is on its way. */
async function linkIn(folder: string, link: string): Promise<string> {
  let secret = ''
  await eventually(async () => {
    // A mail that is still being written has another ending.
    const files = (await readdir(folder).catch(() => [])).filter((file) => file.endsWith('.eml'))
    for (const file of files) {
      const mail = (await readFile(join(folder, file), 'utf8')).replaceAll('=\r\n', '').replaceAll('=3D', '=')
      const [, found = ''] = mail.split(link)
      secret ||= /^[\w-]+/.exec(found)?.[0] ?? ''
    }
    return secret !== ''
  })
  return secret
}
