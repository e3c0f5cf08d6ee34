import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { plainText } from '#src/text/clean.ts'
import { escapeText } from '#src/text/html/escape.ts'
import { htmlToText } from '#src/text/html/to-text.ts'
import { render } from '#src/text/render.ts'
import { hostile } from '../hostile.ts'

test.each([
  ['<p>one<br>two</p><p>three</p>', 'one\ntwo\n\nthree'],
  ['a &amp;lt; b &quot;c&quot; &#39;d&#39; &eacute;', 'a &lt; b "c" \'d\' é'],
  ['<p>x <script>alert(1)</script>y</p>', 'x y'],
  ['<ul><li>a</li><li>b</li></ul><p>c</p>', '• a\n• b\n\nc'],
  [
    '<a href="https://a.example/x"><span class="invisible">https://</span><span class="ellipsis">a.example</span><span class="invisible">/x</span></a>',
    'https://a.example/x',
  ],
  ['<span class="h-card"><a href="https://a.example/@a" class="u-url mention">@<span>a</span></a></span> hi', '@a hi'],
  ['<pre><code>a\n  b\n</code></pre>', 'a\n  b'],
  ['<ruby>漢<rp>(</rp><rt>kan</rt><rp>)</rp></ruby>', '漢(kan)'],
  ['', ''],
])('%s reads as %j', (html, text) => {
  expect(htmlToText(html)).toBe(text)
})

test('escaped text is unescaped', () => {
  fc.assert(
    fc.property(hostile, (typed) => {
      const line = plainText(typed).replace(/\s+/g, ' ').trim()
      expect(htmlToText(`<p>${escapeText(line)}</p>`)).toBe(line)
    }),
    { numRuns: 300 },
  )
})

test('a rendered status converts back to its typed text', () => {
  const typed = 'Hi @alice, https://a.example/a/path/that/is/longer/than/thirty/characters\n#Tag & <more>\n\nBye'
  const mentions = new Map([['alice', { url: 'https://h.example/@alice', username: 'alice', acct: 'alice' }]])
  expect(htmlToText(render(typed, 'plain', { mentions, tagUrl: (name) => `https://h.example/tags/${name}` }))).toBe(
    typed,
  )
})
