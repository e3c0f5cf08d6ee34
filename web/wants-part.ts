import type { C } from './env.ts'

/** Whether a script asks for the changed part of its page, instead of the whole page. */
export const wantsPart = (c: C): boolean => c.req.header('Accept') === 'text/vnd.pipit.part'
