import { DISK_PATHS } from './disks/disk-script';
import { StorageSettings } from './storage-settings';
import { HOST_PATHS } from '../../cluster/host-paths';
import { NAMESPACES } from '../../cluster/namespaces';
import { HostPageProps } from '../../host/host-page';

/** Runbooks that alerts name. */
export const STORAGE_RUNBOOKS = {
  nodeLost: 'runbooks/storage-node-lost.md',
  diskLost: 'runbooks/storage-disk-lost.md',
  diskReplaced: 'runbooks/storage-disk-replaced.md',
  nodeRenamed: 'runbooks/storage-node-renamed.md',
  notCleaned: 'runbooks/storage-volume-not-cleaned.md',
} as const;

const SCRIPT = 'thousand-node-local-disks';

/** First line of a block, which says where it runs. */
const CLUSTER = '# with kubectl';
const MACHINE = '# on the machine, as root';

const block = (where: string, ...lines: string[]) => ['```bash', where, ...lines, '```'].join('\n');

// Volumes of a node by the label that the provisioner copies; volumes that are written by hand carry it too.
const OF_NODE = 'persistentvolumes --selector "kubernetes.io/hostname=$NODE"';

const SHOW_VOLUMES = `kubectl get ${OF_NODE} \\
  --output custom-columns=VOLUME:.metadata.name,PHASE:.status.phase,CLASS:.spec.storageClassName,NAMESPACE:.spec.claimRef.namespace,CLAIM:.spec.claimRef.name,PATH:.spec.local.path`;

/** Deletes claims that come in as lines of namespace and claim, and the pods that wait for them. */
const DELETE_CLAIMS = `  | while read -r namespace claim; do
      kubectl --namespace "$namespace" delete persistentvolumeclaim "$claim" --wait=false
      # A StatefulSet makes both anew; a pod that still names the old claim would only wait.
      kubectl --namespace "$namespace" get pods --no-headers --output custom-columns=NAME:.metadata.name,CLAIMS:.spec.volumes[*].persistentVolumeClaim.claimName \\
        | awk -v claim="$claim" 'index("," $2 ",", "," claim ",") { print $1 }' \\
        | xargs --no-run-if-empty kubectl --namespace "$namespace" delete pod --wait=false
    done`;

const CLAIM_OF = (filter: string) => `-o jsonpath='{range .items[?(${filter})]}{.spec.claimRef.namespace}{" "}{.spec.claimRef.name}{"\\n"}{end}'`;

