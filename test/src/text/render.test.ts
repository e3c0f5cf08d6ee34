import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { plainText } from '#src/text/clean.ts'
import { hashtagsIn, mentionsIn } from '#src/text/extract.ts'
import { sanitizeOwnHtml } from '#src/text/html/sanitize.ts'
import { render, renderFieldValue, renderProfileNote, type Resolved } from '#src/text/render.ts'
import { dangers, hostile } from './hostile.ts'

const resolved: Resolved = {
  mentions: new Map([
    ['alice', { url: 'https://here.example/@alice', username: 'alice', acct: 'alice' }],
    ['bob@b.example', { url: 'https://b.example/@bob', username: 'bob', acct: 'bob@b.example' }],
    ['alice@b.example', { url: 'https://b.example/users/a"<', username: 'alice', acct: 'alice@b.example' }],
  ]),
  tagUrl: (name) => `https://here.example/tags/${encodeURIComponent(name)}`,
}

const alice =
  '<span class="h-card"><a href="https://here.example/@alice" class="u-url mention">@<span>alice</span></a></span>'
const tag = '<a href="https://here.example/tags/tag" class="mention hashtag" rel="tag">#<span>Tag</span></a>'
const link = (rel = 'nofollow noopener noreferrer') =>
  `<a href="https://a.example" target="_blank" rel="${rel}"><span class="invisible">https://</span><span>a.example</span><span class="invisible"></span></a>`

const plain = (text: string) => render(text, 'plain', resolved)
const markdown = (text: string) => render(text, 'markdown', resolved)

describe('plain text', () => {
  test.each([
    ['', ''],
    [' \n ', ''],
    ['Hello', '<p>Hello</p>'],
    ['one\ntwo\n\nthree\n \n\nfour\n', '<p>one<br />two</p><p>three</p><p>four</p>'],
    ['a < b & "c" > d', '<p>a &lt; b &amp; "c" &gt; d</p>'],
    ['<script>alert(1)</script>', '<p>&lt;script&gt;alert(1)&lt;/script&gt;</p>'],
    ['Hi @alice, #Tag', `<p>Hi ${alice}, ${tag}</p>`],
    ['Hi @ALICE', `<p>Hi ${alice}</p>`],
    ['Hi @nobody', '<p>Hi @nobody</p>'],
    ['https://a.example', `<p>${link()}</p>`],
    ['**not bold** `code`', '<p>**not bold** `code`</p>'],
    ['مرحبا\nשלום', '<p>مرحبا<br />שלום</p>'],
  ])('%j', (text, html) => {
    expect(plain(text)).toBe(html)
  })

  test('a long URL is shown without its scheme and end, and keeps both for copying', () => {
    const html = plain('https://www.a.example/a/long/path/to/something?with=a&query=too')
    expect(html).toContain(
      '<span class="invisible">https://www.</span><span class="ellipsis">a.example/a/long/path/to/somet</span><span class="invisible">hing?with=a&amp;query=too</span>',
    )
    expect(html).toContain('href="https://www.a.example/a/long/path/to/something?with=a&amp;query=too"')
  })

  test('a URL is not cut in the middle of a character', () => {
    const html = plain(`https://a.example/${'x'.repeat(19)}😺😺😺`)
    expect(html).toContain(`a.example/${'x'.repeat(19)}😺</span>`)
    expect(html.isWellFormed()).toBe(true)
  })

  test('accounts with the same name are shown with their hosts, hostile URLs as text', () => {
    const html = plain('@alice @alice@b.example @bob@b.example')
    expect(html).toContain('@<span>alice</span>')
    expect(html).toContain('@<span>alice@b.example</span>')
    expect(html).toContain('@<span>bob</span>')
    expect(html).toContain('href="https://b.example/users/a&quot;&lt;"')
  })
})

