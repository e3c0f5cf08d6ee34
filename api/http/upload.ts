/**
 * Forms with large files: the files are written to disk as they arrive. Leftover files are deleted after the answer.
 */
import { createWriteStream } from 'node:fs'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { Busboy, type BusboyFileStream, type BusboyInstance } from '@fastify/busboy'
import { z } from 'zod'
import { openTemporaryFolder, type TemporaryFolder } from '#src/media/temporary-folder.ts'
import { isDiskFull } from '#src/platform/db/disk-full.ts'
import { BodyError } from '#src/platform/http/body.ts'
import type { Adding, ApiContext } from '../env.ts'
import { readBody, readQuery } from './body.ts'
import { ApiError } from './errors.ts'
import { nest } from './names.ts'
import { checked, type Params } from './params.ts'

export type UploadedFile = { path: string; bytes: number }
export type UploadedFiles = Partial<Record<string, UploadedFile>>

type Shape = Record<string, z.ZodType>
type Form = { fields: [string, string][]; files: UploadedFiles }

/** Allowance for the multipart syntax around files and fields. */
const overheadBytes = 65_536
const maxFieldBytes = 100_000
const maxFields = 300
const maxFiles = 10

/**
 * Reads and checks the parameters of a route as `params` does, and puts the files named in `maxBytes` into
 * `c.var.files`.
 *
 * @param maxBytes of each file; a larger one is refused with 422
 */
export function uploads<S extends Shape>(
  shape: S,
  maxBytes: Record<string, number>,
): Adding<{ params: Params<S>; files: UploadedFiles }> {
  const schema = z.object(shape)
  return async (c, next) => {
    const isForm = /^multipart\/form-data\b/i.test(c.req.header('Content-Type') ?? '')
    await using folder = isForm ? await openTemporaryFolder(c.var.app.config) : null
    const { fields, files } = folder ? await readForm(c, folder, maxBytes) : { fields: [], files: {} }
    const body = folder ? nest(fields) : await readBody(c, 'text')
    c.set('files', files)
    c.set('params', checked<S>(schema, { ...readQuery(c), ...body, ...c.req.param() }))
    await next()
  }
}

async function readForm(c: ApiContext, folder: TemporaryFolder, maxBytes: Record<string, number>): Promise<Form> {
  const total = Object.values(maxBytes).reduce((sum, bytes) => sum + bytes, overheadBytes)
  if (Number(c.req.header('Content-Length') ?? 0) > total) throw new BodyError('too_large')
  const form: Form = { fields: [], files: {} }
  const writing: Promise<void>[] = []
  const parts: BusboyFileStream[] = []
  let problem: Error | undefined
  const parser = parserFor(c)
  const stop = (error: Error): void => {
    problem ??= error
    for (const part of [parser, ...parts]) part.destroy(error)
  }

  parser.on('field', (name, value) => form.fields.push([name, value]))
  parser.on('file', (name, stream: BusboyFileStream) => {
    const max = maxBytes[name]
    // Apps send files for "no change", and files that no route uses.
    if (max === undefined || form.files[name]) return void stream.resume()
    const file = { path: folder.path(name), bytes: 0 }
    form.files[name] = file
    parts.push(stream)
    stream.on('data', (chunk: Buffer) => {
      file.bytes += chunk.byteLength
      if (file.bytes > max)
        stop(new ApiError(422, `Validation failed: File is larger than ${Math.floor(max / 1_048_576)} MB`))
    })
    writing.push(pipeline(stream, createWriteStream(file.path)).catch(stop))
  })
  for (const limit of ['partsLimit', 'filesLimit', 'fieldsLimit'] as const)
    parser.on(limit, () => stop(new ApiError(413, 'The request has too many parameters')))

  await pipeline(
    Readable.fromWeb(c.req.raw.body as Parameters<typeof Readable.fromWeb>[0]),
    bounded(total),
    parser,
  ).catch(stop)
  await Promise.all(writing)
  if (problem)
    throw problem instanceof ApiError || problem instanceof BodyError || isDiskFull(problem)
      ? problem
      : new ApiError(400, 'The request is not a valid form')
  for (const [name, file] of Object.entries(form.files)) if (file?.bytes === 0) delete form.files[name]
  return form
}

function parserFor(c: ApiContext): BusboyInstance {
  try {
    return new Busboy({
      headers: { 'content-type': c.req.header('Content-Type') ?? '' },
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
    throw new ApiError(400, 'The request is not a valid form')
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
