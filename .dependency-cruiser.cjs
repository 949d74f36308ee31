// The rooms of src/ in import order: a folder may import from those above it, never from those below.
const rooms = [
  'cargo',
  'rust',
  'binary',
  'bom',
  'distribution',
  'agent',
  'attest',
  'facts',
  'policy',
  'audit',
  'store',
  'registry',
  'gate',
  'build',
  'inventory',
  'server',
  'cli',
];
const pure = ['cargo', 'rust', 'binary', 'bom', 'distribution', 'attest', 'policy', 'audit'];

const upwardOnly = rooms.slice(0, -1).map((room, i) => ({
  name: `order-${room}`,
  severity: 'error',
  comment: `src/${room}/ may not import from the rooms below it (ARCHITECTURE.md, "The rooms").`,
  from: { path: `^src/${room}/` },
  to: { path: `^src/(${rooms.slice(i + 1).join('|')})/` },
}));

module.exports = {
  forbidden: [
    ...upwardOnly,
    {
      name: 'pure-rooms',
      severity: 'error',
      comment: `${pure.join(', ')} take values and return values: no I/O. (zlib and crypto compute; they touch nothing.)`,
      from: { path: `^src/(${pure.join('|')})/` },
      to: { dependencyTypes: ['core'], pathNot: '^(node:)?(zlib|crypto|buffer)$' },
    },
    {
      name: 'no-cycles',
      severity: 'error',
      comment: 'A cycle hides which module is the foundation of which.',
      from: {},
      to: { circular: true, dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'src-not-test',
      severity: 'error',
      from: { path: '^src/' },
      to: { path: '^(tests|bench|scripts)/' },
    },
    {
      name: 'pages-by-the-api',
      severity: 'error',
      comment: 'The pages know the server by its API alone: of src/ they see the contracts, as types.',
      from: { path: '^web/src/' },
      to: {
        path: '^(src|tests|bench|scripts)/',
        pathNot: '^src/server/(audit/contract|contract|[a-z]+-contract)[.]ts$',
      },
    },
    {
      name: 'pages-take-types-only',
      severity: 'error',
      from: { path: '^web/src/' },
      to: { path: '^src/', dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'server-not-pages',
      severity: 'error',
      from: { path: '^(src|scripts|bench)/' },
      to: { path: '^web/' },
    },
    { name: 'unresolvable', severity: 'error', from: {}, to: { couldNotResolve: true } },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    enhancedResolveOptions: { extensions: ['.ts', '.tsx', '.js', '.json'], exportsFields: ['exports'], conditionNames: ['import', 'node', 'default', 'types'] },
  },
};
