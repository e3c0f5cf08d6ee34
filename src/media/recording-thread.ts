/**
 * Reads films and sounds in a thread of its own, which is ended when it takes too long: it parses files from strangers. Only
 * formats that hold everything in one file are supported, so no playlists, which name other files.
 */
import { parentPort, workerData } from 'node:worker_threads'
import {
  ADTS,
  Conversion,
  FilePathSource,
  FilePathTarget,
  FLAC,
  FlacOutputFormat,
  Input,
  type InputFormat,
  MATROSKA,
  MP3,
  MP4,
  Mp3OutputFormat,
  Mp4OutputFormat,
  OGG,
  OggOutputFormat,
  Output,
  type OutputFormat,
  QTFF,
  WAVE,
  WavOutputFormat,
  WEBM,
  WebMOutputFormat,
} from 'mediabunny'
import type { Container, Recording, ThreadAnswer, ThreadTask } from './recordings.ts'

const containers: [InputFormat, Container][] = [
  [MP4, 'mp4'],
  [QTFF, 'mov'],
  [WEBM, 'webm'],
  [MATROSKA, 'mkv'],
  [MP3, 'mp3'],
  [OGG, 'ogg'],
  [WAVE, 'wav'],
  [FLAC, 'flac'],
  [ADTS, 'aac'],
]
/** Nothing is decoded; a film may begin a little before its sound. */
const copy = { mode: 'forced', shiftTolerance: Infinity } as const

/** Packets that are read to compute the frame rate. */
const sampledPackets = 200

async function examine(input: Input): Promise<Recording | null> {
  if (!(await input.canRead())) return null
  const format = await input.getFormat()
  const [, container] = containers.find(([known]) => known === format) ?? []
  const [video, audio] = [await input.getPrimaryVideoTrack(), await input.getPrimaryAudioTrack()]
  if (!container || (!video && !audio)) return null
  const stats = await video?.computePacketStats(sampledPackets)
  return {
    container,
    durationSeconds: await input.computeDuration(),
    video:
      video && stats
        ? {
            codec: video.codec,
            width: video.displayWidth,
            height: video.displayHeight,
            frameRate: stats.averagePacketRate,
          }
        : null,
    audio: audio && { codec: audio.codec },
  }
}

/** Copies film and sound unchanged into a new file, without anything else: no tags, places, covers or subtitles. */
async function repack(input: Input, recording: Recording, path: string): Promise<boolean> {
  const output = new Output({ format: formatFor(recording), target: new FilePathTarget(path) })
  const conversion = await Conversion.init({ input, output, tags: {}, showWarnings: false, tracks: 'primary', copy })
  const kept = conversion.utilizedTracks.map((track) => track.type)
  if (
    !conversion.isValid ||
    (recording.video && !kept.includes('video')) ||
    (recording.audio && !kept.includes('audio'))
  )
    return false
  await conversion.execute()
  return true
}

function formatFor({ container, video, audio }: Recording): OutputFormat {
  if (container === 'webm' || (container === 'mkv' && (video?.codec ?? audio?.codec) !== 'avc'))
    return new WebMOutputFormat()
  if (container === 'mp3') return new Mp3OutputFormat()
  if (container === 'ogg') return new OggOutputFormat()
  if (container === 'wav') return new WavOutputFormat()
  if (container === 'flac') return new FlacOutputFormat()
  // The index comes before the film, so that players can begin at once.
  return new Mp4OutputFormat({ fastStart: 'in-memory' })
}

async function work({ path, target }: ThreadTask): Promise<ThreadAnswer> {
  const input = new Input({ source: new FilePathSource(path), formats: containers.map(([format]) => format) })
  try {
    const recording = await examine(input)
    return { recording, isRepacked: recording !== null && target !== null && (await repack(input, recording, target)) }
  } catch {
    return { recording: null, isRepacked: false }
  } finally {
    input.dispose()
  }
}

parentPort?.postMessage(await work(workerData as ThreadTask), [])
