/** The settings of a process: environment variables (and `.env`), read and checked once. Nothing else reads `process.env`. */
import { accessSync, constants, existsSync, readFileSync, statSync } from 'node:fs'
import { delimiter, join, resolve } from 'node:path'
import { parseEnv } from 'node:util'
import ipaddr from 'ipaddr.js'
import { z } from 'zod'
import { type ProviderSettings, providersIn } from './provider-config.ts'

/** A block of addresses: the form that `ipaddr.js` compares. */
export type Cidr = ReturnType<typeof ipaddr.parseCIDR>

/** The bucket of an S3 store that keeps files, instead of a folder. */
export type S3Settings = Readonly<{
  endpoint: string
  region: string
  bucket: string
  accessKeyId: string
  secretAccessKey: string
  /** Public base URL of the bucket's files, without a slash at the end. Undefined: Pipit serves the files. */
  publicUrl: string | undefined
}>

/** How pictures, films and sounds of other servers are shown. */
type RemoteMediaSettings = Readonly<{
  /** `cache`: Pipit stores copies; `proxy`: Pipit passes files on; `link`: browsers and apps ask the other servers. */
  mode: 'cache' | 'proxy' | 'link'
  /** Days that a copy stays after it was last seen. */
  keptDays: number
  /** Bytes of all copies together. The copies seen longest ago are removed first. */
  maxBytes: number
}>

export type Config = Readonly<{
  port: number
  host: string
  /** Public URL without a path, such as `https://social.example`. */
  origin: string
  /** Whether `ORIGIN` was set, rather than made up from the port. */
  isOriginGiven: boolean
  /** Host in handles; usually that of `origin`. */
  handleHost: string
  /** Absolute path of the folder for all files. */
  dataDir: string
  /** Undefined: the embedded PostgreSQL. */
  databaseUrl: string | undefined
  /** Undefined: files are kept in `dataDir/media`. */
  s3: S3Settings | undefined
  /** The program that converts films and sounds. Undefined: there is none. */
  ffmpegPath: string | undefined
  /** Undefined: mails are written to `dataDir/mail`. */
  smtpUrl: string | undefined
  mailFrom: string
  allowPrivateAddresses: readonly Cidr[]
  trustedProxies: readonly Cidr[]
  /** Addresses of DNS servers, with their ports. Empty: those of the machine. */
  dnsServers: readonly string[]
  logLevel: 'trace' | 'debug' | 'info' | 'warning' | 'error' | 'fatal'
  dbPoolSize: number
  workerConcurrency: number
  rateLimitFactor: number
  remoteMedia: RemoteMediaSettings
  /** The LibreTranslate server that translates posts. Undefined: posts are not translated. */
  libreTranslate: Readonly<{ url: string; apiKey: string | undefined }> | undefined
  /** The OpenID providers by whose accounts people log in. */
  providers: readonly ProviderSettings[]
  /** Whether people log in by a provider only; owners can always log in here. */
  providersOnly: boolean
}>

/** A setting is wrong or missing. The message is one line that names the setting, for the admin who starts Pipit. */
export class ConfigError extends Error {}

const cidr = z.string().transform((text, context) => {
  try {
    const [address = '', bits] = text.split('/')
    // Short forms such as 1.2.3 rarely mean the address that the admin had in mind.
    if (!address.includes(':') && !ipaddr.IPv4.isValidFourPartDecimal(address)) throw new TypeError('not an address')
    return ipaddr.parseCIDR(`${address}/${bits ?? (address.includes(':') ? 128 : 32)}`)
  } catch {
    context.addIssue(`${JSON.stringify(text)} is not an address block such as 127.0.0.0/8`)
    return z.NEVER
  }
})
const parts = z.string().transform((list) =>
  list
    .split(',')
    .map((part) => part.trim())
    .filter(Boolean),
)
const cidrs = parts.pipe(z.array(cidr))
const dnsServers = parts.pipe(
  z.array(
    z.string().refine((text) => {
      const [, v6, v4, port = '53'] = /^(?:\[([\da-f:.]+)\]|([\d.]+))(?::(\d{1,5}))?$/i.exec(text) ?? []
      const isAddress = v6 === undefined ? ipaddr.IPv4.isValidFourPartDecimal(v4 ?? '') : ipaddr.IPv6.isValid(v6)
      return isAddress && Number(port) > 0 && Number(port) < 65_536
    }, 'must be addresses such as 192.0.2.53, 192.0.2.53:5353 or [2001:db8::53]'),
  ),
)
const integer = (min: number, max: number) =>
  z
    .string()
    .refine(
      (text) => /^[0-9]{1,9}$/.test(text) && Number(text) >= min && Number(text) <= max,
      `must be a whole number from ${min} to ${max}`,
    )
    .transform(Number)
