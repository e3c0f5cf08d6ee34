/** Pictures, videos and sounds for tests, made on demand. */
import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import installed from '@ffmpeg-installer/ffmpeg'
import sharp from 'sharp'

export const ffmpeg = installed.path

/** A photograph with a camera's metadata, lying on its side: 60 × 40 pixels that are shown as 40 × 60, red above blue. */
export async function photo(): Promise<Buffer> {
  const half = (background: string) => ({ create: { width: 30, height: 40, channels: 3 as const, background } })
  const right = await sharp(half('#ff0000')).png().toBuffer()
  return sharp({ create: { width: 60, height: 40, channels: 3, background: '#0000ff' } })
    .composite([{ input: right, left: 0, top: 0 }])
    .withMetadata({ orientation: 6, exif: { IFD0: { Make: 'Secretcam' }, IFD3: { GPSLatitude: '52/1 30/1 0/1' } } })
    .jpeg({ quality: 95 })
    .toBuffer()
}

export const png = (width = 20, height = 10): Promise<Buffer> =>
  sharp({ create: { width, height, channels: 4, background: '#12345680' } })
    .png()
    .toBuffer()

/** Three pictures, one after the other. */
export async function animation(format: 'gif' | 'webp', side = 40): Promise<Buffer> {
  const frames = await Promise.all(
    ['#f00', '#0f0', '#00f'].map((background) =>
      sharp({ create: { width: side, height: side, channels: 4, background } })
        .png()
        .toBuffer(),
    ),
  )
  const joined = sharp(frames, { join: { animated: true } })
  return joined[format]({ delay: [100, 100, 100], loop: 0 }).toBuffer()
}

const film = ['-f', 'lavfi', '-i', 'testsrc=duration=1:size=64x48:rate=10']
const sound = ['-f', 'lavfi', '-i', 'sine=frequency=440:duration=1']
const tags = ['-metadata', 'title=Secret title', '-metadata', 'location=+52.5-013.4/']

/** A second of film or sound, in the formats of phones and browsers, with private metadata. */
export const recordings = {
  'film.mp4': [...film, ...sound, '-c:v', 'libx264', '-pix_fmt', 'yuv420p', '-c:a', 'aac', ...tags],
  'film.mov': [...film, '-c:v', 'libx264', '-pix_fmt', 'yuv420p', ...tags],
  'film.webm': [...film, ...sound, '-c:v', 'libvpx', '-c:a', 'libvorbis', ...tags],
  'sound.mp3': [...sound, ...tags],
  'sound.ogg': [...sound, '-c:a', 'libvorbis', ...tags],
  'sound.flac': [...sound, ...tags],
  'sound.wav': [...sound, ...tags],
  'sound.m4a': [...sound, '-c:a', 'aac', ...tags],
} as const

export async function recording(name: keyof typeof recordings): Promise<Buffer> {
  const folder = await mkdtemp(join(tmpdir(), 'pipit-recording-'))
  try {
    await promisify(execFile)(ffmpeg, ['-v', 'error', ...recordings[name], join(folder, name)])
    return await readFile(join(folder, name))
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}
