import { Hono } from 'hono'
import type { FC } from 'hono/jsx'
import { loadOwnProfile } from '#src/accounts/profile/profile.ts'
import { notFound, type Refusal } from '#src/platform/errors.ts'
import { isId, type ScheduledStatusId } from '#src/platform/ids.ts'
import { localTimeIn } from '#src/platform/zoned-time.ts'
import { redraftScheduled } from '#src/statuses/redraft.ts'
import {
  cancelScheduled,
  listScheduled,
  loadScheduled,
  reschedule,
  scheduledMoment,
  type ScheduledView,
} from '#src/statuses/scheduled.ts'
import { refuse } from '#src/text/refusals.ts'
import { Form, Refused } from '../components/form.tsx'
import { Head, Tabs } from '../components/layout.tsx'
import { useMessages } from '../components/page-context.ts'
import { NothingHere, pageOf, Pagination } from '../components/pagination.tsx'
import { ScheduleField } from '../components/schedule-field.tsx'
import { Moment } from '../components/time.tsx'
import { unpublishedTabs } from '../components/unpublished.ts'
import type { C, Env } from '../env.ts'
import { refusalOf } from '../forms.ts'
import { requireViewer, viewerOf } from '../guards.tsx'
import { page } from '../page.tsx'
import { statusOf } from '../problem.ts'
import { excerptOf } from './drafts.tsx'

/** A person's scheduled posts, also those of apps. */
export const scheduledPages = new Hono<Env>()
  .get('/scheduled', requireViewer, (c) => scheduledPage(c))
  .post('/scheduled/:id/time', requireViewer, async (c) => {
    const { app, form } = c.var
    const { accountId } = viewerOf(c)
    const typed = form.text('scheduled_at')
    const refusal = await refusalOf(async () => {
      const at = scheduledMoment(await zoneOf(c), typed)
      if (!at) throw refuse('invalid', 'chooseTime')
      await app.db.transaction((tx) => reschedule(tx, accountId, idOf(c), at))
    })
    return refusal ? scheduledPage(c, { id: idOf(c), typed, refusal }) : c.redirect('/scheduled', 303)
  })
  .post('/scheduled/:id/edit', requireViewer, async (c) => {
    const draftId = await c.var.app.db.transaction((tx) => redraftScheduled(tx, viewerOf(c).accountId, idOf(c)))
    return c.redirect(`/compose?draft=${draftId}`, 303)
  })
  .post('/scheduled/:id/delete', requireViewer, async (c) => {
    await c.var.app.db.transaction((tx) => cancelScheduled(tx, viewerOf(c).accountId, idOf(c)))
    return c.redirect('/scheduled', 303)
  })

/** A time that was refused. */
type RefusedTime = { id: ScheduledStatusId; typed: string; refusal: Refusal }

async function scheduledPage(c: C, refused: RefusedTime | null = null): Promise<Response> {
  const { messages, app } = c.var
  const { accountId } = viewerOf(c)
  const wanted = pageOf(c)
  const [zone, found] = await Promise.all([
    zoneOf(c),
    // A refused time is shown with its post alone, which may be on any page.
    refused
      ? loadScheduled(app.db, accountId, refused.id).then((view) => [view])
      : listScheduled(app.db, accountId, wanted),
  ])
  const title = messages.t('scheduled.title')
  return page(
    c,
    title,
    <>
      <Head title={title}>
        <Tabs label={messages.t('drafts.tabs')} here="/scheduled" tabs={unpublishedTabs(messages)} />
      </Head>
      {found.length > 0 ? (
        <ul class="drafts">
          {found.map((view) => (
            <Entry view={view} zone={zone} refused={refused?.id === view.id ? refused : null} />
          ))}
        </ul>
      ) : (
        <div class="empty">
          <NothingHere page={wanted}>
            <p>{messages.t('scheduled.empty')}</p>
          </NothingHere>
        </div>
      )}
      {!refused && <Pagination path="/scheduled" page={wanted} cursors={found.map(({ id }) => id)} />}
    </>,
    refused ? statusOf(refused.refusal) : 200,
  )
}

const Entry: FC<{ view: ScheduledView; zone: string | null; refused: RefusedTime | null }> = ({
  view,
  zone,
  refused,
}) => {
  const { t, rich } = useMessages()
  const { id, scheduledAt, params, further, media, failure } = view
  const parts = [params, ...further]
  const excerpt = excerptOf(parts)
  const name = excerpt || t('drafts.noText')
  const notes = [
    parts.length > 1 && t('drafts.parts', { count: parts.length }),
    media.length > 0 && t('drafts.files', { count: media.length }),
    parts.some(({ poll }) => poll) && t('drafts.poll'),
    params.inReplyToId && t('drafts.reply'),
    params.quotedStatusId && t('drafts.quote'),
  ].filter(Boolean)
  return (
    <li class="draft">
      <p class="draft-when">
        {rich(failure ? 'scheduled.wasDue' : 'scheduled.goesOut', { moment: () => <Moment at={scheduledAt} /> })}
      </p>
      <p class={excerpt ? 'draft-text' : 'draft-text hint'} dir="auto" lang={(excerpt && params.language) || undefined}>
        {name}
      </p>
      {notes.length > 0 && (
        <p class="draft-notes hint">
          {notes.map((note) => (
            <span>{note}</span>
          ))}
        </p>
      )}
      {failure && (
        <div class="notice notice-bad">
          <p>{t('scheduled.failed', { reason: failure })}</p>
          <p>{t('scheduled.failedHint')}</p>
        </div>
      )}
      <div class="draft-actions">
        <Form action={`/scheduled/${id}/edit`}>
          <button
            type="submit"
            class="button button-small"
            aria-label={t('scheduled.editNamed', { excerpt: name })}
            title={t('scheduled.editHint')}
          >
            {t('scheduled.edit')}
          </button>
        </Form>
        <details class="sure sure-wide" open={refused !== null}>
          <summary class="button button-quiet button-small" aria-label={t('scheduled.changeNamed', { excerpt: name })}>
            {t('scheduled.change')}
          </summary>
          <Form action={`/scheduled/${id}/time`} class="draft-time">
            <Refused refusal={refused?.refusal ?? null} />
            <ScheduleField
              value={refused?.typed ?? localTimeIn(zone, scheduledAt)}
              zone={zone}
              id={`scheduled-${id}`}
              required
            />
            <button type="submit" class="button button-small">
              {t('scheduled.save')}
            </button>
          </Form>
        </details>
        <details class="sure">
          <summary class="button button-quiet button-small">{t('scheduled.delete')}</summary>
          <Form action={`/scheduled/${id}/delete`}>
            <button type="submit" class="button button-bad button-small">
              {t('scheduled.deleteForGood')}
            </button>
          </Form>
        </details>
      </div>
    </li>
  )
}

const zoneOf = async (c: C): Promise<string | null> =>
  (await loadOwnProfile(c.var.app.db, viewerOf(c).accountId))?.timeZone ?? null

function idOf(c: C): ScheduledStatusId {
  const id = c.req.param('id') ?? ''
  if (!isId(id)) throw notFound()
  return id as ScheduledStatusId
}
