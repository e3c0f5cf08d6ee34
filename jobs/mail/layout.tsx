/** The HTML layout of all mails. Mail programs support little CSS, and only in `style` attributes. */
import type { Child, FC } from 'hono/jsx'

const font = 'font-family:system-ui,-apple-system,"Segoe UI",Roboto,sans-serif'

/** The whole document: a card with the instance's name above and small print below. */
export const Layout: FC<{
  /** The BCP 47 tag of the mail's language. */
  language: string
  subject: string
  instance: string
  origin: string
  smallPrint?: Child
  children?: Child
}> = ({ language, subject, instance, origin, smallPrint, children }) => (
  <html lang={language}>
    <head>
      <meta charset="utf-8" />
      <meta name="viewport" content="width=device-width" />
      <meta name="color-scheme" content="light dark" />
      <title>{subject}</title>
    </head>
    <body style={`margin:0;padding:24px 12px;background:#f4eee2;color:#23211c;${font};font-size:16px;line-height:1.5`}>
      <div style="max-width:520px;margin:0 auto">
        <p style="margin:0 0 12px;font-weight:600">
          <a href={origin} style="color:#1d6a5a;text-decoration:none">
            <bdi>{instance}</bdi>
          </a>
        </p>
        <div style="background:#ffffff;color:#23211c;border:1px solid #e2ddd2;border-radius:12px;padding:20px 24px">
          {children}
        </div>
        <p style="margin:12px 0 0;font-size:13px;color:#6d675a">{smallPrint}</p>
      </div>
    </body>
  </html>
)

export const Paragraph: FC<{ children?: Child }> = ({ children }) => <p style="margin:0 0 14px">{children}</p>

export const Button: FC<{ href: string; children?: Child }> = ({ href, children }) => (
  <p style="margin:18px 0 4px">
    <a
      href={href}
      style="display:inline-block;padding:10px 18px;border-radius:8px;background:#1d6a5a;color:#ffffff;font-weight:600;text-decoration:none"
    >
      {children}
    </a>
  </p>
)

/** A quoted text, line by line. */
export const Quote: FC<{ text: string }> = ({ text }) => (
  <blockquote
    style="margin:0 0 14px;padding:2px 0 2px 14px;border-left:3px solid #d9c7a8;white-space:pre-wrap;overflow-wrap:anywhere"
    dir="auto"
  >
    {text}
  </blockquote>
)

/** A page as the text of a document. */
export const toHtml = async (page: unknown): Promise<string> => `<!doctype html>${String(await page)}`
