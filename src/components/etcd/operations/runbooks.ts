import { OPERATION_PATHS, scriptPath } from './operation-scripts';
import { OperationsSettings } from './operations-settings';
import { ETCD_UPGRADES } from '../../../catalogue/etcd-upgrades';
import { HOST_PATHS } from '../../../cluster/host-paths';
import { HostPageProps } from '../../../host/host-page';

/** Runbooks with the names of this cluster, one for each thing that goes wrong. */
export function etcdRunbooks(settings: OperationsSettings): HostPageProps[] {
  const { clusterName } = settings;
  const systemd = settings.runtime === 'systemd';
  const main = settings.rings[0].ring;
  const machines = main.members.map(member => `\`${member.name}\``).join(', ');
  const rings = settings.rings.map(({ ring }) => `- ring \`${ring.name}\`: ${ring.members.map(member => `\`${member.name}\` (${member.address})`).join(', ')}`).join('\n');
  const page = (name: string, title: string, text: string): HostPageProps => ({ name, content: `# ${clusterName}: ${title}\n\n${rings}\n\n${text.trim()}\n` });
  const others = settings.rings.slice(1).map(({ ring }) => `\`${ring.name}\``).join(' or ');
  const check = `\`${scriptPath('check')} --ring main\`${others === '' ? '' : ` (or ${others})`} on any of these machines shows who answers, who leads and what is full.`;
  const folder = `${settings.directory}/${main.name}`;
  return [
    page('etcd-tools', 'the tools of etcd on a machine', `
${systemd ? `\`etcdctl\` and \`etcdutl\` lie beside the binary in the archive of the release: put them to \`${OPERATION_PATHS.tools}\` or into the PATH.`
  : `\`${scriptPath('tools')}\` copies \`etcdctl\` and \`etcdutl\` out of the members' image, which containerd already has, to \`${OPERATION_PATHS.tools}\`.
Run it once on each machine, and after each change of etcd's version.`} Scripts refuse tools of another minor than ${settings.etcdVersion.split('.').slice(0, 2).join('.')}.

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
5. The old data lie in \`${main.dataDir}/before-restore-*\`${main.walDisk === undefined ? '' : ` and the old log in \`${main.walDisk}/before-restore-*\``}. Remove them when nobody needs them: they are on the members' disk.

Members that start together wait for each other's answer to the corruption check, up to 7 s for each one that does not answer yet.

${settings.rings.slice(1).map(({ ring }) => `Ring \`${ring.name}\` is not saved. When it is lost, stop its members (${systemd ? `\`systemctl stop ${OPERATION_PATHS.unitPrefix}${ring.name}\`` : `move \`etcd-${ring.name}.yaml\` out of \`${HOST_PATHS.staticPods}\``}), empty \`${ring.dataDir}\` on all
its machines, and start them again: it starts empty${ring.name === 'leases' ? ', kubelets and leaders make their leases anew within seconds' : ''}.`).join('\n\n')}`),
    page('etcd-replace-member', 'a machine with a member is lost, or the ring grows', `
