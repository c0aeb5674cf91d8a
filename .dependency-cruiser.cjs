const rooms = '^handlers/';
const npm = (...names) => `(^|/)node_modules/(${names.join('|')})/`;

module.exports = {
  forbidden: [
    {
      name: 'core-imports-only-core',
      comment: 'core describes; it may use itself, hono and the Standard Schema types, and no platform.',
      severity: 'error',
      from: { path: '^core/' },
      to: { pathNot: ['^core/', npm('hono', '@standard-schema/spec')] },
    },
    {
      name: 'rooms-are-strangers',
      comment: 'A room may use core, node and its own vendor, never another room.',
      severity: 'error',
      from: { path: `${rooms}([^/]+)/` },
      to: { path: rooms, pathNot: `${rooms}$1/` },
    },
    {
      name: 'otel-is-thin',
      comment: 'It speaks to the API alone; which SDK there is, is for who starts the process to say.',
      severity: 'error',
      from: { path: '^handlers/otel/' },
      to: { pathNot: ['^core/', '^handlers/otel/', npm('@opentelemetry/api')] },
    },
    {
      name: 'only-otel-knows-opentelemetry',
      comment: 'Everything else speaks to the port in core/telemetry/, and costs nothing where there is none.',
      severity: 'error',
      from: { path: '^(core|handlers|apps|cli)/', pathNot: '^handlers/otel/' },
      to: { path: npm('@opentelemetry/[^/]+') },
    },
    {
      name: 'rooms-know-no-apps',
      severity: 'error',
      from: { path: rooms },
      to: { path: '^(apps|cli|deploy|test|bench)/' },
    },
    {
      name: 'apps-are-users',
      comment:
        'An app imports what any user would, and nothing that one room only has; sharp stands behind a port of its own.',
      severity: 'error',
      from: { path: '^apps/' },
      to: {
        pathNot: [
          '^apps/',
          '^core/index\\.ts$',
          '^core/[^/]+/index\\.ts$',
          npm('hono', 'zod', 'sharp', '@jsquash/[^/]+', 'image-size'),
        ],
      },
    },
    {
      name: 'apps-import-by-name',
      comment: "Reaching core by a relative path works today and breaks the day an app moves out; import 'skein'.",
      severity: 'error',
      from: { path: '^apps/' },
      to: { pathNot: '^apps/', dependencyTypes: ['local'] },
    },
    {
      name: 'nobody-imports-tests',
      severity: 'error',
      from: { path: '^(core|handlers|apps|cli|deploy)/' },
      to: { path: '^(test|bench)/' },
    },
    {
      name: 'ships-what-it-uses',
      comment:
        'A development dependency is not there where the package is installed; an optional peer is, for who needs it.',
      severity: 'error',
      from: { path: '^(core|handlers|cli)/' },
      to: {
        dependencyTypes: ['npm-dev', 'npm-no-pkg', 'npm-unknown'],
        dependencyTypesNot: ['npm-peer', 'type-only', 'type-import'],
      },
    },
    {
      name: 'loadtests-talk-http',
      comment: 'The lab measures from outside, and what it measures knows nothing of it.',
      severity: 'error',
      from: { path: '^loadtests/' },
      to: { path: '^(core|handlers|apps|cli|deploy|test|bench)/' },
    },
    {
      name: 'nobody-imports-loadtests',
      severity: 'error',
      from: { path: '^(core|handlers|apps|cli|deploy)/' },
      to: { path: '^loadtests/' },
    },
    {
      name: 'no-cycles',
      comment: 'Types may refer to each other in a circle; they are gone before anything runs.',
      severity: 'error',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    { name: 'no-unresolved', severity: 'error', from: {}, to: { couldNotResolve: true } },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    // What `skein init` writes is a user's code already.
    exclude: { path: '^cli/templates/' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'types', 'default'] },
  },
};
