import { Hono } from 'hono'
import type { FC } from 'hono/jsx'
import type { Refusal } from '#src/platform/errors.ts'
import {
  blockableHost,
  blockDomain,
  blockedDomains,
  isDomainBlocked,
  previewDomainBlock,
  unblockDomain,
} from '#src/relationships/domain-block.ts'
import { shownHost } from '#src/text/acct.ts'
import { Field, Form, NoticeBox, Refused } from '../../components/form.tsx'
import { useMessages } from '../../components/page-context.ts'
import { pageOf, Pagination } from '../../components/pagination.tsx'
import type { C, Env } from '../../env.ts'
import { refusalOf } from '../../forms.ts'
import { requireViewer, viewerOf } from '../../guards.tsx'
import { page } from '../../page.tsx'
import { statusOf } from '../../problem.ts'
import { PeopleHead } from './people-head.tsx'

const path = '/settings/blocked-servers'
const pageSize = 40

/** The servers that a person blocks. `?domain=` says first what a block of another one would do. */
export const blockedServers = new Hono<Env>()
  .get(path, requireViewer, async (c) => {
    const asked = c.req.query('domain')?.slice(0, 300)
    if (asked === undefined) return listPage(c)
    let preview: Preview | null = null
    const refusal = await refusalOf(async () => {
      preview = await previewOf(c, asked)
    })
    return listPage(c, { typed: asked, preview, refusal })
  })
  .post(path, requireViewer, async (c) => {
    const { app, form } = c.var
    const typed = form.text('domain')
    const refusal = await refusalOf(() =>
      app.db.transaction((tx) => blockDomain(tx, app.uris, viewerOf(c).accountId, typed)),
    )
    return refusal ? listPage(c, { typed, preview: null, refusal }) : c.redirect(`${path}?done=blocked`, 303)
  })
  .post(`${path}/remove`, requireViewer, async (c) => {
    const { app, form } = c.var
    const domains = form.texts('pick').slice(0, pageSize)
    await app.db.transaction(async (tx) => {
      for (const domain of domains) await unblockDomain(tx, viewerOf(c).accountId, domain)
    })
    return c.redirect(`${path}?done=${domains.length > 0 ? 'removed' : 'none'}`, 303)
  })

/** What a block would do. */
type Preview = { host: string; isBlocked: boolean; following: number; followers: number }

async function previewOf(c: C, domain: string): Promise<Preview> {
  const { db, uris } = c.var.app
  const { accountId } = viewerOf(c)
  const host = blockableHost(uris, domain)
  const [isBlocked, counts] = await Promise.all([
    isDomainBlocked(db, accountId, host),
    previewDomainBlock(db, accountId, host),
  ])
  return { host, isBlocked, ...counts }
}

type Asked = { typed: string; preview: Preview | null; refusal: Refusal | null }

async function listPage(c: C, asked: Asked = { typed: '', preview: null, refusal: null }): Promise<Response> {
  const { t, rich } = c.var.messages
  const wanted = pageOf(c, pageSize)
  const found = await blockedDomains(c.var.app.db, viewerOf(c).accountId, wanted)
  const done = c.req.query('done')
  return page(
    c,
    t('relations.blockedServers'),
    <>
      <PeopleHead here={path} />
      {done === 'blocked' && (
        <NoticeBox kind="good">
          <>{rich('relations.serverBlocked', { a: (words) => <a href="/settings/severed">{words}</a> })}</>
        </NoticeBox>
      )}
      {done === 'removed' && <NoticeBox kind="good">{t('relations.serversUnblocked')}</NoticeBox>}
      {done === 'none' && <NoticeBox kind="bad">{t('relations.noServerPicked')}</NoticeBox>}
      {asked.preview && <Consequences preview={asked.preview} />}
      <form action={path} class="sheet" aria-label={t('relations.blockAnother')}>
        <h2>{t('relations.blockAnother')}</h2>
        <Refused refusal={asked.refusal} />
        <p class="hint">{t('relations.blockAnotherLead')}</p>
        <Field
          name="domain"
          label={t('relations.server')}
          value={asked.preview ? '' : asked.typed}
          required
          maxlength={300}
          autocapitalize="none"
          isRefused={asked.refusal !== null}
          hint={t('relations.serverHint')}
        />
        <div class="buttons">
          <button type="submit" class="button">
            {t('relations.previewBlock')}
          </button>
        </div>
      </form>
      <Form action={`${path}/remove`} class="sheet" label={t('relations.blockedServers')}>
        <h2>{t('relations.blockedServers')}</h2>
        {found.length === 0 && <p class="hint">{t('relations.noServers')}</p>}
        {found.map(({ domain }) => (
          <label class="check">
            <input type="checkbox" name="pick" value={domain} />
            <bdi class="relation-host">{shownHost(domain)}</bdi>
          </label>
        ))}
        {found.length > 0 && (
          <div class="buttons">
            <button type="submit" class="button button-quiet">
              {t('relations.unblockServers')}
            </button>
          </div>
        )}
      </Form>
      <Pagination path={path} page={wanted} cursors={found.map(({ id }) => id)} />
    </>,
    asked.refusal ? statusOf(asked.refusal) : 200,
  )
}

/** What a block of a server would do, and the button that does it. */
const Consequences: FC<{ preview: Preview }> = ({ preview: { host, isBlocked, following, followers } }) => {
  const { t, rich } = useMessages()
  const title = t('relations.blockServerTitle', { host: shownHost(host) })
  if (isBlocked)
    return <NoticeBox>{rich('relations.serverIsBlocked', { host: <bdi>{shownHost(host)}</bdi> })}</NoticeBox>
  return (
    <Form action={path} class="sheet" label={title}>
      <h2>{title}</h2>
      <input type="hidden" name="domain" value={host} />
      <ul class="bullets">
        <li>{t('relations.blockServerHides')}</li>
        <li>{t('relations.blockServerLoses', { followers, following })}</li>
        <li>{t('relations.blockServerStays')}</li>
      </ul>
      <div class="buttons">
        <button type="submit" class="button button-bad">
          {t('relations.blockNow')}
        </button>
        <a href={path} class="button button-quiet">
          {t('relations.leave')}
        </a>
      </div>
    </Form>
  )
}
