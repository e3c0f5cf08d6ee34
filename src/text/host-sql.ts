import { type SQL, sql } from 'drizzle-orm'

/** The server of a URL in a column as `URL.host` writes it: in lower case, with its port where that is not the usual one. Null for what is no web address. */
export const hostSql = (url: SQL): SQL =>
  sql`lower(regexp_replace(substring(${url} from '^https?://(?:[^/?#@]*@)?([^/?#@]+)'), case when ${url} like 'https:%' then ':443$' else ':80$' end, ''))`

/** Whether a host in a column can be there: see `isNobodysName` in `platform/http/addresses.ts`. */
export const isUsableHost = (host: SQL): SQL => sql`${host} !~ '(^|[.])(example|invalid)[.]?(:[0-9]+)?$'`
