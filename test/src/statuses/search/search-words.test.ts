import { expect, test } from 'vitest'
import { searchDocument } from '#src/statuses/search/document.ts'
import { parsePostQuery, toTsquery } from '#src/statuses/search/query.ts'
import { searchWords } from '#src/statuses/search/words.ts'

test.each([
  ['Crème BRÛLÉE, please!', ['creme', 'brulee', 'please']],
  ['Don’t panic', ["don't", 'panic']],
  ['ＦＵＬＬ width', ['full', 'width']],
  ['Ёлка', ['елка']],
  ['私は学生です', ['私', 'は', '学生', 'です']],
  ['我们去北京', ['我们', '去', '北京']],
  ['สวัสดีครับ', ['สวัสดี', 'ครับ']],
  ['हिन्दी', ['हिन्दी']],
  ['🐦 … –', []],
])('the words of %j', (text, words) => {
  expect(searchWords(text)).toEqual(words)
})

test('a search document has words with positions, hashtags and marks, and can’t break its own syntax', () => {
  const document = searchDocument({ texts: ['two two', 'o’clock'], tags: ['a'], marks: ['media'] })
  expect(document).toBe(`'two':1,2 'o''clock':13 '#a' '=media'`)
})

test.each([
  ['two words', `('two') & ('words')`],
  ['"two words"', `('two' <-> 'words')`],
  ['cat -dog', `('cat') & !('dog')`],
  ['language:DEU', `('=language:de')`],
  ['has:media -is:reply language:de', `('=media') & !('=reply') & ('=language:de')`],
  ['#Cats', `('#cats')`],
  ['note:this', `('note:this')`],
  ['has:wings', `('has:wings')`],
  ['well-known', `('well' <-> 'known')`],
  [`it's'); drop`, `('it''s') & ('drop')`],
])('%j asks for %s', (text, expected) => {
  expect(toTsquery(parsePostQuery(text).terms)).toBe(expected)
})

test('days in a search are days of UTC, and before: and after: exclude the day itself', () => {
  const iso = (text: string) => {
    const { since, until } = parsePostQuery(text)
    return [since?.toISOString().slice(0, 10), until?.toISOString().slice(0, 10)]
  }
  expect(iso('before:2026-03-01')).toEqual([undefined, '2026-03-01'])
  expect(iso('after:2026-03-01')).toEqual(['2026-03-02', undefined])
  expect(iso('during:2026-03-01')).toEqual(['2026-03-01', '2026-03-02'])
  expect(iso('before:2026-13-45')).toEqual([undefined, undefined])
  expect(parsePostQuery('in:library from:me x')).toMatchObject({
    scope: 'library',
    from: [{ handle: 'me', isNegative: false }],
  })
})
