import { Hono } from 'hono'
import type { FC } from 'hono/jsx'
import { countAction } from '#src/accounts/sessions/attempts.ts'
import {
  endOwnToken,
  loadOwnTokens,
  makeOwnToken,
  maxTokenName,
  type OwnToken,
  type TokenDays,
  tokenDays,
} from '#src/accounts/sessions/own-tokens.ts'
import { grantable, type Scope, scopes } from '#src/accounts/sessions/scopes.ts'
import { notFound, type Refusal } from '#src/platform/errors.ts'
import { isId, type TokenId } from '#src/platform/ids.ts'
import type { MessageKey } from '#src/text/catalogue.ts'
import { problemIn } from '#src/text/refusals.ts'
import { Field, Form, invalid, NoticeBox, Refused, Select } from '../../components/form.tsx'
import { useMessages } from '../../components/page-context.ts'
import { scopeWords } from '../../components/scope-words.ts'
import { Moment } from '../../components/time.tsx'
import type { C, Env } from '../../env.ts'
import { refusalOf } from '../../forms.ts'
import { requireProof, requireViewer, viewerOf } from '../../guards.tsx'
import { page } from '../../page.tsx'
import { statusOf } from '../../problem.ts'
import { clientOf } from '../../session.ts'
import { SettingsHead } from './tabs.tsx'

const path = '/settings/tokens'
const never = 'never'

/** Access tokens of one's own. */
export const tokenSettings = new Hono<Env>()
  .get(path, requireViewer, requireProof, (c) => tokensPage(c))
  .post(path, requireViewer, requireProof, async (c) => {
    const { app, form } = c.var
    const wanted = { name: form.text('name'), scopes: form.texts('scope'), days: daysOf(form.text('days')) }
    let token = ''
    const refusal = await refusalOf(async () => {
      await countAction(app, 'tokens', viewerOf(c).accountId)
      token = await app.db.transaction((tx) => makeOwnToken(tx, viewerOf(c).accountId, wanted, clientOf(c)))
    })
    return refusal ? tokensPage(c, refusal) : madePage(c, wanted.name, token)
  })
  .post(`${path}/:id/delete`, requireViewer, async (c) => {
    const id = c.req.param('id')
    if (!isId(id)) throw notFound()
    await c.var.app.db.transaction((tx) => endOwnToken(tx, viewerOf(c).accountId, id as TokenId, clientOf(c)))
    return c.redirect(`${path}?deleted=1`, 303)
  })

/** NaN is refused like any other wrong number. */
const daysOf = (value: string): TokenDays => (value === never ? null : (Number(value || Number.NaN) as TokenDays))

/** Shows the token, once. */
function madePage(c: C, name: string, token: string): Promise<Response> {
  const { t, rich } = c.var.messages
  return page(
    c,
    { title: t('accessTokens.title'), isPrivate: true },
    <>
      <SettingsHead here="/settings/account" />
      <section class="sheet">
        <h2>{rich('accessTokens.made', { name: <bdi>{name}</bdi> })}</h2>
        <NoticeBox kind="good">{t('accessTokens.madeText')}</NoticeBox>
        <div class="field">
          <label for="token">{t('accessTokens.value')}</label>
          <input id="token" value={token} readonly autocomplete="off" spellcheck={false} class="secret" />
        </div>
        <p class="hint">{rich('accessTokens.madeUse', { code: (children) => <code>{children}</code> })}</p>
        <p>
          <a href={path}>{t('accessTokens.back')}</a>
        </p>
      </section>
    </>,
  )
}

