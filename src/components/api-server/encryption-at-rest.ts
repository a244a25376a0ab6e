import { Duration } from 'cdk8s';
import { KMS_V2 } from '../../catalogue/control-plane-features';
import { inRange } from '../../catalogue/version-range';
import { ClusterFacts } from '../../cluster/cluster-facts';
import { numberProblem } from '../../input/numbers';
import { Problems } from '../../input/problems';
import { quoted } from '../../input/text-safety';

/** What is encrypted, whoever holds the key. */
export interface EncryptedResources {
  /**
   * Resources that are encrypted beside Secrets, as `resource` or `resource.group`: `configmaps`, `widgets.example.com`. Each read and write of one is
   * decrypted and encrypted by every API server; take what holds credentials, not what is large. A resource cannot be taken off the list while
   * objects of it lie encrypted in etcd.
   *
   * @default - Secrets alone
   */
  readonly resources?: string[];
}

/** A key management service, behind a plugin on each control-plane machine. */
export interface KmsEncryption extends EncryptedResources {
  /** Name of the plugin; it is stored with every object, so it cannot be changed while objects refer to it. */
  readonly name: string;

  /**
   * Absolute path of the unix socket that the plugin listens on. Its folder is mounted into the API server's pod, so it holds nothing else.
   *
   * @see field `kms.endpoint` of EncryptionConfiguration
   */
  readonly socket: string;

  /**
   * How long a call to the plugin may take. Calls are rare (a data key is made per server start and key change, and remembered), but a start waits for one.
   *
   * @default - 3 seconds
   * @see field `kms.timeout` of EncryptionConfiguration
   */
  readonly timeout?: Duration;
}

/** How objects are encrypted in etcd, and so in its snapshots. */
export class EncryptionAtRest {
  /** Keys of 32 bytes that a script makes on the control-plane machines; nothing else to run. Whoever reads such a machine's disk reads them. */
  public static secretbox(options: EncryptedResources = {}): EncryptionAtRest {
    return new EncryptionAtRest(options, undefined);
  }

  /**
   * Keys of a KMS, by a plugin with the v2 interface that you run on every control-plane machine, as a static pod or unit of its own. Without the
   * plugin an API server does not become ready. Kubernetes 1.29 and newer.
   */
  public static kms(options: KmsEncryption): EncryptionAtRest {
    return new EncryptionAtRest(options, options);
  }

  private constructor(
    private readonly encrypted: EncryptedResources,
    /** @internal */
    public readonly _kms: KmsEncryption | undefined,
  ) {}

  /** @internal */
  public get _resources(): string[] {
    return [...new Set(['secrets', ...[...(this.encrypted.resources ?? [])].sort()])];
  }

  /**
   * A path of health checks for those who act on it. An API server fails `/livez` and `/readyz` while its plugin is away, although it goes on with the data keys
   * it remembers: killed or taken out for that, all of them would be gone with the KMS.
   *
   * @internal
   */
  public _health(path: string): string {
    return this._kms === undefined ? path : `${path}?exclude=kms-providers`;
  }

  /** Seconds, of a KMS. @internal */
  public get _timeout(): number {
    return this._kms?.timeout?.toSeconds({ integral: false }) ?? 3;
  }

  /** @internal */
  public _check(cluster: ClusterFacts, problems: Problems): void {
    for (const resource of this.encrypted.resources ?? []) {
      problems.require(/^[a-z][a-z0-9-]*(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*$/.test(resource),
        `encryption.resources must be names such as configmaps or widgets.example.com, got ${quoted(resource)}; wildcards would encrypt leases and events with every heartbeat`);
      problems.require(!HEARTBEATS.includes(resource), `encryption.resources: '${resource}' is written all the time and holds no credential; leave it out`);
    }
    const kms = this._kms;
    if (kms === undefined) { return; }
    problems.require(inRange(cluster.release.version, KMS_V2),
      `encryption: a KMS needs Kubernetes ${KMS_V2.added}, the cluster runs ${cluster.release}; use EncryptionAtRest.secretbox(), or a newer release`);
    problems.require(/^[a-zA-Z0-9]([a-zA-Z0-9._-]{0,61}[a-zA-Z0-9])?$/.test(kms.name),
      `encryption.name must be letters, digits, '.', '_' or '-', at most 63 (a colon ends the name in what is stored), got ${quoted(kms.name)}`);
    problems.require(/^\/[A-Za-z0-9._-]+(\/[A-Za-z0-9._-]+)+$/.test(kms.socket) && !kms.socket.split('/').includes('..') && kms.socket.length <= 107,
      `encryption.socket must be an absolute path of at most 107 characters with a folder of its own, such as /run/kms/plugin.sock, got ${quoted(kms.socket)}`);
    problems.require(!SHARED_FOLDERS.includes(kms.socket.slice(0, kms.socket.lastIndexOf('/'))),
      `encryption.socket: ${quoted(kms.socket)} lies in a folder that others use, and the API server's pod is given the folder; put the socket into one of its own, such as /run/kms/plugin.sock`);
    problems.add(numberProblem('encryption.timeout', this._timeout, { min: 0.1, max: 30, why: 'seconds; a start of the API server waits for it' }));
  }
}

/** Kinds whose writes are the cluster's heartbeat. */
const HEARTBEATS = ['events', 'events.events.k8s.io', 'leases.coordination.k8s.io', 'nodes', 'pods'];

const SHARED_FOLDERS = ['/run', '/var/run', '/tmp', '/var/tmp', '/etc', '/etc/kubernetes', '/etc/kubernetes/pki', '/var/lib', '/var/lib/kubelet'];
