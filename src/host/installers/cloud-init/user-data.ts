import { yamlDocuments } from '../../../formats/yaml-document';
import { dropInName, enabledUnits } from '../pool-files';
import { RenderedFile } from '../rendered-file';

/** First boot of a node: its files, then what makes a running machine read them. */
export function userData(pool: string, files: RenderedFile[]): string {
  const document = {
    // A machine keeps the name that its cloud gave it; kubelet and certificates use it.
    preserve_hostname: true,
    write_files: files.map(file => ({
      path: file.path,
      owner: file.owner,
      permissions: file.mode,
      content: file.content,
      // Users of packages exist only late in the boot.
      ...(file.owner === 'root:root' ? {} : { defer: true }),
    })),
    runcmd: commands(files),
  };
  return `#cloud-config\n# Nodes of pool ${pool}.\n${yamlDocuments([document])}`;
}

/** cloud-init runs when modules and settings were loaded already: what was written after that is loaded again. */
function commands(files: RenderedFile[]): string[][] {
  const below = (folder: string) => files.some(file => file.path.startsWith(folder));
  const changed = [...new Set(files.map(file => dropInName(file)?.unit).filter((unit): unit is string => unit !== undefined))]
    .filter(unit => !enabledUnits(files).includes(unit)).sort();
  return [
    ...(below('/etc/modules-load.d/') ? [['systemctl', 'restart', 'systemd-modules-load.service']] : []),
    ...(below('/etc/sysctl.d/') ? [['sysctl', '--system']] : []),
    ['systemctl', 'daemon-reload'],
    ...changed.map(unit => ['systemctl', 'try-restart', unit]),
    // Without waiting: the kubelet tries again until its bootstrap token is there, and cloud-init must not hang on that.
    ...enabledUnits(files).map(unit => ['systemctl', 'enable', '--now', '--no-block', unit]),
  ];
}
