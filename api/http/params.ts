/**
 * Typed parameters: `params({ id: id<StatusId>(), status: text().optional() })` reads path, query and body,
 * and puts one checked object into `c.var.params`. Parameters that a route doesn't name are ignored. Forms know only
 * strings, and some apps send strings in JSON, too, so numbers and booleans are accepted in either form.
 */
import { z } from 'zod'
import { type Id, isId } from '#src/platform/ids.ts'
import { plainText } from '#src/text/clean.ts'
import { parseMoment } from '#src/text/moment.ts'
import type { Adding } from '../env.ts'
import { readBody, readQuery } from './body.ts'
import { ApiError } from './errors.ts'

type Shape = Record<string, z.ZodType>
export type Params<S extends Shape> = z.output<z.ZodObject<S>>

/**
 * Reads and checks the parameters of a route.
 *
 * @param options.clearable parameters that `null` clears; for others it means "not given"
 * @throws ApiError 400 for a missing parameter, 404 for a malformed id, 422 for an invalid value
 */
export function params<S extends Shape>(
  shape: S,
  { files = false, clearable = [] as readonly string[] } = {},
): Adding<{ params: Params<S> }> {
  const schema = z.object(shape)
  return async (c, next) => {
    const body = c.req.method === 'GET' || c.req.method === 'HEAD' ? {} : await readBody(c, files ? 'files' : 'text')
    const asked: Record<string, unknown> = { ...readQuery(c), ...body, ...c.req.param() }
    for (const name of clearable) if (asked[name] === null) asked[name] = ''
    c.set('params', checked(schema, asked))
    await next()
  }
}

/** Validates parameters against a schema. @throws ApiError as `params` does */
export function checked<S extends Shape>(schema: z.ZodObject<S>, asked: Record<string, unknown>): Params<S> {
  const values = withoutNulls(asked) as Record<string, unknown>
  const parsed = schema.safeParse(values)
  if (!parsed.success) throw problemOf(parsed.error.issues[0], values)
  return parsed.data
}

function problemOf(issue: z.core.$ZodIssue | undefined, values: Record<string, unknown>): ApiError {
  const name = (issue?.path ?? []).map((step, i) => (i === 0 ? String(step) : `[${String(step)}]`)).join('')
  if (issue?.code === 'custom' && issue.params?.['isId']) return new ApiError(404, 'Record not found')
  const isMissing = issue?.path.length === 1 && values[String(issue.path[0])] === undefined
  if (isMissing || (issue?.code === 'custom' && issue.params?.['isBlank']))
    return new ApiError(400, `param is missing or the value is empty: ${name}`)
  if (issue?.code === 'custom' && issue.params?.['isBad']) return new ApiError(400, `${name} ${issue.message}`)
  return new ApiError(422, `Validation failed: ${name} ${issue?.message ?? 'is invalid'}`)
}

/** `null` means "not given" everywhere. Values nested deeper than any parameter are left alone. */
function withoutNulls(value: unknown, depth = 0): unknown {
  if (value === null) return undefined
  if (depth > 6 || typeof value !== 'object' || value instanceof File) return value
  if (Array.isArray(value))
    return value.map((member) => withoutNulls(member, depth + 1)).filter((member) => member !== undefined)
  return Object.fromEntries(
    Object.entries(value as object).map(([name, member]) => [name, withoutNulls(member, depth + 1)]),
  )
}

/** Optional, so that a missing parameter reaches the following transform. */
const anything = () => z.unknown().optional()

export const scalar = z.union([z.string(), z.number(), z.boolean()], 'is invalid')

/** Text without characters that can't be stored. It may be empty. */
export const text = () => scalar.transform((value) => plainText(String(value)))

/** Text that must not be blank. */
export const filled = () =>
  text().refine((value) => value.trim() !== '', { error: 'can’t be blank', params: { isBlank: true } })

/** A boolean, as Rails reads it; empty means not given. */
export const flag = () =>
  scalar.transform((value) => {
    const written = String(value)
    return written === '' ? undefined : !/^(?:0|f|false|off)$/i.test(written)
  })

/** Blank, or the text that scripts of apps send for "not given" in a form or query. */
export const isBlank = (value: unknown): boolean =>
  typeof value === 'string' && ['', 'undefined', 'null'].includes(value.trim())

