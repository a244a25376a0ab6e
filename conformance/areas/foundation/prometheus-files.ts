import * as path from 'node:path';
import { parse } from 'yaml';
import { Scene } from '../../scene';

/** Prometheus configurations and rule files of the example, as files beside each other. */
export function promtoolFiles(scene: Scene): { configurations: string[]; rules: string[] } {
  const configurations: string[] = [];
  const rules: string[] = [];
  for (const object of scene.objects().filter(o => o.kind === 'ConfigMap' && o.metadata.namespace === 'monitoring')) {
    for (const [name, text] of Object.entries<string>(object.data ?? {}).filter(([key]) => /\.ya?ml(\.tmpl)?$/.test(key))) {
      const document = parse(text);
      const file = path.join('prometheus', name.replace(/\.tmpl$/, ''));
      if (document?.groups) { rules.push(scene.file(file, text)); }
      if (document?.scrape_configs) { configurations.push(scene.file(path.join('prometheus', `${object.metadata.name}-${path.basename(file)}`), text)); }
    }
  }
  if (configurations.length === 0 || rules.length === 0) { throw new Error(`found ${configurations.length} Prometheus configurations and ${rules.length} rule files in namespace monitoring`); }
  return { configurations, rules };
}
