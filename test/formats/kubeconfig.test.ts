import { parse } from 'yaml';
import { kubeconfig } from '../../src/formats/kubeconfig';

const COMMON = { clusterName: 'shop', server: 'https://api.shop.example.com:6443', caFile: '/etc/kubernetes/pki/ca.crt', userName: 'system:node:cp-1' };

test('the current context joins the one cluster and the one user', () => {
  const config = parse(kubeconfig({ ...COMMON, credentials: { certFile: '/a.crt', keyFile: '/a.key' } }));
  expect(config['current-context']).toBe(config.contexts[0].name);
  expect(config.contexts[0].context).toEqual({ cluster: config.clusters[0].name, user: config.users[0].name });
  expect(config.clusters[0].cluster).toEqual({ 'server': COMMON.server, 'certificate-authority': COMMON.caFile });
  expect(config.users[0].user).toEqual({ 'client-certificate': '/a.crt', 'client-key': '/a.key' });
});

test('a token is named by its file and never held', () => {
  expect(parse(kubeconfig({ ...COMMON, credentials: { tokenFile: '/token' } })).users[0].user).toEqual({ tokenFile: '/token' });
});
