import { domainToASCII } from 'node:url'
import { expect, test } from 'vitest'
import { searchAccounts } from '#src/accounts/search.ts'
import { loadAccountViews } from '#src/accounts/views.ts'
import { search } from '#src/reading/search.ts'
import { loadStatusView } from '#src/statuses/views/views.ts'
import { acctOf, shownHost } from '#src/text/acct.ts'
import { localAccount, remoteAccount, status } from '#test/cast.ts'
import { database } from '#test/database.ts'

test('hosts are shown as people write them, unless they look like others', () => {
  const shown = [
    'bücher.example',
    'почта.example',
    'пример.рф',
    '例え.jp',
    '例え.テスト',
    '한국.kr',
    'ελλάδα.gr',
    'مثال.example',
    'उदाहरण.example',
    'bücher.example:8080',
    'a.bücher.example',
  ]
  for (const host of shown) {
    const [name = '', port] = host.split(':')
    const coded = domainToASCII(name) + (port ? `:${port}` : '')
    expect([coded !== host, shownHost(coded)]).toEqual([true, host])
  }
  // Latin with Cyrillic, only Cyrillic that looks Latin, signs, and undecodable names.
  for (const host of ['bаnk.example', 'аррӏе.com', 'gοοgle.com', '☃.example', 'ex‧ample.com']
    .map((name) => domainToASCII(name))
    .concat('xn--a.example', 'xn--.example', 'plain.example'))
    expect(shownHost(host)).toBe(host)
  expect([
    acctOf({ username: 'ida', domain: null }),
    acctOf({ username: 'ida', domain: 'xn--bcher-kva.example' }),
  ]).toEqual(['ida', 'ida@bücher.example'])
})

test('accounts on hosts with non-ASCII names are shown and found by both forms', async () => {
  await using t = await database()
  const alice = await localAccount(t, 'alice')
  const ida = await remoteAccount(t, 'ida', 'xn--bcher-kva.example')
  expect((await loadAccountViews(t.db, [ida]))[0]).toMatchObject({
    acct: 'ida@bücher.example',
    domain: 'xn--bcher-kva.example',
  })
  for (const text of ['Hello @ida@bücher.example', 'Hello @ida@xn--bcher-kva.example']) {
    const view = await loadStatusView(t.db, alice, await status(t, alice, { text }))
    expect(view?.mentions).toMatchObject([{ acct: 'ida@bücher.example', domain: 'xn--bcher-kva.example' }])
  }
  for (const text of [
    '@ida@bücher.example',
    '@ida@BÜCHER.example',
    '@ida@xn--bcher-kva.example',
    `${t.app.config.origin}/@ida@bücher.example`,
    `${t.app.config.origin}/@ida@xn--bcher-kva.example`,
  ]) {
    expect([
      text,
      (await search(t.app, alice, text, { limit: 5, resolve: false } as Parameters<typeof search>[3])).accounts,
    ]).toEqual([text, [ida]])
  }
  for (const text of ['@ida@bücher', 'ida@bücher.ex', '@ida@xn--bch', '@ida@büch', 'ida@b'])
    expect([text, await searchAccounts(t.db, alice, text, { limit: 5 })]).toEqual([text, [ida]])
})
