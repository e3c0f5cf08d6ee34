import { Hono } from 'hono'
import { loadStats, loadTotals } from '#src/instance/stats.ts'
import { type InstanceText, loadPrivacyPolicy, loadText, textHtml } from '#src/instance/texts.ts'
import { loadRules } from '#src/moderation/instance-rules.ts'
import { notFound } from '#src/platform/errors.ts'
import { loadSettings } from '#src/rules/settings.ts'
import { Html } from '../components/html.tsx'
import { Head } from '../components/layout.tsx'
import { Plot } from '../components/plot.tsx'
import type { C, Env } from '../env.ts'
import { page } from '../page.tsx'

const days = 30
const registrationWords = {
  open: 'Anybody can sign up.',
  approval: 'Anybody can ask to join; a moderator looks at each sign-up.',
  closed: 'Nobody can sign up at the moment.',
}

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
  return page(
    c,
    { title: `About ${settings.title}`, description: settings.description, canonical: `${app.uris.origin}/about` },
    <>
      <Head title={`About ${settings.title}`} />
      <div class="sheet prose">
        <p class="lead">{settings.description}</p>
        <p>
          {registrationWords[settings.registrations]}{' '}
          {settings.registrations !== 'closed' && <a href="/signup">Sign up</a>}
        </p>
        {settings.contactEmail && (
          <p>
            Contact: <a href={`mailto:${settings.contactEmail}`}>{settings.contactEmail}</a>
          </p>
        )}
        {description && <Html html={textHtml(app, description.source)} isOwn />}
        {rules.length > 0 && (
          <>
            <h2 id="rules">Rules</h2>
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
            <dt>People</dt>
            <dd>{totals.users.toLocaleString('en')}</dd>
          </div>
          <div>
            <dt>This month</dt>
            <dd>{totals.activeMonth.toLocaleString('en')}</dd>
          </div>
          <div>
            <dt>Posts</dt>
            <dd>{totals.localStatuses.toLocaleString('en')}</dd>
          </div>
          <div>
            <dt>Servers</dt>
            <dd>{totals.domains.toLocaleString('en')}</dd>
          </div>
        </dl>
        {stats.length > 1 && (
          <div class="plots">
            <Plot
              title={`Posts in ${stats.length} days`}
              days={stats.map(({ day }) => day)}
              values={stats.map((day) => day.statuses)}
            />
          </div>
        )}
        <h2>How this works</h2>
        <p>
          <bdi>{settings.title}</bdi> is a server of the fediverse: thousands of independent places whose people can
          follow and answer one another. It runs on Pipit. What you see is in order of time; nobody pays to be seen, and
          nothing here watches you.
        </p>
        <p>Apps made for Mastodon work with it: enter “{app.config.handleHost}” as the server.</p>
        <p>
          <a href="/privacy-policy">Privacy policy</a> {terms && <a href="/terms-of-service">Terms of service</a>}
        </p>
      </div>
    </>,
  )
})

about.get('/privacy-policy', async (c) => textPage(c, 'Privacy policy', await loadPrivacyPolicy(c.var.app)))

about.get('/terms-of-service', async (c) => {
  const terms = await loadText(c.var.app.db, 'termsOfService')
  if (!terms) throw notFound()
  return textPage(c, 'Terms of service', terms)
})

function textPage(c: C, title: string, { source, updatedAt }: InstanceText): Promise<Response> {
  return page(
    c,
    title,
    <>
      <Head title={title} />
      <div class="sheet prose">
        <Html html={textHtml(c.var.app, source)} isOwn />
        <p class="hint">Last changed on {updatedAt.toISOString().slice(0, 10)}.</p>
      </div>
    </>,
  )
}
