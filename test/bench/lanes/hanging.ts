import { expect, test } from 'vitest'
import type { AccountId } from '#src/platform/ids.ts'
import { type Scene, scene } from '#test/federation/setup.ts'
import { boostFrom, followed, leaves, mailTo, pushTo, work } from '#test/jobs/hanging.ts'
import { silent } from '#test/jobs/silent.ts'
import { eventually } from '#test/patience.ts'

const posts = 10

type Hanging = { name: string; cause(s: Scene, hosts: [string, string], alice: AccountId): Promise<unknown> }

const mails = 30
const push: Hanging = { name: 'a push service hangs', cause: (s, [, other]) => pushTo(s, other) }
const mail: Hanging = { name: 'the mail server hangs', cause: (s) => mailTo(s, mails) }
const peers: Hanging = { name: 'two servers hang', cause: (s, hosts, alice) => boostFrom(s, alice, hosts) }
const all: Hanging = {
  name: 'all of them hang',
  async cause(...scene) {
    for (const { cause } of [push, mail, peers]) await cause(...scene)
  },
}

for (const { name, cause } of [{ name: 'nothing hangs', cause: async () => {} }, push, mail, peers, all]) {
  test(`a post leaves while ${name}`, { timeout: 180_000 }, async () => {
    await using one = await silent()
    await using other = await silent()
    await using s = await scene({ SMTP_URL: `smtp://${one.host}` })
    const alice = await followed(s)
    await cause(s, [one.host, other.host], alice)
    await using _worker = await work(s)
    if (name !== 'nothing hangs') await eventually(async () => one.connections() + other.connections() > 0)
    const took: number[] = []
    for (let n = 0; n < posts; n++) {
      const began = performance.now()
      took.push((await leaves(s, alice)) ? performance.now() - began : Number.POSITIVE_INFINITY)
    }
    took.sort((a, b) => a - b)
    process.stdout.write(
      `${name}: ${took.map((ms) => Math.round(ms)).join(' ')} ms; in the middle ${Math.round(took[posts / 2]!)}\n`,
    )
    expect(took.every(Number.isFinite)).toBe(true)
  })
}
