import { randomInt } from 'node:crypto'

/** 32 characters, without those that look alike on paper. */
const alphabet = 'abcdefghijkmnpqrstuvwxyz23456789'

/** Five random characters, 25 bits, that can be copied by hand. */
export const randomGroup = (): string =>
  Array.from({ length: 5 }, () => alphabet.charAt(randomInt(alphabet.length))).join('')

/** A password of 100 random bits, in groups. */
export const generatedPassword = (): string => [randomGroup(), randomGroup(), randomGroup(), randomGroup()].join('-')
