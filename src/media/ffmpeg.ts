/**
 * The program ffmpeg, where the system has it: it makes films that play everywhere, and stills of them. It gets the format of
 * its input, may read nothing but files, gets no environment, runs at low priority, and is killed when it takes too long.
 */
import { spawn } from 'node:child_process'
import { setPriority } from 'node:os'
import { minuteMs } from '../platform/time.ts'
import { limits } from '../rules/limits.ts'
import type { Container } from './recordings.ts'

/** ffmpeg can't convert a file, or not in time. */
export class FfmpegError extends Error {}

const demuxers: Record<Container | 'gif', string> = {
  mp4: 'mov',
  mov: 'mov',
  webm: 'matroska',
  mkv: 'matroska',
  mp3: 'mp3',
  ogg: 'ogg',
  wav: 'wav',
  flac: 'flac',
  aac: 'aac',
  gif: 'gif',
}
const maxMs = 15 * minuteMs
const stillMs = 30_000
/** The longest side of stored films; larger ones are scaled down. */
const maxVideoSide = 1_920
const niceness = 10

/** Even sides, as required by the codec, and none too long. */
const scaled = `scale='trunc(iw*min(1,${maxVideoSide}/max(iw,ih))/2)*2':'trunc(ih*min(1,${maxVideoSide}/max(iw,ih))/2)*2'`
const film = [
  '-c:v',
  'libx264',
  '-preset',
  'veryfast',
  '-crf',
  '23',
  '-maxrate',
  '6M',
  '-bufsize',
  '12M',
  '-pix_fmt',
  'yuv420p',
  '-vf',
  scaled,
]
const bare = [
  '-map_metadata',
  '-1',
  '-map_chapters',
  '-1',
  '-fflags',
  '+bitexact',
  '-flags:v',
  '+bitexact',
  '-flags:a',
  '+bitexact',
  '-fs',
  String(limits.media.maxVideoBytes),
]

type Source = { path: string; container: Container | 'gif' }

/** Converts a film or an animation to MP4 with H.264 and AAC. */
export const toFilm = (ffmpeg: string, source: Source, target: string, signal?: AbortSignal): Promise<void> =>
  run(
    ffmpeg,
    [
      ...input(source),
      '-map',
      '0:v:0',
      '-map',
      '0:a:0?',
      ...film,
      '-c:a',
      'aac',
      '-b:a',
      '128k',
      '-ac',
      '2',
      ...bare,
      '-movflags',
      '+faststart',
      '-f',
      'mp4',
      target,
    ],
    maxMs,
    signal,
  )

/** Converts a sound to MP3. */
export const toSound = (ffmpeg: string, source: Source, target: string, signal?: AbortSignal): Promise<void> =>
  run(
    ffmpeg,
    [
      ...input(source),
      '-map',
      '0:a:0',
      '-vn',
      '-c:a',
      'libmp3lame',
      '-b:a',
      '192k',
      '-ac',
      '2',
      ...bare,
      '-f',
      'mp3',
      target,
    ],
    maxMs,
    signal,
  )

/** Writes the first frame of a film, as PNG. */
export const firstPicture = (ffmpeg: string, source: Source, target: string, signal?: AbortSignal): Promise<void> =>
  run(
    ffmpeg,
    [...input(source), '-map', '0:v:0', '-frames:v', '1', '-vf', scaled, '-c:v', 'png', '-f', 'image2', target],
    stillMs,
    signal,
  )

/** A container may lie about the size of its pictures: pictures above our limit are not decoded. */
const input = ({ path, container }: Source): string[] => [
  '-protocol_whitelist',
  'file,pipe',
  '-max_pixels',
  String(limits.media.maxImagePixels),
  '-f',
  demuxers[container],
  '-i',
  path,
]

async function run(ffmpeg: string, args: string[], ms: number, signal: AbortSignal | undefined): Promise<void> {
  const stop = AbortSignal.any([AbortSignal.timeout(ms), ...(signal ? [signal] : [])])
  const child = spawn(ffmpeg, ['-nostdin', '-hide_banner', '-loglevel', 'error', '-y', '-threads', '2', ...args], {
    env: {},
    stdio: ['ignore', 'ignore', 'pipe'],
    signal: stop,
    killSignal: 'SIGKILL',
  })
  if (child.pid !== undefined) lowerPriority(child.pid)
  let said = ''
  child.stderr.on('data', (chunk: Buffer) => {
    said = (said + chunk.toString()).slice(-1_000)
  })
  const code = await new Promise<number | null>((done, failed) => {
    child.once('error', failed)
    child.once('close', done)
  }).catch((error: unknown) => {
    // The worker stops: the job runs again. Other errors are the fault of the file, or of ffmpeg.
    signal?.throwIfAborted()
    throw new FfmpegError(stop.aborted ? 'ffmpeg took too long' : `ffmpeg can’t be run: ${String(error)}`)
  })
  // Not the file's fault: the job runs again when there is room.
  if (code !== 0 && said.includes('No space left on device'))
    throw Object.assign(new Error('ffmpeg found no room left'), { code: 'ENOSPC' })
  if (code !== 0) throw new FfmpegError(`ffmpeg ended with ${code}: ${said.trim()}`)
}

function lowerPriority(pid: number): void {
  try {
    setPriority(pid, niceness)
  } catch {
    // It has ended already.
  }
}
