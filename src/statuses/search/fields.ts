/** A query for posts as the fields of a form, and back. */
import { misunderstood } from './query.ts'

/** Operators that may stand once in the form. Others stay among the words. */
export const searchFields = ['from', 'has', 'is', 'language', 'in', 'after', 'before'] as const
export type SearchFields = Record<(typeof searchFields)[number] | 'words', string>

/** @param value a field as it was typed; spaces would end the operator */
const operator = (name: string, value: string): string => {
  const text = value.trim().replace(/\s+/g, '')
  return text === '' ? '' : `${name}:${text}`
}

/** The query that a form means. */
export const queryOf = (fields: SearchFields): string =>
  [fields.words.trim(), ...searchFields.map((name) => operator(name, fields[name]))].filter(Boolean).join(' ')

/** The fields of a query: the first of each operator; all else, and operators with unknown values, are words. */
export function fieldsOf(query: string): SearchFields {
  const fields: SearchFields = { words: '', from: '', has: '', is: '', language: '', in: '', after: '', before: '' }
  const words: string[] = []
  for (const part of query.trim().split(/\s+/)) {
    const colon = part.indexOf(':')
    const name = searchFields.find((one) => one === part.slice(0, colon).toLowerCase())
    const value = part.slice(colon + 1)
    const isOperator = !value.startsWith('"') && misunderstood(part).length === 0
    if (name && isOperator && fields[name] === '') fields[name] = value
    else words.push(part)
  }
  return { ...fields, words: words.join(' ') }
}
