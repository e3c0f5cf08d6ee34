import { Hono } from 'hono'
import type { Child, FC } from 'hono/jsx'
import { savePreferences } from '#src/accounts/profile/preferences.ts'
import type { MessageKey } from '#src/text/catalogue.ts'
import { Form } from '../components/form.tsx'
import { Head } from '../components/layout.tsx'
import { useKeepsSingleKeys, useMessages, usePage } from '../components/page-context.ts'
import type { Env } from '../env.ts'
import { ownerOf, requireOwner } from '../guards.tsx'
import { page } from '../page.tsx'

type Line = readonly [keys: readonly string[], meaning: MessageKey]

const posts: readonly Line[] = [
  [['j'], 'keyboard.next'],
  [['k'], 'keyboard.previous'],
  [['o', 'Enter'], 'keyboard.open'],
  [['r'], 'keyboard.reply'],
  [['b'], 'keyboard.boost'],
  [['f'], 'keyboard.favourite'],
  [['q'], 'keyboard.quote'],
  [['p'], 'keyboard.profile'],
  [['e'], 'keyboard.media'],
  [['x'], 'keyboard.warning'],
]
const everywhere: readonly Line[] = [
  [['n'], 'keyboard.write'],
  [['/'], 'keyboard.search'],
  [['.'], 'keyboard.loadNew'],
  [['?'], 'keyboard.help'],
  [['Esc'], 'keyboard.leave'],
]
const places: readonly Line[] = [
  [['g', 'h'], 'layout.home'],
  [['g', 'n'], 'layout.notifications'],
  [['g', 'e'], 'layout.explore'],
  [['g', 'l'], 'keyboard.local'],
  [['g', 't'], 'keyboard.public'],
  [['g', 'c'], 'catchUp.title'],
  [['g', 'd'], 'keyboard.conversations'],
  [['g', 'f'], 'keyboard.favourites'],
  [['g', 'u'], 'layout.profile'],
  [['g', 'r'], 'keyboard.followRequests'],
  [['g', 'b'], 'keyboard.blocks'],
  [['g', 'm'], 'keyboard.mutes'],
]

/** The keys of `islands/keyboard.ts`, which shows the same list over any page. */
export const keyboard = new Hono<Env>()
  .get('/keyboard', (c) => {
    const { t } = c.var.messages
    return page(
      c,
      { title: t('keyboard.title'), isPrivate: true },
      <>
        <Head title={t('keyboard.title')} />
        <div class="sheet keys" id="keys" data-close={t('keyboard.close')}>
          <p>{t('keyboard.lead')}</p>
          <noscript>
            <p class="hint">{t('keyboard.needsScripts')}</p>
          </noscript>
          <Switch />
          <Keys title={t('keyboard.posts')} lines={posts} />
          <Keys title={t('keyboard.everywhere')} lines={everywhere} />
          <Keys title={t('keyboard.places')} lines={places} isSequence />
        </div>
      </>,
    )
  })
  .post('/keyboard', requireOwner, async (c) => {
    const usesSingleKeys = c.var.form.text('single_keys') === 'on'
    await c.var.app.db.transaction((tx) => savePreferences(tx, ownerOf(c).accountId, { usesSingleKeys }))
    return c.redirect('/keyboard', 303)
  })

/** Switches the keys: by a form for people who are logged in, and by a script for this browser of a visitor. */
const Switch: FC = () => {
  const { preferences } = usePage()
  const { t } = useMessages()
  const words = { 'data-on': t('keyboard.switchOn'), 'data-off': t('keyboard.switchOff') }
  if (!useKeepsSingleKeys())
    return (
      <p>
        <button type="button" class="button button-quiet" hidden data-key-switch {...words} />
      </p>
    )
  const { usesSingleKeys } = preferences
  return (
    <Form action="/keyboard">
      <button
        type="submit"
        name="single_keys"
        value={usesSingleKeys ? 'off' : 'on'}
        class="button button-quiet"
        data-key-switch
        {...words}
      >
        {t(usesSingleKeys ? 'keyboard.switchOff' : 'keyboard.switchOn')}
      </button>
    </Form>
  )
}

const Keys: FC<{ title: Child; lines: readonly Line[]; isSequence?: boolean }> = ({ title, lines, isSequence }) => {
  const { t } = useMessages()
  return (
    <section>
      <h2>{title}</h2>
      <dl class="key-list">
        {lines.map(([names, meaning]) => (
          <div>
            <dt>
              {names.map((name, i) => (
                <>
                  {i > 0 && <span class="key-between"> {t(isSequence ? 'keyboard.then' : 'keyboard.or')} </span>}
                  <kbd>{name}</kbd>
                </>
              ))}
            </dt>
            <dd>{t(meaning)}</dd>
          </div>
        ))}
      </dl>
    </section>
  )
}
