import type { FC } from 'hono/jsx'
import { type AccountView, loadAccountViews } from '#src/accounts/views.ts'
import { notFound, type Refusal } from '#src/platform/errors.ts'
import type { AccountId, CollectionId } from '#src/platform/ids.ts'
import { collectionLimits } from '#src/reading/collections/manage.ts'
import { type CollectionView, loadCollection } from '#src/reading/collections/views.ts'
import { type Openness, opennessOf } from '#src/reading/collections/willing.ts'
import { search } from '#src/reading/search.ts'
import { Avatar, Handle, Name, profilePath } from '../../components/account.tsx'
import { Action, Form, NoticeBox, Refused } from '../../components/form.tsx'
import { Head } from '../../components/layout.tsx'
import { useMessages } from '../../components/page-context.ts'
import type { C } from '../../env.ts'
import { viewerOf } from '../../guards.tsx'
import { page } from '../../page.tsx'
import { statusOf } from '../../problem.ts'
import { CollectionFields, inputIn, storedValues } from './fields.tsx'

const maxFound = 20

/** The forms of one of the viewer's collections: its people, and what it is. */
export async function editPage(
  c: C,
  id: CollectionId,
  refused: { settings?: Refusal; people?: Refusal } = {},
): Promise<Response> {
  const { app, form, messages } = c.var
  const { t } = messages
  const { accountId } = viewerOf(c)
  const collection = await loadCollection(app.db, accountId, id)
  if (collection.accountId !== accountId) throw notFound()
  const text = (c.req.query('q') ?? '').trim().slice(0, 500)
  const [people, found] = await Promise.all([
    loadAccountViews(
      app.db,
      collection.items.map((item) => item.accountId),
    ),
    text
      ? search(app, accountId, text, { type: 'accounts', limit: maxFound, resolve: true }).then(({ accounts }) =>
          loadAccountViews(app.db, accounts),
        )
      : [],
  ])
  const openness = await opennessOf(
    app.db,
    accountId,
    id,
    found.map((account) => account.id),
  )
  const path = `/collections/${id}/edit`
  const refusal = refused.settings ?? refused.people
  return page(
    c,
    t('collections.editNamed', { name: collection.name }),
    <>
      <Head title={<bdi>{collection.name}</bdi>}>
        <a href={`/collections/${id}`} class="button button-quiet button-small">
          {t('collections.toPage')}
        </a>
      </Head>
      {c.req.query('saved') && <NoticeBox kind="good">{t('common.saved')}</NoticeBox>}
      {c.req.query('asked') && <NoticeBox kind="good">{t('collections.askedAgain')}</NoticeBox>}
      <section class="sheet" id="people" aria-labelledby="people-title">
        <h2 id="people-title">{t('collections.itsPeople')}</h2>
        <p class="hint">{t('collections.peopleHint', { max: collectionLimits.items })}</p>
        <Refused refusal={refused.people ?? null} />
        <form action={`${path}#people`} class="add-line" role="search" aria-label={t('collections.find')}>
          <div class="field">
            <label for="q">{t('collections.find')}</label>
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
            {t('collections.findButton')}
          </button>
        </form>
        {text && <Found collection={collection} people={found} openness={openness} />}
        {collection.items.length > 0 ? (
          <Items collection={collection} people={people} />
        ) : (
          <p>{t('collections.emptyOwn')}</p>
        )}
      </section>
      <Form action={path} class="sheet" label={t('collections.settings')}>
        <h2>{t('collections.settings')}</h2>
        <Refused refusal={refused.settings ?? null} />
        <CollectionFields
          refusal={refused.settings ?? null}
          values={refused.settings ? inputIn(form) : storedValues(collection)}
        />
        <div class="buttons">
          <button type="submit" class="button">
            {t('common.save')}
          </button>
        </div>
      </Form>
      <section class="sheet">
        <h2>{t('collections.delete')}</h2>
        <p>{t('collections.deleteText')}</p>
        <details class="sure">
          <summary class="button button-quiet">{t('collections.delete')}</summary>
          <Form action={`/collections/${id}/delete`}>
            <button type="submit" class="button button-bad">
              {t('collections.deleteForGood')}
            </button>
          </Form>
        </details>
      </section>
    </>,
    refusal ? statusOf(refusal) : 200,
  )
}

/** The people of a collection in order, each with buttons that move them and take them out. */
const Items: FC<{ collection: CollectionView; people: readonly AccountView[] }> = ({ collection, people }) => {
  const { t } = useMessages()
  return (
    <>
      <h3 class="group-label">{t('collections.inIt')}</h3>
      <ul class="entries">
        {collection.items.map((item, i) => {
          const account = people.find((person) => person.id === item.accountId)
          return (
            account && (
              <li class="member">
                <Person account={account} />
                {item.state === 'pending' && <span class="hint">{t('collections.pending')}</span>}
                <span class="member-actions">
                  {item.state === 'pending' && (
                    <Action
                      action={`/collections/${collection.id}/ask/${account.id}`}
                      label={t('collections.askAgainNamed', { acct: account.acct })}
                      class="button button-quiet button-small"
                    >
                      {t('collections.askAgain')}
                    </Action>
                  )}
                  {i > 0 && (
                    <Action
                      action={`/collections/${collection.id}/up/${item.id}`}
                      label={t('collections.upNamed', { acct: account.acct })}
                      class="button button-quiet button-small"
                    >
                      ↑
                    </Action>
                  )}
                  {i < collection.items.length - 1 && (
                    <Action
                      action={`/collections/${collection.id}/down/${item.id}`}
                      label={t('collections.downNamed', { acct: account.acct })}
                      class="button button-quiet button-small"
                    >
                      ↓
                    </Action>
                  )}
                  <Action
                    action={`/collections/${collection.id}/remove/${item.id}`}
                    label={t('collections.removeNamed', { acct: account.acct })}
                    class="button button-quiet button-small"
                  >
                    {t('common.remove')}
                  </Action>
                </span>
              </li>
            )
          )
        })}
      </ul>
    </>
  )
}

/** The texts in place of the button that adds somebody. */
const whyNot = {
  in: 'collections.isIn',
  left: 'collections.hasLeft',
  unwilling: 'collections.unwilling',
} as const satisfies Record<Exclude<Openness, 'open'>, string>

/** The people whom a search found, each with a button unless they are in it, left it, or don't want to be recommended. */
const Found: FC<{
  collection: CollectionView
  people: readonly AccountView[]
  openness: ReadonlyMap<AccountId, Openness>
}> = ({ collection, people, openness }) => {
  const { t } = useMessages()
  if (people.length === 0) return <p>{t('collections.nobodyFound')}</p>
  return (
    <>
      <h3 class="group-label">{t('collections.found')}</h3>
      <ul class="entries">
        {people.map((account) => {
          const answer = openness.get(account.id) ?? 'unwilling'
          return (
            <li class="member">
              <Person account={account} />
              {answer === 'open' ? (
                <Action
                  action={`/collections/${collection.id}/add/${account.id}`}
                  label={t('collections.addNamed', { acct: account.acct })}
                  class="button button-quiet button-small"
                >
                  {t('common.add')}
                </Action>
              ) : (
                <span class="hint">{t(whyNot[answer])}</span>
              )}
            </li>
          )
        })}
      </ul>
    </>
  )
}

const Person: FC<{ account: AccountView }> = ({ account }) => (
  <a href={profilePath(account)} class="person-link">
    <Avatar account={account} size="small" />
    <span class="person-names">
      <Name account={account} />
      <Handle account={account} />
    </span>
  </a>
)
