import { ApiBalancer } from './api-balancer';
import { API_SERVER_FILES, BALANCER_CONFIG } from './api-server-paths';
import { ApiServerSettings } from './api-server-settings';
import { EncryptionAtRest } from './encryption-at-rest';
import { ENCRYPTION_RELOAD_METRICS } from '../../catalogue/control-plane-features';
import { inRange } from '../../catalogue/version-range';
import { ClusterFacts } from '../../cluster/cluster-facts';
import { HOST_PATHS } from '../../cluster/host-paths';
import { KubernetesRelease } from '../../cluster/kubernetes-release';
import { HOST_PORTS } from '../../cluster/ports';
import { HostPageProps } from '../../host/host-page';

/** Where the pages lie in the output tree; alerts name them. */
export const RUNBOOKS = { encryption: 'runbooks/api-server-encryption.md', rolling: 'runbooks/api-server-rolling.md' } as const;

/** What the pages depend on beside the numbers. */
export interface RunbookChoices {
  readonly encryption: EncryptionAtRest;
  readonly balancer: ApiBalancer;
  readonly reload: string;
  readonly emulated?: KubernetesRelease;
}

/** Runbooks with the names of this cluster: rotating the key, and one API server after the other. */
export function apiServerRunbooks(cluster: ClusterFacts, settings: ApiServerSettings, choices: RunbookChoices): HostPageProps[] {
  const page = (file: string, title: string, text: string): HostPageProps =>
    ({ name: file.replace(/^runbooks\/|\.md$/g, ''), content: `# ${cluster.name}: ${title}\n\n${text.trim()}\n` });
  return [
    page(RUNBOOKS.encryption, 'the encryption of Secrets', encryptionPage(cluster, choices)),
    page(RUNBOOKS.rolling, 'one API server after the other', rollingPage(cluster, settings, choices)),
  ];
}

const machines = (cluster: ClusterFacts) => cluster.controlPlaneMembers.map(member => `\`${member.name}\``).join(', ');

const RELOAD_COUNTED = `\`apiserver_encryption_config_controller_automatic_reload_last_timestamp_seconds\` of each server says when it did; a file that it refuses counts in
\`apiserver_encryption_config_controller_automatic_reloads_total{status="failure"}\`, and it goes on with the old one.`;

const RELOAD_LOGGED = 'The log of each server says so, and also when it refuses a file; a running server then goes on with the old one.';

function encryptionPage(cluster: ClusterFacts, { encryption, reload }: RunbookChoices): string {
  const script = API_SERVER_FILES.encryptionScript;
  const [first, ...others] = cluster.controlPlaneMembers;
  const copy = others.length === 0 ? 'wait until the API server has it' : `copy \`${API_SERVER_FILES.encryption}\` from \`${first.name}\` to ${others.map(member => `\`${member.name}\``).join(', ')} (mode 0600), and wait until their API servers have it`;
  const common = `
Encrypted: ${encryption._resources.map(resource => `\`${resource}\``).join(', ')}. All commands run on \`${first.name}\`. After each step but \`reencrypt\`, ${copy}: ${reload}.
${inRange(cluster.release.version, ENCRYPTION_RELOAD_METRICS) ? RELOAD_COUNTED : RELOAD_LOGGED}

\`${script} status\` shows what writes and what reads, never a key. \`--dry-run\` shows what a step would do. Steps out of order are refused.`;
  const kms = encryption._kms;
  const snapshots = 'A snapshot of etcd needs the keys of its time.';
  if (kms === undefined) {
    return `${common}

## Rotate the key

1. \`${script} add-key\`: every server learns to read with the new key.
2. \`${script} promote\`: the new key writes. A server that does not know it yet could not read what the others write; that is why this is a step of its own.
3. \`${script} reencrypt\`: every object is written again, namespace by namespace, with kubectl. Run it again when it says so.
4. \`${script} drop-old\`: the old key goes. An object that still needs it is lost, so go on only when step 3 ended without a complaint.

${snapshots} Keep the file of before step 4 with the snapshots, outside of these machines, for as long as you keep them.

## A key came into wrong hands

The same steps at once. Then change the credentials in the Secrets themselves: whoever had the key and a snapshot has read them.

## The file is lost on one machine

Copy it from another of ${machines(cluster)}. Lost on all of them, the Secrets are lost with it: restore file and snapshot together.`;
  }
  return `Keys are held by the KMS behind plugin \`${kms.name}\` at \`${kms.socket}\`; there is no key of it on these machines.
${common}

## Rotate the key of the KMS

1. Rotate in the KMS; the old key stays usable for decryption.
2. API servers ask the plugin each minute. Wait until \`apiserver_envelope_encryption_key_id_hash_last_timestamp_seconds\` of all of ${machines(cluster)} shows the same new
   \`key_id_hash\`. New writes use it from then on; nothing restarts, and \`${script}\` has no part in it.
3. \`${script} reencrypt\`: every object is written again under the new key.
4. Retire the old key in the KMS, no earlier than the last snapshot that needs it. ${snapshots}

## From keys of this file to the KMS

1. The plugin runs on all of ${machines(cluster)}: \`ls -l ${kms.socket}\`.
2. \`${script} add-kms\`, then \`promote\`, \`reencrypt\`, \`drop-old\`, as with any change of a key.

The way back is not scripted: describe secretbox again only after a file with both providers, the key first, lay on all machines and everything was written again.

## The plugin does not answer

An API server that runs goes on: it remembers the data key it writes with, and those it has read with. One that starts cannot read what it has not seen. Do not
restart API servers while the plugin is away, and never all at once.

\`/livez\` and \`/readyz\` fail all the same, at \`kms-providers\`. The kubelet's probes ask \`${encryption._health('/livez')}\`; a balancer in front has to ask
\`${encryption._health('/readyz')}\`, or it takes all servers out at once.`;
}

