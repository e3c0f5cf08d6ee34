import { expect, test } from 'vitest'
import { interactionPage } from '../../federation/fetching/interaction-page.ts'

const uri = 'https://pipit.test/ap/statuses/1?a=b&c'
const encoded = encodeURIComponent(uri)
const fep = (activity: string, template: unknown) => ({ rel: `https://w3id.org/fep/3b86/${activity}`, template })
const subscribe = {
  rel: 'http://ostatus.org/schema/1.0/subscribe',
  template: 'https://home.test/authorize_interaction?uri={uri}',
}

test('the most specific interaction page is used, and the general one if there is no other', () => {
  const links = [
    subscribe,
    fep('Follow', 'https://home.test/follow?who={object}&then={on-success}'),
    fep('Object', 'https://home.test/show?what={object}'),
  ]
  expect(interactionPage({ links }, 'follow', uri)).toBe(`https://home.test/follow?who=${encoded}&then=`)
  expect(interactionPage({ links }, 'boost', uri)).toBe(`https://home.test/show?what=${encoded}`)
  expect(interactionPage({ links: [subscribe] }, 'favourite', uri)).toBe(
    `https://home.test/authorize_interaction?uri=${encoded}`,
  )
  expect(
    interactionPage({ links: [fep('Create', 'https://home.test/share?text={content}'), subscribe] }, 'reply', uri),
  ).toBe(`https://home.test/authorize_interaction?uri=${encoded}`)
  expect(
    interactionPage({ links: [fep('Create', 'https://home.test/share?text={content}&to={inReplyTo}')] }, 'reply', uri),
  ).toBe(`https://home.test/share?text=&to=${encoded}`)
})

test('unsafe and malformed templates of interaction pages are ignored', () => {
  const odd = [
    'javascript:alert("{uri}")',
    'http://home.test/{uri}',
    'https://somebody@home.test/{uri}',
    '{uri}',
    'https://{uri}',
    '//home.test/{uri}',
    'https://home.test/',
    7,
    null,
    `https://home.test/${'x'.repeat(2_000)}{uri}`,
  ]
  for (const template of odd)
    expect([template, interactionPage({ links: [{ ...subscribe, template }] }, 'follow', uri)]).toEqual([
      template,
      null,
    ])
  for (const links of [undefined, 'x', [null, 'x', {}], { rel: 'x' }])
    expect(interactionPage({ links }, 'follow', uri)).toBeNull()
})
