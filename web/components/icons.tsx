import type { FC } from 'hono/jsx'

/** Drawn for Pipit, on a grid of 24 × 24, with lines 1.75 wide. */
const drawings = {
  home: 'M4 11 12 4l8 7v8a1 1 0 0 1-1 1h-4.5v-6h-5v6H5a1 1 0 0 1-1-1z',
  explore: 'M12 3.5a8.5 8.5 0 1 0 0 17 8.5 8.5 0 0 0 0-17zM15.5 8.5l-2 5-5 2 2-5z',
  bell: 'M5 17.5c1.2-1.3 1.5-2.6 1.5-6.5a5.5 5.5 0 0 1 11 0c0 3.9.3 5.2 1.5 6.5zM10 20.5c1 .8 3 .8 4 0',
  search: 'M11 4.5a6.5 6.5 0 1 0 0 13 6.5 6.5 0 0 0 0-13zM15.8 15.8l4.7 4.7',
  person: 'M12 4a4 4 0 1 0 0 8 4 4 0 0 0 0-8zM4.5 20.5c.8-3.6 3.7-5.5 7.5-5.5s6.7 1.9 7.5 5.5',
  people:
    'M9 5a3.5 3.5 0 1 0 0 7 3.5 3.5 0 0 0 0-7zM2.5 19.5c.6-3.2 3.1-4.8 6.5-4.8s5.9 1.6 6.5 4.8M15.5 5.3a3.5 3.5 0 0 1 0 6.4M17.8 15.3c2 .6 3.3 2 3.7 4.2',
  settings:
    'M4 7.5h8M18 7.5h2M4 16.5h2M12 16.5h8M15 5a2.5 2.5 0 1 0 0 5 2.5 2.5 0 0 0 0-5zM9 14a2.5 2.5 0 1 0 0 5 2.5 2.5 0 0 0 0-5z',
  reply: 'M10 6.5 4 11.5l6 5v-3.5c4.5 0 7.5 1.3 10 5-.4-5.5-3.8-8.3-10-8.5z',
  boost: 'M3 9.5 6.5 6 10 9.5M6.5 6v8.5a3 3 0 0 0 3 3h3.5M21 14.5 17.5 18 14 14.5M17.5 18V9.5a3 3 0 0 0-3-3H11',
  quote:
    'M4.5 17c2.6-.8 4-2.6 4-5.5h-4v-5H10v5c0 4-1.7 6.6-5.5 7.5zM13.5 17c2.6-.8 4-2.6 4-5.5h-4v-5H19v5c0 4-1.7 6.6-5.5 7.5z',
  favourite: 'm12 4 2.4 5.1 5.6.7-4.1 3.8 1.1 5.5-5-2.7-5 2.7 1.1-5.5L4 9.8l5.6-.7z',
  pin: 'M9 4h6l-.8 6 3.3 3v1.5h-11V13l3.3-3zM12 14.5V20.5',
  bookmark: 'M6.5 4.5a.5.5 0 0 1 .5-.5h10a.5.5 0 0 1 .5.5V20L12 16l-5.5 4z',
  more: 'M5.5 11.4a.6.6 0 1 0 0 1.2.6.6 0 0 0 0-1.2zM12 11.4a.6.6 0 1 0 0 1.2.6.6 0 0 0 0-1.2zM18.5 11.4a.6.6 0 1 0 0 1.2.6.6 0 0 0 0-1.2z',
  pen: 'm4 20 1.2-4.7L16.3 4.2a1.7 1.7 0 0 1 2.4 0l1.1 1.1a1.7 1.7 0 0 1 0 2.4L8.7 18.8zM14 6.5l3.5 3.5',
  trash: 'M4.5 6.5h15M9 6.5v-2h6v2M6.5 6.5l.9 13h9.2l.9-13M10.2 10.5v5M13.8 10.5v5',
  public: 'M12 3.5a8.5 8.5 0 1 0 0 17 8.5 8.5 0 0 0 0-17zM3.5 12h17M12 3.5c-5 5-5 12 0 17M12 3.5c5 5 5 12 0 17',
  unlisted: 'M19.5 14.5A8 8 0 0 1 9.5 4.5a8 8 0 1 0 10 10z',
  private: 'M6 10.5h12v9H6zM8.5 10.5V8a3.5 3.5 0 0 1 7 0v2.5M12 14v2.5',
  direct: 'M3.5 6h17v12h-17zM3.5 7l8.5 6.5L20.5 7',
  shield: 'M12 3.5 19 6v5.5c0 4.3-2.7 7.3-7 9-4.3-1.7-7-4.7-7-9V6z',
  leave: 'M13.5 4.5h-8v15h8M10 12h10M16.5 8.5 20 12l-3.5 3.5',
  check: 'm5 12.5 4.5 4.5L19 7.5',
  cross: 'm6 6 12 12M18 6 6 18',
  info: 'M12 3.5a8.5 8.5 0 1 0 0 17 8.5 8.5 0 0 0 0-17zM12 11v5M12 8h.01',
  bars: 'M5 6.5h14M5 12h9M5 17.5h5',
  warning: 'M12 4.5 21 19.5H3zM12 10.5v4M12 17h.01',
  smile: 'M12 3.5a8.5 8.5 0 1 0 0 17 8.5 8.5 0 0 0 0-17zM9 10h.01M15 10h.01M8.5 14c1.6 2.4 5.4 2.4 7 0',
  clock: 'M12 3.5a8.5 8.5 0 1 0 0 17 8.5 8.5 0 0 0 0-17zM12 7.5V12l3 2',
  up: 'm6 14 6-6 6 6',
  down: 'm6 10 6 6 6-6',
  plus: 'M12 5v14M5 12h14',
  image: 'M4 5h16v14H4zM4 16l4.5-4.5 4 4L15.5 12l4.5 4.5M9 8.5h.01',
} as const
export type IconName = keyof typeof drawings

/** All drawings, once per page; `Icon` refers to them. */
export const Sprite: FC = () => (
  <svg class="sprite" aria-hidden="true">
    {Object.entries(drawings).map(([name, path]) => (
      <symbol id={`icon-${name}`} viewBox="0 0 24 24">
        <path
          d={path}
          fill="none"
          stroke="currentColor"
          stroke-width="1.75"
          stroke-linecap="round"
          stroke-linejoin="round"
        />
      </symbol>
    ))}
    <symbol id="icon-bird" viewBox="0 0 32 32">
      <path
        class="bird-body"
        d="M29 11.6 24.9 10C23.9 6.9 21.2 5 18.1 5c-3.9 0-6.6 2.6-7.5 6.2-.9 3.5-3.2 6.4-8.1 9.3 2 .9 4.3 1.1 6.5.6 1.7 3.3 4.9 5.1 8.2 4.9 5.2-.3 8.5-4.6 8.5-9.9v-2.8z"
      />
      <path class="bird-wing" d="M19.8 13.4c.8 5-3.8 8.6-10.4 7.4 2.9-1.2 4.2-3.5 4.9-6.3.7-2.5 5.1-3.7 5.5-1.1z" />
      <path class="bird-legs" d="M15.2 25.5v3.5M19.2 25v4" />
      <circle class="bird-eye" cx="20.6" cy="10.2" r="1.4" />
    </symbol>
  </svg>
)

/** An icon is decoration: the text next to it, or the button's label, has the meaning. */
export const Icon: FC<{ name: IconName | 'bird' }> = ({ name }) => (
  <svg class="icon" aria-hidden="true" focusable="false">
    <use href={`#icon-${name}`} />
  </svg>
)
