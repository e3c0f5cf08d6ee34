/**
 * Regular expressions that `npm run check:regexes` can't prove linear and that read no foreign input, or only short input: each as
 * `file /expression/flags`, with its reason.
 */
export const trustedRegexes: Record<string, string> = {
  'src/platform/config.ts /\\/+$/': 'The owner’s own settings.',
  'src/text/translation/libretranslate.ts /\\/+$/': 'The owner’s own settings.',
  'src/platform/log.ts /\\{\\{|\\{([^}]*)\\}/g': 'Templates of messages, which stand in the code.',
  'src/text/emoji.ts /^\\p{RGI_Emoji}$/v':
    'The prover knows no flag `v`; it is a finite set of sequences, and the text has at most 40 characters.',
  'src/reading/announcements/react.ts /^\\p{RGI_Emoji}$/v':
    'The prover knows no flag `v`; it is a finite set of sequences.',
  "src/text/acct.ts new RegExp(`^[${scripts.map((script) => `\\\\p{scx=${script}}`).join('')}\\\\p{Nd}\\\\p{scx=Common}\\\\p{scx=Inherited}-]+$`, 'u')":
    'One class of characters, from names of scripts that stand in the code.',
  "src/text/link.ts new RegExp(otherBegins, 'iy')": 'Fixed beginnings of links.',
  "src/text/scan.ts new RegExp(`[@#＃]|${linkBegins}`, 'giu')": 'Fixed beginnings of links, and single characters.',
  "src/text/markdown.ts new RegExp(`[\\\\n!#＃$%&*+\\\\-:<=>@[\\\\\\\\\\\\]^_\\`{}~]|${linkBegins}`, 'giu')":
    'Fixed beginnings of links, and single characters.',
}
