import { type SQL, sql } from 'drizzle-orm'

/** The host of a URL in a column, as `URL.host` writes it: in lower case, with a port that is not the scheme's own. Null for other texts. */
export const hostSql = (url: SQL): SQL =>
  sql`lower(regexp_replace(substring(${url} from '^https?://(?:[^/?#@]*@)?([^/?#@]+)'), case when ${url} like 'https:%' then ':443$' else ':80$' end, ''))`

/** Whether a host in a column can exist: see `isUnusableName` in `platform/http/addresses.ts`. */
export const isUsableHost = (host: SQL): SQL => sql`${host} !~ '(^|[.])(example|invalid)[.]?(:[0-9]+)?$'`
