/** Sessions and the security log, as a person and staff see them. */
import type { Child, FC } from 'hono/jsx'
import type { ProviderName } from '#src/accounts/providers/configured.ts'
import type { LogEntry } from '#src/accounts/security/read-log.ts'
import type { OpenSession } from '#src/accounts/sessions/open-sessions.ts'
import { browserName } from '#src/text/browser-name.ts'
import type { Messages } from '#src/text/messages.ts'
import { Action } from './form.tsx'
import { useMessages } from './page-context.ts'
import { Moment } from './time.tsx'

/**
 * @param endPath of the form that ends a session, by its id
 * @param providers those of the settings, for their labels
 */
export const SessionList: FC<{
  sessions: OpenSession[]
  endPath: (id: string) => string
  providers: readonly ProviderName[]
}> = ({ sessions, endPath, providers }) => {
  const messages = useMessages()
  const { t } = messages
  return (
    <ul class="entries">
      {sessions.map((session) => (
        <li>
          <p title={session.userAgent}>
            <strong>{browserName(session.userAgent, messages)}</strong>
            {session.isThis && (
              <>
                {' '}
                <span class="tag">{t('sessions.thisBrowser')}</span>
              </>
            )}
          </p>
          <Facts facts={factsOf(session, providers, messages)} />
          <div class="buttons">
            <Action
              action={endPath(session.id)}
              label={t('sessions.endOf', { browser: browserName(session.userAgent, messages) })}
              class="button button-quiet"
            >
              {t('layout.logOut')}
            </Action>
          </div>
        </li>
      ))}
    </ul>
  )
}

function factsOf(
  { since, provider: name, lastUsedAt, address }: OpenSession,
  providers: readonly ProviderName[],
  { rich, t }: Messages,
): Child[] {
  const provider = providers.find((one) => one.name === name)?.label ?? name
  return [
    <>{rich(provider ? 'sessions.sinceBy' : 'sessions.since', { time: <Moment at={since} />, provider })}</>,
    ...(lastUsedAt ? [<>{rich('sessions.used', { time: <Moment at={lastUsedAt} /> })}</>] : []),
    ...(address ? [t('sessions.address', { address })] : []),
  ]
}

/** @param showsActors whether members of staff are named */
export const LogList: FC<{ log: LogEntry[]; showsActors?: boolean }> = ({ log, showsActors = false }) => {
  const messages = useMessages()
  const { t } = messages
  return (
    <ol class="entries">
      {log.map((entry) => (
        <li>
          <p dir="auto">
            <strong>{sentenceOf(entry, messages)}</strong>
          </p>
          <Facts
            facts={[
              <Moment at={entry.createdAt} />,
              ...(entry.userAgent
                ? [<span title={entry.userAgent}>{browserName(entry.userAgent, messages)}</span>]
                : []),
              ...(entry.details['method'] ? [t('sessions.method', { method: entry.details['method'] })] : []),
              ...(entry.address ? [t('sessions.address', { address: entry.address })] : []),
              ...(entry.actor || !entry.userAgent
                ? [entry.actor && showsActors ? t('sessions.by', { name: entry.actor }) : t('security.byStaff')]
                : []),
            ]}
          />
        </li>
      ))}
    </ol>
  )
}

/** Values of the sentences of all kinds, as entries of other versions may lack them. */
const missing = {
  address: '',
  app: '',
  browser: '',
  count: '1',
  label: '',
  left: '0',
  passkey: '',
  provider: '',
  role: 'user',
  token: '',
  where: 'login',
}

function sentenceOf({ kind, details }: LogEntry, messages: Messages): string {
  const browser = browserName(details['browser'] ?? '', messages)
  return messages.t(`security.${kind}`, { ...missing, ...details, browser })
}

/** Facts in one line. */
const Facts: FC<{ facts: Child[] }> = ({ facts }) => (
  <p class="hint">{facts.map((fact, i) => (i === 0 ? fact : <> · {fact}</>))}</p>
)
