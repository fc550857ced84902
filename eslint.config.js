import tseslint from 'typescript-eslint';

/**
 * The rooms of the house: what each folder under src/ may import. A folder that is not listed here fails lint, so a new
 * room states its doors before it is used. "rooms": any file of them; "doors": single files; "typeOnly": types and nothing
 * else; "packages": beginnings of package names; "neighbours": folders beside it that it may not import.
 */
const TEMPORAL_WORKFLOW = '@temporalio/workflow';
const ROOMS = {
  model: { rooms: [], packages: [] },
  contract: { rooms: ['model'], packages: [TEMPORAL_WORKFLOW] },
  schema: { rooms: ['model', 'contract'], packages: ['zod'] },
  workflows: { rooms: ['model', 'contract'], typeOnly: ['activities'], packages: [TEMPORAL_WORKFLOW] },
  privatelink: { rooms: ['model'], packages: ['@alicloud/pop-core', '@alicloud/credentials', 'node:'] },
  activities: {
    rooms: ['model', 'contract', 'schema'],
    doors: ['privatelink/port'],
    packages: ['@temporalio/activity', '@temporalio/common', '@temporalio/client', 'node:'],
  },
  simulator: { rooms: ['model'], packages: ['node:'] },
  // The state machine: no clock, no chance and no network of its own. Then the twin around it, then the wire.
  'simulator/engine': { rooms: ['model'], packages: ['node:crypto', 'node:net'], neighbours: ['twin', 'wire'] },
  'simulator/twin': { rooms: ['model'], packages: ['node:events', 'node:timers'], neighbours: ['wire'] },
  temporal: { rooms: [], packages: ['@temporalio/', 'node:'] },
  client: {
    rooms: ['model', 'contract', 'schema'],
    typeOnly: ['workflows'],
    packages: ['@temporalio/client', '@temporalio/common', 'node:'],
  },
  worker: {
    rooms: ['model', 'contract', 'privatelink'],
    packages: ['@temporalio/worker', '@temporalio/common', 'node:'],
  },
  testing: {
    rooms: ['model', 'contract', 'activities', 'privatelink', 'simulator'],
    packages: ['@temporalio/', 'node:'],
  },
  cli: {
    rooms: ['model', 'contract', 'schema', 'client', 'simulator', 'temporal'],
    packages: ['commander', 'yaml', '@temporalio/client', '@temporalio/common', '@temporalio/envconfig', 'node:'],
    files: ['config', 'worker', 'version'],
  },
  // The one part of the command line that calls the cloud: `pvlctl doctor` looks at what a worker would use.
  'cli/doctor': {
    rooms: ['model', 'contract', 'schema', 'client', 'temporal'],
    doors: ['privatelink/port', 'privatelink/credentials', 'privatelink/endpoint-address', 'worker/cloud-accounts'],
    packages: ['@temporalio/client', 'node:'],
    files: ['config', 'version'],
  },
};

const escape = (text) => text.replace(/[/.]/g, '\\$&');

/** A whole package with its subpaths; a beginning that ends in `/` or `:` stands for all packages with it. */
const packagePattern = (name) => (/[/:]$/.test(name) ? escape(name) : `${escape(name)}(?:/|$)`);

/** Forbid every import of a room that its entry in ROOMS does not name. */
function roomRules([room, { rooms, typeOnly = [], doors = [], packages, files = [], neighbours = [] }]) {
  const isAllowed = (name) => rooms.some((allowed) => name === allowed || name.startsWith(`${allowed}/`));
  const others = Object.keys(ROOMS).filter((name) => name !== room && !isAllowed(name));
  const patterns = [
    {
      regex: `^(?!\\.)(?!(?:${packages.map(packagePattern).join('|') || '(?!)'}))`,
      message: `src/${room} may import only these packages: ${packages.join(', ') || 'none'}.`,
    },
    {
      regex: `/(?!(?:${doors.map(escape).join('|') || '(?!)'})\\.js$)(?:${others.filter((name) => !typeOnly.includes(name)).join('|')})/`,
      message: `src/${room} may not import this room (see ROOMS in eslint.config.js).`,
    },
    {
      regex: `^(?:\\.\\./)+(?:${['config', 'worker', 'worker-plugin', 'composition', 'version'].filter((f) => !files.includes(f)).join('|') || '(?!)'})\\.js$`,
      message: `src/${room} does not read configuration: it is handed what it needs.`,
    },
  ];
  if (neighbours.length > 0) {
    patterns.push({
      regex: `^(?:\\.\\./)+(?:${neighbours.join('|')})/`,
      message: `src/${room} does not know what is built on it.`,
    });
  }
  if (typeOnly.length > 0) {
    patterns.push({
      regex: `/(?:${typeOnly.join('|')})/`,
      allowTypeImports: true,
      message: `src/${room} may import only types from this room.`,
    });
  }
  return {
    files: [`src/${room}/**/*.ts`],
    rules: { '@typescript-eslint/no-restricted-imports': ['error', { patterns }] },
  };
}

export default tseslint.config(
  { ignores: ['lib/**', 'lib.previous-*/**', 'node_modules/**', 'coverage/**'] },
  tseslint.configs.strictTypeChecked,
  {
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/consistent-type-exports': 'error',
      '@typescript-eslint/require-await': 'off',
      '@typescript-eslint/no-invalid-void-type': 'off',
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true, allowBoolean: true }],
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      'no-restricted-syntax': [
        'error',
        { selector: 'TSEnumDeclaration', message: 'Use an `as const` object and a type of the same name.' },
        { selector: 'ExportDefaultDeclaration', message: 'Export by name.' },
        { selector: 'ExportAllDeclaration', message: 'Re-export by name.' },
      ],
    },
  },
  ...Object.entries(ROOMS).map(roomRules),
  {
    files: ['src/workflows/**/*.ts', 'src/model/**/*.ts', 'src/contract/**/*.ts'],
    rules: {
      'no-restricted-globals': ['error', 'process', 'fetch', 'setInterval', 'Buffer', 'setImmediate', 'require'],
    },
  },
  {
    files: ['src/**/*.ts'],
    ignores: ['src/config.ts'],
    rules: {
      'no-restricted-properties': [
        'error',
        { object: 'process', property: 'env', message: 'Only src/config.ts reads the environment.' },
      ],
    },
  },
  {
    // Examples are projects of their own, which find our package only where it is installed: here it is our sources.
    files: ['examples/**/*.ts'],
    languageOptions: { parserOptions: { projectService: false, project: './tsconfig.json' } },
    rules: {
      '@typescript-eslint/no-floating-promises': [
        'error',
        { allowForKnownSafeCalls: [{ from: 'package', package: 'node:test', name: ['test'] }] },
      ],
    },
  },
  {
    files: ['*.config.ts', 'eslint.config.js'],
    rules: { 'no-restricted-syntax': 'off' },
  },
  {
    files: ['**/*.js', '**/*.mjs', '**/*.cjs'],
    extends: [tseslint.configs.disableTypeChecked],
  },
  {
    files: ['**/*.cjs'],
    rules: { '@typescript-eslint/no-require-imports': 'off' },
  },
);
