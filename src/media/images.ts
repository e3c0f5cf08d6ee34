/**
 * Pictures that people upload, made safe: read by their content alone, turned upright, made small, and written anew without
 * metadata, so that nothing of the camera, the place or the original bytes is left.
 */
import { encode } from 'blurhash'
import sharp, { type Sharp } from 'sharp'
import { Refusal } from '../errors.ts'
import { limits } from '../instance/limits.ts'

/** As a media type tells, and as sharp calls them. SVG and other documents are never accepted. */
const accepted = new Set(['jpeg', 'png', 'webp', 'gif', 'heif', 'avif'])

// One decode a core at a time is all that helps; sharp would start as many threads for each image.
sharp.concurrency(1)
sharp.cache(false)

export type ProcessedImage = {
  image: Buffer
  preview: Buffer
  width: number
  height: number
  previewWidth: number
  previewHeight: number
  blurhash: string
}

/** A square of 400 pixels, in WebP. Throws Refusal `unprocessable` for what is not an image. */
export const processAvatar = (bytes: Buffer): Promise<Buffer> => cover(bytes, 400, 400)

/** 1500 × 500 pixels, in WebP. Throws Refusal `unprocessable` for what is not an image. */
export const processHeader = (bytes: Buffer): Promise<Buffer> => cover(bytes, 1500, 500)

/**
 * An image for a status with a small version of it, both in WebP.
 *
 * @throws Refusal `unprocessable` for what is not an image, or too large
 */
export async function processImage(bytes: Buffer): Promise<ProcessedImage> {
  const source = await open(bytes)
  return decoded(async () => {
    const full = await source.clone().resize(2560, 2560, { fit: 'inside', withoutEnlargement: true }).webp({ quality: 82 }).toBuffer({ resolveWithObject: true })
    const small = await sharp(full.data).resize(640, 640, { fit: 'inside', withoutEnlargement: true }).webp({ quality: 75 }).toBuffer({ resolveWithObject: true })
    const tiny = await sharp(small.data).resize(32, 32, { fit: 'inside' }).ensureAlpha().raw().toBuffer({ resolveWithObject: true })
    return {
      image: full.data,
      preview: small.data,
      width: full.info.width,
      height: full.info.height,
      previewWidth: small.info.width,
      previewHeight: small.info.height,
      blurhash: encode(new Uint8ClampedArray(tiny.data), tiny.info.width, tiny.info.height, 4, 3),
    }
  })
}

async function cover(bytes: Buffer, width: number, height: number): Promise<Buffer> {
  const source = await open(bytes)
  return decoded(() => source.resize(width, height, { fit: 'cover' }).webp({ quality: 82 }).toBuffer())
}

/** Looks at the header before anything is decoded. */
async function open(bytes: Buffer): Promise<Sharp> {
  if (bytes.byteLength > limits.media.maxImageBytes) throw notAnImage(`is larger than ${Math.floor(limits.media.maxImageBytes / 1_048_576)} MB`)
  // The header alone may be read of a larger one, to say what is wrong with it.
  const header = await sharp(bytes, { limitInputPixels: false, failOn: 'error' }).metadata().catch(() => null)
  if (!header?.format || !accepted.has(header.format)) throw notAnImage('is not a JPEG, PNG, WebP, GIF or AVIF image')
  if (header.width * header.height > limits.media.maxImagePixels) throw notAnImage(`has more than ${Math.floor(limits.media.maxImagePixels / 1_000_000)} million pixels`)
  return sharp(bytes, { limitInputPixels: limits.media.maxImagePixels, failOn: 'error' }).autoOrient()
}

async function decoded<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    throw notAnImage('can’t be read as an image', error)
  }
}

function notAnImage(why: string, cause?: unknown): Refusal {
  const refusal = new Refusal('unprocessable', `Validation failed: File ${why}`)
  if (cause) refusal.cause = cause
  return refusal
}
