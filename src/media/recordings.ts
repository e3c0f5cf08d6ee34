/** Examines films and sounds, and repacks them into new files without tags, without any external program. */
import { Worker } from 'node:worker_threads'
import { limiter } from '../platform/limiter.ts'
import type { Extension } from '../platform/storage/names.ts'
import { limits } from '../rules/limits.ts'
import { refuse } from '../text/refusals.ts'
import { tooManyFiles } from './too-many-files.ts'

export type Container = 'mp4' | 'mov' | 'webm' | 'mkv' | 'mp3' | 'ogg' | 'wav' | 'flac' | 'aac'

/** The format of a film or sound. Codecs have their names in mediabunny (`avc`, `aac`), null for unknown ones. */
export type Recording = {
  container: Container
  durationSeconds: number
  video: { codec: string | null; width: number; height: number; frameRate: number } | null
  audio: { codec: string | null } | null
}

export type ThreadTask = { path: string; target: string | null }
export type ThreadAnswer = { recording: Recording | null; isRepacked: boolean }

const maxMs = 120_000
const maxHeapMb = 512
const reading = limiter({ concurrency: 2, maxWaiting: 50, overflow: tooManyFiles })

/**
 * Examines a film or sound by its content, whatever its name.
 *
 * @throws Refusal `invalid` for what is none, or is too large
 */
export async function examineRecording(path: string): Promise<Recording> {
  const { recording } = await inThread({ path, target: null })
  if (!recording) throw refuse('invalid', 'fileKind')
  const { video } = recording
  if (!Number.isFinite(recording.durationSeconds) || recording.durationSeconds <= 0)
    throw refuse('invalid', 'fileNoLength')
  if (!video) return recording
  if (!(video.width > 0 && video.height > 0)) throw refuse('invalid', 'fileNoSize')
  if (video.width * video.height > limits.media.maxVideoPixels)
    throw refuse('invalid', 'filmTooLarge', { max: limits.media.maxVideoPixels })
  if (video.frameRate > limits.media.maxVideoFrameRate + 1)
    throw refuse('invalid', 'filmTooFast', { max: limits.media.maxVideoFrameRate })
  return recording
}

/**
 * Writes film and sound of a file, unchanged, into a new file without anything else: no tags, places, covers.
 *
 * @throws Refusal `invalid` when that can't be done
 */
export async function repackRecording(path: string, target: string): Promise<void> {
  const { isRepacked } = await inThread({ path, target })
  if (!isRepacked) throw refuse('invalid', 'fileBroken')
}

/** The extension of the file that `repackRecording` makes. */
export function repackedExtension({ container, video, audio }: Recording): Extension {
  if (container === 'mp3' || container === 'ogg' || container === 'wav' || container === 'flac') return container
  const isWebm = container === 'webm' || (container === 'mkv' && (video?.codec ?? audio?.codec) !== 'avc')
  return isWebm ? (video ? 'webm' : 'weba') : video ? 'mp4' : 'm4a'
}

async function inThread(task: ThreadTask): Promise<ThreadAnswer> {
  return reading.run(async () => {
    const thread = new Worker(new URL('./recording-thread.ts', import.meta.url), {
      workerData: task,
      execArgv: [],
      env: {},
      resourceLimits: { maxOldGenerationSizeMb: maxHeapMb },
    })
    const timer = setTimeout(() => void thread.terminate(), maxMs)
    try {
      return await new Promise<ThreadAnswer>((answer) => {
        thread.once('message', answer)
        // A malicious file may exhaust the thread's memory or time: then the file is unreadable.
        for (const end of ['error', 'exit'] as const)
          thread.once(end, () => answer({ recording: null, isRepacked: false }))
      })
    } finally {
      clearTimeout(timer)
      await thread.terminate()
    }
  })
}
