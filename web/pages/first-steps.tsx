import { Hono } from 'hono'
import { getCookie, setCookie } from 'hono/cookie'
import type { Child, FC } from 'hono/jsx'
import { type Preferences, savePreferences } from '#src/accounts/profile/preferences.ts'
import type { AccountView } from '#src/accounts/views.ts'
import { dayMs } from '#src/platform/time.ts'
import { Form } from '../components/form.tsx'
import { useMessages, usePage } from '../components/page-context.ts'
import { PeopleToFollow } from '../components/rail.tsx'
import type { C, Env } from '../env.ts'
import { refusalOf } from '../forms.ts'
import { requireViewer, viewerOf } from '../guards.tsx'
import { Choice } from './settings/choice.tsx'
import { undoOptions } from './settings/undo-options.ts'

/** Older accounts know their way, or have other plans. */
const newcomerDays = 30
const cookieDays = 400
const cookie = 'pipit-first-steps'

/** The forms of the box with the first steps. */
export const firstStepForms = new Hono<Env>()
  .post('/first-steps/dismiss', requireViewer, (c) => {
    // In a browser where it was not dismissed it shows once more, which harms nobody.
    setCookie(c, cookie, viewerOf(c).accountId, {
      path: '/',
      httpOnly: true,
      sameSite: 'Lax',
      secure: c.var.app.config.origin.startsWith('https:'),
      maxAge: cookieDays * 86_400,
    })
    return c.redirect('/', 303)
  })
  .post('/first-steps/undo', requireViewer, async (c) => {
    const { app, form } = c.var
    const undoSeconds = Number(form.text('undo_seconds') || Number.NaN)
    const refusal = await refusalOf(() =>
      app.db.transaction((tx) => savePreferences(tx, viewerOf(c).accountId, { undoSeconds })),
    )
    if (refusal) throw refusal
    return c.redirect('/', 303)
  })

/** Whether the person dismissed the first steps in this browser. */
export const dismissedSteps = (c: C): boolean => getCookie(c, cookie) === viewerOf(c).accountId

/** Whether somebody is new here, with steps left to do. */
export const hasStepsLeft = (account: AccountView, now: Date): boolean =>
  now.getTime() - account.createdAt.getTime() <= newcomerDays * dayMs && Object.values(doneBy(account)).includes(false)

/** The box with the first steps, for newcomers who have not done all of them, nor dismissed it. */
export const firstSteps = (c: C, own: Pick<Preferences, 'undoSeconds'> | null) =>
  own && !dismissedSteps(c) && <FirstSteps undoSeconds={own.undoSeconds} />

const FirstSteps: FC<{ undoSeconds: number }> = ({ undoSeconds }) => {
  const { me, now, rail } = usePage()
  const { t, rich } = useMessages()
  if (!me || !hasStepsLeft(me.account, now)) return null
  const done = doneBy(me.account)
  const count = Object.values(done).filter(Boolean).length
  const all = Object.keys(done).length
  return (
    <section class="sheet first-steps" aria-labelledby="first-steps">
      <header>
        <h2 id="first-steps">{t('firstSteps.title')}</h2>
        <span class="hint">{t('firstSteps.progress', { done: count, all })}</span>
      </header>
      <ol>
        <Step isDone={done.picture}>
          {done.picture ? (
            t('firstSteps.pictureDone')
          ) : (
            <>
              {rich('firstSteps.picture', {
                missing: me.account.avatarFile === null ? (me.account.note === '' ? 'both' : 'picture') : 'words',
                a: (text) => <a href="/settings/profile">{text}</a>,
              })}
            </>
          )}
        </Step>
        <Step isDone={done.people}>
          {done.people ? (
            t('firstSteps.peopleDone', { count: me.account.followingCount })
          ) : (
            <>
              {rich('firstSteps.people', {
                suggested: rail && rail.people.length > 0 ? 'some' : 'none',
                explore: (text) => <a href="/explore/people">{text}</a>,
                search: (text) => <a href="/search">{text}</a>,
              })}
              <PeopleToFollow />
            </>
          )}
        </Step>
        <Step isDone={done.post}>
          {done.post ? (
            t('firstSteps.postDone')
          ) : (
            <>{rich('firstSteps.post', { a: (text) => <a href="/compose">{text}</a> })}</>
          )}
        </Step>
      </ol>
      {undoSeconds > 0 ? (
        <p class="hint">
          {rich('firstSteps.undoSaved', {
            seconds: undoSeconds,
            a: (text) => <a href="/settings/preferences#undo_seconds">{text}</a>,
          })}
        </p>
      ) : (
        <Form action="/first-steps/undo" class="add-line">
          <Choice
            name="undo_seconds"
            label={t('firstSteps.undo')}
            value="0"
            options={undoOptions(t, 0)}
            hint={t('firstSteps.undoHint')}
            problems={[]}
          />
          <button type="submit" class="button button-quiet">
            {t('common.save')}
          </button>
        </Form>
      )}
      <Form action="/first-steps/dismiss">
        <button type="submit" class="link-button">
          {t('firstSteps.dismiss')}
        </button>
      </Form>
    </section>
  )
}

const doneBy = ({ avatarFile, note, followingCount, statusesCount }: AccountView) => ({
  picture: avatarFile !== null && note !== '',
  people: followingCount > 0,
  post: statusesCount > 0,
})

const Step: FC<{ isDone: boolean; children?: Child }> = ({ isDone, children }) => (
  <li class={isDone ? 'is-done' : undefined}>
    {isDone && <span class="unseen">{useMessages().t('firstSteps.isDone')} </span>}
    {children}
  </li>
)
