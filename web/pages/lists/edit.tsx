import { Hono } from 'hono'
import type { FC } from 'hono/jsx'
import { searchAccounts } from '#src/accounts/search.ts'
import { type AccountView, loadAccountViews } from '#src/accounts/views.ts'
import type { Tx } from '#src/platform/db/index.ts'
import type { Refusal } from '#src/platform/errors.ts'
import type { AccountId, ListId } from '#src/platform/ids.ts'
import { type List, ownList, updateList } from '#src/reading/lists/manage.ts'
import { addToList, listMembers, membersAmong, removeFromList } from '#src/reading/lists/members.ts'
import { Avatar, Handle, Name, profilePath } from '../../components/account.tsx'
import { Action, Form, NoticeBox, Refused } from '../../components/form.tsx'
import { Head } from '../../components/layout.tsx'
import { useMessages } from '../../components/page-context.ts'
import { pageOf, Pagination } from '../../components/pagination.tsx'
import type { C, Env } from '../../env.ts'
import { refusalOf } from '../../forms.ts'
import { backTo, requireViewer, viewerOf } from '../../guards.tsx'
import { page } from '../../page.tsx'
import { pathId } from '../../path-id.ts'
import { statusOf } from '../../problem.ts'
import { ListFields, settingsIn } from './fields.tsx'

const pathOf = (id: ListId): string => `/lists/${id}/edit`
const maxFound = 20

/** Changes of a list's members, one at a time. */
export const listMemberForms: Hono<Env> = new Hono<Env>()
  .post('/lists/:id/add/:account', requireViewer, (c) => changeMembers(c, addToList))
  .post('/lists/:id/remove/:account', requireViewer, (c) => changeMembers(c, removeFromList))

type Change = (tx: Tx, owner: AccountId, list: ListId, members: AccountId[]) => Promise<void>

async function changeMembers(c: C, change: Change): Promise<Response> {
  const id = pathId<ListId>(c)
  const member = pathId<AccountId>(c, 'account')
  const refusal = await refusalOf(() =>
    c.var.app.db.transaction((tx) => change(tx, viewerOf(c).accountId, id, [member])),
  )
  return refusal ? editPage(c, id, { members: refusal }) : backTo(c, pathOf(id))
}

/** Saves what the form says about a list. */
export async function saveList(c: C, id: ListId): Promise<Response> {
  const refusal = await refusalOf(() =>
    c.var.app.db.transaction((tx) => updateList(tx, viewerOf(c).accountId, id, settingsIn(c.var.form))),
  )
  return refusal ? editPage(c, id, { settings: refusal }) : c.redirect(`${pathOf(id)}?saved=1`, 303)
}

