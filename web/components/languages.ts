import { languages } from '#src/text/languages.ts'

/** Languages for a select box, by their English names; the first option is "none". */
export const languageOptions: (readonly [string, string])[] = [
  ['', 'Not specified'],
  ...languages.map(({ code, name }) => [code, name] as const),
]

export const isLanguage = (code: string): boolean => languages.some((language) => language.code === code)
