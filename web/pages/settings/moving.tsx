import { Hono } from 'hono'
import type { FC } from 'hono/jsx'
import { addAlias, type Alias, listAliases, removeAlias } from '#src/accounts/moves/aliases.ts'
import { cancelMove, daysBetweenMoves, moveAccount } from '#src/accounts/moves/move.ts'
import { countAction } from '#src/accounts/sessions/attempts.ts'
import { type AccountView, loadAccountViews } from '#src/accounts/views.ts'
import { notFound, type Refusal } from '#src/platform/errors.ts'
import type { MessageKey } from '#src/text/catalogue.ts'
import { fullHandle, nameOf, profilePath } from '../../components/account.tsx'
import { Field, Form, NoticeBox, Refused } from '../../components/form.tsx'
import { useMessages } from '../../components/page-context.ts'
import type { C, Env } from '../../env.ts'
import { refusalOf } from '../../forms.ts'
import { ownerOf, requireOwner, requireProof, requireViewer, viewerOf } from '../../guards.tsx'
import { page } from '../../page.tsx'
import { statusOf } from '../../problem.ts'
import { SettingsHead } from './tabs.tsx'

type Problem = { of: 'alias' | 'move'; refusal: Refusal }

const done: Record<string, MessageKey> = {
  alias: 'settings.aliasSaved',
  removed: 'common.saved',
  moved: 'settings.moveDone',
  cancelled: 'settings.moveCancelled',
}

/** Moving to another account, and aliases for moving here. */
export const movingSettings = new Hono<Env>()
  .get('/settings/moving', requireOwner, requireProof, (c) => movingPage(c))
  .post('/settings/moving/aliases', requireViewer, requireProof, async (c) => {
    const { app, form } = c.var
    const { accountId } = viewerOf(c)
    const refusal = await refusalOf(async () => {
      await countAction(app, 'profiles', accountId)
      await addAlias(app, accountId, form.text('alias'))
    })
    return refusal ? movingPage(c, { of: 'alias', refusal }) : c.redirect('/settings/moving?done=alias', 303)
  })
  .post('/settings/moving/aliases/remove', requireViewer, async (c) => {
    await c.var.app.db.transaction((tx) => removeAlias(tx, viewerOf(c).accountId, c.var.form.text('uri')))
    return c.redirect('/settings/moving?done=removed', 303)
  })
  .post('/settings/moving', requireViewer, requireProof, async (c) => {
    const { app, form } = c.var
    const { accountId } = viewerOf(c)
    const refusal = await refusalOf(async () => {
      await countAction(app, 'profiles', accountId)
      await moveAccount(app, accountId, form.text('target'))
    })
    return refusal ? movingPage(c, { of: 'move', refusal }) : c.redirect('/settings/moving?done=moved', 303)
  })
  .post('/settings/moving/cancel', requireOwner, async (c) => {
    await c.var.app.db.transaction((tx) => cancelMove(tx, ownerOf(c).accountId))
    return c.redirect('/settings/moving?done=cancelled', 303)
  })

async function movingPage(c: C, problem: Problem | null = null): Promise<Response> {
  const { app, form } = c.var
  const { accountId } = ownerOf(c)
  const [[account], aliases] = await Promise.all([
    loadAccountViews(app.db, [accountId]),
    listAliases(app.db, accountId),
  ])
  if (!account) throw notFound()
  const words = done[c.req.query('done') ?? '']
  const { t } = c.var.messages
  return page(
    c,
    t('settings.movingTitle'),
    <>
      <SettingsHead here="/settings/moving" />
      {words && <NoticeBox kind="good">{t(words)}</NoticeBox>}
      {account.moved ? (
        <Moved target={account.moved} />
      ) : (
        <>
          <Move
            account={account}
            handleHost={app.uris.handleHost}
            target={problem?.of === 'move' ? form.text('target') : ''}
            refusal={problem?.of === 'move' ? problem.refusal : null}
          />
          <Aliases
            aliases={aliases}
            written={problem?.of === 'alias' ? form.text('alias') : ''}
            refusal={problem?.of === 'alias' ? problem.refusal : null}
          />
        </>
      )}
    </>,
    problem ? statusOf(problem.refusal) : 200,
  )
}

const Moved: FC<{ target: AccountView }> = ({ target }) => {
  const { t, rich } = useMessages()
  const account = (
    <a href={profilePath(target)}>
      <bdi>{nameOf(target)}</bdi> @{target.acct}
    </a>
  )
  return (
    <Form action="/settings/moving/cancel" class="sheet" label={t('settings.cancelMove')}>
      <h2>{t('settings.movedTitle')}</h2>
      <p>{rich('settings.movedText', { account })}</p>
      <p class="hint">{t('settings.movedHint')}</p>
      <div class="buttons">
        <button type="submit" class="button button-quiet">
          {t('settings.cancelMove')}
        </button>
      </div>
    </Form>
  )
}

const Move: FC<{ account: AccountView; handleHost: string; target: string; refusal: Refusal | null }> = ({
  account,
  handleHost,
  target,
  refusal,
}) => {
  const { t, rich } = useMessages()
  return (
    <Form action="/settings/moving" class="sheet" label={t('settings.moveAway')}>
      <h2>{t('settings.moveAway')}</h2>
      <Refused refusal={refusal} />
      <p>{rich('settings.moveFirst', { handle: <bdi>{fullHandle(account, handleHost)}</bdi> })}</p>
      <ul class="bullets">
        <li>{t('settings.moveFollowers')}</li>
        <li>{t('settings.movePosts')}</li>
        <li>{t('settings.moveProfile')}</li>
        <li>{t('settings.moveLimit', { days: daysBetweenMoves.local })}</li>
      </ul>
      <Field
        name="target"
        label={t('settings.otherAccount')}
        value={target}
        required
        maxlength={500}
        autocapitalize="none"
        autocomplete="off"
        hint={t('settings.otherAccountHint')}
      />
      <div class="buttons">
        <button type="submit" class="button button-bad">
          {t('settings.move')}
        </button>
      </div>
    </Form>
  )
}

const Aliases: FC<{ aliases: Alias[]; written: string; refusal: Refusal | null }> = ({ aliases, written, refusal }) => {
  const { t } = useMessages()
  return (
    <>
      <Form action="/settings/moving/aliases" class="sheet" label={t('settings.moveHere')}>
        <h2>{t('settings.moveHere')}</h2>
        <Refused refusal={refusal} />
        <p>{t('settings.moveHereText')}</p>
        <Field
          name="alias"
          isRefused={refusal !== null}
          label={t('settings.formerAccount')}
          value={written}
          required
          maxlength={500}
          autocapitalize="none"
          autocomplete="off"
          hint={t('settings.otherAccountHint')}
        />
        <div class="buttons">
          <button type="submit" class="button">
            {t('common.add')}
          </button>
        </div>
      </Form>
      {aliases.map(({ uri, acct }) => (
        <Form
          action="/settings/moving/aliases/remove"
          class="sheet alias"
          label={t('settings.alias', { account: acct ?? uri })}
        >
          <input type="hidden" name="uri" value={uri} />
          <bdi>{acct === null ? uri : `@${acct}`}</bdi>
          <button
            type="submit"
            class="button button-quiet"
            aria-label={t('settings.removeAlias', { account: acct ?? uri })}
          >
            {t('common.remove')}
          </button>
        </Form>
      ))}
    </>
  )
}
