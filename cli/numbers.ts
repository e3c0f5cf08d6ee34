import { UsageError } from './exit.ts'

/** Parses a whole number of an option. */
export function wholeNumber(option: string, text: string, min: number, max: number): number {
  const value = /^[0-9]{1,9}$/.test(text) ? Number(text) : Number.NaN
  if (!(value >= min && value <= max)) throw new UsageError(`${option} must be a whole number from ${min} to ${max}`)
  return value
}
