import { Hono } from 'hono'
import type { Env } from '../../env.ts'
import { accountSettings } from './account.tsx'
import { appSettings } from './apps.tsx'
import { blockedServers } from './blocked-servers.tsx'
import { emailSettings } from './email.tsx'
import { hashtagSettings } from './hashtags.tsx'
import { inviteSettings } from './invites.tsx'
import { movingSettings } from './moving.tsx'
import { notificationSettings } from './notifications.tsx'
import { passkeySettings } from './passkeys.tsx'
import { avoidedPeople } from './people/avoided.tsx'
import { ownFollowPages } from './people/follows.tsx'
import { severedPages } from './people/severed.tsx'
import { preferenceSettings } from './preferences.tsx'
import { profileSettings } from './profile.tsx'
import { providerSettings } from './providers.tsx'
import { ownReportPages } from './reports.tsx'
import { securityLog } from './security-log.tsx'
import { sessionSettings } from './sessions.tsx'
import { strikeSettings } from './strikes.tsx'
import { tokenSettings } from './tokens.tsx'
import { twoFactorSettings } from './two-factor.tsx'

/** The settings of an account. */
export const settings = new Hono<Env>()
  .get('/settings', (c) => c.redirect('/settings/profile', 302))
  // For password managers: https://w3c.github.io/webappsec-change-password-url/
  .get('/.well-known/change-password', (c) => c.redirect('/settings/account', 302))
settings.route('/', profileSettings)
settings.route('/', preferenceSettings)
settings.route('/', hashtagSettings)
settings.route('/', notificationSettings)
settings.route('/', accountSettings)
settings.route('/', emailSettings)
settings.route('/', tokenSettings)
settings.route('/', passkeySettings)
settings.route('/', twoFactorSettings)
settings.route('/', providerSettings)
settings.route('/', appSettings)
settings.route('/', movingSettings)
settings.route('/', sessionSettings)
settings.route('/', securityLog)
settings.route('/', inviteSettings)
settings.route('/', strikeSettings)
settings.route('/', blockedServers)
settings.route('/', ownFollowPages)
settings.route('/', avoidedPeople)
settings.route('/', severedPages)
settings.route('/', ownReportPages)
