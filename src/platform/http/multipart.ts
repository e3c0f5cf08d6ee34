/** Reads forms with large files: each file is written to disk as it arrives. */
import { createWriteStream } from 'node:fs'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { Busboy, type BusboyFileStream, type BusboyInstance } from '@fastify/busboy'
import { isDiskFull } from '../db/disk-full.ts'
import { BodyError } from './body.ts'

/** A file of a form. `path` is its place on disk, `name` the name of its field. */
export type UploadedFile = { name: string; path: string; bytes: number }

export type MultipartForm = { fields: [name: string, value: string][]; files: UploadedFile[] }

export type MultipartOptions = {
  /** The place for the file of this number, counted from 0. */
  pathOf(index: number): string
  /**
   * The largest size of a file in this field, in bytes. Null: the file is ignored.
   *
   * @param earlier number of files that the field already has
   */
  maxFileBytes(name: string, earlier: number): number | null
  /** Of the whole body. */
  maxBytes: number
}

/** A form that can't be read. `maxBytes` is set for `file_too_large`. */
export class MultipartError extends Error {
  readonly reason: 'malformed' | 'too_many_parts' | 'file_too_large'
  readonly maxBytes: number

  constructor(reason: MultipartError['reason'], maxBytes = 0) {
    super(`The form is ${reason}`)
    this.reason = reason
    this.maxBytes = maxBytes
  }
}

/** Allowance for the multipart syntax around files and fields, in bytes. */
export const overheadBytes = 65_536
const maxFieldBytes = 100_000
const maxFields = 300
const maxFiles = 20

/**
 * Reads a `multipart/form-data` body. Empty files, which browsers send for fields without a choice, are left out.
 *
 * @throws MultipartError, or BodyError for a body that is too large or broke off
 */
export async function readMultipart(request: Request, options: MultipartOptions): Promise<MultipartForm> {
  if (Number(request.headers.get('Content-Length') ?? 0) > options.maxBytes) throw new BodyError('too_large')
  if (!request.body) throw new MultipartError('malformed')
  const form: MultipartForm = { fields: [], files: [] }
  const writing: Promise<void>[] = []
  const parts: BusboyFileStream[] = []
  let problem: Error | undefined
  const parser = parserFor(request)
  const stop = (error: Error): void => {
    problem ??= error
    for (const part of [parser, ...parts]) part.destroy(error)
  }

  parser.on('field', (name, value) => form.fields.push([name, value]))
  parser.on('file', (name, stream: BusboyFileStream) => {
    const max = options.maxFileBytes(name, form.files.filter((file) => file.name === name).length)
    if (max === null) return void stream.resume()
    const file = { name, path: options.pathOf(form.files.length), bytes: 0 }
    form.files.push(file)
    parts.push(stream)
    stream.on('data', (chunk: Buffer) => {
      file.bytes += chunk.byteLength
      if (file.bytes > max) stop(new MultipartError('file_too_large', max))
    })
    writing.push(pipeline(stream, createWriteStream(file.path)).catch(stop))
  })
  for (const limit of ['partsLimit', 'filesLimit', 'fieldsLimit'] as const)
    parser.on(limit, () => stop(new MultipartError('too_many_parts')))

  await pipeline(
    Readable.fromWeb(request.body as Parameters<typeof Readable.fromWeb>[0]),
    bounded(options.maxBytes),
    parser,
  ).catch(stop)
  await Promise.all(writing)
  if (problem)
    throw problem instanceof MultipartError || problem instanceof BodyError || isDiskFull(problem)
      ? problem
      : new MultipartError('malformed')
  return { ...form, files: form.files.filter(({ bytes }) => bytes > 0) }
}

function parserFor(request: Request): BusboyInstance {
  try {
    return new Busboy({
      headers: { 'content-type': request.headers.get('Content-Type') ?? '' },
      limits: {
        fields: maxFields,
        files: maxFiles,
        parts: maxFields + maxFiles,
        fieldSize: maxFieldBytes,
        fieldNameSize: 200,
        headerPairs: 20,
      },
    })
  } catch {
    throw new MultipartError('malformed')
  }
}

/** Counts the received bytes, as `Content-Length` may be missing or wrong. */
const bounded = (max: number) =>
  async function* (source: AsyncIterable<Buffer>) {
    let bytes = 0
    try {
      for await (const chunk of source) {
        bytes += chunk.byteLength
        if (bytes > max) throw new BodyError('too_large')
        yield chunk
      }
    } catch (error) {
      throw error instanceof BodyError ? error : new BodyError('broken_off')
    }
  }
