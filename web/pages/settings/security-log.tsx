import { Hono } from 'hono'
import { loadSecurityLog } from '#src/accounts/security/read-log.ts'
import { loadSettings } from '#src/rules/settings.ts'
import { Tabs } from '../../components/layout.tsx'
import { pageOf, Pagination } from '../../components/pagination.tsx'
import { LogList } from '../../components/security.tsx'
import type { Env } from '../../env.ts'
import { ownerOf, requireOwner } from '../../guards.tsx'
import { page } from '../../page.tsx'
import { SettingsHead } from './tabs.tsx'

const path = '/settings/security-log'

/** The account's security log; with `show=log-ins` the history of log-ins. */
export const securityLog = new Hono<Env>().get(path, requireOwner, async (c) => {
  const { app, messages } = c.var
  const onlySignIns = c.req.query('show') === 'log-ins'
  const here = `${path}?show=${onlySignIns ? 'log-ins' : 'all'}`
  const wanted = pageOf(c)
  const [log, { addressesKeptDays }] = await Promise.all([
    loadSecurityLog(app.db, ownerOf(c).accountId, wanted, { onlySignIns, showsAddresses: true }),
    loadSettings(app.db),
  ])
  const { t } = messages
  return page(
    c,
    t('settings.securityLog'),
    <>
      <SettingsHead here="/settings/account" />
      <section class="sheet">
        <h2>{t('settings.securityLog')}</h2>
        <p class="hint">{t('sessions.logHint', { days: addressesKeptDays })}</p>
        <Tabs
          label={t('settings.securityLog')}
          here={here}
          tabs={[
            [`${path}?show=all`, t('sessions.all')],
            [`${path}?show=log-ins`, t('sessions.signIns')],
          ]}
        />
        {log.length === 0 ? <p class="empty">{t('sessions.nothing')}</p> : <LogList log={log} />}
      </section>
      <Pagination path={here} page={wanted} cursors={log.map(({ id }) => id)} />
    </>,
  )
})