/** A list's settings and members. */
export async function editPage(
  c: C,
  id: ListId,
  refused: { settings?: Refusal; members?: Refusal } = {},
): Promise<Response> {
  const { db } = c.var.app
  const { t } = c.var.messages
  const { accountId } = viewerOf(c)
  const list = await ownList(db, accountId, id)
  const text = (c.req.query('q') ?? '').trim().slice(0, 500)
  const wanted = pageOf(c, 40)
  const [members, found] = await Promise.all([
    listMembers(db, accountId, id, wanted),
    text ? searchAccounts(db, accountId, text, { limit: maxFound, followedOnly: true }) : [],
  ])
  const [people, candidates, listed] = await Promise.all([
    loadAccountViews(
      db,
      members.map((member) => member.accountId),
    ),
    loadAccountViews(db, found),
    membersAmong(db, id, found),
  ])
  const refusal = refused.settings ?? refused.members
  return page(
    c,
    t('lists.editNamed', { title: list.title }),
    <>
      <Head title={<bdi>{list.title}</bdi>}>
        <a href={`/lists/${id}`} class="button button-quiet button-small">
          {t('lists.toTimeline')}
        </a>
      </Head>
      {c.req.query('saved') && <NoticeBox kind="good">{t('common.saved')}</NoticeBox>}
      <section class="sheet" id="members" aria-labelledby="members-title">
        <h2 id="members-title">{t('lists.members')}</h2>
        <Refused refusal={refused.members ?? null} />
        <form action={`${pathOf(id)}#members`} class="add-line" role="search" aria-label={t('lists.find')}>
          <div class="field">
            <label for="q">{t('lists.find')}</label>
            <input
              id="q"
              type="search"
              name="q"
              value={text}
              maxlength={500}
              autocomplete="off"
              autocapitalize="none"
            />
          </div>
          <button type="submit" class="button button-quiet">
            {t('lists.findButton')}
          </button>
        </form>
        {text && <Found id={id} people={candidates} listed={listed} />}
        {people.length > 0 ? (
          <>
            <h3 class="group-label">{t('lists.onIt')}</h3>
            <ul class="entries">
              {people.map((account) => (
                <Person account={account} action={`/lists/${id}/remove/${account.id}`} kind="remove" />
              ))}
            </ul>
          </>
        ) : (
          <p class="hint">{t('lists.nobodyOn')}</p>
        )}
        <Pagination path={pathOf(id)} page={wanted} cursors={members.map((member) => member.id)} />
      </section>
      <Settings c={c} list={list} refusal={refused.settings ?? null} />
      <section class="sheet">
        <h2>{t('lists.delete')}</h2>
        <p>{t('lists.deleteText')}</p>
        <details class="sure">
          <summary class="button button-quiet">{t('lists.delete')}</summary>
          <Form action={`/lists/${id}/delete`}>
            <button type="submit" class="button button-bad">
              {t('lists.deleteForGood')}
            </button>
          </Form>
        </details>
      </section>
    </>,
    refusal ? statusOf(refusal) : 200,
  )
}

const Settings: FC<{ c: C; list: List; refusal: Refusal | null }> = ({ c, list, refusal }) => {
  const { t } = useMessages()
  return (
    <Form action={pathOf(list.id)} class="sheet" label={t('lists.settings')}>
      <h2>{t('lists.settings')}</h2>
      <Refused refusal={refusal} />
      <ListFields refusal={refusal} values={refusal ? settingsIn(c.var.form) : list} />
      <div class="buttons">
        <button type="submit" class="button">
          {t('common.save')}
        </button>
      </div>
    </Form>
  )
}

/** The people whom a search found, each with a button unless they are on the list. */
const Found: FC<{ id: ListId; people: AccountView[]; listed: ReadonlySet<AccountId> }> = ({ id, people, listed }) => {
  const { t } = useMessages()
  if (people.length === 0) return <p>{t('lists.nobodyFound')}</p>
  return (
    <>
      <h3 class="group-label">{t('lists.found')}</h3>
      <ul class="entries">
        {people.map((account) => (
          <Person
            account={account}
            action={`/lists/${id}/add/${account.id}`}
            kind={listed.has(account.id) ? 'listed' : 'add'}
          />
        ))}
      </ul>
    </>
  )
}

const Person: FC<{ account: AccountView; action: string; kind: 'add' | 'remove' | 'listed' }> = ({
  account,
  action,
  kind,
}) => {
  const { t } = useMessages()
  return (
    <li class="member">
      <a href={profilePath(account)} class="person-link">
        <Avatar account={account} size="small" />
        <span class="person-names">
          <Name account={account} />
          <Handle account={account} />
        </span>
      </a>
      {kind === 'listed' ? (
        <span class="hint">{t('lists.isOn')}</span>
      ) : (
        <Action
          action={action}
          label={t(kind === 'add' ? 'lists.addNamed' : 'lists.removeNamed', { acct: account.acct })}
          class="button button-quiet button-small"
        >
          {t(kind === 'add' ? 'common.add' : 'common.remove')}
        </Action>
      )}
    </li>
  )
}