const url = (...protocols: string[]) =>
  z
    .string()
    .refine(
      (text) => URL.canParse(text) && protocols.includes(new URL(text).protocol),
      `must be a URL that starts with ${protocols.map((p) => `${p}//`).join(' or ')}`,
    )

/** True for texts that are no web address at all, too: another check complains about them. */
const isBareOrigin = (text: string): boolean =>
  !/^https?:/i.test(text) || !URL.canParse(text) || ['/', ''].includes(text.slice(new URL(text).origin.length))

const variables = z
  .object({
    PORT: integer(1, 65535).default(3000),
    HOST: z.string().default('localhost'),
    ORIGIN: url('http:', 'https:').refine(isBareOrigin, 'must have no path').optional(),
    HANDLE_HOST: z
      .string()
      .regex(/^[a-z0-9.-]+(:[0-9]+)?$/, 'must be a host name in lower case, such as example.com')
      .optional(),
    DATA_DIR: z.string().default('data'),
    DATABASE_URL: url('postgres:', 'postgresql:').optional(),
    SMTP_URL: url('smtp:', 'smtps:').optional(),
    MAIL_FROM: z
      .string()
      .regex(
        /^([^<>\r\n]+ <[^@<>\s]+@[^@<>\s]+>|[^@<>\s]+@[^@<>\s]+)$/,
        'must be an address such as pipit@example.com or Pipit <pipit@example.com>',
      )
      .optional(),
    ALLOW_PRIVATE_ADDRESSES: cidrs.default([]),
    TRUSTED_PROXIES: cidrs.default([]),
    DNS_SERVERS: dnsServers.default([]),
    LOG_LEVEL: z
      .enum(
        ['trace', 'debug', 'info', 'warning', 'error', 'fatal'],
        'must be trace, debug, info, warning, error or fatal',
      )
      .default('info'),
    DB_POOL_SIZE: integer(2, 500).default(10),
    WORKER_CONCURRENCY: integer(1, 200).default(20),
    S3_ENDPOINT: url('http:', 'https:').optional(),
    S3_REGION: z.string().default('us-east-1'),
    S3_BUCKET: z
      .string()
      .regex(
        /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/,
        'must be the name of a bucket: 3 to 63 lower-case letters, digits, dots and hyphens',
      )
      .optional(),
    S3_ACCESS_KEY_ID: z.string().optional(),
    S3_SECRET_ACCESS_KEY: z.string().optional(),
    S3_PUBLIC_URL: url('http:', 'https:').optional(),
    FFMPEG_PATH: z
      .string()
      .refine((path) => path === 'none' || isProgram(path), 'must be the path of the program ffmpeg, or none')
      .optional(),
    LIBRETRANSLATE_URL: url('http:', 'https:').optional(),
    LIBRETRANSLATE_API_KEY: z.string().optional(),
    OIDC_ONLY: z
      .enum(['true', 'false'], 'must be true or false')
      .transform((text) => text === 'true')
      .default(false),
    REMOTE_MEDIA: z.enum(['cache', 'proxy', 'link'], 'must be cache, proxy or link').default('cache'),
    REMOTE_MEDIA_DAYS: integer(1, 3650).default(14),
    REMOTE_MEDIA_MAX_MB: integer(10, 100_000_000).default(10_000),
    RATE_LIMIT_FACTOR: z
      .string()
      .regex(/^[0-9]+(\.[0-9]+)?$/, 'must be a number above 0')
      .transform(Number)
      .refine((factor) => factor > 0, 'must be a number above 0')
      .default(1),
  })
  .superRefine((v, context) => {
    const needed = ['S3_ENDPOINT', 'S3_BUCKET', 'S3_ACCESS_KEY_ID', 'S3_SECRET_ACCESS_KEY'] as const
    if (![...needed, 'S3_PUBLIC_URL' as const].some((name) => v[name])) return
    for (const name of needed)
      if (!v[name])
        context.addIssue({
          code: 'custom',
          path: [name],
          message: 'is missing; files are kept with S3 only when all of its settings are there',
        })
  })

