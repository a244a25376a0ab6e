import { OPERATION_PATHS, scriptPath } from './operation-scripts';
import { OperationsSettings } from './operations-settings';
import { HOST_PATHS } from '../../../cluster/host-paths';
import { HostPageProps } from '../../../host/host-page';

/** Runbooks with the names of this cluster, one for each thing that goes wrong. */
export function etcdRunbooks(settings: OperationsSettings): HostPageProps[] {
  const { clusterName } = settings;
  const main = settings.rings[0].ring;
  const machines = main.members.map(member => `\`${member.name}\``).join(', ');
  const rings = settings.rings.map(({ ring }) => `- ring \`${ring.name}\`: ${ring.members.map(member => `\`${member.name}\` (${member.address})`).join(', ')}`).join('\n');
  const page = (name: string, title: string, text: string): HostPageProps => ({ name, content: `# ${clusterName}: ${title}\n\n${rings}\n\n${text.trim()}\n` });
  const check = `\`${scriptPath('check')} --ring main\` (or \`events\`) on any of these machines shows who answers, who leads and what is full.`;
  const folder = `${settings.directory}/${main.name}`;
  return [
    page('etcd-tools', 'the tools of etcd on a machine', `
\`${scriptPath('tools')}\` copies \`etcdctl\` and \`etcdutl\` out of the members' image, which containerd already has, to \`${OPERATION_PATHS.tools}\`.
Run it once on each machine, and after each change of etcd's version. Scripts refuse tools of another minor than ${settings.etcdVersion.split('.').slice(0, 2).join('.')}.

Every script explains itself by \`--help\` and shows by \`--dry-run\` what it would do. ${check}`),
    page('etcd-quota', 'etcd refuses writes because its quota is used up', `
Signs: \`mvcc: database space exceeded\`, alarm NOSPACE, nodes that become NotReady because their leases are not renewed. Stop what deletes or replaces nodes
(Cluster Autoscaler) first: it takes the refused leases for dead nodes.

1. \`${scriptPath('recover-quota')} --ring main --list\`: which resource takes the room.
2. Stop what writes it. A deleted heap that grows again is back in minutes.
3. \`${scriptPath('recover-quota')} --ring main --delete-prefix /registry/RESOURCE/ --dry-run\`, then without \`--dry-run\`. Events are the cheapest to lose
   (\`/registry/events/\`). Deleting below the API server skips finalizers and owners: pods stay known to kubelets until they compare.
4. The script compacts at the revision **after** the deletes, defragments each member and lifts the alarm. By hand in another order every command succeeds
   and the next write is refused again.
5. Nothing to delete? Raise \`quotaBackendBytes\` in the description, up to what the machine's memory holds.`),
    page('etcd-restore', 'all members are lost, or a deletion has to be undone', `
The ring goes back to a snapshot; everything written after it is gone. Estimated for the planned data: ${Math.ceil(settings.restoreTime.value)} s plus finding the file.

1. Find the newest good file: \`ls -t ${folder}\` on ${machines}${settings.remote === '' ? '' : `, or \`rclone --config ${OPERATION_PATHS.rclone} ls ${settings.remote}\``}.
2. Copy that **one** file to all of ${machines}.
3. On all of them at the same time: \`${scriptPath('restore')} --ring main --snapshot FILE --stop-member\`. It is refused before anything stops when the file is
   damaged. The token of the new ring comes from the file, so it is the same everywhere; for a second restore of the same file pass \`--token\` with a new word, the
   same on every machine.
4. \`${scriptPath('check')} --ring main\`. The revision jumped by 1,000,000,000 and everything older counts as compacted, so every watch starts anew; nothing has
   to be restarted.
5. The old data lie in \`${main.dataDir}/before-restore-*\`. Remove them when nobody needs them: they are on the members' disk.

Members that start together wait for each other's answer to the corruption check, up to 7 s for each one that does not answer yet.

The events ring is not saved. When it is lost, stop its members (move \`etcd-events.yaml\` out of \`${HOST_PATHS.staticPods}\`), empty its folder on all its machines, and put
the manifests back: it starts empty.`),
    page('etcd-replace-member', 'a machine with a member is lost, or the ring grows', `
1. The new machine: disks mounted, its files copied, certificates made (\`${HOST_PATHS.certificateScript}\`). With a new name or address, change the description first and copy
   the files of all machines; members read \`--initial-cluster\` only without data, so nothing restarts for it but the manifests.
2. On the new machine: \`${scriptPath('replace-member')} --ring main\`, with \`--remove NAME\` when the lost one had another name, \`--discard-data\` when it tried to
   start before.
3. The script removes the lost member **first**, adds this one as a learner, writes \`--initial-cluster-state=existing\` and the members that are there into the static
   pod's manifest on this machine, lets the kubelet start it, and gives it its vote when it has caught up. Stopped halfway, run it again.
4. The generated manifest says \`new\`. It may come back with the next copy: the member restarts once and goes on with its data.

From three to five members: one machine after the other, each to the end. Never two at a time. API servers get the new list of endpoints last.`),
    page('etcd-defragmentation', 'free pages that nobody gives back', `
${settings.defragmentation ? 'A timer looks every hour on every machine.' : 'No timer looks; run it by hand.'} A member is defragmented when ${settings.freePercent.value} % of its file and
${settings.rings.map(({ ring, leastFreeBytes }) => `${Math.round(leastFreeBytes.value / 1024 ** 2)} MiB (${ring.name})`).join(', ')} are free. One member at a time, the leader last, under a lock of etcd: a second run ends with 75.

Members stand still while they rewrite their file. \`${scriptPath('defragment')} --ring main --dry-run\` says what would be done; it refuses while a member is sick or an
alarm is up (see etcd-quota).`),
    page('etcd-snapshots', 'nobody saved etcd', `
${settings.snapshots ? `Every ${settings.snapshotInterval.value / 60} minutes one of ${machines} saves to \`${folder}\` and keeps ${settings.snapshotsKept.value} files.` : 'The timer is off; run the script by hand.'}

1. \`systemctl list-timers 'thousand-node-etcd-*'\` and \`journalctl -u thousand-node-etcd-snapshot.service\` on each of them.
2. \`${scriptPath('snapshot')} --ring main\` by hand. It says what is wrong: no room, a member that does not answer, a remote that refuses.
3. The alert reads \`${HOST_PATHS.textMetrics}\` through node_exporter's textfile collector. Machines outside the cluster need a node_exporter of their own with that folder.

Rehearse a restore: a snapshot that nobody ever restored is a hope.`),
  ];
}
