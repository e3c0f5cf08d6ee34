import { expect, test } from 'vitest'
import { fromCsv, toCsv } from '#src/moderation/domain-csv.ts'
import type { Severity } from '#src/platform/db/schema/moderation.ts'
import type { Id } from '#src/platform/ids.ts'
import {
  coveringDomains,
  ruleHost,
  type Rulebook,
  rejectsFilesNear,
  takesFile,
  effectiveRule,
  strictest,
} from '#src/rules/servers/rulebook.ts'

const bookOf = (rules: Record<string, Severity>, allowed: string[] = [], isLimited = false): Rulebook => ({
  rules: new Map(
    Object.entries(rules).map(([domain, severity]) => [
      domain,
      { domain, severity, rejectsMedia: false, rejectsReports: false },
    ]),
  ),
  allowed: new Set(allowed),
  isLimited,
})
const severities = (book: Rulebook, ...hosts: (string | null)[]) =>
  hosts.map((host) => effectiveRule(book, host).severity)

test('a rule applies to all subdomains of its host, and of several rules the most specific one counts', () => {
  const book = bookOf({ 'bad.example': 'suspend', 'better.bad.example': 'silence', 'good.better.bad.example': 'noop' })
  expect(
    severities(
      book,
      'bad.example',
      'a.b.bad.example',
      'better.bad.example',
      'x.better.bad.example',
      'good.better.bad.example',
    ),
  ).toEqual(['suspend', 'suspend', 'silence', 'silence', 'noop'])
  expect(severities(book, 'notbad.example', 'example', 'bad.example.org')).toEqual(['noop', 'noop', 'noop'])
})

test('a rule applies to every port, a rule with a port only to this one, and IP addresses have no subdomains', () => {
  const book = bookOf({ 'bad.example': 'suspend', 'odd.example:8443': 'suspend', '0.0.1': 'suspend' })
  expect(
    severities(book, 'bad.example:8443', 'a.bad.example:1', 'odd.example:8443', 'odd.example', 'odd.example:8444'),
  ).toEqual(['suspend', 'suspend', 'suspend', 'noop', 'noop'])
  expect(coveringDomains('127.0.0.1:3000')).toEqual(['127.0.0.1:3000', '127.0.0.1'])
  expect(severities(book, '127.0.0.1')).toEqual(['noop'])
})

test('every spelling of a host is subject to its rule', () => {
  const book = bookOf({ 'xn--bse-sna.example': 'suspend' })
  for (const url of [
    'https://böse.example/x',
    'https://BÖSE.example',
    'https://xn--bse-sna.example./',
    'http://user@böse.example:80/',
    'https://böse。example/',
  ]) {
    expect(effectiveRule(book, ruleHost(url)).severity, url).toBe('suspend')
  }
  expect(ruleHost('https://[::1]/')).toBeNull()
})

test('with limited federation, only hosts with an allowed name are allowed, and rules apply to them, too', () => {
  const book = bookOf(
    { 'loud.example': 'silence', 'bad.example': 'suspend' },
    ['friend.example', 'loud.example', 'bad.example'],
    true,
  )
  expect(severities(book, 'friend.example', 'www.friend.example', 'stranger.example', null)).toEqual([
    'noop',
    'suspend',
    'suspend',
    'suspend',
  ])
  expect(severities(book, 'loud.example', 'www.loud.example', 'bad.example')).toEqual(['silence', 'suspend', 'suspend'])
  expect(takesFile(book, 'https://cdn.example/1.png')).toBe(true)
  expect(takesFile(book, 'https://cdn.bad.example/1.png')).toBe(false)
})

test('files near a host are rejected if a rule for the host, a parent domain or a subdomain suspends it', () => {
  const book = bookOf({ 'bad.example': 'suspend', 'loud.example': 'silence', 'odd.test:8443': 'suspend' })
  const around = (...domains: (string | null)[]) => domains.map((domain) => rejectsFilesNear(book, domain))
  expect(around('bad.example', 'www.bad.example', 'example', 'a.odd.test', null)).toEqual([
    true,
    true,
    true,
    true,
    true,
  ])
  expect(around('loud.example', 'fine.example', 'notbad.example')).toEqual([false, false, false])
  expect(rejectsFilesNear(bookOf({ 'loud.example': 'silence' }), null)).toBe(false)
})

test('the stricter rule of the two hosts in handle and id counts', () => {
  const book = bookOf({ 'brand.example': 'silence', 'host.example': 'suspend' })
  expect(strictest([effectiveRule(book, 'brand.example'), effectiveRule(book, 'host.example')])).toMatchObject({
    severity: 'suspend',
    rule: 'host.example',
  })
  expect(strictest([effectiveRule(book, 'brand.example'), effectiveRule(book, 'other.example')])).toMatchObject({
    severity: 'silence',
  })
})

test('Mastodon’s lists are read whatever their columns, and lines without a rule are named', () => {
  const list =
    '#domain,#severity,#reject_media,#reject_reports,#public_comment,#obfuscate\r\nBad.example,suspend,TRUE,False,"Spam, ""ads""\nand more",true\nloud.example,silence,false,true,,false\n*.b*d.example,suspend,,,,\nhalf***.example,suspend,,,,\nx.example,kill,,,,\n'
  const { rules, problems } = fromCsv(list)
  expect(rules).toEqual([
    {
      domain: 'bad.example',
      severity: 'suspend',
      rejectsMedia: true,
      rejectsReports: false,
      publicComment: 'Spam, "ads"\nand more',
      isObfuscated: true,
    },
    {
      domain: 'loud.example',
      severity: 'silence',
      rejectsMedia: false,
      rejectsReports: true,
      publicComment: '',
      isObfuscated: false,
    },
  ])
  expect(problems.map(({ line }) => line)).toEqual([5, 6, 7])
  expect(fromCsv('one.example\ntwo.example\n').rules.map(({ domain, severity }) => [domain, severity])).toEqual([
    ['one.example', 'suspend'],
    ['two.example', 'suspend'],
  ])
  expect(fromCsv('')).toEqual({ rules: [], problems: [] })
})

test('exported rules can be imported unchanged, and no cell is a formula for a spreadsheet', () => {
  const rule = {
    domain: 'bad.example',
    id: '1' as Id<'domain-rule'>,
    severity: 'silence' as const,
    rejectsMedia: true,
    rejectsReports: false,
    privateComment: 'secret',
    publicComment: 'a, "b"',
    isObfuscated: true,
    createdAt: new Date(),
    updatedAt: new Date(),
  }
  const written = toCsv([rule, { ...rule, domain: 'worse.example', publicComment: '=1+1' }])
  expect(written).not.toContain('secret')
  expect(written).toContain("'=1+1")
  expect(fromCsv(written).rules[0]).toEqual({
    domain: 'bad.example',
    severity: 'silence',
    rejectsMedia: true,
    rejectsReports: false,
    publicComment: 'a, "b"',
    isObfuscated: true,
  })
})
