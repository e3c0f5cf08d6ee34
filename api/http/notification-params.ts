/** Parameters that both versions of the notification endpoints share. */
import type { AccountId } from '#src/platform/ids.ts'
import type { NotificationFilter } from '#src/reading/notifications/page.ts'
import { flag, idIfAny, list, text } from './params.ts'

/** Filters for counting. */
export const countParam = {
  types: list(text()),
  exclude_types: list(text()),
  account_id: idIfAny<AccountId>().optional(),
}
/** Types that the app supports; other types get a fallback text. */
export const supporting = { supported_types: list(text()) }
export const listed = { ...countParam, ...supporting, include_filtered: flag().optional() }
/** Types to group; without one, all types that can be grouped. */
export const grouping = { grouped_types: list(text()) }

type Filters = {
  types: string[]
  exclude_types: string[]
  account_id?: AccountId | undefined
  include_filtered?: boolean | undefined
  supported_types?: string[] | undefined
}

export const toNotificationFilter = ({
  types,
  exclude_types: excludeTypes,
  account_id: accountId,
  include_filtered: withFiltered = false,
  supported_types: supportedTypes = [],
}: Filters): NotificationFilter => ({
  ...(types.length > 0 ? { types } : {}),
  ...(excludeTypes.length > 0 ? { excludeTypes } : {}),
  ...(accountId ? { accountId } : {}),
  withFiltered,
  // An app that lists its types shows others by their fallback text.
  withRequests: supportedTypes.length > 0,
})

export const toGroupedTypes = ({ grouped_types: types }: { grouped_types: string[] }): string[] | undefined =>
  types.length > 0 ? types : undefined
