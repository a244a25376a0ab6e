/**
 * Extracts the fields of KubeletConfiguration (kubelet.config.k8s.io/v1beta1) by release:
 *
 *   npx tsx conformance/catalogue/kubelet-fields.ts
 */
import { EXTRACTED, inModule, kubernetesModule, kubernetesSources, MINORS } from './releases';
import { fieldsOf, goTypes, StructField } from './struct-fields';
import { rangeOf, recordKubernetesFixture, wrapWords, writeTable } from './table-file';

/** Fields of KubeletConfiguration in a release. */
export function kubeletFields(minor: string): StructField[] {
  const base = kubernetesModule('component-base', minor);
  const types = goTypes([
    ...inModule(kubernetesModule('kubelet', minor), 'config/v1beta1/types.go'),
    ...inModule(base, 'logs/api/v1/types.go', 'config/v1alpha1/types.go', 'tracing/api/v1/types.go').slice(0, 3),
    ...inModule(kubernetesModule('api', minor), 'core/v1/types.go'),
  ]);
  return fieldsOf('KubeletConfiguration', types, 4).filter((field) => !/^(kind|apiVersion|metadata)\b/.test(field.path));
}

function main(): void {
  const columns = new Map(MINORS.map((minor) => [minor, new Map(kubeletFields(minor).map((field) => [field.path, field.kind]))]));
  const paths = [...new Set(MINORS.flatMap((minor) => [...columns.get(minor)!.keys()]))].sort();
  const rows = paths.map((path) => {
    const present = MINORS.filter((minor) => columns.get(minor)!.has(path));
    const kinds = [...new Set(present.map((minor) => columns.get(minor)!.get(path)!))];
    if (kinds.length > 1) { process.stdout.write(`${path}: kinds ${kinds.join(', ')}\n`); }
    return [path, { kind: kinds[kinds.length - 1], ...rangeOf(path, present, MINORS) }] as const;
  });
  writeTable('kubelet-configuration-field-table.ts', 'KUBELET_CONFIGURATION_FIELDS', 'ConfigurationFieldTable', './configuration-field-row', [
    `Fields of KubeletConfiguration v1beta1, Kubernetes ${MINORS[0]} to ${MINORS[MINORS.length - 1]}; a field of a list's items stands below the list.`,
    '',
    ...wrapWords(`Source: config/v1beta1/types.go of k8s.io/kubelet (${kubernetesSources()}) and the types of k8s.io/component-base and k8s.io/api it uses, `
      + 'parsed, not built. A field can exist while its feature gate is off: see feature-gate-table.ts.'),
    '',
    `Extracted ${EXTRACTED} by \`npx tsx conformance/catalogue/kubelet-fields.ts\`.`,
  ], rows);
  for (const minor of MINORS) { recordKubernetesFixture(minor, 'fields.KubeletConfiguration', [...columns.get(minor)!.keys()].sort()); }
  process.stdout.write(`${rows.length} fields, ${rows.filter(([path]) => !path.includes('.')).length} of them at the top\n`);
}

if (require.main === module) { main(); }
