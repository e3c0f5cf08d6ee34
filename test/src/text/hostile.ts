import * as fc from 'fast-check'

/** Pieces that parsers stumble over; joined at random they make better attacks than random characters. */
const pieces = [
  '@alice', '@bob@b.example', '@bob@例え.jp', '#tag', '#日本語', 'https://a.example/x(y)', 'http://', 'https://例え.jp/パス', 'javascript:alert(1)', 'data:text/html,x',
  '<script>', '</script>', '<img src=x onerror=alert(1)>', '<a href="javascript:x">', '<p>', '</p>', '<b>', '</b>', '<li>', '<ul>', '</ul>', '<ol start="3">', '<div>', '</div>',
  '<a href=https://e.example onclick=x class="mention x">', '</a>', '<svg>', '</svg>', '<math>', '</math>', '<annotation encoding="application/x-tex">', '</annotation>', '<td>', '<summary>', '<style>', '</style>', '<textarea>', '<!--', '-->', '<![CDATA[', '<?', '<xmp>',
  '<noscript>', '<template>', '<iframe>', '<br>', '<s>', '<h1>', '<blockquote>', '</blockquote>', '<span class="invisible evil">', '</span>', '<pre><code>', '<x y=">">',
  '&amp;', '&lt;', '&#0;', '&#13;', '&#xD800;', '&notit;', '&quot;', '"', '\'', '`', '```', '*', '**', '_', '~~', '[', '](', ')', '![', '\\', '> ', '- ', '1. ', '# ', '    ',
  '\n', '\n\n', '\r\n', '\u0000', '\u202E', '\u200D', '👩‍👩‍👧', 'हिन्दी', 'שלום', 'ﷺ', '\uD800', ' ', 'a', '=', '/', '>', '<', '&', ';', ':',
]

/** Text made to break out of what holds it. */
export const hostile: fc.Arbitrary<string> = fc
  .array(fc.oneof({ weight: 8, arbitrary: fc.constantFrom(...pieces) }, { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 4 }) }), { maxLength: 40 })
  .map((parts) => parts.join(''))

/** What a browser would run, looked for in finished HTML: the tags and attributes only, as text may say anything. */
export function dangers(html: string): string[] {
  const tags = html.match(/<[^>]*>/g) ?? []
  return tags.filter((tag) => !/^<\/?(?:p|br|span|a|strong|em|del|u|b|i|code|pre|blockquote|ul|ol|li|h[1-6]|ruby|rt|rp)(?: (?:class|href|rel|target|start|value|reversed)(?:="[^"<>]*")?)*(?: \/)?>$/.test(tag)
    || /href="(?!https?:\/\/)/i.test(tag))
}
