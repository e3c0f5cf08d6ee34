/** The default privacy policy, which is true for every Pipit. A change of the stored data has to change it, too. */

export const defaultWrittenAt = new Date('2026-11-30T00:00:00Z')

/**
 * Markdown, for an instance whose admins wrote no policy of their own.
 *
 * @param addressDays days that addresses of clients are kept
 */
export const defaultPrivacyPolicy = (host: string, addressDays: number): string => `# What ${host} keeps

**Your account.** Your name, mail address and settings, and a hash of your password, from which nobody can read the password. Your mail address is used to reach you about your account and about what you asked to be told of. It is shown to nobody but those who run this server.

**Signing up.** If you came by an invitation, its maker sees your name once you are here, and those who run this server see who invited whom. Where there is a minimum age, your date of birth is checked and not kept: only that you are old enough is. When you accepted rules and terms is kept, too, and what you wrote if you were asked why you want to join.

**What you write and do.** Posts, pictures, follows, favourites, bookmarks, lists, filters and votes, until you delete them or your account. Pictures are stored without the data that cameras write into them. Earlier versions of posts that you edit can be seen by those who see the post.

**Logging in.** One cookie keeps you logged in. Another one, for 400 days, tells that you were logged in before in this browser: a log-in from elsewhere is mailed to you. A third one joins the steps of a log-in for an hour. Visitors get one with a form that they see, which ends with the browser. There are no others. For each browser and app that you let in, the server keeps when that was, what it may do, and when and from which address it was last used. You can end them in your settings. A log of what happened to your account's security is kept for 400 days; you can read it there, too.

**Network addresses.** Addresses are counted for a few minutes or hours, so that nobody tries out passwords or floods the server. Those from which you sign up and log in, and use browsers and apps, are stored with your account for ${addressDays} days, so that you and those who run this server see when it was somebody else.

# Who sees it

**Everybody** sees your profile and what you post publicly or unlisted. **Your followers** see what you post to followers only. **Whom you mention** sees direct posts. Those who run the servers of any of these people could read them, too: direct posts are not encrypted from end to end.

**Moderators** see what is reported to them, as it was then. They can read further posts for followers only, but no direct ones, because of a report or for a reason that they state; each time is recorded.

**Other servers.** This server is part of the fediverse. What you post goes to the servers of those who follow you or whom you mention, and stays there under their rules. When you delete something they are asked to delete it, too.

**Apps** that you let in see what you allowed them, until you end that.

**Nobody else.** There is no advertising, no tracking, and nothing is sold.

# How long

Days on which somebody was active are kept for at most seven months, to count active people. Deleted posts leave an empty record for a month, so that they don't come back from other servers. When you delete your account, all that you wrote goes; only its name stays reserved, so that nobody can pass for you.
`
