/** Forms with pictures, films and sounds, which are written to disk as they arrive. */
import { openTemporaryFolder, type TemporaryFolder } from '#src/media/temporary-folder.ts'
import { MultipartError, overheadBytes, readMultipart, type UploadedFile } from '#src/platform/http/multipart.ts'
import { limits } from '#src/rules/limits.ts'
import type { C } from './env.ts'
import { HttpProblem } from './problem.ts'

const paths = /^\/(?:compose(?:\/files)?|statuses\/\d+\/edit)$/

/** Texts of a thread, and descriptions, in bytes. */
const textBytes = 2_000_000

/** A folder for the files of a request, if its form may have some: only forms of people who are logged in. */
export async function uploadFolder(c: C): Promise<TemporaryFolder | null> {
  const isMultipart = /^multipart\/form-data\b/i.test(c.req.header('Content-Type') ?? '')
  return isMultipart && paths.test(c.req.path) && c.var.session.viewer
    ? await openTemporaryFolder(c.var.app.config)
    : null
}

/** @throws HttpProblem, or BodyError for a body that can't be read */
export async function readUploadForm(
  c: C,
  folder: TemporaryFolder,
): Promise<{ data: FormData; uploads: UploadedFile[] }> {
  const form = await readMultipart(c.req.raw, {
    pathOf: (index) => folder.path(String(index)),
    maxFileBytes: (name) => (/^files-\d+$/.test(name) ? limits.media.maxVideoBytes : null),
    maxBytes: limits.media.maxVideoBytes + overheadBytes + textBytes,
  }).catch((error: unknown) => {
    throw error instanceof MultipartError ? new HttpProblem(error.reason === 'malformed' ? 400 : 413) : error
  })
  const data = new FormData()
  for (const [name, value] of form.fields) {
    if (value.includes('\0')) throw new HttpProblem(400)
    data.append(name, value)
  }
  return { data, uploads: form.files }
}