/** Runbooks with the names of this cluster, one for each thing that goes wrong with a disk. */
export function storageRunbooks(settings: StorageSettings): HostPageProps[] {
  const { clusterName, classes } = settings;
  const page = (file: string, title: string, text: string): HostPageProps => ({
    name: file.replace(/^runbooks\/|\.md$/g, ''),
    content: `# ${clusterName}: ${title}\n\n${DUTY}\n\n${text.trim()}\n`,
  });
  const names = classes.map(local => `\`${local.name}\``).join(', ');
  const cleansUp = settings.lostNodeDelay !== undefined;
  const stripes = settings.pools.filter(({ set }) => set.layout === 'stripe').map(({ pool }) => `\`${pool.name}\``).join(', ');
  return [
    page(STORAGE_RUNBOOKS.nodeLost, 'a node with local volumes is lost', `
Signs: pods of a StatefulSet are Pending with \`didn't match PersistentVolume's node affinity\`, or Terminating on a node that is NotReady. Classes: ${names}.

1. Can it come back? A reboot keeps every volume: bring the machine back and stop here.
2. What lies on it:

${block(CLUSTER, ': "${NODE:?the node that is lost}"', SHOW_VOLUMES)}

3. **Switch the machine off** and make sure of it. A machine that still runs goes on writing while its successor starts.
4. Delete the node. ${cleansUp ? `Claims of classes that are cleaned go ${settings.lostNodeDelay!.value} s later by themselves (\`kubectl --namespace ${NAMESPACES.storage} logs deployment/local-volume-node-cleanup\`); the next step does not wait for it, and does it for retained ones.` : 'Nobody deletes the claims by himself here.'}

${block(CLUSTER, 'kubectl delete node "$NODE" --ignore-not-found')}

5. Delete the claims of its volumes. Their data are given up with this.

${block(CLUSTER, `kubectl get ${OF_NODE} ${CLAIM_OF('@.status.phase=="Bound"')} \\`, DELETE_CLAIMS)}

6. Delete the volume objects: their disks are out of reach, and nobody else removes them.

${block(CLUSTER, `kubectl delete ${OF_NODE} --wait=false`)}

7. The pods start on other nodes with empty volumes: let the software copy from its replicas, or restore.
8. Should the machine ever run again: **before it joins**, on it:

${block(MACHINE, `${SCRIPT} --wipe all`, SCRIPT)}

Otherwise its old data are published as free volumes (alert LocalVolumeFreeWithOldData).`),
    page(STORAGE_RUNBOOKS.diskLost, 'a disk fails or is gone', `
1. Which one: on the machine that the alert names. What is refused or missing stands in the last lines; the UUID of a volume is the last part of its path.

${block(MACHINE, `${SCRIPT} --check || true`, 'dmesg --level=err,warn | tail -n 20')}

2. Which claim: \`UUID\` is the volume's.

${block(CLUSTER, ': "${UUID:?the UUID of the volume}"', 'VOLUME="$(kubectl get persistentvolumes --output custom-columns=NAME:.metadata.name,PATH:.spec.local.path --no-headers | awk -v end="/$UUID" \'substr($2, length($2) - length(end) + 1) == end { print $1 }\')"', 'kubectl get persistentvolume "$VOLUME"')}

3. Take the disk out of use. It stays so after a reboot.

${block(MACHINE, ': "${UUID:?the UUID of the volume}"', `${SCRIPT} --retire "$UUID"`)}

4. Give the claim up; its pod starts on another volume, on this node or elsewhere.

${block(CLUSTER, 'kubectl get persistentvolume "$VOLUME" -o jsonpath=\'{.spec.claimRef.namespace}{" "}{.spec.claimRef.name}{"\\n"}\' | awk \'NF == 2\' \\', DELETE_CLAIMS)}

5. The volume object: the provisioner does not delete what it cannot clean.

${block(CLUSTER, 'kubectl delete persistentvolume "$VOLUME" --wait=false')}

${stripes === '' ? '' : `Pools with stripes (${stripes}): one disk is the whole volume. Skip step 3; after the exchange follow storage-disk-replaced.\n\n`}6. Replace the disk: storage-disk-replaced.`),
    page(STORAGE_RUNBOOKS.diskReplaced, 'a disk was replaced', `
1. The old volume must be gone: storage-disk-lost, steps 2 to 5. A new disk gets a new identity, so no claim can meet it by mistake.
2. When the old disk was retired and its place in \`${DISK_PATHS.retired}\` names the slot instead of the disk (cloud disks), take that line out.
${stripes === '' ? '' : `3. Pools with stripes (${stripes}): the data of the stripe are lost with the disk. \`${SCRIPT} --wipe all\` first.\n`}
What would be done, then doing it:

${block(MACHINE, `${SCRIPT} --dry-run`, SCRIPT)}

A disk that carries something (a used one) is refused, and the message names the command that makes it blank.

Within seconds the volume is there:

${block(CLUSTER, ': "${NODE:?the node of the machine}"', SHOW_VOLUMES)}`),
    page(STORAGE_RUNBOOKS.nodeRenamed, 'a node gets another name', `
Volumes belong to the name of a node. Under a new name the machine publishes its disks as new volumes, **with the data of the old ones**, and the old claims wait for ever.

1. Empty the node: \`kubectl drain "$NODE" --ignore-daemonsets --delete-emptydir-data\`. Pods with local volumes stay pending.
2. Delete their claims, which gives the data up; the pods start elsewhere.

${block(CLUSTER, ': "${NODE:?the old name}"', `kubectl get ${OF_NODE} ${CLAIM_OF('@.status.phase=="Bound"')} \\`, DELETE_CLAIMS)}

3. Make the disks blank, then rename the machine.

${block(MACHINE, `${SCRIPT} --wipe all`)}

4. Delete the old node and its volumes.

${block(CLUSTER, 'kubectl delete node "$NODE" --ignore-not-found', `kubectl delete ${OF_NODE} --wait=false`)}

5. Let it join under the new name. Its disks are prepared at boot, under new identities:

${block(MACHINE, SCRIPT)}

To keep the data instead, keep the name.`),
    page(STORAGE_RUNBOOKS.notCleaned, 'a volume is released or free, and still holds data', `
1. Which one, on which node:

${block(CLUSTER, 'kubectl get persistentvolumes --output custom-columns=VOLUME:.metadata.name,PHASE:.status.phase,CLASS:.spec.storageClassName,NODE:.metadata.labels.kubernetes\\\\.io/hostname,PATH:.spec.local.path | awk \'NR == 1 || $2 == "Released" || $2 == "Failed"\'')}

2. Why: its events, and the provisioner on its node. A disk with errors: storage-disk-lost.

${block(CLUSTER, ': "${VOLUME:?the volume}"', 'kubectl describe persistentvolume "$VOLUME" | sed -n \'/^Events/,$p\'')}

3. **Retained, and the data are wanted again:** give it back to the claim that it had, which has to exist anew (same namespace, same name).

${block(`${CLUSTER}: back to its owner`, 'kubectl patch persistentvolume "$VOLUME" --type json --patch \'[{"op": "remove", "path": "/spec/claimRef/uid"}, {"op": "remove", "path": "/spec/claimRef/resourceVersion"}]\'')}

4. **Otherwise** make it blank on its machine (\`UUID\` is the last part of its path); the next line prepares it again under a new identity.

${block(MACHINE, ': "${UUID:?the UUID of the volume}"', `${SCRIPT} --wipe "$UUID"`, SCRIPT)}

5. Now, and not before, delete the object: its path is gone for good.

${block(CLUSTER, 'kubectl delete persistentvolume "$VOLUME" --wait=false')}

A volume that is free and holds files (LocalVolumeFreeWithOldData): cordon the node first, so that no pod gets it, then steps 4 and 5.`),
  ];
}

const DUTY = `**A volume on a local disk is lost with its disk or its node.** Nothing here brings data back: that is the work of the software's own replicas on other nodes, and of backups.
What this library does is that no pod waits for a disk that is gone, and that no pod reads another's data. Volumes lie below \`${HOST_PATHS.localDisks}\`; \`${SCRIPT} --help\` on a machine explains the script.`;
