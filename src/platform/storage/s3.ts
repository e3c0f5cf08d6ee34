/**
 * Files in a bucket of an S3 store. The admin configures it, like the database, so requests to it don't go through the
 * client that guards against addresses from strangers.
 */
import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import { pipeline } from 'node:stream/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { Agent, type Dispatcher, request } from 'undici'
import type { S3Settings } from '../config.ts'
import { minuteMs } from '../time.ts'
import { StorageError } from './errors.ts'
import { isFileName, mediaTypeOf } from './names.ts'
import { sha256, signed } from './sigv4.ts'
import type { ByteRange, Content, Storage, StoredFile } from './storage.ts'

const nothing = sha256('')
const tries = 3
const pauseMs = 300

type Options = { headers?: Record<string, string>; body?: Content }

export function s3Storage(settings: S3Settings): Storage {
  const call = callerOf(settings)
  return {
    async put(name, content) {
      if (!isFileName(name)) throw new TypeError(`Not a file name of ours: ${name}`)
      // Where browsers load files from the bucket's own address, these are their only headers.
      const headers = { 'content-type': mediaTypeOf(name), 'cache-control': 'public, max-age=31536000, immutable' }
      const answer = await call('PUT', `/${name}`, { headers, body: content })
      await drained(answer, [200, 201, 204])
    },
    async get(name) {
      if (!isFileName(name)) return null
      const head = await call('HEAD', `/${name}`)
      await drained(head, [200, 404])
      if (head.statusCode === 404) return null
      return { bytes: Number(head.headers['content-length'] ?? 0), read: reader(call, name) }
    },
    async remove(name) {
      if (isFileName(name)) await drained(await call('DELETE', `/${name}`), [200, 204, 404])
    },
  }
}

/**
 * Makes sure that the bucket can be used; makes it if it is missing.
 *
 * @throws StorageError with a message of one line
 */
export async function prepareBucket(settings: S3Settings): Promise<void> {
  const call = callerOf(settings)
  const head = await call('HEAD', '')
  await drained(head, [200, 404])
  if (head.statusCode === 404) await drained(await call('PUT', ''), [200])
}

function reader(call: ReturnType<typeof callerOf>, name: string): StoredFile['read'] {
  return async (range?: ByteRange) => {
    const answer = await call(
      'GET',
      `/${name}`,
      range ? { headers: { range: `bytes=${range.start}-${range.end}` } } : {},
    )
    if (answer.statusCode !== (range ? 206 : 200)) throw await refusal(answer)
    return answer.body
  }
}

/** Makes a function for signed requests, which are tried again after errors of the store or the network. */
function callerOf(settings: S3Settings) {
  const agent = new Agent({
    connections: 32,
    connect: { timeout: 5_000 },
    headersTimeout: 30_000,
    bodyTimeout: minuteMs,
    keepAliveTimeout: 10_000,
  })
  return async (
    method: 'GET' | 'HEAD' | 'PUT' | 'DELETE',
    path: string,
    { headers = {}, body }: Options = {},
  ): Promise<Dispatcher.ResponseData> => {
    const url = new URL(`${settings.endpoint}/${settings.bucket}${path}`)
    const { bodyHash, bytes } = await measured(body)
    for (let attempt = 1; ; attempt++) {
      const all = { ...headers, ...(body ? { 'content-length': String(bytes) } : {}) }
      const asked = request(url, {
        dispatcher: agent,
        method,
        headers: signed({ method, url, headers: all, bodyHash }, settings),
        body: body === undefined ? null : Buffer.isBuffer(body) ? body : createReadStream(body.path),
      })
      const answer = await asked.catch(
        (error: unknown) =>
          new StorageError(`S3 can’t be reached: ${error instanceof Error ? error.message : String(error)}`, {
            cause: error,
          }),
      )
      const isTrouble = answer instanceof Error || answer.statusCode >= 500 || answer.statusCode === 429
      if (!isTrouble || attempt === tries) {
        if (answer instanceof Error) throw answer
        return answer
      }
      if (!(answer instanceof Error)) await answer.body.dump()
      await sleep(pauseMs * attempt)
    }
  }
}

async function measured(body: Content | undefined): Promise<{ bodyHash: string; bytes: number }> {
  if (body === undefined) return { bodyHash: nothing, bytes: 0 }
  if (Buffer.isBuffer(body)) return { bodyHash: sha256(body), bytes: body.byteLength }
  const hash = createHash('sha256')
  await pipeline(createReadStream(body.path), hash)
  return { bodyHash: hash.digest('hex'), bytes: (await stat(body.path)).size }
}

async function drained(answer: Dispatcher.ResponseData, expected: number[]): Promise<void> {
  if (!expected.includes(answer.statusCode)) throw await refusal(answer)
  await answer.body.dump()
}

/** Stores give the reason in XML: `<Code>AccessDenied</Code>`. */
async function refusal(answer: Dispatcher.ResponseData): Promise<StorageError> {
  const text = await answer.body.text().catch(() => '')
  const [, code = ''] = /<Code>(\w{1,60})<\/Code>/.exec(text.slice(0, 10_000)) ?? []
  return new StorageError(`S3 answered ${answer.statusCode} ${code}`.trim())
}
