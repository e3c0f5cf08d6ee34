/**
 * Makes uploaded pictures safe: reads them by their content alone, turns them upright, converts them to the colours of the web
 * (sRGB), scales them down and encodes them again without metadata, so that no trace of camera, place or original bytes is left.
 *
 * Photographs (JPEG, AVIF, HEIC) become JPEG, which every server, app and feed reader shows, and which is written in a fifth of the
 * time that WebP takes (12 megapixels: 0.23 s against 1.1 s). PNG, GIF and WebP become WebP, for the sake of transparency and motion.
 */
import { availableParallelism } from 'node:os'
import { encode } from 'blurhash'
import type { Sharp as Image } from 'sharp'
import { limiter } from '../platform/limiter.ts'
import { limits } from '../rules/limits.ts'
import { refuse } from '../text/refusals.ts'
import { loadSharp, type Sharp } from './sharp.ts'
import { tooManyFiles } from './too-many-files.ts'

/** Formats by their names in sharp. SVG and other documents are never accepted. */
const photographs = new Set(['jpeg', 'heif', 'avif'])
const accepted = new Set([...photographs, 'png', 'webp', 'gif'])
const decoding = limiter({ concurrency: Math.min(availableParallelism(), 4), maxWaiting: 100, overflow: tooManyFiles })

/** WebP has no larger sides. */
const maxSide = 16_383
const photo = { quality: 85, progressive: true } as const
const drawing = { quality: 85, smartSubsample: true } as const
/** Animations have many frames, and a lower effort costs little. */
const moving = { quality: 80, effort: 2 } as const
const small = { quality: 75 } as const

type Size = { width: number; height: number }

/** A small still of a picture or film, in WebP, with a blurhash to show while it loads. */
export type Preview = { preview: Buffer; previewWidth: number; previewHeight: number; blurhash: string }

export type ProcessedImage = Preview & Size & { image: Buffer; extension: 'webp' | 'jpg' }

/** A square of 400 pixels, in WebP. Throws Refusal `invalid` for what is not an image. */
export const processAvatar = (bytes: Buffer): Promise<Buffer> => cover(bytes, 400, 400)

/** 1500 × 500 pixels, in WebP. Throws Refusal `invalid` for what is not an image. */
export const processHeader = (bytes: Buffer): Promise<Buffer> => cover(bytes, 1500, 500)

/**
 * An image for a status with a small version of it. Animations stay animated.
 *
 * @throws Refusal `invalid` for what is not an image, or too large
 */
export async function processImage(bytes: Buffer): Promise<ProcessedImage> {
  const header = await examineImage(bytes)
  return decoded(async (sharp) => {
    const isPhoto = photographs.has(header.format) && !header.hasAlpha
    const source = open(sharp, bytes, header.isAnimated).resize({
      ...within(header, limits.media.maxKeptPixels),
      fit: 'inside',
      withoutEnlargement: true,
    })
    const { data, info } = await (
      isPhoto ? source.jpeg(photo) : source.webp(header.isAnimated ? moving : drawing)
    ).toBuffer({ resolveWithObject: true })
    return {
      image: data,
      extension: isPhoto ? 'jpg' : 'webp',
      width: info.width,
      height: info.pageHeight ?? info.height,
      ...(await toPreview(sharp, data)),
    }
  })
}

/**
 * The small version of an image alone.
 *
 * @throws Refusal `invalid` for what is not an image, or too large
 */
export async function processPreview(bytes: Buffer): Promise<Preview> {
  await examineImage(bytes)
  return decoded((sharp) => toPreview(sharp, bytes))
}

/**
 * A custom emoji, in WebP, animated if the original is, and its first frame as PNG.
 *
 * @param isOurs local emojis have limits of size and format; remote ones are accepted if they can be read
 * @throws Refusal `invalid` for what is not a PNG, GIF or WebP image, or too large
 */
export async function processEmoji(bytes: Buffer, isOurs = true): Promise<{ whole: Buffer; still: Buffer }> {
  if (isOurs && bytes.byteLength > limits.emoji.maxBytes)
    throw refuse('invalid', 'fileOverKilobytes', { max: limits.emoji.maxBytes / 1_024 })
  const header = await examineImage(bytes)
  if (isOurs && photographs.has(header.format)) throw refuse('invalid', 'emojiFormat')
  const size = { ...limits.emoji.size, fit: 'inside', withoutEnlargement: true } as const
  return decoded(async (sharp) => ({
    whole: await open(sharp, bytes, header.isAnimated)
      .resize(size)
      .webp(header.isAnimated ? moving : { lossless: true })
      .toBuffer(),
    still: await open(sharp, bytes).resize(size).png({ palette: true }).toBuffer(),
  }))
}

