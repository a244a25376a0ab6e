import { CERTIFICATE_SCRIPT } from './certificate-script';
import { HOST_PATHS } from '../../cluster/host-paths';
import { CertificateAuthority, CertificateRequest } from '../certificate-request';
import { HostChange } from '../host-change';
import { RenderedFile } from '../installers/rendered-file';

const REQUESTS = '/etc/kubernetes/pki/requests';

/** Where each authority lies. The key belongs on the machine that signs and nowhere else. */
export const AUTHORITY_PATHS: { [authority in CertificateAuthority]: { cert: string; key: string } } = {
  [CertificateAuthority.KUBERNETES]: { cert: HOST_PATHS.clusterCa, key: HOST_PATHS.clusterCaKey },
  [CertificateAuthority.ETCD]: { cert: HOST_PATHS.etcdCa, key: HOST_PATHS.etcdCaKey },
  [CertificateAuthority.FRONT_PROXY]: { cert: HOST_PATHS.frontProxyCa, key: HOST_PATHS.frontProxyCaKey },
};

/**
 * Certificate requests as files: one OpenSSL configuration per certificate, a table that says where key and certificate go, and the script
 * that makes keys on the machine and signs requests where the authority's key is.
 */
export function certificateFiles(requests: CertificateRequest[], installer: string): RenderedFile[] {
  const wanted = requests.filter(request => !request.providedBy.includes(installer));
  const files: RenderedFile[] = [];
  for (const folder of new Set(wanted.map(request => request.target.folder))) {
    const own = wanted.filter(request => request.target.folder === folder);
    const { target } = own[0];
    const file = (path: string, content: string, mode: string): RenderedFile =>
      ({ target, path, content, mode, owner: 'root:root', onChange: HostChange.run(HOST_PATHS.certificateScript, 'request') });
    files.push(file(HOST_PATHS.certificateScript, CERTIFICATE_SCRIPT, '0755'));
    files.push(file(`${REQUESTS}/certificates.tsv`, own.map(tableRow).join(''), '0644'));
    for (const request of own) { files.push(file(`${REQUESTS}/${requestName(request)}.cnf`, opensslConfig(request), '0644')); }
  }
  return files;
}

/** Name of a request: the certificate's path below the PKI folder. */
function requestName(request: CertificateRequest): string {
  return request.certPath.replace(`${HOST_PATHS.pki}/`, '').replace(/\.crt$/, '').replace(/[^A-Za-z0-9.-]+/g, '-').replace(/^-/, '');
}

function tableRow(request: CertificateRequest): string {
  const authority = AUTHORITY_PATHS[request.authority];
  return [requestName(request), authority.cert, authority.key, request.keyPath, request.certPath].join('\t') + '\n';
}

function opensslConfig(request: CertificateRequest): string {
  const usages = [...(request.server ? ['serverAuth'] : []), ...(request.client ? ['clientAuth'] : [])];
  const names = [...request.dnsNames.map(name => `DNS:${name}`), ...request.ipAddresses.map(address => `IP:${address}`)];
  return [
    '[req]',
    'prompt = no',
    'distinguished_name = subject',
    'req_extensions = extensions',
    '[subject]',
    ...request.organizations.map((organization, i) => `${i}.O = ${organization}`),
    `CN = ${request.commonName}`,
    '[extensions]',
    'basicConstraints = critical, CA:FALSE',
    'keyUsage = critical, digitalSignature, keyEncipherment',
    `extendedKeyUsage = ${usages.join(', ')}`,
    ...(names.length > 0 ? [`subjectAltName = ${names.join(', ')}`] : []),
    '',
  ].join('\n');
}
