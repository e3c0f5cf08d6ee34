import type { Translation } from '#src/reading/translate.ts'

/** @see https://docs.joinmastodon.org/entities/Translation/ */
export function toTranslation({ content, spoilerText, language, sourceLanguage, poll, media }: Translation) {
  return {
    content,
    spoiler_text: spoilerText,
    language,
    poll: poll && { id: poll.id, options: poll.options.map((title) => ({ title })) },
    media_attachments: media,
    detected_source_language: sourceLanguage,
    provider: 'LibreTranslate',
  }
}
