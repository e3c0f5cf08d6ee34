/** The environment of processes that tests start: the tests' own environment, without settings of Pipit. */
import { existsSync } from 'node:fs'
import { resolve } from 'node:path'

const settings = new Set([
  'PORT',
  'HOST',
  'ORIGIN',
  'HANDLE_HOST',
  'DATA_DIR',
  'DATABASE_URL',
  'SMTP_URL',
  'MAIL_FROM',
  'ALLOW_PRIVATE_ADDRESSES',
  'TRUSTED_PROXIES',
  'LOG_LEVEL',
  'REMOTE_MEDIA',
  'REMOTE_MEDIA_DAYS',
  'REMOTE_MEDIA_MAX_MB',
  'DB_POOL_SIZE',
  'WORKER_CONCURRENCY',
  'RATE_LIMIT_FACTOR',
])

/** @throws Error while the developer's own `.env` is there: processes read it, and its database is not for tests */
export function cleanEnvironment(): NodeJS.ProcessEnv {
  if (existsSync(resolve(import.meta.dirname, '../.env')))
    throw new Error('The processes of this test would read your .env: move it away while the tests run')
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !settings.has(name)))
}
