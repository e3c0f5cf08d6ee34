import { languages } from '#src/text/languages.ts'

/** Languages to choose from, by their English names; the first says that none is meant. */
export const languageOptions: (readonly [string, string])[] = [
  ['', 'Not specified'],
  ...languages.map(({ code, name }) => [code, name] as const),
]

export const isLanguage = (code: string): boolean => languages.some((language) => language.code === code)
