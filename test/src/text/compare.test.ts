import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { compareLists, compareTexts, type Piece } from '#src/text/compare.ts'

const side = (pieces: Piece[], without: Piece['kind']) =>
  pieces
    .filter(({ kind }) => kind !== without)
    .map(({ value }) => value)
    .join('')
const shown = (pieces: Piece[]) =>
  pieces.map(({ kind, value }) => (kind === 'same' ? value : kind === 'added' ? `{${value}}` : `[${value}]`)).join('')

test('a comparison contains both texts, whatever they are', () => {
  const words = fc
    .array(fc.constantFrom('a', 'b', ' ', '\n', '犬', 'é', '👩‍👧', '.'), { maxLength: 30 })
    .map((all) => all.join(''))
  fc.assert(
    fc.property(words, words, (before, after) => {
      const pieces = compareTexts(before, after)
      expect(side(pieces, 'added')).toBe(before)
      expect(side(pieces, 'removed')).toBe(after)
    }),
  )
})

test('a comparison marks whole words, and joins neighbouring changes', () => {
  expect(shown(compareTexts('the quick brown fox', 'the quick red fox'))).toBe('the quick [brown]{red} fox')
  expect(shown(compareTexts('one two fox', 'three four fox'))).toBe('[one two]{three four} fox')
  expect(shown(compareTexts('лиса и пёс', 'лиса и кот', 'ru'))).toBe('лиса и [пёс]{кот}')
  expect(shown(compareTexts('狐は犬を飛び越える', '狐は猫を飛び越える', 'ja'))).toBe('狐は[犬]{猫}を飛び越える')
  expect(shown(compareTexts('ฉันรักแมว', 'ฉันรักหมา', 'th'))).toBe('ฉันรัก[แมว]{หมา}')
  expect(shown(compareTexts('a b', 'a c', 'no such language'))).toBe('a [b]{c}')
  expect(compareTexts('', '')).toEqual([])
})

test('texts that would take long to compare are shown as one whole removal and one addition', () => {
  const long = 'word '.repeat(1_001)
  expect(compareTexts(long, `${long}more`).map(({ kind }) => kind)).toEqual(['removed', 'added'])
  const other = (name: string) =>
    Array.from({ length: 900 }, (_, i) => `${name}${i}`)
      .join('\n')
      .slice(0, 5_000)
  expect(compareTexts(other('x'), other('y')).map(({ kind }) => kind)).toEqual(['removed', 'added'])
})

test('lists are compared item by item', () => {
  expect(shown(compareLists(['Tea', 'Coffee'], ['Tea', 'Milk']))).toBe('Tea[Coffee]{Milk}')
})
