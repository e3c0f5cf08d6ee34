import { Hono } from 'hono'
import type { FC } from 'hono/jsx'
import { type LinkedIdentity, listIdentities, unlinkIdentity } from '#src/accounts/providers/identities.ts'
import { notFound, type Refusal } from '#src/platform/errors.ts'
import { type IdentityId, isId } from '#src/platform/ids.ts'
import { Form, NoticeBox, Refused } from '../../components/form.tsx'
import { useMessages } from '../../components/page-context.ts'
import { Moment } from '../../components/time.tsx'
import type { C, Env } from '../../env.ts'
import { refusalOf } from '../../forms.ts'
import { ownerOf, requireOwner, requireProof } from '../../guards.tsx'
import { contentSecurityPolicy } from '../../headers.ts'
import { page } from '../../page.tsx'
import { statusOf } from '../../problem.ts'
import { clientOf } from '../../session.ts'
import { SettingsHead } from './tabs.tsx'

const path = '/settings/providers'

/** The accounts of providers by which a person logs in. */
export const providerSettings = new Hono<Env>()
  .get(path, requireOwner, requireProof, (c) => identitiesPage(c))
  .post(`${path}/:id/unlink`, requireOwner, requireProof, async (c) => {
    const { app, session } = c.var
    const id = c.req.param('id')
    if (!isId(id)) throw notFound()
    const refusal = await refusalOf(() =>
      app.db.transaction((tx) =>
        unlinkIdentity(tx, app, ownerOf(c).accountId, id as IdentityId, clientOf(c), session.token),
      ),
    )
    return refusal ? identitiesPage(c, refusal) : c.redirect(`${path}?done=unlinked`, 303)
  })

async function identitiesPage(c: C, refusal: Refusal | null = null): Promise<Response> {
  const { app, messages } = c.var
  const { t } = messages
  const { providers } = app.config
  const linked = await listIdentities(app.db, ownerOf(c).accountId)
  const done = c.req.query('done')
  // The forms that link lead to the providers: browsers apply `form-action` to redirects, too.
  c.header('Content-Security-Policy', contentSecurityPolicy(app, null))
  return page(
    c,
    t('providers.settingsTitle'),
    <>
      <SettingsHead here="/settings/account" />
      {(done === 'linked' || done === 'unlinked') && <NoticeBox kind="good">{t(`providers.${done}`)}</NoticeBox>}
      <Refused refusal={refusal} />
      <section class="sheet">
        <h2>{t('providers.settingsTitle')}</h2>
        <p>{t(providers.length === 0 ? 'providers.none' : 'providers.linkLead')}</p>
        {providers.map(({ name, label }) => (
          <Form action={`${path}/${name}/link`}>
            <input type="hidden" name="return_to" value={path} />
            <button type="submit" class="button button-quiet">
              {t('providers.link', { provider: label })}
            </button>
          </Form>
        ))}
      </section>
      {linked.length === 0 && <div class="empty">{t('providers.noLinked')}</div>}
      {linked.map((identity) => (
        <Identity
          identity={identity}
          provider={providers.find(({ name }) => name === identity.provider)?.label ?? identity.provider}
        />
      ))}
    </>,
    refusal ? statusOf(refusal) : 200,
  )
}

const Identity: FC<{ identity: LinkedIdentity; provider: string }> = ({ identity, provider }) => {
  const { t, rich } = useMessages()
  return (
    <article class="sheet">
      <h2>
        <bdi>{provider}</bdi>
      </h2>
      <p>
        <bdi>{identity.label}</bdi>
      </p>
      <p class="hint">
        <>{rich('providers.linkedSince', { time: <Moment at={identity.createdAt} /> })}</>
        {' · '}
        {identity.lastUsedAt ? (
          <>{rich('providers.used', { time: <Moment at={identity.lastUsedAt} /> })}</>
        ) : (
          t('providers.unused')
        )}
      </p>
      <Form action={`${path}/${identity.id}/unlink`}>
        <input type="hidden" name="return_to" value={path} />
        <button
          type="submit"
          class="button button-bad"
          aria-label={t('providers.unlink', { label: identity.label, provider })}
        >
          {t('providers.unlinkShort')}
        </button>
      </Form>
    </article>
  )
}
