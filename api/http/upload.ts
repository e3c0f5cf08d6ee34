/**
 * Forms with large files: the files are written to disk as they arrive. Leftover files are deleted after the answer.
 */
import { z } from 'zod'
import { openTemporaryFolder, type TemporaryFolder } from '#src/media/temporary-folder.ts'
import { MultipartError, overheadBytes, readMultipart, type UploadedFile } from '#src/platform/http/multipart.ts'
import type { Adding, ApiContext } from '../env.ts'
import { readBody, readQuery } from './body.ts'
import { ApiError } from './errors.ts'
import { nest } from './names.ts'
import { checked, type Params } from './params.ts'

export type UploadedFiles = Partial<Record<string, UploadedFile>>

type Shape = Record<string, z.ZodType>

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
    const { fields, files } = folder ? await readForm(c, folder, maxBytes) : { fields: [], files: [] }
    const body = folder ? nest(fields) : await readBody(c, 'text')
    c.set('files', Object.fromEntries(files.map((file) => [file.name, file])))
    c.set('params', checked<S>(schema, { ...readQuery(c), ...body, ...c.req.param() }))
    await next()
  }
}

/** Apps send files for "no change", and files that no route uses: those are ignored, as is a second file of a name. */
async function readForm(c: ApiContext, folder: TemporaryFolder, maxBytes: Record<string, number>) {
  try {
    return await readMultipart(c.req.raw, {
      pathOf: (index) => folder.path(String(index)),
      maxFileBytes: (name, earlier) => (earlier > 0 ? null : (maxBytes[name] ?? null)),
      maxBytes: Object.values(maxBytes).reduce((sum, bytes) => sum + bytes, overheadBytes),
    })
  } catch (error) {
    throw error instanceof MultipartError ? toApiError(error) : error
  }
}

function toApiError({ reason, maxBytes }: MultipartError): ApiError {
  switch (reason) {
    case 'malformed':
      return new ApiError(400, 'The request is not a valid form')
    case 'too_many_parts':
      return new ApiError(413, 'The request has too many parameters')
    case 'file_too_large':
      return new ApiError(422, `Validation failed: File is larger than ${Math.floor(maxBytes / 1_048_576)} MB`)
  }
}
