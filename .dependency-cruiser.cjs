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
      name: 'rooms-know-no-apps',
      severity: 'error',
      from: { path: rooms },
      to: { path: '^(apps|cli|test|bench)/' },
    },
    {
      name: 'apps-are-users',
      comment: 'An app imports what any user would, and nothing that one room only has.',
      severity: 'error',
      from: { path: '^apps/' },
      to: { pathNot: ['^apps/', '^core/index\\.ts$', '^core/[^/]+/index\\.ts$', npm('hono', 'zod')] },
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
      from: { path: '^(core|handlers|apps|cli)/' },
      to: { path: '^(test|bench)/' },
    },
    {
      name: 'ships-what-it-uses',
      comment: 'A development dependency is not there where the package is installed.',
      severity: 'error',
      from: { path: '^(core|handlers|cli)/' },
      to: {
        dependencyTypes: ['npm-dev', 'npm-no-pkg', 'npm-unknown'],
        dependencyTypesNot: ['type-only', 'type-import'],
      },
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
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'types', 'default'] },
  },
};
