import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { sanitizeHtml, sanitizeOwnHtml } from '#src/text/html/sanitize.ts'
import { dangers, hostile } from '../hostile.ts'

const rel = 'target="_blank" rel="nofollow noopener noreferrer"'

test.each([
  ['text stays', 'a &amp; b "c"', 'a &amp; b "c"'],
  ['a lone bracket is text', '1 < 2 > 0', '1 &lt; 2 &gt; 0'],
  [
    'what apps know stays',
    '<p>a<br>b <strong>c</strong> <em>d</em> <del>e</del></p>',
    '<p>a<br />b <strong>c</strong> <em>d</em> <del>e</del></p>',
  ],
  [
    'lists and quotes stay',
    '<blockquote><ol start="3" reversed><li value="7">x</li></ol></blockquote>',
    '<blockquote><ol start="3" reversed><li value="7">x</li></ol></blockquote>',
  ],
  ['ruby stays', '<ruby>漢<rp>(</rp><rt>kan</rt><rp>)</rp></ruby>', '<ruby>漢<rp>(</rp><rt>kan</rt><rp>)</rp></ruby>'],
  ['crossed-out text has one tag', '<s>a</s><strike>b</strike>', '<del>a</del><del>b</del>'],
  ['scripts go with their content', 'a<script>alert(1)</script>b<style>p{}</style>c', 'abc'],
  ['unknown tags go, their text stays', 'a<custom-x>b</custom-x><img src=x onerror=alert(1)>', 'ab'],
  [
    'blocks of any kind stay apart',
    '<div>a<div>b</div></div>c<table><tr><th>d</th><td>e</td></tr></table><details><summary>f</summary>g</details>',
    '<p>a</p><p>b</p>c<p>d</p><p>e</p><p>f</p>g',
  ],
  [
    'paragraphs in blocks are paragraphs',
    '<section><p>a</p><p> </p>b</section><figure><img src=x><figcaption>c</figcaption></figure>',
    '<p>a</p>b<p>c</p>',
  ],
  [
    'a formula is its source',
    'a <math><semantics><msup><mi>x</mi><mn>2</mn></msup><annotation encoding="application/x-tex">x^2 &lt; 4</annotation></semantics></math> b',
    'a $x^2 &lt; 4$ b',
  ],
  [
    'also one on lines of its own',
    '<math display="block"><semantics><mi>x</mi><annotation encoding="application/x-tex"> x </annotation></semantics></math>',
    '$$x$$',
  ],
  [
    'or in words',
    '<math><semantics><mi>x</mi><annotation encoding="text/plain">the unknown</annotation></semantics></math>',
    'the unknown',
  ],
  ['a formula without source keeps its signs', '<math><mi>x</mi></math><math>y', 'xy'],
  ['handlers and styles go', '<p onclick="x" style="position:fixed" id="y" dir="rtl">a</p>', '<p>a</p>'],
  [
    'only known classes stay',
    '<span class="h-card evil invisible  ellipsis p-x">a</span>',
    '<span class="h-card invisible ellipsis p-x">a</span>',
  ],
  [
    'links open apart',
    '<a href="https://a.example/?a=1&amp;b=2" rel="me opener" target="_top">a</a>',
    `<a href="https://a.example/?a=1&amp;b=2" ${rel}>a</a>`,
  ],
  [
    'a hashtag stays one',
    '<a class="mention hashtag" rel="tag" href="https://a.example/t">#t</a>',
    '<a href="https://a.example/t" class="mention hashtag" target="_blank" rel="tag nofollow noopener noreferrer">#t</a>',
  ],
  ['javascript is no link', '<a href="javascript:alert(1)">a</a>', '<span>a (javascript:alert(1))</span>'],
  [
    'nor when written in odd ways',
    '<a href=" java\nscript:alert(1)">a</a><a href="&#106;avascript:x">b</a><a href="\u0001javascript:x">c</a>',
    '<span>a</span><span>b (javascript:x)</span><span>c (javascript:x)</span>',
  ],
  [
    'nor data, mail and paths',
    '<a href="data:text/html,x">a</a><a href="mailto:a@b.example">b</a><a href="/c">c</a><a href="//d.example">d</a>',
    '<span>a (data:text/html,x)</span><span>b (mailto:a@b.example)</span><span>c</span><span>d</span>',
  ],
  [
    'other protocols are links that run nothing',
    '<a href="gemini://ann.example/log.gmi">capsule</a> <a href="XMPP:ann@chat.example">chat</a> <a href="magnet:?xt=urn:btih:c12f">film</a> <a href="foo:bar">foo:bar</a><a href="foo:none"></a> <b>bold</b>',
    '<a href="gemini://ann.example/log.gmi" target="_blank" rel="nofollow noopener noreferrer">capsule</a> <a href="XMPP:ann@chat.example" target="_blank" rel="nofollow noopener noreferrer">chat</a> <a href="magnet:?xt=urn:btih:c12f" target="_blank" rel="nofollow noopener noreferrer">film</a> <span>foo:bar</span> <b>bold</b>',
  ],
  [
    'other signs in links are encoded',
    '<a href="https://a.example/ä b">a</a>',
    `<a href="https://a.example/%C3%A4%20b" ${rel}>a</a>`,
  ],
  [
    'quotes do not end an attribute',
    '<a href=\'https://a.example/"onclick="x\'>a</a>',
    `<a href="https://a.example/%22onclick=%22x" ${rel}>a</a>`,
  ],
  ['comments and declarations go', '<!-- a --><!doctype html><?php x ?><![CDATA[b]]>c', 'c'],
  ['what is open is closed', '<p><b>a', '<p><b>a</b></p>'],
  ['an item outside of a list is a paragraph', '<li>a<li>b', '<p>a</p><p>b</p>'],
  ['no item leaves the list of the page', '</li></ul></div><li>a', '<p>a</p>'],
  [
    'foreign content hides nothing',
    '<svg><p>a<style><a title="</style><img src onerror=alert(1)>"></style></svg>b',
    '<p>a</p>b',
  ],
  ['controls go', 'a\u0000b&#1;c&#0;', 'abc\uFFFD'],
])('%s', (_, html, expected) => {
  expect(sanitizeHtml(html)).toBe(expected)
})

