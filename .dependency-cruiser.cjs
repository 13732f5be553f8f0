/*
 * The walls between the rooms, as docs/architecture.md tells them. Each rule says what a room may
 * reach; whatever is not named is forbidden. test/architecture/walls.test.ts plants one violation
 * per rule and expects it to be found.
 */

const kernel = '^core/(inquiry|calendar|masking|access|wording)/';
const tests = '^(test|bench)/';

/** Paths of npm packages as dependency-cruiser resolves them. */
const packages = (...names) => `^node_modules/(${names.join('|')})/`;

const businessLibraries = packages('zod', 'temporal-polyfill', 'temporal-spec');
const edgeLibraries = packages('zod', '@middy', '@aws-lambda-powertools', '@types/aws-lambda');
/** The outermost files of a function: its entry, and wiring that several entries share. */
const outermost = '^functions/.*\\.(lambda|wiring)\\.ts$';
const orNode = { dependencyTypesNot: ['core'] };

const onlyTo = (name, comment, from, allowed, extra = {}) => ({
  name,
  comment,
  severity: 'error',
  from,
  to: { pathNot: allowed, ...extra },
});

/**
 * Walls between the rooms of one folder: for each room, the others that it may know. `.` is the
 * folder's own level: as a key, what files there may know; in a list, that they may be known.
 */
