import { Hono } from 'hono'
import { loadAccountViews } from '#src/accounts/views.ts'
import { unblock } from '#src/relationships/block.ts'
import { blockedBy, mutedBy } from '#src/relationships/lists.ts'
import { unmute } from '#src/relationships/mute.ts'
import { loadRelationships } from '#src/relationships/views.ts'
import { Muted } from '../../../components/muted.tsx'
import { pageOf, Pagination } from '../../../components/pagination.tsx'
import { PickList } from '../../../components/pick-list.tsx'
import type { C, Env } from '../../../env.ts'
import { requireViewer, viewerOf } from '../../../guards.tsx'
import { page } from '../../../page.tsx'
import { PeopleHead } from '../people-head.tsx'
import { actOnPicked, listPath, Outcome, pageSize } from './pick.tsx'
import { PeopleSearch, searchedPath, wantedName } from './search.tsx'

/** The people whom a person mutes or blocks. */
export const avoidedPeople = new Hono<Env>()
  .get('/settings/mutes', requireViewer, (c) => mutesPage(c))
  .post('/settings/mutes', requireViewer, (c) => actOnPicked(c, '/settings/mutes', { unmute }))
  .get('/settings/blocks', requireViewer, (c) => blocksPage(c))
  .post('/settings/blocks', requireViewer, (c) => actOnPicked(c, '/settings/blocks', { unblock }))

async function mutesPage(c: C): Promise<Response> {
  const { db } = c.var.app
  const { accountId } = viewerOf(c)
  const wanted = pageOf(c, pageSize)
  const text = wantedName(c)
  const found = await mutedBy(db, accountId, wanted, text)
  const ids = found.map((row) => row.accountId)
  const [people, relationships] = await Promise.all([loadAccountViews(db, ids), loadRelationships(db, accountId, ids)])
  const { t } = c.var.messages
  return page(
    c,
    t('relations.mutes'),
    <>
      <PeopleHead here="/settings/mutes" />
      <h2 class="unseen">{t('relations.mutes')}</h2>
      <Outcome c={c} />
      <p class="only-here">{t('relations.mutesLead')}</p>
      {(people.length > 0 || text !== '') && <PeopleSearch path="/settings/mutes" text={text} />}
      {people.length === 0 ? (
        <div class="empty">{t(text === '' ? 'relations.noMutes' : 'relations.nobodyMatches')}</div>
      ) : (
        <PickList
          action="/settings/mutes"
          label={t('relations.mutes')}
          back={listPath(c)}
          people={people}
          factsOf={({ id }) => (
            <ul class="applicant-facts">
              <li>
                <Muted until={found.find((row) => row.accountId === id)?.expiresAt ?? null} />
              </li>
              <li>
                {t(
                  relationships.find((one) => one.id === id)?.mutingNotifications
                    ? 'relations.notificationsMuted'
                    : 'relations.notificationsComing',
                )}
              </li>
              <li>
                <a href={`/accounts/${id}/mute?return_to=/settings/mutes`}>{t('relations.changeMute')}</a>
              </li>
            </ul>
          )}
          buttons={[{ name: 'unmute', label: t('relations.unmutePicked') }]}
        />
      )}
      <Pagination path={searchedPath('/settings/mutes', text)} page={wanted} cursors={found.map(({ id }) => id)} />
    </>,
  )
}

async function blocksPage(c: C): Promise<Response> {
  const { db } = c.var.app
  const wanted = pageOf(c, pageSize)
  const text = wantedName(c)
  const found = await blockedBy(db, viewerOf(c).accountId, wanted, text)
  const people = await loadAccountViews(
    db,
    found.map((row) => row.accountId),
  )
  const { t } = c.var.messages
  return page(
    c,
    t('relations.blocks'),
    <>
      <PeopleHead here="/settings/blocks" />
      <h2 class="unseen">{t('relations.blocks')}</h2>
      <Outcome c={c} />
      <p class="only-here">{t('relations.blocksLead')}</p>
      {(people.length > 0 || text !== '') && <PeopleSearch path="/settings/blocks" text={text} />}
      {people.length === 0 ? (
        <div class="empty">{t(text === '' ? 'relations.noBlocks' : 'relations.nobodyMatches')}</div>
      ) : (
        <PickList
          action="/settings/blocks"
          label={t('relations.blocks')}
          back={listPath(c)}
          people={people}
          factsOf={() => null}
          buttons={[{ name: 'unblock', label: t('relations.unblockPicked') }]}
        />
      )}
      <Pagination path={searchedPath('/settings/blocks', text)} page={wanted} cursors={found.map(({ id }) => id)} />
    </>,
  )
}
