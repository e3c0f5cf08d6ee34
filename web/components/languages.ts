import type { Formats } from '#src/text/formats.ts'
import { languages } from '#src/text/languages.ts'
import type { Messages } from '#src/text/messages.ts'

/** Languages for a select box, by their names in the reader's language; the first option is "none". */
export const languageOptions = ({ t }: Messages, formats: Formats): (readonly [string, string])[] => [
  ['', t('common.noLanguage')],
  ...languages
    .map(({ code, name }) => [code, formats.language(code) ?? name] as const)
    .toSorted(([, a], [, b]) => formats.compare(a, b)),
]

export const isLanguage = (code: string): boolean => languages.some((language) => language.code === code)
