import { execFileSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { parse } from 'yaml';

const USAGE = 'npx tsx conformance/catalogue/installer-fields.ts <copy of awslabs/amazon-eks-ami> <copy of aws/karpenter-provider-aws> <copy of kubernetes-sigs/kubespray>';

/** Releases that the tables are read from. */
const TAGS = { nodeadm: 'v20260724', karpenter: 'v1.14.1', kubespray: 'v2.31.0' };

const FIXTURES = path.join(__dirname, '..', '..', 'test', 'fixtures', 'installers');

type Types = { [field: string]: string };

/** Field and type, nothing else; below a map or a field that takes anything, names are free. */
function fields(schema: any, place: string, into: Types): Types {
  if (schema.type === 'array') { return fields(schema.items, place, into); }
  for (const [name, child] of Object.entries<any>(schema.properties ?? {})) {
    const field = place === '' ? name : `${place}.${name}`;
    const open = child['x-kubernetes-preserve-unknown-fields'] === true || child.additionalProperties !== undefined;
    into[field] = open ? 'map' : child['x-kubernetes-int-or-string'] ? 'integer or string' : child.type;
    if (!open) { fields(child, field, into); }
  }
  return into;
}

function show(copy: string, tag: string, file: string): string {
  return execFileSync('git', ['-C', copy, 'show', `${tag}:${file}`], { encoding: 'utf8', maxBuffer: 67_108_864 });
}

function specOf(copy: string, tag: string, file: string): Types {
  const { versions } = parse(show(copy, tag, file)).spec;
  return fields(versions[0].schema.openAPIV3Schema.properties.spec, 'spec', {});
}

/** Names that a role gives a default, that the sample inventory shows, or that the table of variables explains. */
function variables(copy: string, tag: string): string[] {
  const files = execFileSync('git', ['-C', copy, 'ls-tree', '-r', '--name-only', tag], { encoding: 'utf8', maxBuffer: 67_108_864 }).split('\n');
  const names = new Set<string>();
  for (const file of files) {
    const defaults = /^(roles\/.*\/defaults\/|inventory\/sample\/group_vars\/).*\.ya?ml$/.test(file);
    if (defaults) { for (const [, name] of show(copy, tag, file).matchAll(/^#? ?([a-z][a-z0-9_]*):/gm)) { names.add(name); } }
    if (file.startsWith('docs/') && file.endsWith('.md')) { for (const [, name] of show(copy, tag, file).matchAll(/[*`-] ?\*?\*?`?([a-z][a-z0-9]*(?:_[a-z0-9]+)+)`?/g)) { names.add(name); } }
  }
  return [...names].sort();
}

function main([eksAmi, karpenter, kubespray]: string[]): void {
  if (kubespray === undefined) { throw new Error(USAGE); }
  fs.mkdirSync(FIXTURES, { recursive: true });
  const tables = {
    NodeConfig: { repository: 'awslabs/amazon-eks-ami', tag: TAGS.nodeadm, fields: specOf(eksAmi, TAGS.nodeadm, 'nodeadm/crds/node.eks.aws_nodeconfigs.yaml') },
    EC2NodeClass: { repository: 'aws/karpenter-provider-aws', tag: TAGS.karpenter, fields: specOf(karpenter, TAGS.karpenter, 'pkg/apis/crds/karpenter.k8s.aws_ec2nodeclasses.yaml') },
  };
  fs.writeFileSync(path.join(FIXTURES, 'eks-fields.json'), `${JSON.stringify(tables, undefined, 1)}\n`);
  fs.writeFileSync(path.join(FIXTURES, 'kubespray-variables.txt'), [`# kubernetes-sigs/kubespray ${TAGS.kubespray}; made by conformance/catalogue/installer-fields.ts`, ...variables(kubespray, TAGS.kubespray), ''].join('\n'));
}

main(process.argv.slice(2));
