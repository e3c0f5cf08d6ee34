import { limits } from '../../rules/limits.ts'
export const a = limits
