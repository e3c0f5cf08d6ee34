import type { FC } from 'hono/jsx'
import type { ComposerState } from './state.ts'

/** Hidden fields: the values that the form keeps without showing them. The compact form shows the fewest fields, so it has most hidden ones. */
export const CarriedFields: FC<{ state: ComposerState; isCompact: boolean }> = ({ state, isCompact }) => {
  const { content, draftId, key, open } = state
  const warning = content.parts[0]?.spoilerText ?? ''
  return (
    <>
      {content.inReplyToId && <Hidden name="reply_to" value={content.inReplyToId} />}
      {content.quotedStatusId && <Hidden name="quote" value={content.quotedStatusId} />}
      {draftId && <Hidden name="draft" value={draftId} />}
      <Hidden name="key" value={key} />
      {[...open].map((section) => (
        <Hidden name="open" value={section} />
      ))}
      {isCompact ? (
        <>
          <Hidden name="language" value={content.language ?? ''} />
          <Hidden name="format" value={content.format ?? 'plain'} />
          {warning !== '' && <Hidden name="spoiler_text" value={warning} />}
          {content.isLocalOnly && <Hidden name="local_only" value="1" />}
        </>
      ) : (
        <Hidden name="complete" value="1" />
      )}
    </>
  )
}

const Hidden: FC<{ name: string; value: string }> = ({ name, value }) => (
  <input type="hidden" name={name} value={value} />
)
