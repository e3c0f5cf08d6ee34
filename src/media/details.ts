/** What people say of a file: what it shows, and where its middle is. */
import { Refusal } from '../platform/errors.ts'
import { limits } from '../rules/limits.ts'
import { countGraphemes, plainText } from '../text/clean.ts'

/** The point that stays in sight where a picture is cut: from -1 (left, bottom) to 1 (right, top). */
export type Focus = { x: number; y: number }

/** @throws Refusal `invalid` when it is too long */
export function validDescription(given: string): string {
  const description = plainText(given).trim()
  if (countGraphemes(description) <= limits.media.maxDescriptionLength) return description
  throw new Refusal('invalid', `Description is too long: at most ${limits.media.maxDescriptionLength} characters`)
}

/** A point within the picture; what lies outside is moved to its edge. */
export const withinPicture = ({ x, y }: Focus): Focus => ({ x: clamp(x), y: clamp(y) })

const clamp = (value: number): number => (Number.isFinite(value) ? Math.max(-1, Math.min(1, value)) : 0)
