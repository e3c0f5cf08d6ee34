import { limits } from '../rules/limits.ts'
import { countGraphemes, plainText } from '../text/clean.ts'
/** The details that people add to a file: its description and focus. */
import { refuse } from '../text/refusals.ts'

/** The point that stays visible where a picture is cropped: from -1 (left, bottom) to 1 (right, top). */
export type Focus = { x: number; y: number }

/** @throws Refusal `invalid` when it is too long */
export function validDescription(text: string): string {
  const description = plainText(text).trim()
  if (countGraphemes(description) <= limits.media.maxDescriptionLength) return description
  throw refuse('invalid', 'descriptionTooLong', { max: limits.media.maxDescriptionLength })
}

/** A point within the picture; a point outside is moved to its edge. */
export const withinPicture = ({ x, y }: Focus): Focus => ({ x: clamp(x), y: clamp(y) })

const clamp = (value: number): number => (Number.isFinite(value) ? Math.max(-1, Math.min(1, value)) : 0)
