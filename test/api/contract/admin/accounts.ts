import type { Recipe } from '../recipe.ts'

export const accounts: Record<string, Recipe> = {}
