/**
 * The times of scheduled jobs: https://worker.graphile.org/docs/cron. Times are UTC.
 * `fill`: a run that was missed while no worker ran is queued at the next start, unless it is longer ago.
 */
export const crontab = `
10 0 * * * daily-stats ?fill=1d&jobKey=daily-stats
23 * * * * clean-up ?jobKey=clean-up
*/10 * * * * end-strikes ?jobKey=end-strikes
50 * * * * purge-accounts ?jobKey=purge-accounts
40 3 * * 1 recheck-links ?jobKey=recheck-links
*/5 * * * * trends ?jobKey=trends
* * * * * sweep-deliveries ?jobKey=sweep-deliveries
`
