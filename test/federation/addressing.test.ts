import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { addressFor, visibilityOf } from '../../federation/documents/addressing.ts'

const followers = 'https://pipit.test/ap/accounts/1/followers'
const visibility = fc.constantFrom('public', 'unlisted', 'private', 'direct')
const uri = fc.webUrl()

test('the visibility of a status follows from its addresses, regardless of mentions', () => {
  fc.assert(
    fc.property(visibility, fc.array(uri, { maxLength: 5 }), (wanted, mentioned) => {
      expect(visibilityOf(addressFor(wanted, followers, mentioned), followers)).toBe(wanted)
    }),
  )
})

test('all mentioned accounts are addressed, and no other account by its id', () => {
  fc.assert(
    fc.property(visibility, fc.uniqueArray(uri, { maxLength: 5 }), (wanted, mentioned) => {
      const { to, cc } = addressFor(wanted, followers, mentioned)
      expect([...to, ...cc].filter((each) => each !== followers && !each.endsWith('#Public')).toSorted()).toEqual(
        mentioned.toSorted(),
      )
    }),
  )
})

test.each([
  ['public', ['https://www.w3.org/ns/activitystreams#Public'], []],
  ['public', ['as:Public'], []],
  ['unlisted', [], ['Public']],
  ['private', [followers], []],
  ['private', [], [followers]],
  ['direct', ['https://pipit.test/ap/accounts/2'], []],
  ['direct', [], []],
])('%s is what other servers address as %j and %j', (expected, to, cc) => {
  expect(visibilityOf({ to, cc }, followers)).toBe(expected)
})

test('an address with another account’s followers collection does not make a status private', () => {
  expect(visibilityOf({ to: ['https://pipit.test/ap/accounts/9/followers'], cc: [] }, followers)).toBe('direct')
})
