/** The mail to a person who was mentioned in a post. */
import type { Child } from 'hono/jsx'
import type { AccountView } from '#src/accounts/views.ts'
import type { StatusView } from '#src/statuses/views/views.ts'
import { cleanName } from '#src/text/clean.ts'
import { htmlToText } from '#src/text/html/to-text.ts'
import type { Messages } from '#src/text/messages.ts'
import { Button, Layout, Paragraph, Quote, toHtml } from './layout.tsx'

export type MentionMail = {
  author: Pick<AccountView, 'displayName' | 'acct'>
  visibility: StatusView['visibility']
  spoilerText: string
  /** HTML of the post. */
  content: string
  /** The post's page on this server. */
  link: string
  unsubscribe: string
  instance: string
  origin: string
}

/** Subject and both parts of a mail, in the recipient's language. */
export async function mentionMail(
  mail: MentionMail,
  messages: Messages,
): Promise<{ subject: string; text: string; html: string }> {
  const { t, rich } = messages
  const name = cleanName(mail.author.displayName, 100) || mail.author.acct
  const handle = `@${mail.author.acct}`
  const quote = quoted(mail, messages)
  const kind = mail.visibility === 'direct' ? 'direct' : mail.visibility === 'private' ? 'followers' : 'mention'
  const subject = t(`mail.${kind}Subject`, { name })
  const key = quote === null ? (`mail.${kind}` as const) : 'mail.mentionQuoted'
  const why = t('mail.why', { handle })
  const text = [
    rich<string>(key, { name, handle, strong: (children) => children.join('') }).join(''),
    ...(quote === null ? [] : [quote.replace(/^/gm, '> ')]),
    `${t('mail.actionLink', { action: t('mail.read') })}\n${mail.link}`,
    `-- \n${why}\n${t('mail.noMoreAt', { link: mail.unsubscribe })}\n${mail.instance}, ${mail.origin}`,
  ].join('\n\n')
  const sentence = rich<Child>(key, {
    name: <bdi>{name}</bdi>,
    handle: <bdi>{handle}</bdi>,
    strong: (children) => <strong>{children}</strong>,
  })
  const html = await toHtml(
    <Layout
      language={messages.locale}
      subject={subject}
      instance={mail.instance}
      origin={mail.origin}
      smallPrint={
        <>
          {why}{' '}
          <a href={mail.unsubscribe} style="color:inherit">
            {t('mail.noMore')}
          </a>
        </>
      }
    >
      <Paragraph>{sentence}</Paragraph>
      {quote === null ? null : <Quote text={quote} />}
      <Button href={mail.link}>{t('mail.read')}</Button>
    </Layout>,
  )
  return { subject, text, html }
}

/** Mails pass through many servers: private and direct posts are read on the website only, and content warnings hide their text. */
function quoted({ visibility, spoilerText, content }: MentionMail, { t }: Messages): string | null {
  if (visibility === 'direct' || visibility === 'private') return null
  return spoilerText === '' ? htmlToText(content) || null : t('mail.warning', { text: spoilerText })
}
