const rooms = '^handlers/';
module.exports = {
  forbidden: [
    {
      name: 'core-imports-only-core',
      comment: 'core describes; it may use itself, hono and the Standard Schema types, and no platform.',
      severity: 'error',
      from: { path: '^core/' },
      to: { pathNot: '^core/|^node_modules/(hono|@standard-schema/spec)/' },
    },
    {
      name: 'rooms-are-strangers',
      comment: 'A room may use core and its own vendor, never another room.',
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
      comment: 'An app imports the public package name only, as any user would.',
      severity: 'error',
      from: { path: '^apps/' },
      to: {
        path: '^(core|handlers|cli|test)/',
        pathNot: '^core/index\\.ts$|^core/numeric/index\\.ts$',
      },
    },
    {
      name: 'apps-import-by-name',
      comment: "Reaching core by a relative path works today and breaks the day an app moves out; import 'skein'.",
      severity: 'error',
      from: { path: '^apps/' },
      to: { path: '^(core|handlers|cli)/', dependencyTypes: ['local'] },
    },
    { name: 'no-cycles', severity: 'error', from: {}, to: { circular: true, dependencyTypesNot: ['type-only'] } },
    { name: 'no-unresolved', severity: 'error', from: {}, to: { couldNotResolve: true } },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'types', 'default'] },
  },
};
