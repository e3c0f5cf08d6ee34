/** Reserved usernames: paths of this server, roles that people would trust, and names that mail servers reserve. */
const reserved = new Set(
  `about abuse account accounts admin administrator administration announcements anonymous ap api app apps assets auth authorize bot bots
  contact dashboard directory domains everyone explore federation feed feeds hashtag help here home hostmaster inbox info instance
  internal list lists login logout mailerdaemon mail media mentions moderation moderator news nobody noreply notifications null oauth
  official outbox owner pages pipit postmaster privacy public register replies reports root rss search security service settings
  setup share signin signout signup static status statuses support system tags team terms timelines undefined users webfinger webmaster
  well_known www you`.split(/\s+/),
)

/** The host's first label is reserved, too: `social` on social.example would pass for the server itself. */
export function isReservedName(name: string, handleHost: string): boolean {
  return reserved.has(name) || handleHost.split(/[.:]/)[0] === name
}
