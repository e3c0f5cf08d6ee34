import { Hono } from 'hono'
import type { FC } from 'hono/jsx'
import { addAlias, type Alias, listAliases, removeAlias } from '#src/accounts/moves/aliases.ts'
import { cancelMove, daysBetweenMoves, moveAccount } from '#src/accounts/moves/move.ts'
import { countAction } from '#src/accounts/sessions/attempts.ts'
import { type AccountView, loadAccountViews } from '#src/accounts/views.ts'
import { notFound, type Refusal } from '#src/platform/errors.ts'
import { fullHandle, nameOf, profilePath } from '../../components/account.tsx'
import { Field, Form, NoticeBox, Refused } from '../../components/form.tsx'
import type { C, Env } from '../../env.ts'
import { refusalOf } from '../../forms.ts'
import { ownerOf, requireOwner, requireViewer, viewerOf } from '../../guards.tsx'
import { page } from '../../page.tsx'
import { statusOf } from '../../problem.ts'
import { SettingsHead } from './tabs.tsx'

type Problem = { of: 'alias' | 'move'; refusal: Refusal }

const done: Record<string, string> = {
  alias: 'Saved. The other account can move here now.',
  removed: 'Saved.',
  moved: 'You have moved. Your followers are on their way.',
  cancelled: 'The move is called off. This account is yours to use again.',
}

/** Moving to another account, and aliases for moving here. */
export const movingSettings = new Hono<Env>()
  .get('/settings/moving', requireOwner, (c) => movingPage(c))
  .post('/settings/moving/aliases', requireViewer, async (c) => {
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
  .post('/settings/moving', requireViewer, async (c) => {
    const { app, form } = c.var
    const { accountId } = viewerOf(c)
    const refusal = await refusalOf(async () => {
      await countAction(app, 'profiles', accountId)
      await moveAccount(app, accountId, form.text('target'), form.text('password'))
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
  return page(
    c,
    'Moving',
    <>
      <SettingsHead here="/settings/moving" />
      {words && <NoticeBox kind="good">{words}</NoticeBox>}
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

const Moved: FC<{ target: AccountView }> = ({ target }) => (
  <Form action="/settings/moving/cancel" class="sheet" label="Call the move off">
    <h2>This account has moved</h2>
    <p>
      It goes on as{' '}
      <a href={profilePath(target)}>
        <bdi>{nameOf(target)}</bdi> @{target.acct}
      </a>
      . Its profile says so, nobody can follow it any more, and it can’t be used.
    </p>
    <p class="hint">You can call that off. Followers that went along stay there.</p>
    <div class="buttons">
      <button type="submit" class="button button-quiet">
        Call the move off
      </button>
    </div>
  </Form>
)

const Move: FC<{ account: AccountView; handleHost: string; target: string; refusal: Refusal | null }> = ({
  account,
  handleHost,
  target,
  refusal,
}) => (
  <Form action="/settings/moving" class="sheet" label="Move to another account">
    <h2>Move to another account</h2>
    <Refused refusal={refusal} />
    <p>Before, name {fullHandle(account, handleHost)} as an alias in the settings of the other account. Then:</p>
    <ul class="bullets">
      <li>
        Your followers, here and elsewhere, follow the other account instead, as far as their servers know how to.
      </li>
      <li>Your posts and whom you follow stay where they are.</li>
      <li>Your profile says where you went, and nobody can follow it any more.</li>
      <li>
        This account can’t be used until you call the move off. You can move again after {daysBetweenMoves.local} days.
      </li>
    </ul>
    <input type="text" name="username" value={account.username} autocomplete="username" hidden />
    <Field
      name="target"
      label="The other account"
      value={target}
      required
      maxlength={500}
      autocapitalize="none"
      autocomplete="off"
      hint="Its handle, such as name@host.example, or the address of its profile"
    />
    <Field
      name="password"
      label="Your password"
      type="password"
      problems={refusal?.problems ?? []}
      required
      autocomplete="current-password"
    />
    <div class="buttons">
      <button type="submit" class="button button-bad">
        Move
      </button>
    </div>
  </Form>
)

const Aliases: FC<{ aliases: Alias[]; written: string; refusal: Refusal | null }> = ({ aliases, written, refusal }) => (
  <>
    <Form action="/settings/moving/aliases" class="sheet" label="Move here from another account">
      <h2>Move here from another account</h2>
      <Refused refusal={refusal} />
      <p>
        Name the account that you come from. That only says that it is yours, too; then move it in its own settings.
        Everybody can see your aliases.
      </p>
      <Field
        name="alias"
        label="The account that you come from"
        value={written}
        required
        maxlength={500}
        autocapitalize="none"
        autocomplete="off"
        hint="Its handle, such as name@host.example, or the address of its profile"
      />
      <div class="buttons">
        <button type="submit" class="button">
          Add
        </button>
      </div>
    </Form>
    {aliases.map(({ uri, acct }) => (
      <Form action="/settings/moving/aliases/remove" class="sheet alias" label={`Alias ${acct ?? uri}`}>
        <input type="hidden" name="uri" value={uri} />
        <bdi>{acct === null ? uri : `@${acct}`}</bdi>
        <button type="submit" class="button button-quiet" aria-label={`Remove ${acct ?? uri}`}>
          Remove
        </button>
      </Form>
    ))}
  </>
)