describe('Markdown', () => {
  test.each([
    ['one\ntwo\n\nthree', '<p>one<br />two</p><p>three</p>'],
    ['**b** *i* ~~s~~ `c`', '<p><strong>b</strong> <em>i</em> <del>s</del> <code>c</code></p>'],
    ['# Title', '<p><strong>Title</strong></p>'],
    ['#Tag @alice', `<p>${tag} ${alice}</p>`],
    ['**@alice**', `<p><strong>${alice}</strong></p>`],
    ['`@alice #Tag`', '<p><code>@alice #Tag</code></p>'],
    ['\\@alice \\#Tag', '<p>@alice #Tag</p>'],
    ['- a\n- b\n\n3. c', '<ul><li>a</li><li>b</li></ul><ol start="3"><li>c</li></ol>'],
    ['> q\n> r', '<blockquote><p>q<br />r</p></blockquote>'],
    ['```js\na < b\n\n@alice\n```', '<pre><code>a &lt; b\n\n@alice\n</code></pre>'],
    ['https://a.example', `<p>${link()}</p>`],
    ['**https://a.example**', `<p><strong>${link()}</strong></p>`],
    [
      '[t *i*](https://a.example "title")',
      '<p><a href="https://a.example" target="_blank" rel="nofollow noopener noreferrer">t <em>i</em></a></p>',
    ],
    [
      '[@alice](https://a.example)',
      '<p><a href="https://a.example" target="_blank" rel="nofollow noopener noreferrer">@alice</a></p>',
    ],
    [
      '![a cat](https://a.example)',
      '<p><a href="https://a.example" target="_blank" rel="nofollow noopener noreferrer">a cat</a></p>',
    ],
    [
      '[![x](https://i.example)](https://a.example)',
      '<p><a href="https://a.example" target="_blank" rel="nofollow noopener noreferrer">x</a></p>',
    ],
    ['[x](javascript:alert(1))', '<p>[x](javascript:alert(1))</p>'],
    ['[x](data:text/html,y)', '<p>[x](data:text/html,y)</p>'],
    ['[x](/relative)', '<p>[x](/relative)</p>'],
    ['<b onclick=x>y</b>', '<p>&lt;b onclick=x&gt;y&lt;/b&gt;</p>'],
    ['<someone@a.example>', '<p>&lt;someone@a.example&gt;</p>'],
    ['snake_case_word 2 * 3 * 4', '<p>snake_case_word 2 * 3 * 4</p>'],
  ])('%j', (text, html) => {
    expect(markdown(text)).toBe(html)
  })

  test('underscores and stars in names and URLs are no emphasis', () => {
    expect(mentionsIn('@_bob_x_ and _more_', 'markdown').map((mention) => mention.acct)).toEqual(['_bob_x_'])
    expect(markdown('https://a.example/_x_*y*z')).toContain('href="https://a.example/_x_*y*z"')
  })

  test('a mention within code or a link text is not a mention', () => {
    expect(
      mentionsIn('`@a` [@b](https://a.example) ![@c](https://a.example) \\@d @e\n\n    @f\n\n* @g', 'markdown').map(
        (mention) => mention.acct,
      ),
    ).toEqual(['e', 'g'])
    expect(hashtagsIn('`#a` #b', 'markdown')).toEqual([{ name: 'b', displayName: 'b' }])
  })
})

describe('profiles', () => {
  test('links in a biography have rel="me"', () => {
    expect(renderProfileNote('I am\nhttps://a.example', resolved)).toBe(
      `<p>I am<br />${link('me nofollow noopener noreferrer')}</p>`,
    )
  })

  test('a field is one line', () => {
    expect(renderFieldValue(' https://a.example \n <b>', resolved)).toBe(
      `${link('me nofollow noopener noreferrer')} &lt;b&gt;`,
    )
  })
})

describe('accounts and hashtags in a text', () => {
  test('each mentioned account is listed once, whatever its spelling', () => {
    expect(mentionsIn('@Bob@B.example @bob@b.example @alice @ALICE')).toEqual([
      { username: 'Bob', domain: 'b.example', acct: 'bob@b.example' },
      { username: 'alice', domain: null, acct: 'alice' },
    ])
  })

  test('each hashtag is listed once, in its first spelling', () => {
    expect(hashtagsIn('#CamelCase #camelcase #ＣＡＭＥＬＣＡＳＥ #other')).toEqual([
      { name: 'camelcase', displayName: 'CamelCase' },
      { name: 'other', displayName: 'other' },
    ])
  })
})

describe('any typed text', () => {
  test.each(['plain', 'markdown'] as const)('%s comes out safe, and sanitising it changes nothing', (format) => {
    fc.assert(
      fc.property(hostile, (typed) => {
        const html = render(plainText(typed), format, resolved)
        expect(dangers(html)).toEqual([])
        expect(sanitizeOwnHtml(html)).toBe(html)
      }),
      { numRuns: 1000 },
    )
  })

  test('rendered profile texts are safe', () => {
    fc.assert(
      fc.property(hostile, (typed) => {
        const text = plainText(typed)
        expect(dangers(renderProfileNote(text, resolved) + renderFieldValue(text, resolved))).toEqual([])
        expect(sanitizeOwnHtml(renderProfileNote(text, resolved))).toBe(renderProfileNote(text, resolved))
      }),
      { numRuns: 300 },
    )
  })

  test.each([
    '[',
    '*a ',
    '![](h',
    '> ',
    '- ',
    '`a``',
    '_a*',
    '[a]: ',
    '<a',
    '@a',
    'http://a.b/',
    '[a](https://x.example) ',
    '![[',
    '~~a',
  ])('50,000 characters of %j in Markdown are rendered within the time limit', (piece) => {
    const started = performance.now()
    markdown(piece.repeat(Math.ceil(50_000 / piece.length)))
    expect(performance.now() - started).toBeLessThan(5_000)
  })
})

test('links with other protocols work in both formats, and survive sanitizing', () => {
  for (const html of [
    plain('see gemini://ann.example/log.gmi'),
    markdown('see gemini://ann.example/log.gmi'),
    markdown('[see](gemini://ann.example/log.gmi)'),
  ]) {
    expect(html).toContain('<a href="gemini://ann.example/log.gmi" target="_blank" rel="nofollow noopener noreferrer">')
    expect(sanitizeOwnHtml(html)).toBe(html)
  }
})
