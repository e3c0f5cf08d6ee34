/** Stores uploads: still pictures are ready at once, a job processes animations, films and sounds. */
import { open, readFile, stat } from 'node:fs/promises'
import { emit } from '../outbox/emit.ts'
import type { App } from '../platform/app.ts'
import { media } from '../platform/db/schema/media.ts'
import { type AccountId, type MediaId, newId } from '../platform/ids.ts'
import { type Extension, mediaTypeOf } from '../platform/storage/names.ts'
import { limits } from '../rules/limits.ts'
import { refuse } from '../text/refusals.ts'
import { type Focus, validDescription, withinPicture } from './details.ts'
import { examineImage, type Preview, processImage, processPreview } from './images.ts'
import { type PendingFiles, pendingFiles } from './pending-files.ts'
import { examineRecording, type Recording } from './recordings.ts'

export type Upload = {
  /** Path of the file, which may be removed afterwards. */
  path: string
  description?: string
  focus?: Focus
  /** A picture that is shown until the file is opened. */
  thumbnailPath?: string
}

type NewRow = Omit<typeof media.$inferInsert, 'id' | 'accountId'>

/**
 * Stores a file for a later status. Its content decides its kind, whatever its name.
 *
 * @throws Refusal `invalid` for what is no picture, film or sound that we take, or is too large
 */
export async function storeUpload(app: App, accountId: AccountId, upload: Upload): Promise<MediaId> {
  const details = { description: validDescription(upload.description ?? ''), ...focusColumns(upload.focus) }
  const thumbnail =
    upload.thumbnailPath === undefined ? null : await processPreview(await readFile(upload.thumbnailPath))
  const isImage = await looksLikeImage(upload.path)
  await using stored = pendingFiles(app.storage)
  const row = isImage
    ? await storeImage(stored, await imageBytes(upload.path), thumbnail)
    : await storeRecording(stored, upload.path, thumbnail)

  const id = newId<MediaId>()
  await app.db.transaction(async (tx) => {
    await tx.insert(media).values({ ...row, ...details, id, accountId })
    if (row.state === 'processing') await emit(tx, { type: 'media.uploaded', mediaId: id })
  })
  stored.keep()
  return id
}

async function storeImage(stored: PendingFiles, bytes: Buffer, thumbnail: Preview | null): Promise<NewRow> {
  const header = await examineImage(bytes)
  if (header.isAnimated) {
    // Processing takes long; the first frame is shown meanwhile.
    const file = await stored.put(header.format === 'gif' ? 'gif' : 'webp', bytes)
    return {
      kind: 'image',
      state: 'processing',
      mediaType: mediaTypeOf(file),
      file,
      width: header.width,
      height: header.height,
      ...(await storePreview(stored, thumbnail ?? (await processPreview(bytes)))),
    }
  }
  const image = await processImage(bytes)
  const file = await stored.put(image.extension, image.image)
  return {
    kind: 'image',
    state: 'ready',
    mediaType: mediaTypeOf(file),
    file,
    width: image.width,
    height: image.height,
    ...(await storePreview(stored, thumbnail ?? image)),
  }
}

async function storeRecording(stored: PendingFiles, path: string, thumbnail: Preview | null): Promise<NewRow> {
  const recording = await examineRecording(path)
  const file = await stored.put(extensionOf(recording), { path })
  return {
    kind: recording.video ? 'video' : 'audio',
    state: 'processing',
    mediaType: mediaTypeOf(file),
    file,
    ...recordingColumns(recording, (await stat(path)).size),
    ...(thumbnail ? await storePreview(stored, thumbnail) : {}),
  }
}

/** Stores a small still, and returns its columns. */
export async function storePreview(
  stored: Pick<PendingFiles, 'put'>,
  { preview, previewWidth, previewHeight, blurhash }: Preview,
) {
  return { previewFile: await stored.put('webp', preview), previewWidth, previewHeight, blurhash }
}

/** The columns of a film or sound. */
export function recordingColumns({ video, durationSeconds }: Recording, bytes: number) {
  return {
    width: video?.width ?? null,
    height: video?.height ?? null,
    frameRate: video ? Math.round(video.frameRate * 100) / 100 : null,
    durationSeconds: Math.round(durationSeconds * 1_000) / 1_000,
    bitrate: Math.min(Math.round((bytes * 8) / durationSeconds), 2_147_483_647),
  }
}

const extensionOf = ({ container, video }: Recording): Extension =>
  video
    ? container
    : container === 'mp4' || container === 'mov'
      ? 'm4a'
      : container === 'webm' || container === 'mkv'
        ? 'weba'
        : container

export const focusColumns = (focus: Focus | undefined) => {
  if (!focus) return {}
  const { x, y } = withinPicture(focus)
  return { focusX: x, focusY: y }
}

async function imageBytes(path: string): Promise<Buffer> {
  const { size } = await stat(path)
  if (size > limits.media.maxImageBytes)
    throw refuse('invalid', 'imageTooLarge', { max: Math.floor(limits.media.maxImageBytes / 1_048_576) })
  return readFile(path)
}

/** Whether the first bytes are those of a picture. Some pictures share `ftyp` with films; the brand behind it distinguishes them. */
async function looksLikeImage(path: string): Promise<boolean> {
  const file = await open(path)
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(64), 0, 64, 0)
    const start = buffer.subarray(0, bytesRead).toString('latin1')
    return /^(?:\xff\xd8\xff|\x89PNG\r\n|GIF8[79]a|RIFF[\s\S]{4}WEBP|[\s\S]{4}ftyp(?:avi[fs]|mif1|msf1|hei[cxms]|hev[cxms]))/.test(
      start,
    )
  } finally {
    await file.close()
  }
}
