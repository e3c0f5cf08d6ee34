// The architecture as rules; CONTRIBUTING.md explains them.

/** The rooms of the core. Each may import those before it, and none behind it. */
const rooms = [
  'platform',
  'outbox',
  'text',
  'rules',
  'media',
  'notices',
  'accounts',
  'relationships',
  'statuses',
  'reading',
  'outgoing',
  'erasure',
  'incoming',
  'moderation',
  'instance',
  'demo',
  'process',
]
const directions = rooms
  .slice(0, -1)
  .map((room, i) => ({
    name: `${room}-looks-down`,
    comment: `src/${room} imports only the rooms before it.`,
    severity: 'error',
    from: { path: `^src/${room}/` },
    to: { path: `^src/(${rooms.slice(i + 1).join('|')})/` },
  }))

/** The files that import Fedify. */
const fedifyFiles = '^federation/(fedify|serving/dispatchers|incoming/listeners)\\.ts$'

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    ...directions,
    {
      name: 'src-has-rooms',
      comment: 'Each file of the core stands in a room.',
      severity: 'error',
      from: {},
      to: { path: '^src/', pathNot: `^src/(${rooms.join('|')})/` },
    },
    { name: 'no-cycles', severity: 'error', from: {}, to: { circular: true } },
    { name: 'resolvable', severity: 'error', from: {}, to: { couldNotResolve: true } },
    {
      name: 'src-stands-alone',
      severity: 'error',
      from: { path: '^src/' },
      to: { path: '^(api|web|federation|jobs|cli)/|node_modules/(hono|@hono|@fedify)/' },
    },
    {
      name: 'sides-do-not-meet',
      comment: 'Only the files that put a process together know more than one side.',
      severity: 'error',
      from: {
        path: '^(api|web|federation|jobs)/',
        pathNot: '^(web/main|web/server|jobs/main|jobs/alone|jobs/worker|jobs/tasks)\\.tsx?$',
      },
      to: { path: '^(api|web|federation|jobs|cli)/', pathNot: '^$1/' },
    },
    {
      name: 'tasks-may-deliver',
      severity: 'error',
      from: { path: '^jobs/(tasks|worker)\\.ts$' },
      to: { path: '^(api|web|cli)/' },
    },
    {
      name: 'no-request-reaches-the-dispatcher',
      comment:
        'It verifies no signatures: only the inbox job, which gets it from federation/index.ts, calls it. The gateway asks by serving/by-fedify.ts for documents and WebFinger answers.',
      severity: 'error',
      from: { path: '^federation/', pathNot: '^federation/(index|layer)\\.ts$|^federation/serving/by-fedify\\.ts$' },
      to: { path: '^federation/(index|layer|fedify)\\.ts$' },
    },
    {
      name: 'fedify-is-loaded-late',
      comment: 'It takes most of a second and 60 MB: federation/layer.ts loads it once the server listens.',
      severity: 'error',
      from: { path: '^(src|federation|web|api|jobs|cli)/', pathNot: fedifyFiles },
      to: { path: `node_modules/@fedify/|${fedifyFiles}`, dynamic: false, dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'sharp-is-loaded-late',
      comment: 'It takes 20 MB: src/media/sharp.ts loads it with the first picture.',
      severity: 'error',
      from: { path: '^(src|federation|web|api|jobs|cli)/' },
      to: { path: 'node_modules/sharp/', dynamic: false, dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'only-src-has-sql',
      severity: 'error',
      from: { pathNot: '^(src|test)/|^drizzle\\.config\\.ts$' },
      to: { path: '^src/platform/db/schema|node_modules/(drizzle-orm|pg)/' },
    },
    {
      name: 'statuses-guarded',
      comment: 'Who else needs statuses asks statuses/ or reading/, where visibility is checked.',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/(platform/db|statuses|reading)/|^src/outgoing/documents/statuses\\.ts$' },
      to: { path: '^src/platform/db/schema/statuses\\.ts$' },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsConfig: { fileName: 'tsconfig.json' },
    tsPreCompilationDeps: true,
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'node', 'default', 'types'] },
  },
}
