import { type publicRule } from '#src/moderation/domains.ts'
import type { Figures, Transparency } from '#src/moderation/transparency.ts'

/** Counts up when a member is renamed, removed or means something else; further members may come without it. */
const version = 1

/** The figures for programs; `docs/moderation.md` describes them. */
export const toJson = (
  host: string,
  { countedAt, months, total }: Transparency,
  servers: ReturnType<typeof publicRule>[] | null,
  hasReasons: boolean,
) => ({
  version,
  host,
  counted_at: countedAt.toISOString(),
  months: months.map((one) => ({ month: one.month, ...toFigures(one) })),
  total: toFigures(total),
  servers:
    servers?.map(({ reason, ...rule }) => ({
      ...rule,
      ...(hasReasons ? { reason: reason === '' ? null : reason } : {}),
    })) ?? null,
})

const toFigures = ({ reports, categories, resolved, medianHours, actions, appeals, ...rest }: Figures) => ({
  reports: { ...reports, categories, resolved, median_hours: medianHours },
  actions: {
    warnings: actions.warnings,
    sensitive: actions.sensitive,
    limited: actions.limited,
    disabled: actions.disabled,
    suspended: actions.suspended,
    posts_deleted: actions.postsDeleted,
    posts_marked: actions.postsMarked,
    files_removed: actions.filesRemoved,
    lifted: actions.lifted,
  },
  appeals,
  sign_ups_rejected: rest.signUpsRejected,
  servers: rest.servers,
})
