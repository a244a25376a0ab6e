import { stringify } from 'yaml';
import { Scene } from '../../scene';

/** The administrator's kubeconfig for programs of a drill. A server name is for addresses that the certificate does not have. */
export function drillKubeconfig(scene: Scene, name: string, server: string, serverName?: string): string {
  const { ca, cert, key } = scene.controlPlane.adminFiles;
  return scene.file(`${name}.conf`, stringify({
    'apiVersion': 'v1',
    'kind': 'Config',
    'clusters': [{ name: 'c', cluster: { server, 'certificate-authority': ca, ...(serverName === undefined ? {} : { 'tls-server-name': serverName }) } }],
    'users': [{ name: 'u', user: { 'client-certificate': cert, 'client-key': key } }],
    'contexts': [{ name: 'c', context: { cluster: 'c', user: 'u' } }],
    'current-context': 'c',
  }));
}
