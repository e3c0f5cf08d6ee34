/** The API for staff. Each route names its scope and its permission; the use cases behind it are those of the website. */
import { accounts, accountsV2 } from './accounts.ts'
import { addresses } from './addresses.ts'
import { domains } from './domains.ts'
import { figures } from './figures.ts'
import { reports } from './reports.ts'
import { trends } from './trends.ts'

export const adminV1 = [accounts, reports, domains, addresses, trends, figures]
export const adminV2 = [accountsV2]