async function tokensPage(c: C, refusal: Refusal | null = null): Promise<Response> {
  const { app, form, messages } = c.var
  const { t } = messages
  const { accountId, permissions } = viewerOf(c)
  const tokens = await loadOwnTokens(app.db, accountId)
  const problems = refusal?.problems ?? []
  const chosen = refusal ? form.texts('scope') : []
  const offered = grantable(scopes, permissions)
  return page(
    c,
    t('accessTokens.title'),
    <>
      <SettingsHead here="/settings/account" />
      {c.req.query('deleted') && <NoticeBox kind="good">{t('accessTokens.deleted')}</NoticeBox>}
      <section class="sheet">
        <h2>{t('accessTokens.title')}</h2>
        <p>{t('accessTokens.lead')}</p>
        {tokens.length === 0 && <p class="hint">{t('accessTokens.none')}</p>}
      </section>
      {tokens.map((token) => (
        <Token token={token} />
      ))}
      <Form action={path} class="sheet" label={t('accessTokens.make')}>
        <h2>{t('accessTokens.make')}</h2>
        <Refused refusal={refusal} />
        <Field
          name="name"
          label={t('accessTokens.name')}
          value={refusal ? form.text('name') : ''}
          problems={problems}
          required
          maxlength={maxTokenName}
          autocomplete="off"
          hint={t('accessTokens.nameHint')}
        />
        <Select
          name="days"
          label={t('accessTokens.days')}
          value={refusal ? form.text('days') : '30'}
          problems={problems}
          options={tokenDays.map((days) =>
            days === null
              ? [never, t('accessTokens.forEver')]
              : [String(days), days === 365 ? t('accessTokens.forYear') : t('accessTokens.forDays', { days })],
          )}
        />
        {problems.some(({ field }) => field === 'scope') && (
          <p class="problem" id="scope-problem">
            {problems
              .filter(({ field }) => field === 'scope')
              .map((problem) => problemIn(messages, problem))
              .join(' ')}
          </p>
        )}
        {groups.map(([title, belongs]) => (
          <ScopeGroup
            title={title}
            scopes={offered.filter((scope) => belongs.test(scope))}
            chosen={chosen}
            isWrong={problems.some(({ field }) => field === 'scope')}
          />
        ))}
        <div class="buttons">
          <button type="submit" class="button">
            {t('accessTokens.make')}
          </button>
        </div>
      </Form>
    </>,
    refusal ? statusOf(refusal) : 200,
  )
}

const groups: readonly (readonly [MessageKey, RegExp])[] = [
  ['accessTokens.reading', /^read/],
  ['accessTokens.writing', /^write/],
  ['accessTokens.others', /^(follow|push|profile)$/],
  ['accessTokens.admin', /^admin:/],
]

const ScopeGroup: FC<{ title: MessageKey; scopes: Scope[]; chosen: readonly string[]; isWrong: boolean }> = ({
  title,
  scopes: offered,
  chosen,
  isWrong,
}) => {
  const { t } = useMessages()
  if (offered.length === 0) return null
  return (
    <fieldset class="scopes">
      <legend>{t(title)}</legend>
      {offered.map((scope) => (
        <label class="check">
          <input
            type="checkbox"
            name="scope"
            value={scope}
            checked={chosen.includes(scope)}
            {...(isWrong ? invalid('scope') : {})}
          />
          <span>
            {t(`scopes.${scope}`)}
            <small>
              <code>{scope}</code>
            </small>
          </span>
        </label>
      ))}
    </fieldset>
  )
}

const Token: FC<{ token: OwnToken }> = ({ token }) => {
  const messages = useMessages()
  const { t, rich } = messages
  const { id, name, createdAt, expiresAt, isExpired, lastUsedAt, lastAddress: address } = token
  return (
    <article class="sheet">
      <h2>
        <bdi>{name}</bdi>
      </h2>
      <p class={isExpired ? 'problem' : 'hint'}>
        {rich('accessTokens.since', { time: <Moment at={createdAt} /> })}
        {' · '}
        {expiresAt === null
          ? t('accessTokens.endless')
          : rich(isExpired ? 'accessTokens.ended' : 'accessTokens.ends', { time: <Moment at={expiresAt} /> })}
        {' · '}
        {lastUsedAt === null
          ? t('accessTokens.unused')
          : rich(address ? 'accessTokens.usedFrom' : 'accessTokens.used', {
              time: <Moment at={lastUsedAt} />,
              address,
            })}
      </p>
      <ul class="oauth-scopes">
        {scopeWords(token.scopes, messages).map((words) => (
          <li>{words}</li>
        ))}
      </ul>
      <Form action={`${path}/${id}/delete`}>
        <div class="buttons">
          <button type="submit" class="button button-bad" aria-label={t('accessTokens.deleteOf', { name })}>
            {t('accessTokens.delete')}
          </button>
        </div>
      </Form>
    </article>
  )
}
