/**
 * Regular expressions that `npm run check:regexes` can't prove linear and that read nothing foreign, or nothing long: each as
 * `file /expression/flags`, with the reason why it may stay.
 */
export const trustedRegexes: Record<string, string> = {
  'src/config.ts /\\/+$/': 'The owner’s own settings.',
  'src/translation/libretranslate.ts /\\/+$/': 'The owner’s own settings.',
  'src/log.ts /\\{\\{|\\{([^}]*)\\}/g': 'Templates of messages, which stand in the code.',
  'src/text/emoji.ts /^\\p{RGI_Emoji}$/v': 'The prover knows no flag `v`; it is a finite set of sequences, and the text has at most 40 characters.',
  'src/announcements/react.ts /^\\p{RGI_Emoji}$/v': 'The prover knows no flag `v`; it is a finite set of sequences.',
}
