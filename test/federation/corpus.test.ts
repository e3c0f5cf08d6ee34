import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { examples, now, read } from './corpus/read.ts'

// A document without a date has the present date, and no date is in the future.
beforeAll(() => {
  vi.useFakeTimers({ now, toFake: ['Date'] })
})
afterAll(() => {
  vi.useRealTimers()
})

describe('documents of other software are parsed as expected', () => {
  test.each(examples)('$name', ({ text, expected }) => {
    expect(read(text)).toEqual(JSON.parse(readFileSync(expected, 'utf8')))
  })
})
