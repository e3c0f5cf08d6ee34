import type { Recipe } from '../recipe.ts'

export const figures: Record<string, Recipe> = {}
