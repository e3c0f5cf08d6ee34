import type { AnnualReport } from '#src/instance/annual-reports/reports.ts'
import type { StatusId } from '#src/platform/ids.ts'

/**
 * An annual report by the second version of Mastodon's schema. There is no page to share it.
 *
 * @param shown posts that the answer includes; a deleted post is left out of the report
 * @see https://docs.joinmastodon.org/entities/AnnualReport/
 */
export function toAnnualReport({ accountId, year, data }: AnnualReport, shown: ReadonlySet<StatusId>) {
  return {
    year,
    data: {
      archetype: data.archetype,
      time_series: data.months,
      top_hashtags: data.topTag ? [data.topTag] : [],
      top_statuses: {
        by_reblogs: data.mostBoostedId && shown.has(data.mostBoostedId) ? data.mostBoostedId : null,
        by_replies: null,
        by_favourites: null,
      },
    },
    schema_version: 2,
    share_url: null,
    account_id: accountId,
  }
}
