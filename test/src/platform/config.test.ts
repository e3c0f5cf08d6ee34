import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { ConfigError, loadConfig } from '#src/platform/config.ts'

test('no setting is required, and an empty setting counts as missing', () => {
  expect(loadConfig({ PORT: '', ORIGIN: '' }, tmpdir())).toMatchObject({
    port: 3000,
    origin: 'http://localhost:3000',
    handleHost: 'localhost:3000',
    allowPrivateAddresses: [],
  })
})

test('an empty environment variable leaves the value of .env', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'pipit-env-'))
  try {
    await writeFile(join(folder, '.env'), 'PORT=8080\nMAIL_FROM=\nHANDLE_HOST=example.com\n')
    const env = { PORT: '', MAIL_FROM: 'pipit@example.com', HANDLE_HOST: 'example.org' }
    expect(loadConfig(env, folder)).toMatchObject({
      port: 8080,
      mailFrom: 'pipit@example.com',
      handleHost: 'example.org',
    })
  } finally {
    await rm(folder, { recursive: true })
  }
})

test.each([
  ['PORT', '0', 'whole number from 1 to 65535'],
  ['PORT', '99999', 'whole number from 1 to 65535'],
  ['PORT', 'http', 'whole number from 1 to 65535'],
  ['ORIGIN', 'foo', 'must be a URL'],
  ['ORIGIN', 'localhost:4100', 'must be a URL'],
  ['ORIGIN', 'https://social.example/pipit', 'must have no path'],
  ['HANDLE_HOST', 'https://example.com', 'host name'],
  ['DATABASE_URL', 'mysql://localhost/pipit', 'must be a URL'],
  ['SMTP_URL', 'mail.example', 'must be a URL'],
  ['MAIL_FROM', 'nobody', 'must be an address'],
  ['ALLOW_PRIVATE_ADDRESSES', '127.0.0.0/8,nonsense', '"nonsense" is not an address block'],
  ['TRUSTED_PROXIES', '1.2.3', '"1.2.3" is not an address block'],
  ['TRUSTED_PROXIES', '10.0.0.0/40', 'is not an address block'],
  ['LOG_LEVEL', 'loud', 'must be trace'],
  ['DB_POOL_SIZE', '0', 'whole number from 2'],
  ['WORKER_CONCURRENCY', '-1', 'whole number from 1'],
  ['RATE_LIMIT_FACTOR', '0', 'must be a number above 0'],
])('%s=%s is refused in one line that names it', (name, value, why) => {
  let message = ''
  try {
    loadConfig({ [name]: value }, tmpdir())
  } catch (error) {
    message = error instanceof ConfigError ? error.message : String(error)
  }
  expect(message).toContain(`${name}: `)
  expect(message).toContain(why)
  expect(message.split(name)).toHaveLength(2)
})

test('one error names all wrong settings', () => {
  expect(() => loadConfig({ PORT: 'x', LOG_LEVEL: 'y' }, tmpdir())).toThrow(/PORT.*LOG_LEVEL/)
})

test('trusted addresses may be single addresses or blocks, IPv4 or IPv6', () => {
  const { trustedProxies } = loadConfig({ TRUSTED_PROXIES: '127.0.0.1, 10.0.0.0/8,::1,fd00::/8' }, tmpdir())
  expect(trustedProxies.map(([base, bits]) => `${base.toString()}/${bits}`)).toEqual([
    '127.0.0.1/32',
    '10.0.0.0/8',
    '::1/128',
    'fd00::/8',
  ])
})
