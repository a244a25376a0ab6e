import { AuditSeverity } from '../../audit-severity';
import { field } from '../../field';
import { NOT_APPLICABLE, Rule } from '../../rule';

/** Size of ConfigMaps. */
export const configMapsFitEtcd: Rule = {
  id: 'TNC115',
  severity: AuditSeverity.ERROR,
  title: 'ConfigMaps stay below 1 MiB',
  why: 'The API server refuses a larger one; a ConfigMap near the limit is sent to every node that mounts it at every change.',
  remedy: 'Split it',
  source: 'KK:pkg/apis/core/validation',
  check: tree => {
    const maps = tree.ofKind('ConfigMap', '');
    if (maps.length === 0) { return NOT_APPLICABLE; }
    return maps.flatMap(at => {
      const data = { ...field<{ [key: string]: string }>(at.manifest, 'data'), ...field<{ [key: string]: string }>(at.manifest, 'binaryData') };
      const bytes = Object.entries(data).reduce((sum, [key, text]) => sum + key.length + Buffer.byteLength(String(text)), 0);
      return bytes <= 2 ** 20 ? [] : [{ at, detail: `it holds ${bytes} bytes` }];
    });
  },
};
