// Regenerates the L1 classes of this folder. See README.md for when and how.
//
//   node imports/generate.js            all files
//   node imports/generate.js core       only the kinds built into Kubernetes
//   node imports/generate.js crds       only the custom resources
//
// Plain JavaScript on purpose: the compiler takes every imports/**/*.ts into the package.
'use strict';

const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { parse } = require('yaml');
const { kindOf, openApi } = require('../test/fixtures/upstream/extract/openapi.js');

const ROOT = path.resolve(__dirname, '..');
const CRDS = path.join(ROOT, 'conformance/fixtures/crds');

// One entry per output file: the Kubernetes release whose OpenAPI is read and the kinds taken from it.
const CORE = [
  {
    file: 'k8s-1.37.ts',
    release: 'v1.37.2',
    kinds: [
      'v1/Pod',
      'v1/Service',
      'admissionregistration.k8s.io/v1/ValidatingAdmissionPolicy',
      'admissionregistration.k8s.io/v1/ValidatingAdmissionPolicyBinding',
      'apps/v1/DaemonSet',
      'apps/v1/Deployment',
      'apps/v1/StatefulSet',
      'autoscaling/v2/HorizontalPodAutoscaler',
      'batch/v1/CronJob',
      'batch/v1/Job',
      'flowcontrol.apiserver.k8s.io/v1/FlowSchema',
      'flowcontrol.apiserver.k8s.io/v1/PriorityLevelConfiguration',
      'policy/v1/PodDisruptionBudget',
      'storage.k8s.io/v1/VolumeAttributesClass',
    ],
  },
  {
    // 1.31 is the last release with v1beta3; cdk8s-plus-24 ends at v1beta2.
    file: 'k8s-flowcontrol-v1beta3.ts',
    release: 'v1.31.14',
    kinds: [
      'flowcontrol.apiserver.k8s.io/v1beta3/FlowSchema',
      'flowcontrol.apiserver.k8s.io/v1beta3/PriorityLevelConfiguration',
    ],
  },
];

// Custom resources: all CRDs of a group go into one file, because the generator writes a file per group.
const CUSTOM = [
  { group: 'operator.tigera.io', crds: ['operator.tigera.io_apiservers.yaml', 'operator.tigera.io_installations.yaml'] },
  {
    group: 'projectcalico.org',
    crds: ['bgpconfigurations', 'bgppeers', 'felixconfigurations', 'ippools'].map(n => `projectcalico.org_${n}.yaml`),
  },
];

/** A module of cdk8s-cli that its `exports` field hides: the CLI offers no way to read a local OpenAPI file. */
function cli(file) {
  return require(path.join(path.dirname(require.resolve('cdk8s-cli/package.json')), 'lib', file));
}

/** Without the prose: no upstream text is kept in this repository. A *field* called "description" stays. */
function withoutText(node) {
  if (Array.isArray(node)) { return node.map(withoutText); }
  if (node === null || typeof node !== 'object') { return node; }
  return Object.fromEntries(Object.entries(node)
    .filter(([key, value]) => !(key === 'description' && typeof value === 'string'))
    .map(([key, value]) => [key, withoutText(value)]));
}

// OpenAPI calls both of these plain strings, though a number is accepted too. Written as a choice, they
// become the same `Quantity` and `IntOrString` classes as in cdk8s-plus, so values pass between the two.
const STRING_OR_NUMBER = new Set([
  'io.k8s.apimachinery.pkg.api.resource.Quantity',
  'io.k8s.apimachinery.pkg.util.intstr.IntOrString',
]);

/** The definitions of the wanted kinds and of everything they refer to. */
function definitionsOf(document, kinds) {
  const kept = {};
  const visit = (name) => {
    if (kept[name]) { return; }
    if (STRING_OR_NUMBER.has(name)) {
      kept[name] = { oneOf: [{ type: 'string' }, { type: 'number' }] };
      return;
    }
    kept[name] = withoutText(document.definitions[name]);
    for (const [, next] of JSON.stringify(kept[name]).matchAll(/"#\/definitions\/([^"]+)"/g)) { visit(next); }
  };
  for (const wanted of kinds) {
    const name = Object.keys(document.definitions).find(candidate => kindOf(document.definitions[candidate]) === wanted);
    if (!name) { throw new Error(`the OpenAPI document has no kind ${wanted}`); }
    visit(name);
  }
  refuseEqualNames(Object.keys(kept));
  return kept;
}

/**
 * The generator names a type by its last word and keeps the first of two equal ones, so that the `Subject` of a
 * flow schema would silently become the `Subject` of a role binding. Kinds that clash belong in different files.
 */
function refuseEqualNames(names) {
  const { parseApiTypeName } = cli('import/k8s-util.js');
  const { getTypeName } = cli('import/codegen.js');
  const seen = {};
  for (const name of names) {
    const { basename, version } = parseApiTypeName(name);
    const type = version ? getTypeName(false, basename, version.raw) : basename;
    if (seen[type]) { throw new Error(`${name} and ${seen[type]} would both become ${type}`); }
    seen[type] = name;
  }
}

/** Runs one of the CLI's importers and moves the module it writes to its place. */
async function generate(importer, module, file) {
  const outdir = fs.mkdtempSync(path.join(os.tmpdir(), 'imports-'));
  try {
    const targetLanguage = cli('import/base.js').Language.TYPESCRIPT;
    await importer.import({ outdir, targetLanguage, classNamePrefix: 'Kube' });
    fs.copyFileSync(path.join(outdir, `${module}.ts`), path.join(__dirname, file));
  } finally {
    fs.rmSync(outdir, { recursive: true });
  }
}

async function generateCore() {
  for (const { file, release, kinds } of CORE) {
    const definitions = definitionsOf(openApi(release), kinds);
    // The importer downloads its definitions from one fixed address; ours come from the release itself.
    cli('util.js').download = async () => JSON.stringify({ definitions });
    const { ImportKubernetesApi } = cli('import/k8s.js');
    await generate(new ImportKubernetesApi({ apiVersion: release.slice(1) }), 'k8s', file);
  }
}

async function generateCustom() {
  for (const { group, crds } of CUSTOM) {
    const documents = crds.map(file => parse(fs.readFileSync(path.join(CRDS, file), 'utf8')));
    // JSON is YAML too.
    const text = documents.map(crd => JSON.stringify(withOpenAffinity(crd))).join('\n---\n');
    const { ImportCustomResourceDefinition } = cli('import/crd.js');
    await generate(new ImportCustomResourceDefinition(text), group, `${group}.ts`);
  }
}

/**
 * With every `affinity` as `any`: a CRD cannot share types, so each component of an Installation would bring the 34
 * types of an affinity again, three quarters of the file. Build one with the types of `k8s-1.37.ts`.
 */
function withOpenAffinity(node) {
  if (Array.isArray(node)) { return node.map(withOpenAffinity); }
  if (node === null || typeof node !== 'object') { return node; }
  return Object.fromEntries(Object.entries(node).map(([key, value]) => [
    key,
    key === 'affinity' && value.type === 'object' ? { 'x-kubernetes-preserve-unknown-fields': true } : withOpenAffinity(value),
  ]));
}

async function main(part) {
  if (part !== 'crds') { await generateCore(); }
  if (part !== 'core') { await generateCustom(); }
}

main(process.argv[2]).catch((error) => {
  console.error(error.message);
  process.exitCode = 1;
});
