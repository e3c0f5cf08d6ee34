/**
 * Characters that normalization sorts within a cluster: marks, and the half-width signs of Japanese that become marks. ICU sorts a run
 * of them by insertion, whose time grows with the square of its length.
 */
const longRun = /([\p{M}\uFF9E\uFF9F]{30})[\p{M}\uFF9E\uFF9F]+/gu

/**
 * A text in a normal form of Unicode, in linear time. A cluster keeps 30 marks, more than any language needs, as in Unicode's
 * stream-safe texts.
 *
 * @see https://www.unicode.org/reports/tr15/#Stream_Safe_Text_Format
 */
export const normalize = (text: string, form: 'NFC' | 'NFD' | 'NFKC' | 'NFKD'): string =>
  text.replace(longRun, '$1').normalize(form)
