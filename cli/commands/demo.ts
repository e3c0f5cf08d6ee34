import { generatedPassword } from '#src/accounts/sessions/generated-password.ts'
import { fillDemo } from '#src/demo/fill.ts'
import { wholeNumber } from '../numbers.ts'
import { withApp } from '../session.ts'

/** `demo` */
export function demo(options: { json?: boolean; posts: string; seed: string }): Promise<void> {
  return withApp(options.json ?? false, async (app) => {
    const posts = wholeNumber('--posts', options.posts, 1, 1_000_000)
    const seed = wholeNumber('--seed', options.seed, 0, 999_999_999)
    const password = generatedPassword()
    const made = await fillDemo(app, { posts, seed, password }, (step) => process.stderr.write(`${step} …\n`))
    const { usernames, people, remotePeople, boosts, favourites, follows, pictures } = made
    return {
      data: { ...made, password },
      lines: [
        `Made ${made.posts} posts by ${people} people here and ${remotePeople} elsewhere, with ${pictures} pictures, ` +
          `${boosts} boosts, ${favourites} favourites and ${follows} follows`,
        `Log in as ${usernames.slice(0, 3).join(', ')} or any other of them, with the password ${password}`,
      ],
    }
  })
}
