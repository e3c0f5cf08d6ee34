import { createWriteStream } from 'node:fs'
/**
 * What a job makes of films, sounds and animations. Films and sounds that play everywhere are only packed anew, without tags.
 * Others are converted where there is ffmpeg, and packed anew as they are where there is none.
 */
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
import { FfmpegError, firstPicture, toFilm, toSound } from './ffmpeg.ts'
import { type Preview, processImage, processPreview } from './images.ts'
import { pendingFiles } from './pending-files.ts'
import { examineRecording, type Recording, repackedExtension, repackRecording, unreadable } from './recordings.ts'
import { openTemporaryFolder, type TemporaryFolder } from './temporary-folder.ts'
import { recordingColumns, storePreview } from './upload.ts'

type Row = typeof media.$inferSelect
type Columns = Partial<typeof media.$inferInsert>
type Made = { extension: Extension; content: Content; columns: Columns; preview: Preview | null }

const log = getLogger('media')

/** Works off an upload. It may have been done or deleted meanwhile; what can't be read is marked as failed. */
export async function processMedia(app: App, mediaId: MediaId, signal?: AbortSignal): Promise<void> {
  const [row] = await app.db.select().from(media).where(waiting(mediaId))
  if (!row?.file) return
  await using scratch = await openTemporaryFolder(app.config)
  const source = scratch.path('source')
  const original = await app.storage.get(row.file)
  if (!original) return void (await finish(app, mediaId, row.file, { state: 'failed', file: null }))
  await pipeline(await original.read(), createWriteStream(source), { signal })

  try {
    const made = await (row.kind === 'image'
      ? makeAnimation(app, row, source, scratch, signal)
      : makeRecording(app, source, scratch, signal))
    await using stored = pendingFiles(app.storage)
    const file = await stored.put(made.extension, made.content)
    const preview = made.preview && !row.previewFile ? await storePreview(stored, made.preview) : {}
    if (
      await finish(app, mediaId, row.file, {
        ...made.columns,
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

/** Writes down what became of an upload, and lets go of what was uploaded; false when the row is gone. */
async function finish(app: App, mediaId: MediaId, original: string, columns: Columns): Promise<boolean> {
  return app.db.transaction(async (tx) => {
    const done = await tx.update(media).set(columns).where(waiting(mediaId)).returning({ id: media.id })
    if (done.length > 0) await emit(tx, { type: 'files.orphaned', files: [original] })
    return done.length > 0
  })
}

/** A GIF becomes a silent film where there is ffmpeg: that is what apps and other servers make of GIFs, and a tenth of the size. */
async function makeAnimation(
  app: App,
  row: Row,
  source: string,
  scratch: TemporaryFolder,
  signal: AbortSignal | undefined,
): Promise<Made> {
  const { ffmpegPath } = app.config
  if (ffmpegPath && row.mediaType === 'image/gif') {
    const target = scratch.path('film.mp4')
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
  scratch: TemporaryFolder,
  signal: AbortSignal | undefined,
): Promise<Made> {
  const { ffmpegPath } = app.config
  const recording = await examineRecording(source)
  const isConverted = ffmpegPath !== undefined && !playsEverywhere(recording)
  const extension = isConverted ? (recording.video ? 'mp4' : 'mp3') : repackedExtension(recording)
  const target = scratch.path(`made.${extension}`)
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
      ? await stillOf(ffmpegPath, { path: source, container: recording.container }, scratch, signal)
      : null
  return { extension, content: { path: target }, columns: await measured(target), preview }
}

/** H.264 with AAC in MP4, MP3 and AAC. */
function playsEverywhere({ container, video, audio }: Recording): boolean {
  const isPlainSound = audio === null || audio.codec === 'aac' || audio.codec === 'mp3'
  if (video) return (container === 'mp4' || container === 'mov') && video.codec === 'avc' && isPlainSound
  return isPlainSound
}

/** What became of it, which is also the proof that it can be read. */
async function measured(path: string): Promise<Columns> {
  return recordingColumns(await examineRecording(path), (await stat(path)).size)
}

async function stillOf(
  ffmpeg: string,
  source: Parameters<typeof firstPicture>[1],
  scratch: TemporaryFolder,
  signal: AbortSignal | undefined,
): Promise<Preview> {
  const still = scratch.path('still.png')
  await firstPicture(ffmpeg, source, still, signal)
  return processPreview(
    await readFile(still).catch(() => {
      throw unreadable('has no picture')
    }),
  )
}
