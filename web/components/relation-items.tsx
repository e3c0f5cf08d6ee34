/** Parts of a profile about the viewer's own relationship to it. */
import type { FC } from 'hono/jsx'
import type { RelationshipView } from '#src/relationships/views.ts'
import { Action } from './form.tsx'
import { useMessages } from './page-context.ts'

type Props = { relationship: RelationshipView }

/** Entries of the menu for those whom the viewer follows, or has asked to. */
export const FollowItems: FC<Props> = ({
  relationship: { id, following, requested, notifies, showsReblogs, endorsed },
}) => {
  const { t } = useMessages()
  if (!following && !requested) return null
  const path = `/accounts/${id}`
  const bell = t(notifies ? 'relations.unnotify' : 'relations.notify')
  const boosts = t(showsReblogs ? 'relations.hideBoosts' : 'relations.showBoosts')
  const endorsing = t(endorsed ? 'relations.unendorse' : 'relations.endorse')
  return (
    <>
      <Action action={`${path}/${notifies ? 'unnotify' : 'notify'}`} label={bell}>
        {bell}
      </Action>
      <Action action={`${path}/${showsReblogs ? 'hide-boosts' : 'show-boosts'}`} label={boosts}>
        {boosts}
      </Action>
      <a href={`${path}/following`}>{t('relations.followOptions')}</a>
      {following && (
        <Action action={`${path}/${endorsed ? 'unendorse' : 'endorse'}`} label={endorsing}>
          {endorsing}
        </Action>
      )}
    </>
  )
}

/** The entry of the menu that leads to the private note. */
export const NoteLink: FC<Props> = ({ relationship: { id, note } }) => {
  const { t } = useMessages()
  return <a href={`/accounts/${id}/note`}>{t(note === '' ? 'relations.writeNote' : 'relations.changeNote')}</a>
}

/** The viewer's private note about the account. */
export const PrivateNote: FC<Props> = ({ relationship: { id, note } }) => {
  const { t } = useMessages()
  if (note === '') return null
  return (
    <div class="private-note">
      <p class="private-note-head">
        <strong>{t('relations.noteTitle')}</strong>
        <a href={`/accounts/${id}/note`}>{t('relations.changeNote')}</a>
      </p>
      <p class="private-note-text" dir="auto">
        {note}
      </p>
    </div>
  )
}
