import { Hono } from 'hono'
import { loadStats, loadTotals } from '#src/instance/stats.ts'
import { type InstanceText, loadPrivacyPolicy, loadText, textHtml } from '#src/instance/texts.ts'
import { loadRules } from '#src/moderation/instance-rules.ts'
import { notFound } from '#src/platform/errors.ts'
import { loadSettings } from '#src/rules/settings.ts'
import { Html } from '../components/html.tsx'
import { Head } from '../components/layout.tsx'
import { Plot } from '../components/plot.tsx'
import { takesAnybody } from '../components/registrations.ts'
import type { C, Env } from '../env.ts'
import { page } from '../page.tsx'

const days = 30

/** The instance's description, rules and activity. */
export const about = new Hono<Env>().get('/about', async (c) => {
  const { app } = c.var
  const [settings, totals, stats, rules, description, terms] = await Promise.all([
    loadSettings(app.db),
    loadTotals(app.db),
    loadStats(app.db, days),
    loadRules(app.db),
    loadText(app.db, 'extendedDescription'),
    loadText(app.db, 'termsOfService'),
  ])
  const { t, rich } = c.var.messages
  const { number } = c.var.formats
  const title = t('about.title', { server: settings.title })
  return page(
    c,
    { title, description: settings.description, canonical: `${app.uris.origin}/about` },
    <>
      <Head title={title} />
      <div class="sheet prose">
        <p class="lead">{settings.description}</p>
        <p>
          {t('about.registrations', { mode: settings.registrations })}{' '}
          {takesAnybody(settings) && <a href="/signup">{t('common.signUp')}</a>}
        </p>
        {settings.contactEmail && (
          <p>
            {rich('about.contact', {
              address: settings.contactEmail,
              a: (children) => <a href={`mailto:${settings.contactEmail}`}>{children}</a>,
            })}
          </p>
        )}
        {description && <Html html={textHtml(app, description.source)} isOwn />}
        {rules.length > 0 && (
          <>
            <h2 id="rules">{t('about.rules')}</h2>
            <ol>
              {rules.map(({ text, hint }) => (
                <li dir="auto">
                  {text} {hint && <small>{hint}</small>}
                </li>
              ))}
            </ol>
          </>
        )}
        <dl class="totals">
          <div>
            <dt>{t('about.people')}</dt>
            <dd>{number(totals.users)}</dd>
          </div>
          <div>
            <dt>{t('about.activeMonth')}</dt>
            <dd>{number(totals.activeMonth)}</dd>
          </div>
          <div>
            <dt>{t('about.posts')}</dt>
            <dd>{number(totals.localStatuses)}</dd>
          </div>
          <div>
            <dt>{t('about.servers')}</dt>
            <dd>{number(totals.domains)}</dd>
          </div>
        </dl>
        {stats.length > 1 && (
          <div class="plots">
            <Plot
              title={t('about.postsInDays', { days: stats.length })}
              days={stats.map(({ day }) => day)}
              values={stats.map((day) => day.statuses)}
            />
          </div>
        )}
        <h2>{t('about.how')}</h2>
        <p>{rich('about.howText', { server: <bdi>{settings.title}</bdi> })}</p>
        <p>{t('about.apps', { host: app.config.handleHost })}</p>
        <p>
          <a href="/privacy-policy">{t('about.privacy')}</a> · <a href="/report">{t('reports.visitorTitle')}</a>{' '}
          {terms && <a href="/terms-of-service">{t('about.terms')}</a>}{' '}
          {settings.showsTransparency && <a href="/about/transparency">{t('transparency.title')}</a>}
        </p>
      </div>
    </>,
  )
})

about.get('/privacy-policy', async (c) =>
  textPage(c, c.var.messages.t('about.privacy'), await loadPrivacyPolicy(c.var.app)),
)

about.get('/terms-of-service', async (c) => {
  const terms = await loadText(c.var.app.db, 'termsOfService')
  if (!terms) throw notFound()
  return textPage(c, c.var.messages.t('about.terms'), terms)
})

function textPage(c: C, title: string, { source, updatedAt }: InstanceText): Promise<Response> {
  return page(
    c,
    title,
    <>
      <Head title={title} />
      <div class="sheet prose">
        <Html html={textHtml(c.var.app, source)} isOwn />
        <p class="hint">{c.var.messages.t('about.changed', { day: c.var.formats.day(updatedAt) })}</p>
      </div>
    </>,
  )
}
