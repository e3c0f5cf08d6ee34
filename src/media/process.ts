/**
 * Processes films, sounds and animations in a job. Films and sounds that play everywhere are only repacked, without tags.
 * Others are converted where there is ffmpeg, and repacked where there is none.
 */
import { createWriteStream } from 'node:fs'
import { readFile, stat } from 'node:fs/promises'
import { pipeline } from 'node:stream/promises'
import { and, eq } from 'drizzle-orm'
import { emit } from '../outbox/emit.ts'
import type { App } from '../platform/app.ts'
import { media } from '../platform/db/schema/media.ts'
import { Refusal } from '../platform/errors.ts'
import type { MediaId } from '../platform/ids.ts'
import { getLogger } from '../platform/log.ts'
import { type Extension, mediaTypeOf } from '../platform/storage/names.ts'
import type { Content } from '../platform/storage/storage.ts'
import { refuse } from '../text/refusals.ts'
import { FfmpegError, firstPicture, toFilm, toSound } from './ffmpeg.ts'
import { type Preview, processImage, processPreview } from './images.ts'
import { pendingFiles } from './pending-files.ts'
import { examineRecording, type Recording, repackedExtension, repackRecording } from './recordings.ts'
import { openTemporaryFolder, type TemporaryFolder } from './temporary-folder.ts'
import { recordingColumns, storePreview } from './upload.ts'

type Row = typeof media.$inferSelect
type Columns = Partial<typeof media.$inferInsert>
type Result = { extension: Extension; content: Content; columns: Columns; preview: Preview | null }

const log = getLogger('media')

/** Processes an upload. It may have been processed or deleted meanwhile; an unreadable one is marked as failed. */
export async function processMedia(app: App, mediaId: MediaId, signal?: AbortSignal): Promise<void> {
  const [row] = await app.db.select().from(media).where(waiting(mediaId))
  if (!row?.file) return
  await using folder = await openTemporaryFolder(app.config)
  const source = folder.path('source')
  const original = await app.storage.get(row.file)
  if (!original) return void (await finish(app, mediaId, row.file, { state: 'failed', file: null }))
  await pipeline(await original.read(), createWriteStream(source), { signal })

  try {
    const result = await (row.kind === 'image'
      ? makeAnimation(app, row, source, folder, signal)
      : makeRecording(app, source, folder, signal))
    await using stored = pendingFiles(app.storage)
    const file = await stored.put(result.extension, result.content)
    const preview = result.preview && !row.previewFile ? await storePreview(stored, result.preview) : {}
    if (
      await finish(app, mediaId, row.file, {
        ...result.columns,
        ...preview,
        file,
        mediaType: mediaTypeOf(file),
        state: 'ready',
      })
    )
      stored.keep()
  } catch (error) {
    if (!(error instanceof FfmpegError) && !(error instanceof Refusal && error.code === 'invalid')) throw error
    log.info('Upload {mediaId} can’t be used: {reason}', { mediaId, reason: error.message })
    await finish(app, mediaId, row.file, { state: 'failed', file: null })
  }
}

const waiting = (mediaId: MediaId) => and(eq(media.id, mediaId), eq(media.state, 'processing'))

/** Stores the result of an upload, and removes the uploaded file; false when the row is gone. */
async function finish(app: App, mediaId: MediaId, original: string, columns: Columns): Promise<boolean> {
  return app.db.transaction(async (tx) => {
    const done = await tx.update(media).set(columns).where(waiting(mediaId)).returning({ id: media.id })
    if (done.length > 0) await emit(tx, { type: 'files.orphaned', files: [original] })
    return done.length > 0
  })
}

/** A GIF becomes a silent film where there is ffmpeg, as in apps and on other servers, in a tenth of the size. */
async function makeAnimation(
  app: App,
  row: Row,
  source: string,
  folder: TemporaryFolder,
  signal: AbortSignal | undefined,
): Promise<Result> {
  const { ffmpegPath } = app.config
  if (ffmpegPath && row.mediaType === 'image/gif') {
    const target = folder.path('film.mp4')
    await toFilm(ffmpegPath, { path: source, container: 'gif' }, target, signal)
    return {
      extension: 'mp4',
      content: { path: target },
      columns: { kind: 'gifv', ...(await measured(target)) },
      preview: null,
    }
  }
  const { image, extension, width, height } = await processImage(await readFile(source))
  return { extension, content: image, columns: { width, height }, preview: null }
}

async function makeRecording(
  app: App,
  source: string,
  folder: TemporaryFolder,
  signal: AbortSignal | undefined,
): Promise<Result> {
  const { ffmpegPath } = app.config
  const recording = await examineRecording(source)
  const isConverted = ffmpegPath !== undefined && !playsEverywhere(recording)
  const extension = isConverted ? (recording.video ? 'mp4' : 'mp3') : repackedExtension(recording)
  const target = folder.path(`result.${extension}`)
  if (!isConverted) await repackRecording(source, target)
  else
    await (recording.video ? toFilm : toSound)(
      ffmpegPath,
      { path: source, container: recording.container },
      target,
      signal,
    )
  const preview =
    recording.video && ffmpegPath
      ? await stillOf(ffmpegPath, { path: source, container: recording.container }, folder, signal)
      : null
  return { extension, content: { path: target }, columns: await measured(target), preview }
}

/** H.264 with AAC in MP4, MP3 and AAC. */
function playsEverywhere({ container, video, audio }: Recording): boolean {
  const isPlainSound = audio === null || audio.codec === 'aac' || audio.codec === 'mp3'
  if (video) return (container === 'mp4' || container === 'mov') && video.codec === 'avc' && isPlainSound
  return isPlainSound
}

/** Measures the result, which also proves that it can be read. */
async function measured(path: string): Promise<Columns> {
  return recordingColumns(await examineRecording(path), (await stat(path)).size)
}

async function stillOf(
  ffmpeg: string,
  source: Parameters<typeof firstPicture>[1],
  folder: TemporaryFolder,
  signal: AbortSignal | undefined,
): Promise<Preview> {
  const still = folder.path('still.png')
  await firstPicture(ffmpeg, source, still, signal)
  return processPreview(
    await readFile(still).catch(() => {
      throw refuse('invalid', 'fileNoPicture')
    }),
  )
}