export type ImageHeader = Size & { format: string; hasAlpha: boolean; isAnimated: boolean }

/**
 * Reads the header of an image, turned upright, before anything is decoded.
 *
 * @throws Refusal `invalid` for what is not an image, or too large
 */
export async function examineImage(bytes: Buffer): Promise<ImageHeader> {
  if (bytes.byteLength > limits.media.maxImageBytes)
    throw refuse('invalid', 'fileOverMegabytes', { max: Math.floor(limits.media.maxImageBytes / 1_048_576) })
  const sharp = await loadSharp()
  // Reading only the header is safe for larger images, too, and tells the reason of the refusal.
  const header = await sharp(bytes, { limitInputPixels: false, failOn: 'error', animated: true })
    .metadata()
    .catch(() => null)
  if (!header?.format || !accepted.has(header.format)) throw refuse('invalid', 'imageFormat')
  // HEIC needs a decoder that the usual packages of sharp lack.
  const readsHeic = sharp.format.heif.input.fileSuffix?.includes('.heic')
  if (header.compression === 'hevc' && !readsHeic) throw refuse('invalid', 'imageHeic')

  const frames = header.pages ?? 1
  const isAnimated = frames > 1 && (header.format === 'gif' || header.format === 'webp')
  const [width, height] = [header.width, header.pageHeight ?? header.height]
  if (width * height > limits.media.maxImagePixels)
    throw refuse('invalid', 'imagePixels', { max: Math.floor(limits.media.maxImagePixels / 1_000_000) })
  if (isAnimated && frames > limits.media.maxFrames)
    throw refuse('invalid', 'imageFrames', { max: limits.media.maxFrames })
  if (isAnimated && frames * width * height > limits.media.maxAnimatedPixels)
    throw refuse('invalid', 'animationTooLong')
  const upright = header.autoOrient
  return {
    format: header.format,
    hasAlpha: header.hasAlpha,
    isAnimated,
    ...(isAnimated ? { width, height } : { width: upright.width, height: upright.height }),
  }
}

async function cover(bytes: Buffer, width: number, height: number): Promise<Buffer> {
  await examineImage(bytes)
  return decoded((sharp) => open(sharp, bytes).resize(width, height, { fit: 'cover' }).webp({ quality: 82 }).toBuffer())
}

async function toPreview(sharp: Sharp, image: Buffer): Promise<Preview> {
  const { width = 1, height = 1 } = await sharp(image).metadata()
  const preview = await open(sharp, image)
    .resize({ ...within({ width, height }, limits.media.previewPixels), fit: 'inside', withoutEnlargement: true })
    .webp(small)
    .toBuffer({ resolveWithObject: true })
  const tiny = await sharp(preview.data)
    .resize(32, 32, { fit: 'inside' })
    .ensureAlpha()
    .raw()
    .toBuffer({ resolveWithObject: true })
  return {
    preview: preview.data,
    previewWidth: preview.info.width,
    previewHeight: preview.info.height,
    blurhash: encode(new Uint8ClampedArray(tiny.data), tiny.info.width, tiny.info.height, 4, 3),
  }
}

/** Decoded pixels are sRGB: sharp converts from the profile of the file, and leaves the profile out. */
function open(sharp: Sharp, bytes: Buffer, animated = false): Image {
  return sharp(bytes, {
    limitInputPixels: animated ? limits.media.maxAnimatedPixels : limits.media.maxImagePixels,
    failOn: 'error',
    animated,
  }).autoOrient()
}

/** The largest size of the same shape with at most `pixels` pixels. A long strip stays as readable as a square. */
function within({ width, height }: Size, pixels: number): Size {
  const factor = Math.min(1, Math.sqrt(pixels / (width * height)), maxSide / width, maxSide / height)
  return { width: Math.max(1, Math.round(width * factor)), height: Math.max(1, Math.round(height * factor)) }
}

/** Runs a decode within the limiter. */
async function decoded<T>(work: (sharp: Sharp) => Promise<T>): Promise<T> {
  const sharp = await loadSharp()
  return decoding.run(async () => {
    try {
      return await work(sharp)
    } catch (error) {
      throw Object.assign(refuse('invalid', 'imageUnreadable'), { cause: error })
    }
  })
}
