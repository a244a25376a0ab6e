import { KUBELET_CHANGES, kubeletChangeRow } from '../../src/catalogue/kubelet-changes';
import { kubeletFieldKind } from '../../src/catalogue/kubelet-configuration-fields';

const FIELDS = Object.keys(KUBELET_CHANGES);

test('every field exists in the newest release, so that no row stands for a misspelt one', () => {
  expect(FIELDS.filter(field => kubeletFieldKind(field, '1.37') === undefined)).toEqual([]);
});

test('what a missing field means has the kind of the field', () => {
  const kinds = { string: 'string', integer: 'number', boolean: 'boolean' } as const;
  for (const field of FIELDS) {
    const unset = kubeletChangeRow(field)!.unset;
    if (unset !== undefined) { expect([field, typeof unset]).toEqual([field, kinds[kubeletFieldKind(field, '1.37') as keyof typeof kinds]]); }
  }
});

test('fields of the managers that keep state name their file', () => {
  // Oracle: cpuManagerStateFileName and memoryManagerStateFileName of pkg/kubelet/cm
  const file = (field: string) => kubeletChangeRow(field)?.stateFile;
  for (const field of ['cpuManagerPolicy', 'cpuManagerPolicyOptions', 'reservedSystemCPUs']) { expect(file(field)).toBe('cpu_manager_state'); }
  for (const field of ['memoryManagerPolicy', 'reservedMemory']) { expect(file(field)).toBe('memory_manager_state'); }
  // The topology manager keeps none.
  expect(FIELDS.filter(field => /^topology/.test(field)).map(file)).toEqual([undefined, undefined, undefined]);
});

test('most fields need a restart and stand not here; a name of the prototype is no field', () => {
  for (const field of ['eventRecordQPS', 'imageGCHighThresholdPercent', 'containerLogMaxSize', 'shutdownGracePeriod', 'constructor']) { expect(kubeletChangeRow(field)).toBeUndefined(); }
});