const roomsOf = (folder, rooms) =>
  Object.entries(rooms).map(([room, known]) => ({
    name: `rooms-${folder.replaceAll('/', '-')}-${room === '.' ? 'level' : room}`,
    comment: `${folder}/${room} knows of the rooms beside it: ${known.join(', ') || 'none'}.`,
    severity: 'error',
    from: { path: room === '.' ? `^${folder}/[^/]+$` : `^${folder}/${room}/` },
    to: {
      path: `^${folder}/`,
      pathNot: [room, ...known].map((one) =>
        one === '.' ? `^${folder}/[^/]+$` : `^${folder}/${one}/`,
      ),
    },
  }));

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    {
      name: 'no-circle',
      comment: 'Two modules that need each other are one; types count too.',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    {
      name: 'no-orphan',
      comment: 'Nobody imports it and it imports nobody.',
      severity: 'error',
      from: { orphan: true, pathNot: ['\\.d\\.ts$', '^(bin|test|bench)/'] },
      to: {},
    },
    {
      name: 'no-unresolved',
      comment: 'An import that leads nowhere would pass every wall.',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true },
    },
    {
      name: 'no-undeclared-package',
      comment: 'Only packages that package.json names.',
      severity: 'error',
      from: {},
      to: { dependencyTypes: ['npm-no-pkg', 'npm-unknown'] },
    },
    {
      name: 'no-development-package-deploys',
      comment: 'What runs on AWS needs what is a dependency.',
      severity: 'error',
      from: { path: '^(core|adapters|functions)/' },
      to: { dependencyTypes: ['npm-dev'], dependencyTypesNot: ['type-only'] },
    },
    onlyTo(
      'kernel-inquiry',
      'core/inquiry stands on calendars, the masking of text, zod and Temporal.',
      { path: '^core/inquiry/' },
      ['^core/(inquiry|calendar|masking)/', businessLibraries],
    ),
    onlyTo(
      'kernel-calendar',
      'core/calendar knows time and public holidays, and nothing of inquiries.',
      { path: '^core/calendar/' },
      ['^core/calendar/', businessLibraries],
    ),
    onlyTo(
      'kernel-masking',
      'core/masking finds what is not to be shown in a text, and knows nothing of inquiries.',
      { path: '^core/masking/' },
      ['^core/masking/', businessLibraries],
    ),
    onlyTo(
      'kernel-access',
      'core/access may know inquiries; inquiries know nothing of access.',
      { path: '^core/access/' },
      ['^core/(access|inquiry|masking)/', businessLibraries],
    ),
    onlyTo(
      'kernel-wording',
      'core/wording knows how things are said and shown to people, and decides nothing.',
      { path: '^core/wording/' },
      ['^core/(wording|inquiry)/', businessLibraries],
    ),
    onlyTo(
      'core-capability',
      'A capability decides by itself and the kernel: no other capability, no SDK, no Node.',
      { path: '^core/(?!inquiry/|calendar/|masking/|access/|wording/)([^/]+)/' },
      [kernel, '^core/$1/', businessLibraries],
    ),
    {
      name: 'core-rooms-only',
      comment: 'Every file of core belongs to the kernel or to a capability.',
      severity: 'error',
      from: { path: '^core/[^/]+$' },
      to: {},
    },
    ...roomsOf('core/inquiry', {
      values: [],
      events: ['.', 'values', 'clock'],
      clock: ['.', 'values', 'events', 'terms'],
      terms: ['values', 'clock'],
      tokens: ['values', 'clock', 'outbox'],
      outbox: ['.', 'values', 'clock', 'events', 'terms', 'tokens'],
    }),
    ...roomsOf('core/intake', { mail: ['.'], form: ['.'], call: ['.'] }),
    ...roomsOf('core/routing', {
      rules: [],
      placement: ['rules'],
      observation: ['.', 'placement'],
      configuration: ['rules'],
      explanation: ['rules', 'configuration'],
      simulation: ['.', 'rules', 'placement', 'configuration'],
    }),
    ...roomsOf('core/routing/rules', { '.': [], compile: ['.'], validation: ['.', 'compile'] }),
    ...roomsOf('core/work', {
      decide: ['.', 'claim'],
      claim: ['.'],
      assign: ['.'],
      read: ['.', 'decide'],
    }),
    {
      name: 'decisions-read-and-write-nothing',
      comment: 'What decides a command is given all that it needs.',
      severity: 'error',
      from: { path: '^core/work/(decide/|claim/(decide-claim|hold-check)\\.ts$)' },
      to: { path: '^core/work/(ports|perform-command)\\.ts$' },
    },
    ...roomsOf('core/sla', { report: ['.'], breach: ['.'], escalation: [], configuration: [] }),
    ...roomsOf('core/notice', {
      content: ['.'],
      sending: ['.', 'content'],
      bounce: ['.'],
      page: ['content'],
    }),
    ...roomsOf('core/people', {
      '.': [],
      offboarding: ['.'],
      'sign-in': ['.'],
      retention: [],
      erasure: ['offboarding'],
    }),
    ...roomsOf('adapters/dynamo', {
      '.': [],
      inquiry: ['.'],
      intake: ['.'],
      routing: ['.', 'inquiry'],
      work: ['.'],
      sla: ['.', 'inquiry'],
      notice: ['.', 'inquiry'],
      people: ['.', 'job', 'audit'],
      config: ['.', 'job'],
      job: ['.'],
      audit: ['.'],
      erasure: ['.', 'inquiry', 'job'],
    }),
    ...roomsOf('adapters/mime', { charset: [], structure: ['.', 'charset'], reply: [] }),
    ...roomsOf('functions/edge', {
      telemetry: [],
      problem: [],
      queue: ['problem', 'telemetry'],
      access: ['.', 'http'],
      http: ['.', 'access', 'problem', 'telemetry'],
    }),
    ...roomsOf('functions/contract', { config: ['.'], sla: ['.'] }),
    onlyTo(
      'adapters',
      'Adapters fulfil the ports of core by SDKs and libraries.',
      { path: '^adapters/' },
      ['^core/', '^adapters/', '^node_modules/(?!aws-cdk-lib/|constructs/|@middy/)'],
      orNode,
    ),
    onlyTo(
      'edge',
      'The stacks of the edge know the kernel and no capability.',
      { path: '^functions/edge/', pathNot: outermost },
      [kernel, '^functions/edge/', edgeLibraries],
      orNode,
    ),
    onlyTo(
      'contract',
      'Contracts are schemas: of zod, the kernel, and the edge that reads them.',
      { path: '^functions/contract/' },
      [kernel, '^functions/(contract|edge)/', packages('zod')],
    ),
    onlyTo(
      'function',
      "A function's use case knows its own capability and the edge; it reaches nothing by itself.",
      {
        path: '^functions/(?!edge/|contract/)([^/]+)/',
        pathNot: outermost,
      },
      [kernel, '^core/$1/', '^functions/$1/', '^functions/(edge|contract)/', edgeLibraries],
      orNode,
    ),
    onlyTo(
      'lambda',
      'An entry, or wiring that entries share, joins adapters to a use case and knows no stack.',
      { path: outermost },
      ['^(core|adapters|functions)/', packages('@aws-sdk', '@smithy'), edgeLibraries],
      orNode,
    ),
    {
      name: 'wiring-imported-by-entries',
      comment: 'Only an entry, or other wiring, reaches for adapters through it.',
      severity: 'error',
      from: { pathNot: [outermost, '^test/'] },
      to: { path: '\\.wiring\\.ts$' },
    },
    {
      name: 'lambda-imported-by-nobody',
      comment: 'Entries are loaded by path: by Lambda and by the local host.',
      severity: 'error',
      from: {},
      to: { path: '\\.lambda\\.ts$' },
    },
    onlyTo(
      'lib',
      'The stack is CDK; of functions it knows types and the names of metrics.',
      { path: '^lib/' },
      ['^lib/', '^functions/', packages('aws-cdk-lib', 'constructs', 'cdk-nag', 'zod', 'esbuild')],
      orNode,
    ),
    {
      name: 'lib-types-of-functions',
      comment: 'A handler imported by the stack would run at synthesis.',
      severity: 'error',
      from: { path: '^lib/' },
      to: {
        path: '^functions/',
        pathNot: '^functions/edge/telemetry/metric-names\\.ts$',
        dependencyTypesNot: ['type-only'],
      },
    },
    onlyTo(
      'bin',
      'The entry of the app: context, stages, stacks.',
      { path: '^bin/' },
      ['^lib/', packages('aws-cdk-lib', 'cdk-nag')],
      orNode,
    ),
    {
      name: 'local',
      comment:
        'The host drives what deploys through the template; the business stays unknown to it.',
      severity: 'error',
      from: { path: '^local/' },
      to: { path: '^(core|adapters|functions|transfer|test|bench|web)/' },
    },
    onlyTo(
      'transfer',
      'Export and import know keys of the kernel, the data directory of a host, and SDKs.',
      { path: '^transfer/' },
      [
        '^transfer/',
        '^core/inquiry/values/',
        '^local/(open-storage|data-directory|deployment/region)\\.ts$',
        packages('@aws-sdk', '@smithy', 'zod'),
      ],
      orNode,
    ),
    {
      name: 'transfer-imported-by-nobody',
      comment: 'It is a command of its own.',
      severity: 'error',
      from: { pathNot: ['^transfer/', tests] },
      to: { path: '^transfer/' },
    },
    {
      name: 'nothing-from-tests',
      comment: 'What ships does not stand on tests or figures.',
      severity: 'error',
      from: { pathNot: tests },
      to: { path: tests },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '(^|/)(cdk\\.out|\\.data)/' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    combinedDependencies: false,
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default', 'types'],
    },
  },
};
