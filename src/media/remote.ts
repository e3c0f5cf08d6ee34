/**
 * Serves remote files to local people. Pictures are processed like uploads, and stored; films and sounds are streamed from
 * their server until a job has stored a copy. A file that could not be fetched is not requested again for a while.
 */
import { createWriteStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import type { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { and, eq, or, sql } from 'drizzle-orm'
import { addJobs } from '../outbox/add-jobs.ts'
import type { App } from '../platform/app.ts'
import { whereThereIsRoom } from '../platform/db/disk-full.ts'
import { perDatabase } from '../platform/db/per-database.ts'
import { media, remoteFiles } from '../platform/db/schema/media.ts'
import { Refusal } from '../platform/errors.ts'
import { byteLimit } from '../platform/http/byte-limit.ts'
import { HttpError } from '../platform/http/client.ts'
import { keyedLimiter } from '../platform/limiter.ts'
import { getLogger } from '../platform/log.ts'
import { askHost, checkHostUp, hostKey, isTrouble, HostUnavailable, acquireHost } from '../platform/queue/hosts.ts'
import { type RemoteKind, remoteKinds, type RemoteVariant } from '../platform/storage/remote-names.ts'
import { dayMs, hourMs, minuteMs } from '../platform/time.ts'
import { limits } from '../rules/limits.ts'
import { takesFilesFrom } from '../rules/servers/current.ts'
import { processAvatar, processEmoji, processHeader, processImage } from './images.ts'
import { type PendingFiles, pendingFiles } from './pending-files.ts'
import { examineRecording, repackedExtension, repackRecording } from './recordings.ts'
import { openTemporaryFolder } from './temporary-folder.ts'

const log = getLogger('media')
const fetchMs = 15_000
/** The longest time to fetch a film. */
const recordingMs = 5 * minuteMs
/** A failed fetch is repeated after this; a file that is gone, or no picture, only after days. */
const retryMs = hourMs
const permanentRetryMs = 7 * dayMs
/** Pictures of one server that are fetched at once, and that wait; more are refused. */
const maxAtOncePerHost = 4
const maxWaitingPerHost = 60

type Copy = {
  file: string
  smallFile: string | null
  bytes: number
  size?: { width: number; height: number; blurhash: string }
}
export type RemoteFile = { file: string } | 'remote' | null

const fetching = perDatabase(() => new Map<string, Promise<Copy | null>>())
const perHost = keyedLimiter({
  concurrency: maxAtOncePerHost,
  maxWaiting: maxWaitingPerHost,
  overflow: () => new Refusal('unavailable', 'Too many files of that server are being fetched at the moment'),
})

/**
 * The file to show for a remote file.
 *
 * @returns a stored file of ours; `remote` when the file is to be streamed from its server; null when it can't be shown
 * @throws Refusal `unavailable` when too many files of that server are being fetched already
 */
export async function remoteFile(app: App, url: string, variant: RemoteVariant): Promise<RemoteFile> {
  if (app.config.remoteMedia.mode !== 'cache') return 'remote'
  if (!(await takesFilesFrom(app.db, url))) return null
  const { kind, isSmall } = remoteKinds[variant]
  const [known] = await app.db.select().from(remoteFiles).where(isFile(url, kind))
  if (known?.file) {
    if (known.usedAt.getTime() < Date.now() - dayMs)
      await whereThereIsRoom(() =>
        app.db
          .update(remoteFiles)
          .set({ usedAt: sql`now()` })
          .where(isFile(url, kind)),
      )
    return { file: (isSmall && known.smallFile) || known.file }
  }
  if (known?.retryAt && known.retryAt.getTime() > Date.now()) return kind === 'recording' ? 'remote' : null
  if (kind === 'recording') {
    await whereThereIsRoom(() =>
      app.db.transaction((tx) =>
        addJobs(tx, [
          {
            name: 'cache-recording',
            payload: { url },
            key: `cache-recording ${url}`,
            queue: `recordings-${url.length % 2}`,
          },
        ]),
      ),
    )
    return 'remote'
  }
  const copy = await copyOnce(app, url, kind)
  return copy && { file: (isSmall && copy.smallFile) || copy.file }
}

const isFile = (url: string, kind: RemoteKind) => and(eq(remoteFiles.url, url), eq(remoteFiles.kind, kind))

/** Concurrent requests for the same picture share one fetch. */
function copyOnce(app: App, url: string, kind: Exclude<RemoteKind, 'recording'>): Promise<Copy | null> {
  const running = fetching(app)
  const key = `${kind} ${url}`
  const work =
    running.get(key) ??
    perHost(app, new URL(url).host, () => copyPicture(app, url, kind)).finally(() => running.delete(key))
  running.set(key, work)
  return work
}

async function copyPicture(app: App, url: string, kind: Exclude<RemoteKind, 'recording'>): Promise<Copy | null> {
  await using stored = pendingFiles(app.storage)
  try {
    const { status, body } = await app.http.request(url, {
      purpose: 'media',
      headers: () => ({ accept: 'image/*, */*;q=0.5' }),
      maxBytes: limits.media.maxImageBytes,
      timeoutMs: fetchMs,
    })
    if (status !== 200)
      throw new HttpError(`Answered with status ${status}`, { isPermanent: status === 404 || status === 410 })
    const copy = await pictureOf(kind, body, stored)
    return await storeCopy(app, url, kind, copy, stored)
  } catch (error) {
    return storeFailure(app, url, kind, error)
  }
}

async function pictureOf(kind: Exclude<RemoteKind, 'recording'>, bytes: Buffer, stored: PendingFiles): Promise<Copy> {
  if (kind === 'image') {
    const { image, extension, width, height, preview, blurhash } = await processImage(bytes)
    return {
      file: await stored.put(extension, image),
      smallFile: await stored.put('webp', preview),
      bytes: image.length + preview.length,
      size: { width, height, blurhash },
    }
  }
  if (kind === 'emoji') {
    const { whole, still } = await processEmoji(bytes, false)
    return {
      file: await stored.put('webp', whole),
      smallFile: await stored.put('png', still),
      bytes: whole.length + still.length,
    }
  }
  const image = await (kind === 'avatar' ? processAvatar(bytes) : processHeader(bytes))
  return { file: await stored.put('webp', image), smallFile: null, bytes: image.length }
}

/** The `cache-recording` job: fetches a whole remote film or sound, and repacks it. */
export async function cacheRecording(app: App, url: string): Promise<void> {
  const [known] = await app.db
    .select({ file: remoteFiles.file, retryAt: remoteFiles.retryAt })
    .from(remoteFiles)
    .where(isFile(url, 'recording'))
  if (
    app.config.remoteMedia.mode !== 'cache' ||
    known?.file ||
    (known?.retryAt && known.retryAt.getTime() > Date.now())
  )
    return
  using _host = acquireHost(app, 'fetch', url)
  await using folder = await openTemporaryFolder(app.config)
  await using stored = pendingFiles(app.storage)
  try {
    const source = folder.path('source')
    const signal = AbortSignal.timeout(recordingMs)
    const host = hostKey(url)
    checkHostUp(app, host)
    const { status, body } = await askHost(
      app,
      host,
      () =>
        app.http.open(url, {
          purpose: 'media',
          headers: () => ({ accept: 'video/*, audio/*, */*;q=0.5', 'accept-encoding': 'identity' }),
          timeoutMs: fetchMs,
          signal,
        }),
      { isTroubled: isTrouble, signal },
    )
    if (status !== 200) {
      body.on('error', () => {}).destroy()
      throw new HttpError(`Answered with status ${status}`, { isPermanent: status === 404 || status === 410 })
    }
    await pipeline(withHttpErrors(body), byteLimit(limits.media.maxVideoBytes), createWriteStream(source))
    const recording = await examineRecording(source)
    const target = folder.path('packed')
    await repackRecording(source, target)
    const { size } = await stat(target)
    const file = await stored.put(repackedExtension(recording), { path: target })
    await storeCopy(app, url, 'recording', { file, smallFile: null, bytes: size }, stored)
  } catch (error) {
    await storeFailure(app, url, 'recording', error)
  }
}

/** The body; an error of the connection becomes an HttpError, unlike a full disk of ours. */
async function* withHttpErrors(body: Readable): AsyncGenerator<Buffer> {
  try {
    yield* body
  } catch (cause) {
    throw new HttpError('The answer broke off', { cause })
  }
}

/** Stores the row of a copy, unless another process was faster. */
async function storeCopy(
  app: App,
  url: string,
  kind: RemoteKind,
  { size, ...copy }: Copy,
  stored: PendingFiles,
): Promise<Copy> {
  const row = { ...copy, retryAt: null, fetchedAt: sql`now()`, usedAt: sql`now()` }
  const written = await app.db
    .insert(remoteFiles)
    .values({ url, kind, ...row })
    .onConflictDoUpdate({
      target: [remoteFiles.url, remoteFiles.kind],
      set: row,
      setWhere: sql`${remoteFiles.file} is null`,
    })
    .returning({ url: remoteFiles.url })
  if (written.length === 0) {
    const [other] = await app.db.select().from(remoteFiles).where(isFile(url, kind))
    return other?.file ? { file: other.file, smallFile: other.smallFile, bytes: other.bytes } : { ...copy }
  }
  stored.keep()
  // Not every server tells the size of its pictures, which apps need for their layout.
  if (size)
    await app.db
      .update(media)
      .set(size)
      .where(and(eq(media.remoteUrl, url), or(sql`${media.width} is null`, sql`${media.blurhash} is null`)))
  return { ...copy }
}

async function storeFailure(app: App, url: string, kind: RemoteKind, error: unknown): Promise<null> {
  const isNoFile = error instanceof Refusal && error.code === 'invalid'
  if (!(error instanceof HttpError || isNoFile) || error instanceof HostUnavailable) throw error
  log.debug('A file of {host} can’t be shown: {reason}', { host: new URL(url).host, reason: error.message })
  const retryAt = new Date(
    Date.now() + (isNoFile || (error instanceof HttpError && error.isPermanent) ? permanentRetryMs : retryMs),
  )
  await whereThereIsRoom(() =>
    app.db
      .insert(remoteFiles)
      .values({ url, kind, retryAt })
      .onConflictDoUpdate({
        target: [remoteFiles.url, remoteFiles.kind],
        set: { retryAt, fetchedAt: sql`now()` },
        setWhere: sql`${remoteFiles.file} is null`,
      }),
  )
  return null
}
