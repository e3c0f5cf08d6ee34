import { expect, test } from 'vitest'
import { unicodeEmoji } from '#src/text/emoji.ts'

test.each([
  ['🎉', '🎉'],
  ['❤', '❤️'],
  ['❤️', '❤️'],
  [' 👍🏽 ', '👍🏽'],
  ['👁‍🗨', '👁️‍🗨️'],
  ['🏳‍🌈', '🏳️‍🌈'],
  ['1⃣', '1️⃣'],
  ['🇨🇭', '🇨🇭'],
  ['☝🏽', '☝🏽'],
])('%s is an emoji, in one form however it is written', (written, emoji) => expect(unicodeEmoji(written)).toBe(emoji))

test.each(['', 'a', '1', '#', '🎉🎉', '🎉!', ':tada:', '\u{1F1E8}', '🎉'.repeat(50)])('%j is no emoji', (text) =>
  expect(unicodeEmoji(text)).toBeNull(),
)
