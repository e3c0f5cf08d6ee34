import type { Recipe } from '../recipe.ts'

export const rules: Record<string, Recipe> = {}
