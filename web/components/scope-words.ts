import type { Scope } from '#src/accounts/sessions/scopes.ts'
import type { Messages } from '#src/text/messages.ts'

/**
 * Descriptions of scopes for the person who authorizes an app. Leaves out narrow scopes that a wide one includes.
 */
export const scopeWords = (scopes: readonly Scope[], { t }: Messages): string[] =>
  scopes.filter((scope) => !scopes.some((wider) => scope.startsWith(`${wider}:`))).map((scope) => t(`scopes.${scope}`))