test('links to local accounts keep their text', () => {
  const html =
    '<p><a href="https://a.example" target="_blank" rel="me nofollow noopener noreferrer">a</a> <a href="https://here.example/@a" class="u-url mention">@a</a></p>'
  expect(sanitizeOwnHtml(html)).toBe(html)
  expect(sanitizeOwnHtml('<a href="https://a.example" target="x" rel="opener me" onclick="x">a</a>')).toBe(
    '<a href="https://a.example" rel="me">a</a>',
  )
})

describe('any HTML', () => {
  test.each([
    ['theirs', sanitizeHtml],
    ['ours', sanitizeOwnHtml],
  ] as const)('%s is safe, well-formed, and the same when sanitised again', (_, clean) => {
    fc.assert(
      fc.property(hostile, (html) => {
        const once = clean(html)
        expect(dangers(once)).toEqual([])
        expect(clean(once)).toBe(once)
        expect(balanced(once)).toBe(true)
      }),
      { numRuns: 2000 },
    )
  })

  test('list items are always inside lists', () => {
    fc.assert(
      fc.property(hostile, (html) => {
        let lists = 0
        const outside = sanitizeHtml(html)
          .match(/<\/?(?:ul|ol|li)\b/g)
          ?.filter((tag) => {
            if (tag === '<ul' || tag === '<ol') lists += 1
            if (tag === '</ul' || tag === '</ol') lists -= 1
            return tag === '<li' && lists === 0
          })
        expect(outside ?? []).toEqual([])
      }),
      { numRuns: 1000 },
    )
  })
})

describe('far too much', () => {
  test.each([
    ['open tags', '<b>'],
    ['open and wrong closing tags', '<b></z>'],
    ['links', '<a href=http:/a.b>'],
    ['brackets', '<'],
    ['ampersands', '&'],
    ['comments', '<!--'],
    ['closing tags', '</p>'],
    ['lists', '<ul><li>'],
    ['dropped tags', '<div>'],
    ['attributes', '<p '],
    ['raw text', '<noscript>'],
    ['frames', '<iframe>'],
    ['forms', '<form>'],
    ['svg', '<svg>'],
    ['formulas', '<math>'],
    ['formulas with sources', '<math><annotation encoding="text/plain">'],
    ['cells', '<td>'],
  ])('of %s is cut, quickly, and stays the same when sanitised again', (_, piece) => {
    const started = performance.now()
    const once = sanitizeHtml(piece.repeat(Math.ceil(1_000_000 / piece.length)))
    expect(performance.now() - started).toBeLessThan(5_000)
    expect(once.length).toBeLessThanOrEqual(200_000)
    expect(sanitizeHtml(once)).toBe(once)
  })

  test('too deep nesting is removed, and its text kept', () => {
    expect(sanitizeHtml(`${'<blockquote>'.repeat(60)}a`)).toBe(
      `${'<blockquote>'.repeat(32)}a${'</blockquote>'.repeat(32)}`,
    )
    expect(sanitizeHtml(`${'<blockquote>'.repeat(5000)}a &lt;`).trim()).toBe('a &amp;lt;')
  })
})

/** Whether every tag is closed in turn. */
function balanced(html: string): boolean {
  const open: string[] = []
  for (const [, end, name = '', self] of html.matchAll(/<(\/?)([a-z0-9]+)[^>]*?(\/?)>/g)) {
    if (self === '/') continue
    if (end === '/' ? open.pop() !== name : open.push(name) === 0) return false
  }
  return open.length === 0
}
