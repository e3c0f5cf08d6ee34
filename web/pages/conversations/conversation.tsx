import { loadOwnProfile } from '#src/accounts/profile/profile.ts'
import type { ConversationId } from '#src/platform/ids.ts'
import { markConversation } from '#src/reading/conversations/mark.ts'
import { type ConversationView, loadConversation } from '#src/reading/conversations/page.ts'
import { conversationStatuses } from '#src/reading/conversations/statuses.ts'
import { loadSettings } from '#src/rules/settings.ts'
import { loadStatusViews } from '#src/statuses/views/views.ts'
import { shownHost } from '#src/text/acct.ts'
import { nameOf } from '../../components/account.tsx'
import { Composer } from '../../components/composer/composer.tsx'
import { replyState } from '../../components/composer/state.ts'
import { Form } from '../../components/form.tsx'
import { Head } from '../../components/layout.tsx'
import { NothingHere, pageOf, Pagination } from '../../components/pagination.tsx'
import { StatusList, statusPath } from '../../components/status.tsx'
import type { C } from '../../env.ts'
import { viewerOf } from '../../guards.tsx'
import { isShownNow } from '../../move-marker.ts'
import { page } from '../../page.tsx'
import { PeopleNames } from './row.tsx'

/** The posts of a conversation in the order in which they were written, and a field to answer the last. It is read by being shown. */
export async function conversationPage(c: C, id: ConversationId): Promise<Response> {
  const { db } = c.var.app
  const { t } = c.var.messages
  const { accountId, username } = viewerOf(c)
  const conversation = await loadConversation(db, accountId, id)
  const wanted = pageOf(c)
  const ids = await conversationStatuses(db, accountId, id, wanted)
  const isLatest = wanted.maxId === undefined && wanted.minId === undefined
  if (conversation.isUnread && isLatest && isShownNow(c))
    await db.transaction((tx) => markConversation(tx, accountId, id, false, conversation.lastStatus.id))
  const [statuses, own, settings] = await Promise.all([
    loadStatusViews(db, accountId, ids.toReversed()),
    isLatest ? loadOwnProfile(db, accountId) : null,
    loadSettings(db),
  ])
  const { accounts, lastStatus } = conversation
  const path = `/conversations/${id}`
  return page(
    c,
    { title: t('conversations.with', { names: accounts.map(nameOf).join(', ') }), isPrivate: true },
    <>
      <Head title={<PeopleNames accounts={accounts} />}>
        <a href={statusPath(lastStatus)} class="button button-quiet button-small">
          {t('conversations.thread')}
        </a>
      </Head>
      <p class="notice">
        {t('conversations.readersOn', { hosts: hostsOf(conversation, c.var.app.config.handleHost).join(', ') })}
      </p>
      <Pagination path={path} page={wanted} cursors={ids} />
      <StatusList statuses={statuses} context="thread">
        <NothingHere page={wanted}>{t('conversations.noPosts')}</NothingHere>
      </StatusList>
      {isLatest && (
        <section class="conversation-reply" aria-label={t('conversations.reply')}>
          <Composer
            state={replyState(lastStatus, { acct: username }, own)}
            maxFiles={settings.maxMediaAttachments}
            zone={own?.timeZone ?? null}
            isCompact
          />
        </section>
      )}
      <section class="sheet" aria-label={t('conversations.more')}>
        <p>{t('conversations.removeText')}</p>
        <div class="buttons">
          <Form action={`${path}/unread`}>
            <button type="submit" class="button button-quiet">
              {t('conversations.markUnread')}
            </button>
          </Form>
          <details class="sure">
            <summary class="button button-quiet">{t('conversations.remove')}</summary>
            <Form action={`${path}/delete`}>
              <button type="submit" class="button button-bad">
                {t('conversations.removeNow')}
              </button>
            </Form>
          </details>
        </div>
      </section>
    </>,
  )
}

/** The servers whose admins could read a conversation: the own one first. */
const hostsOf = ({ accounts, lastStatus }: ConversationView, own: string): string[] => [
  ...new Set([own, ...[...accounts, lastStatus.account].map(({ domain }) => (domain ? shownHost(domain) : own))]),
]
