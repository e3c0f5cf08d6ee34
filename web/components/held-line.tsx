import type { FC } from 'hono/jsx'
import type { StatusView } from '#src/statuses/views/views.ts'
import { Action } from './form.tsx'
import { useMessages, usePage } from './page-context.ts'

/** The author's actions on a held post; nothing for other viewers, and after the post was sent. */
export const HeldLine: FC<{ status: StatusView; anchor: string }> = ({ status, anchor }) => {
  const { t, rich } = useMessages()
  const { me, now } = usePage()
  if (!status.heldUntil || status.accountId !== me?.account.id) return null
  const seconds = Math.ceil((status.heldUntil.getTime() - now.getTime()) / 1_000)
  const path = `/statuses/${status.id}`
  return (
    <div class="held" data-held>
      <p class="held-time">
        {seconds > 0
          ? rich('undo.leavesIn', {
              count: seconds,
              seconds: (children) => <span data-seconds={seconds}>{children}</span>,
            })
          : t('undo.leavesNow')}
      </p>
      <div class="held-actions">
        <a href={`${path}/edit`}>{t('undo.edit')}</a>
        <Action action={`${path}/redraft`} label={t('undo.takeBack')} class="link">
          {t('undo.takeBack')}
        </Action>
        <Action action={`${path}/send-now`} label={t('undo.sendNow')} class="link" at={anchor}>
          {t('undo.sendNow')}
        </Action>
      </div>
    </div>
  )
}
