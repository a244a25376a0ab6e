import { EncryptionAtRest } from './encryption-at-rest';
import { ENCRYPTION_PROGRAM } from './encryption-program';
import { flagProblem } from '../../catalogue/flag-table';
import { KUBE_APISERVER_FLAGS } from '../../catalogue/kube-apiserver-flags';
import { ClusterFacts } from '../../cluster/cluster-facts';
import { shellScript } from '../../formats/shell-script';

/** How an API server of this release comes to know a changed file. */
export function encryptionReload(cluster: ClusterFacts): string {
  return flagProblem('kube-apiserver', KUBE_APISERVER_FLAGS, cluster.release.version, 'encryption-provider-config-automatic-reload') === undefined
    ? 'it looks every minute'
    : 'restart it, one machine after the other';
}

/**
 * Makes and rotates the encryption configuration on the machine. Keys are random and never leave the machines; the same file has to lie on every API
 * server, so each step runs on one and the file is copied before the next. With a KMS the file holds no key of its own, but it may still hold those that
 * older objects need, so it is made on the machine all the same.
 */
export function encryptionScript(path: string, restartNote: string, encryption: EncryptionAtRest): string {
  const kms = encryption._kms;
  return shellScript({
    about: ['Encryption of Secrets in etcd: the configuration file of this machine\'s API server, step by step.'],
    constants: [
      ['CONFIG', path],
      ['RESOURCES', encryption._resources.join(' ')],
      ['KMS_NAME', kms?.name ?? ''],
      ['KMS_SOCKET', kms?.socket ?? ''],
      ['KMS_TIMEOUT', `${encryption._timeout}s`],
      ['RELOAD', restartNote],
    ],
    program: ENCRYPTION_PROGRAM,
  });
}
