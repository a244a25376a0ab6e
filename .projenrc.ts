import { cdk8s, javascript, JsonFile } from 'projen';
import { layerZones } from './projenrc/layer-zones';

const project = new cdk8s.ConstructLibraryCdk8s({
  name: 'cdk8s-thousand-node',
  description: 'One typed description of a 200 to 5,000 node Kubernetes cluster; manifests, host files and capacity numbers that agree',
  author: 'cdk8s-thousand-node maintainers',
  authorAddress: 'maintainers@example.com',
  repositoryUrl: 'https://example.com/cdk8s-thousand-node/cdk8s-thousand-node.git',
  keywords: ['kubernetes', 'cdk8s', 'scalability', 'etcd', 'kube-apiserver', 'calico', 'thanos', 'capacity'],
  license: 'Apache-2.0',
  defaultReleaseBranch: 'main',
  packageManager: javascript.NodePackageManager.NPM,
  projenrcTs: true,

  cdk8sVersion: '2.64.10',
  constructsVersion: '10.5.0',
  jsiiVersion: '~6.0.0',
  typescriptVersion: '~6.0.0',
  minNodeVersion: '20.16.0',
  peerDeps: ['cdk8s-plus-24@^2.8.99'],
  // Address arithmetic and the parser of formulas; both have no dependencies of their own.
  bundledDeps: ['ip-address@^10', 'jsep@^1.4.0'],
  devDeps: ['@types/node@^20', 'ajv@^8', 'cdk8s-cli@2.207.60', 'fast-check@^4', 'playwright-core@^1', 'tsx@^4', 'yaml@^2'],

  // The top-level imports/ folder is compiled beside src/, so the root of the build is the repository.
  entrypoint: 'lib/src/index.js',
  tsconfig: { compilerOptions: { rootDir: '.', outDir: 'lib' }, include: ['src/**/*.ts', 'imports/**/*.ts'], exclude: ['imports/generate/**'] },
  eslintOptions: {
    dirs: ['src'],
    // A test run reports, it does not rewrite sources.
    commandOptions: { fix: false },
    devdirs: ['test', 'examples', 'conformance', 'bench', 'projenrc'],
    ignorePatterns: ['imports/**', '**/out/**', '*.js', '*.d.ts', 'node_modules/', 'lib/', 'coverage'],
  },
  jestOptions: {
    // A snapshot or golden only changes through its named task.
    updateSnapshot: javascript.UpdateSnapshot.NEVER,
    jestConfig: {
      coverageProvider: 'v8',
      collectCoverage: false,
      coveragePathIgnorePatterns: ['/node_modules/', '/imports/'],
      testPathIgnorePatterns: ['/node_modules/', '/lib/', '/out/'],
      modulePathIgnorePatterns: ['<rootDir>/lib/', '<rootDir>/dist/'],
      moduleNameMapper: { '^cdk8s-thousand-node$': '<rootDir>/src/index.ts' },
    },
  },
  release: false,
  github: false,
  depsUpgrade: false,
  sampleCode: false,
  gitignore: [
    '/examples/*/dist/', '/examples/*/host/', '/examples/*/report/', '/conformance/out/', '/bench/out/', '*.log', '/.cache/', '/tsconfig.tsbuildinfo', '/*.tsbuildinfo',
  ],
});

project.package.addField('types', 'lib/src/index.d.ts');
// The examples import the package by its own name, as a user does.
project.package.addField('exports', {
  '.': { types: './lib/src/index.d.ts', default: './lib/src/index.js' },
  './package.json': './package.json',
  './.jsii': './.jsii',
});
// unrs-resolver 1.13 names optional platform packages that do not exist, which breaks `npm ci`.
project.package.addField('overrides', { 'unrs-resolver': '1.12.2' });
project.npmrc.addConfig('omit-lockfile-registry-resolved', 'true');
// Only the compiled library is published.
for (const path of ['/imports/', '/examples/', '/conformance/', '/bench/', '/docs/', '/.ci/', '/projenrc/', '/tsconfig.check.json']) {
  project.npmignore?.exclude(path);
}
project.tasks.addEnvironment('JSII_SILENCE_WARNING_END_OF_LIFE_NODE_VERSION', '20');

// One program for everything that is TypeScript here; the library's own tsconfig.json covers only what is published.
new JsonFile(project, 'tsconfig.check.json', {
  obj: {
    extends: './tsconfig.json',
    compilerOptions: { noEmit: true, rootDir: '.', paths: { 'cdk8s-thousand-node': ['./src/index.ts'] } },
    include: ['.projenrc.ts', ...['src', 'imports', 'test', 'examples', 'conformance', 'bench', 'projenrc'].map(dir => `${dir}/**/*.ts`)],
    exclude: ['node_modules', '**/out/**'],
  },
});
project.eslint!.config.parserOptions = { ecmaVersion: 2022, sourceType: 'module', project: './tsconfig.check.json' };

// The package's own name leads to src, so that lint says the same before and after a build.
project.eslint!.config.settings['import/resolver'].typescript.project = './tsconfig.check.json';
project.eslint!.config.settings['import/internal-regex'] = '^cdk8s-thousand-node$';

// ts-jest only translates; types of sources, tests, examples and drivers are checked once, as a whole, before the tests run.
project.jest!.config.transform = {
  '^.+\\.[t]sx?$': ['ts-jest', {
    tsconfig: { module: 'commonjs', target: 'ES2022', esModuleInterop: true, resolveJsonModule: true, isolatedModules: true },
    transpilation: true,
    diagnostics: false,
  }],
};
const typecheck = project.addTask('typecheck', {
  description: 'Check the types of sources, tests, examples, conformance and bench',
  exec: 'tsc --noEmit --incremental --tsBuildInfoFile node_modules/.cache/typecheck.tsbuildinfo -p tsconfig.check.json',
});
project.testTask.prependSpawn(typecheck);

project.eslint!.addRules({
  'import/no-cycle': ['error', { ignoreExternal: true }],
  'import/no-restricted-paths': ['error', { zones: layerZones() }],
  'max-len': ['error', { code: 160, ignoreUrls: true, ignoreStrings: true, ignoreTemplateLiterals: true, ignoreComments: true, ignoreRegExpLiterals: true }],
  '@stylistic/max-len': 'off',
});

project.addTask('synth', {
  description: 'The main job: write manifests and host files of the 1,200-node reference cluster',
  steps: [{ exec: 'jsii --silence-warnings=reserved-word' }, { exec: 'node --import tsx examples/thousand-node/main.ts', cwd: '.' }],
});
project.addTask('goldens', {
  description: 'Rewrite the golden files in test/golden; fails on purpose while it does, so that it cannot pass as a test run',
  env: { REWRITE_GOLDENS: 'yes' },
  exec: 'jest test/golden',
});
project.addTask('conformance', {
  description: 'Run the real components on what the examples synthesise (needs Go)',
  exec: 'tsx --tsconfig tsconfig.check.json conformance/run.ts',
  receiveArgs: true,
});
project.addTask('bench', { description: 'Measure synth speed and memory', exec: 'node --import tsx bench/run.ts', receiveArgs: true });

project.synth();