function rollingPage(cluster: ClusterFacts, settings: ApiServerSettings, { balancer, emulated }: RunbookChoices): string {
  const { timing, balancerCheck } = settings;
  const noticed = balancerCheck.interval.value * balancerCheck.failures.value;
  const own = balancer._haproxy !== undefined;
  const several = cluster.controlPlaneMembers.length > 1;
  return `
Changed flags, a new patch, a certificate: machines ${machines(cluster)}, one after the other.${several ? '' : ' There is only one, so the API is away while it restarts.'}

A server that is told to end fails \`/readyz\` at once and answers for ${timing.shutdownDelay.value} s more. ${own ? 'haproxy' : 'The balancer'} notices after ${noticed} s (${balancerCheck.failures.value} checks, ${balancerCheck.interval.value} s apart${own ? '' : ' as described; set it so'}).
Then it closes its watches over ${timing.watchGrace.value} s and waits for requests on their way; the kubelet kills it after ${timing.terminationGrace.value} s at the latest.

1. Before: \`kubectl get --raw /readyz\` through ${cluster.apiServerUrl} is \`ok\`; all of them answer: \`curl -k https://ADDRESS:${HOST_PORTS.apiServer}/readyz\` for ${cluster.controlPlaneMembers.map(member => member.address).join(', ')}. With one already away, stop here and repair it.
2. One machine: put the files in place. A changed manifest in \`${HOST_PATHS.staticPods}\` restarts its pod by itself; after a change of a file that only the flags name (\`${HOST_PATHS.apiServerConfig}\`),
   move the manifest out of the folder, wait until the container is gone (\`crictl ps\`), and move it back.
3. Wait: \`/readyz\` of this machine says \`ok\`, and \`apiserver_current_inflight_requests\` has come down. Caches of all pods are filled first; that takes seconds for each 10,000 pods.
4. ${several ? `Let ${Math.max(60, timing.watchGrace.value * 2)} s pass before the next: kubelets that moved away come back by themselves (\`goaway-chance\`), and two servers away at once leave the others with all watches.` : 'Controllers and kubelets come back within seconds.'}
5. When a new server does not become ready: put its old manifest back. Nothing else has changed.

Upgrades to another minor: API servers first, all of them, then controller managers and schedulers, kubelets last. etcd before all, when its version changes (see etcd's runbooks).
${emulated === undefined ? 'The way back to the old minor stays open only if the new one was started with `emulatedRelease` of the old one: describe it, roll, watch for a few days, take it out, roll again.'
  : `These servers are ${cluster.release.version} and behave as ${emulated.version}: until \`emulatedRelease\` is taken out, the binaries of ${emulated.version} can come back, one after the other. Take it out and roll
again once nothing is wrong. Objects of APIs that only ${cluster.release.version} has are refused until then.`}
${own ? `
haproxy itself (\`${BALANCER_CONFIG}\`, pod \`api-balancer\`): its manifest names the checksum of its file, so copying both restarts it. Its clients' connections end and open again on another
machine; roll it like an API server, never all at once.` : ''}`;
}
