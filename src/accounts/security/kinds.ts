/**
 * What the security log of an account records. `mails`: the person is told by mail, too, as somebody else may have done it;
 * `quietMinutes`: for so long after a mail, there is no other about the same kind.
 * The texts of each kind are `security.<kind>…` in the catalogue.
 */
export const securityKinds = {
  signedIn: { mails: false },
  signedInFromNewDevice: { mails: true },
  wrongPassword: { mails: false },
  /** The password was right: somebody else may know it. */
  wrongFactor: { mails: true, quietMinutes: 60 },
  sessionEnded: { mails: false },
  passwordChanged: { mails: true },
  passwordReset: { mails: true },
  addressChangeRequested: { mails: true },
  /** Told to the old address. */
  addressChanged: { mails: true },
  addressRestored: { mails: true },
  authenticatorAdded: { mails: true },
  authenticatorRemoved: { mails: true },
  passkeyAdded: { mails: true },
  passkeyRemoved: { mails: true },
  /** Its counter went back, so that there seem to be two of it. */
  passkeyCopied: { mails: true, quietMinutes: 60 },
  recoveryCodesMade: { mails: true },
  recoveryCodeUsed: { mails: true },
  /** By staff. */
  factorsReset: { mails: true },
  identityLinked: { mails: true },
  identityUnlinked: { mails: true },
  /** By the claims of a provider. */
  roleChanged: { mails: false },
  tokenMade: { mails: true },
  tokenEnded: { mails: false },
  appAuthorised: { mails: false },
  appRevoked: { mails: false },
} as const satisfies Record<string, { mails: boolean; quietMinutes?: number }>

export type SecurityKind = keyof typeof securityKinds
