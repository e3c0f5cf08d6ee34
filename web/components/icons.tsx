import { raw } from 'hono/html'
import type { FC } from 'hono/jsx'
import { drawings, type IconName } from './drawings.ts'
import { usePage } from './page-context.ts'

export type { IconName }

/**
 * The drawings that the page uses, once; `Icon` refers to them. It stands at the end of the body. Colours and lines are
 * left to the style of `.icon`, which pressed buttons change: an attribute here would win over it.
 */
export const Sprite: FC = () => {
  const { icons } = usePage().used
  return (
    <svg class="sprite" aria-hidden="true">
      {[...icons].map((name) => (name === 'bird' ? <Bird /> : <Symbol name={name} />))}
    </svg>
  )
}

const Symbol: FC<{ name: IconName }> = ({ name }) => (
  <symbol id={`i-${name}`} viewBox="0 0 24 24">
    <path d={drawings[name]} />
  </symbol>
)

const Bird: FC = () => (
  <symbol id="i-bird" viewBox="0 0 32 32">
    <path
      class="bird-body"
      d="M29 11.6 24.9 10C23.9 6.9 21.2 5 18.1 5c-3.9 0-6.6 2.6-7.5 6.2-.9 3.5-3.2 6.4-8.1 9.3 2 .9 4.3 1.1 6.5.6 1.7 3.3 4.9 5.1 8.2 4.9 5.2-.3 8.5-4.6 8.5-9.9v-2.8z"
    />
    <path class="bird-wing" d="M19.8 13.4c.8 5-3.8 8.6-10.4 7.4 2.9-1.2 4.2-3.5 4.9-6.3.7-2.5 5.1-3.7 5.5-1.1z" />
    <path class="bird-legs" d="M15.2 25.5v3.5M19.2 25v4" />
    <circle class="bird-eye" cx="20.6" cy="10.2" r="1.4" />
  </symbol>
)

/** An icon is decoration: the text next to it, or the button's label, has the meaning. */
export const Icon: FC<{ name: IconName | 'bird' }> = ({ name }) => {
  usePage().used.icons.add(name)
  // A list has hundreds of them: as text without quotes they are shorter, and quicker to render.
  return raw(`<svg class=icon aria-hidden=true><use href=#i-${name} /></svg>`)
}
