import { expect, test } from 'vitest'
import { languageTag } from '#src/text/language-tag.ts'

test.each([
  ['en', 'en'],
  ['EN', 'en'],
  ['eng', 'en'],
  ['ger', 'de'],
  ['en_US', 'en-US'],
  [' pt-br ', 'pt-BR'],
  ['ZH-hant-tw', 'zh-Hant-TW'],
  ['yue', 'yue'],
  ['und', null],
  ['', null],
  ['not a language', null],
  ['en-', null],
  ['en-US-US', null],
  ['e', null],
  ['english', null],
])('%j is %j', (written, tag) => {
  expect(languageTag(written)).toBe(tag)
})