1. The new machine: disks mounted, its files copied, certificates made (\`${HOST_PATHS.certificateScript}\`). With a new name or address, change the description first and copy
   the files of all machines; members read \`--initial-cluster\` only without data, so nothing restarts for it but the manifests.
2. On the new machine${systemd ? ', whose units were not started yet' : ''}: \`${scriptPath('replace-member')} --ring main\`, with \`--remove NAME\` when the lost one had another name, \`--discard-data\` when it tried to
   start before.
3. The script removes the lost member **first**, adds this one as a learner, writes \`existing\` and the members that are there into the
   ${systemd ? `environment file (\`${OPERATION_PATHS.environments}/etcd-main.env\`)` : 'static pod\'s manifest'} of this machine, starts it, and gives it its vote when it has caught up. Stopped halfway, run it again.
4. The generated flags say \`new\`. They may come back with the next copy: the member restarts once and goes on with its data.

## From three to five members

1. Add both machines to \`members\` of the description and write all files again. Copy only the new machines' files, and those scripts' table
   (\`${OPERATION_PATHS.table}\`) of the old ones: nothing restarts.
2. \`${scriptPath('replace-member')} --ring main\` on the first new machine, to its end. Never two at a time: a ring that counts a member that is not there
   yet loses its quorum by one more failure, which is why it is a learner first.
3. \`${scriptPath('check')} --ring main\`: four members are healthy, the fifth is silent. Four survive one loss, like three; go on at once with the second new machine.
4. The rest of the files, machine by machine: members restart once with the longer list, which they do not read, and API servers get the new endpoints last.

Back from five to three: \`etcdctl member remove\` for one of them, never the leader first, then the other; then the description.`),
    page('etcd-upgrade', 'to another version of etcd', `
One minor at a time, ${ETCD_UPGRADES.map(({ from, to, floor }) => `${from} to ${to} with all members at ${floor} or later`).join(', ')}. There is no way back from a minor but a restore. These rings run
${settings.etcdVersion} by the description.

1. \`${scriptPath('snapshot')} --ring main\` on one machine, and copy the file away.
2. \`${scriptPath('upgrade-check')} --to VERSION --ring main\`. It refuses a skipped minor, a patch below the floor, a sick member, an alarm, and names the member
   that is next; the leader is last, so that one election is enough. Between two minors it may ask for patience: 3.7 cannot read what 3.5 wrote to the log and would end at every
   start, so ordinary writes have to push that out first (a minute at 300 writes a second).
3. On that machine: ${systemd ? `the new binary in place of the old one, then \`systemctl restart ${OPERATION_PATHS.unitPrefix}main\`` : `the new manifest to \`${HOST_PATHS.staticPods}\`, with flags of that version (3.7 knows no \`--experimental-*\`); its kubelet does the rest`}.
4. Step 2 again, until it says that all members run VERSION. While minors are mixed the ring behaves as the older one, and members that were removed long ago must not
   appear in \`etcdctl member list\`.
5. ${systemd ? 'The tools of the new release' : `\`${scriptPath('tools')}\` on each machine`}, and the other rings likewise.`),
    page('etcd-certificates', 'certificates of etcd end', `
\`${scriptPath('certificates')} --dry-run\` on any machine lists its certificates and when each ends, in seconds of 1970; a timer writes the same for the alert. One that \`${HOST_PATHS.certificateScript}\` signed
lasts a year; the authority ten.

1. One machine at a time. Remove the certificate that ends, for example \`${HOST_PATHS.etcdPki}/main-server.crt\`; its key stays.
2. \`${HOST_PATHS.certificateScript} request\` there, bring the \`*.csr\` to the machine with the authority's key, \`sign\`, bring the \`*.crt\` back.
3. ${systemd ? `\`systemctl restart ${OPERATION_PATHS.unitPrefix}RING\`: systemd gave the member copies. \`${scriptPath('check')}\` before the next machine.` : 'Members read the files at each new connection: nothing has to be restarted.'}
4. API servers: \`${HOST_PATHS.apiServerEtcdClientCert}\` likewise. Prometheus: the Secret that holds \`${HOST_PATHS.etcdMonitoringCert}\`.

An alert without a date means that nobody looks: \`systemctl list-timers 'thousand-node-etcd-*'\`, and the folder \`${HOST_PATHS.textMetrics}\` of node_exporter's textfile collector.`),
    page('etcd-slow-disk', 'writes are slow, or leaders change', `
Every write waits for the log of a majority: p99 above ${settings.alerts.slowSync.value} ms (log) or ${settings.alerts.slowCommit.value} ms (backend) makes every request of the cluster slower; above the election timeout leaders change.

1. One member or all? One: its disk. All: what is written. \`${scriptPath('check')}\` shows sizes and the leader.
2. \`iostat -x 5\` and \`iotop -o\` on that machine: another writer on the disk (images, logs, snapshots) belongs elsewhere.
3. Put the log on a disk of its own (\`walDirectory\`), local and not over the network.
4. Leaders change with quick disks: \`etcd_network_peer_round_trip_time_seconds\` between the members, then steal and throttling of the processors.`),
    page('etcd-clock', 'the clock of a member is off', `
1. \`chronyc tracking\` or \`timedatectl timesync-status\` on the machine that the alert names: no source, or a firewall before it.
2. Let it drift back (\`chronyc makestep\` only while the member is stopped): leases and certificates are judged by the clock.
3. Machines take their turn of saving by it: one that is off may save at another's turn, which harms nobody, or never.`),
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