/**
 * Reads the settings from an environment, which overrides the `.env` file in `folder`. Empty values count as not given,
 * in both: an empty variable leaves the value of the file.
 *
 * @throws ConfigError naming every variable that is wrong
 */
export function loadConfig(env: NodeJS.ProcessEnv = process.env, folder = process.cwd()): Config {
  const values = { ...withoutEmpty(readEnvFile(resolve(folder, '.env'))), ...withoutEmpty(env) }
  const parsed = variables.safeParse(values)
  const problems = parsed.error?.issues.map((issue) => `${String(issue.path[0])}: ${issue.message}`) ?? []
  const providers = providersIn(values, (variable, problem) => problems.push(`${variable}: ${problem}`))
  if (parsed.data?.OIDC_ONLY && providers.length === 0) problems.push('OIDC_ONLY: there is no provider to log in by')
  if (!parsed.success || problems.length > 0) throw new ConfigError(problems.join('; '))
  const v = parsed.data

  const origin = new URL(v.ORIGIN ?? `http://localhost:${v.PORT}`)
  return Object.freeze({
    port: v.PORT,
    host: v.HOST,
    origin: origin.origin,
    isOriginGiven: v.ORIGIN !== undefined,
    handleHost: v.HANDLE_HOST ?? origin.host,
    dataDir: resolve(folder, v.DATA_DIR),
    databaseUrl: v.DATABASE_URL,
    s3: s3Of(v),
    ffmpegPath: v.FFMPEG_PATH === 'none' ? undefined : (v.FFMPEG_PATH ?? programIn(values['PATH'] ?? '', 'ffmpeg')),
    smtpUrl: v.SMTP_URL,
    mailFrom: v.MAIL_FROM ?? `Pipit <pipit@${origin.hostname}>`,
    allowPrivateAddresses: v.ALLOW_PRIVATE_ADDRESSES,
    trustedProxies: v.TRUSTED_PROXIES,
    dnsServers: v.DNS_SERVERS,
    logLevel: v.LOG_LEVEL,
    dbPoolSize: v.DB_POOL_SIZE,
    workerConcurrency: v.WORKER_CONCURRENCY,
    rateLimitFactor: v.RATE_LIMIT_FACTOR,
    remoteMedia: Object.freeze({
      mode: v.REMOTE_MEDIA,
      keptDays: v.REMOTE_MEDIA_DAYS,
      maxBytes: v.REMOTE_MEDIA_MAX_MB * 1_000_000,
    }),
    libreTranslate:
      v.LIBRETRANSLATE_URL === undefined ? undefined : { url: v.LIBRETRANSLATE_URL, apiKey: v.LIBRETRANSLATE_API_KEY },
    providers,
    providersOnly: v.OIDC_ONLY,
  })
}

function s3Of(v: z.output<typeof variables>): S3Settings | undefined {
  const {
    S3_ENDPOINT: endpoint,
    S3_BUCKET: bucket,
    S3_ACCESS_KEY_ID: accessKeyId,
    S3_SECRET_ACCESS_KEY: secretAccessKey,
  } = v
  if (!endpoint || !bucket || !accessKeyId || !secretAccessKey) return undefined
  return Object.freeze({
    endpoint: endpoint.replace(/\/+$/, ''),
    region: v.S3_REGION,
    bucket,
    accessKeyId,
    secretAccessKey,
    publicUrl: v.S3_PUBLIC_URL?.replace(/\/+$/, ''),
  })
}

/** Looks for a program where a shell would. Child processes don't get our environment, so they are started by their whole path. */
function programIn(path: string, name: string): string | undefined {
  return path
    .split(delimiter)
    .filter(Boolean)
    .map((folder) => join(folder, name))
    .find(isProgram)
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return statSync(path).isFile()
  } catch {
    return false
  }
}

const withoutEmpty = (variables: NodeJS.Dict<string>): NodeJS.Dict<string> =>
  Object.fromEntries(Object.entries(variables).filter(([, value]) => value !== ''))

function readEnvFile(path: string): NodeJS.Dict<string> {
  return existsSync(path) ? parseEnv(readFileSync(path, 'utf8')) : {}
}
