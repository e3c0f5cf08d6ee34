import { expect, test } from 'vitest'
import { findsWord, folded } from '#src/statuses/views/filter-words.ts'

const finds = (text: string, keyword: string, isWholeWord: boolean) =>
  findsWord(folded(text), folded(keyword), isWholeWord)

test.each([
  ['A Cat sat', 'cat', true],
  ['concatenate', 'cat', false],
  ['cat', 'cat', true],
  ['(cat)', 'cat', true],
  ['cat_food', 'cat', false],
  ['éclair', 'clair', false],
  ['Это коты', 'кот', false],
  ['Это кот!', 'КОТ', true],
  ['Ich hasse Füße', 'füsse', false],
  ['read #cats now', '#cat', false],
  ['word#cat', '#cat', true],
  ['one\n two', 'one two', true],
  ['ＣＡＴ', 'cat', true],
  ['concat, then cat', 'cat', true],
  ['𐐨cat', 'cat', false],
])('%j as a whole word has %j: %s', (text, keyword, expected) => {
  expect(finds(text, keyword, true)).toBe(expected)
})

test('a keyword that need not be a whole word matches a part of a word', () => {
  expect(finds('Concatenate', 'CAT', false)).toBe(true)
  expect(finds('私の猫です', '猫', false)).toBe(true)
  expect(finds('anything', ' ', false)).toBe(false)
})
