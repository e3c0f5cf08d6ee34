import type { Child, FC } from 'hono/jsx'

/** Links that choose what a list shows; those that are chosen are marked. */
export const Chips: FC<{ label: string; children?: Child }> = ({ label, children }) => (
  <nav class="chips" aria-label={label}>
    {children}
  </nav>
)

export const Chip: FC<{ href: string; isChosen: boolean; children?: Child }> = ({ href, isChosen, children }) => (
  <a href={href} aria-current={isChosen ? 'true' : undefined}>
    {children}
  </a>
)
