/** Profiles that the moderators of this server limited: who meets them is told, and sees them when they want to. */
import type { FC } from 'hono/jsx'
import type { AccountView } from '#src/accounts/views.ts'
import type { RelationshipView } from '#src/relationships/views.ts'
import type { C } from '../env.ts'
import { useMessages, usePage } from './page-context.ts'

type Visited = { account: AccountView; relationship: RelationshipView | undefined }

/** Whether the profile stands behind a click: it is limited, and the visitor neither follows it nor asked to see it. */
export const isCovered = (c: C, { account, relationship }: Visited): boolean =>
  account.silencedAt !== null &&
  c.var.session.viewer?.accountId !== account.id &&
  relationship?.following !== true &&
  c.req.query('show') !== '1'

/** A path of a limited profile that the visitor asked to see: its further pages don't ask again. */
export const shownPath = (c: C, { silencedAt }: AccountView, path: string): string =>
  silencedAt !== null && c.req.query('show') === '1' ? `${path}?show=1` : path

/** An account as a covered profile shows it: without its own words and images. */
export const covered = (account: AccountView): AccountView => ({
  ...account,
  note: '',
  fields: [],
  avatarFile: null,
  avatarRemoteUrl: null,
  headerFile: null,
  headerRemoteUrl: null,
})

/** Says that a profile is limited. `show`: where it is shown, if it is covered. */
export const LimitedNotice: FC<{ account: AccountView; show?: string }> = ({ account, show }) => {
  const { me, settings } = usePage()
  const { t } = useMessages()
  if (account.silencedAt === null) return null
  if (me?.account.id === account.id)
    return (
      <div class="notice notice-step">
        <p>{t('profile.limitedSelf', { server: settings.title })}</p>
        <a href="/settings/strikes" class="button button-quiet">
          {t('profile.limitedWhy')}
        </a>
      </div>
    )
  return (
    <div class="notice notice-step">
      <p>{t('profile.limited', { server: settings.title })}</p>
      {show && (
        <a href={show} class="button button-quiet" rel="nofollow">
          {t('profile.limitedShow')}
        </a>
      )}
    </div>
  )
}
