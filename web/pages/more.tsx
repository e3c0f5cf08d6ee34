import { Hono } from 'hono'
import { Avatar, Handle, Name, profilePath } from '../components/account.tsx'
import { Entry, Head, MoreEntries } from '../components/layout.tsx'
import { usePage } from '../components/page-context.ts'
import { AddAccount, LogOutButtons, OtherAccounts } from '../components/switcher.tsx'
import type { Env } from '../env.ts'
import { requireViewer } from '../guards.tsx'
import { page } from '../page.tsx'

/** Everything that stands in the side columns of wide screens, for phones. */
export const more = new Hono<Env>().get('/more', requireViewer, (c) =>
  page(c, c.var.messages.t('layout.more'), <More />),
)

const More = () => {
  const { me, messages } = usePage()
  const { t } = messages
  if (!me) return null
  return (
    <>
      <Head title={t('layout.more')} />
      <nav class="sheet more-list" aria-label={t('layout.moreNavigation')}>
        <a href={profilePath(me.account)} class="person-link">
          <Avatar account={me.account} />
          <span class="person-names">
            <Name account={me.account} />
            <Handle account={me.account} />
          </span>
        </a>
        <ul>
          <Entry href="/search" icon="search">
            {t('layout.search')}
          </Entry>
          <MoreEntries me={me} />
          <Entry href="/about" icon="info">
            {t('layout.aboutServer')}
          </Entry>
          <Entry href="/about#rules" icon="people">
            {t('layout.rules')}
          </Entry>
          <Entry href="/privacy-policy" icon="private">
            {t('layout.privacyPolicy')}
          </Entry>
        </ul>
        <section class="accounts-here">
          <h2>{t('switcher.accounts')}</h2>
          <OtherAccounts class="accounts" />
          <p>
            <AddAccount />
          </p>
          <LogOutButtons class="button button-quiet" icon="leave" />
        </section>
      </nav>
    </>
  )
}