/** A moment in ISO 8601; empty means not given. */
export const moment = () =>
  text().transform((value, context): Date | undefined => {
    if (value.trim() === '') return undefined
    const parsed = /^\d{4}-\d\d-\d\d/.test(value.trim()) ? parseMoment(value) : null
    if (parsed) return parsed
    context.addIssue('is not a date')
    return z.NEVER
  })

/** One of some words; blank means not given. */
export const choice = <const Words extends readonly string[]>(words: Words) =>
  scalar.transform((value, context): Words[number] | undefined => {
    if (isBlank(value)) return undefined
    if (words.includes(String(value))) return String(value)
    context.addIssue('is not included in the list')
    return z.NEVER
  })

/** An id of an existing record: a malformed one is answered like an unknown one. */
export const id = <T extends Id<string>>() =>
  scalar.transform((value, context) => {
    if (isId(String(value))) return String(value) as T
    context.addIssue({ code: 'custom', params: { isId: true } })
    return z.NEVER
  })

/** As `id`, but empty means not given. */
export const idIfAny = <T extends Id<string>>() =>
  scalar.transform((value, context): T | undefined => {
    if (isBlank(value)) return undefined
    if (isId(String(value))) return String(value) as T
    context.addIssue({ code: 'custom', params: { isId: true } })
    return z.NEVER
  })

/** A list of ids. Malformed ones are left out, as unknown ones are later. */
export const ids = <T extends Id<string>>(max = 100) =>
  list(text(), max).transform((members) => members.filter((member) => isId(member)) as T[])

/** A list: `name[]=a`, `name[0]=a`, a JSON array, or a single value. Empty when not given. */
export const list = <Item extends z.ZodType>(item: Item, max = 100) =>
  anything()
    .transform(toList)
    .pipe(z.array(item).max(max, `has more than ${max} members`))

/** As `list`, but undefined when not given, so that an empty list can remove all members. */
export const listIfGiven = <Item extends z.ZodType>(item: Item, max = 100) =>
  anything()
    .transform((value) => (value === undefined || (value !== '' && isBlank(value)) ? undefined : toList(value)))
    .pipe(z.array(item).max(max, `has more than ${max} members`).optional())

/** A list of hashes, as in `fields_attributes[0][name]`. Values that are no hashes count as not given. */
export const hashes = <S extends Shape>(shape: S, max: number) =>
  anything()
    .transform((value) => toList(value).filter(isHash))
    .pipe(z.array(z.object(shape)).max(max, `has more than ${max} members`))

/** As `hashes`, but undefined when not given, so that an empty list can remove all members. */
export const hashesIfGiven = <S extends Shape>(shape: S, max: number) =>
  anything()
    .transform((value) => {
      const members = value === undefined ? undefined : toList(value)
      const found = members?.filter(isHash)
      return found?.length === 0 && (members?.length !== 0 || isBlank(value)) ? undefined : found
    })
    .pipe(z.array(z.object(shape)).max(max, `has more than ${max} members`).optional())

/** A file of a multipart form. Text instead of a file, which apps send for "no change", counts as not given. */
export const file = () => anything().transform((value) => (value instanceof File && value.size > 0 ? value : undefined))

/** A required hash. */
export const hash = <S extends Shape>(shape: S) => z.object(shape)

/** A hash, as in `source[privacy]`. An empty one counts as not given, as does any other value. */
export const hashIfGiven = <S extends Shape>(shape: S) =>
  anything()
    .transform((value) =>
      isHash(value) && Object.values(value).some((member) => member !== undefined) ? value : undefined,
    )
    .pipe(z.object(shape).optional())

const isHash = (value: unknown): value is object =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof File)

function toList(value: unknown): unknown[] {
  if (value === undefined || isBlank(value)) return []
  if (Array.isArray(value)) return value
  return isHash(value) && Object.keys(value).every((key) => /^\d+$/.test(key)) ? Object.values(value) : [value]
}

type WithoutUndefined<T> = { [Name in keyof T]?: Exclude<T[Name], undefined> }

/** An object without its undefined members, for functions that tell "undefined" from "not given". */
export const withoutUndefined = <T extends object>(values: T): WithoutUndefined<T> =>
  Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as WithoutUndefined<T>
