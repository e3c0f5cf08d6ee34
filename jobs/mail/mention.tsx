/** The mail to a person who was mentioned in a post. */
import type { FC } from 'hono/jsx'
import type { AccountView } from '#src/accounts/views.ts'
import type { StatusView } from '#src/statuses/views/views.ts'
import { cleanName } from '#src/text/clean.ts'
import { htmlToText } from '#src/text/html/to-text.ts'
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

/** Subject and both parts of a mail. */
export async function mentionMail(mail: MentionMail): Promise<{ subject: string; text: string; html: string }> {
  const name = cleanName(mail.author.displayName, 100) || mail.author.acct
  const did =
    mail.visibility === 'direct'
      ? 'sent you a private message'
      : mail.visibility === 'private'
        ? 'mentioned you in a post for followers'
        : 'mentioned you'
  const subject = `${name} ${did}`
  const quote = quoted(mail)
  const why = `You get this mail because @${mail.author.acct} named you in a post.`
  const text = [
    `${name} (@${mail.author.acct}) ${did}${quote === null ? '.' : ':'}`,
    ...(quote === null ? [] : [quote.replace(/^/gm, '> ')]),
    `Read it and answer:\n${mail.link}`,
    `-- \n${why}\nNo more mails like this: ${mail.unsubscribe}\n${mail.instance}, ${mail.origin}`,
  ].join('\n\n')
  const html = await toHtml(
    <Layout
      subject={subject}
      instance={mail.instance}
      origin={mail.origin}
      smallPrint={<SmallPrint why={why} unsubscribe={mail.unsubscribe} />}
    >
      <Paragraph>
        <strong>
          <bdi>{name}</bdi>
        </strong>{' '}
        (<bdi>@{mail.author.acct}</bdi>) {did}
        {quote === null ? '.' : ':'}
      </Paragraph>
      {quote === null ? null : <Quote text={quote} />}
      <Button href={mail.link}>Read it and answer</Button>
    </Layout>,
  )
  return { subject, text, html }
}

/** Mails pass through many servers: private and direct posts are read on the website only, and content warnings hide their text. */
function quoted({ visibility, spoilerText, content }: MentionMail): string | null {
  if (visibility === 'direct' || visibility === 'private') return null
  return spoilerText === '' ? htmlToText(content) || null : `Content warning: ${spoilerText}`
}

const SmallPrint: FC<{ why: string; unsubscribe: string }> = ({ why, unsubscribe }) => (
  <>
    {why}{' '}
    <a href={unsubscribe} style="color:inherit">
      No more mails like this
    </a>
  </>
)
