import { Case, configMap, container, kubelet, Parts, workload } from '../tree-of';

const corefile = (lines: string[], zones = '.:53') => configMap('coredns', { Corefile: `${zones} {\n${lines.map(line => `    ${line}\n`).join('')}}\n` }, 'kube-system');
const dns = (...lines: string[]): Parts => ({ objects: [corefile(lines)] });
const KUBERNETES = 'kubernetes cluster.local in-addr.arpa ip6.arpa';
const FORWARD = 'forward . /etc/resolv.conf';
const coredns = (pod: object) => workload('Deployment', 'coredns', { volumes: [{ name: 'config', configMap: { name: 'coredns' } }], ...pod }, {}, 'kube-system');
const IMAGE = 'registry.k8s.io/coredns/coredns:v1.14.6';
const limited = (memory: string): Parts => ({ objects: [coredns({ containers: [container({ image: IMAGE, resources: { requests: { cpu: '1', memory }, limits: { memory } } })] })] });
const leaving = (lameduck: string, terminationGracePeriodSeconds: number): Parts => ({
  objects: [corefile(['health {', `    lameduck ${lameduck}`, '}', KUBERNETES]), coredns({ containers: [container({ image: IMAGE })], terminationGracePeriodSeconds })],
});
const domain = (clusterDomain: string): Parts => ({ ...dns(KUBERNETES), kubelets: [kubelet({ clusterDomain })] });

const outside = (host: string, dnsConfig?: object, more: object = {}): Parts => ({
  objects: [
    configMap('agent', { 'agent.conf': `[OUTPUT]\n    Host ${host}\n` }, 'kube-system'),
    workload('DaemonSet', 'agent', { containers: [container()], volumes: [{ name: 'config', configMap: { name: 'agent' } }], dnsConfig, ...more }, {}, 'kube-system'),
  ],
});
/** CoreDNS with a zone beside the cluster's, and caches that ask it for some. */
const zones = (...asked: string[]): Parts => ({
  objects: [
    configMap('coredns', { Corefile: `.:53 {\n    ${KUBERNETES}\n}\ncorp.example.com:53 {\n    forward . 192.0.2.60\n}\n` }, 'kube-system'),
    configMap('node-local-dns', { Corefile: [...asked.map(zone => `${zone}:53 {\n    forward . 10.96.0.11 {\n        force_tcp\n    }\n}\n`), '.:53 {\n    forward . /etc/resolv.conf\n    loop\n}\n'].join('') }, 'kube-system'),
  ],
});

export const DNS: Case[] = [
  { id: 'TNC190', passing: dns(`${KUBERNETES} {`, '    pods insecure', '}'), failing: dns(`${KUBERNETES} {`, '    pods verified', '}'), boundary: ['left out: disabled', dns(KUBERNETES), 0] },
  { id: 'TNC191', passing: dns(FORWARD, 'loop'), failing: dns(FORWARD, 'reload'), boundary: ['to named servers', dns('forward . 192.0.2.53'), 0] },
  // (30,000 pods + 1,667 Services) / 1,000 + 54 = 86 MB.
  { id: 'TNC192', passing: limited('170Mi'), failing: limited('64Mi'), boundary: ['86 MB', limited('86M'), 0] },
  { id: 'TNC193', passing: leaving('30s', 40), failing: leaving('5s', 30), boundary: ['killed at the end of its lame time', leaving('30s', 30), 1] },
  { id: 'TNC194', passing: domain('cluster.local'), failing: domain('shop.local'), boundary: ['with the dot at the end', domain('cluster.local.'), 0] },
  {
    id: 'TNC195',
    passing: outside('logs.example.com', { options: [{ name: 'ndots', value: '2' }] }),
    failing: outside('logs.example.com'),
    // One dot is fewer than two.
    boundary: ['a name of one dot with ndots 2', outside('example.com', { options: [{ name: 'ndots', value: '2' }] }), 1],
  },
  { id: 'TNC196', passing: zones('cluster.local', 'corp.example.com'), failing: zones('cluster.local'), boundary: ['asked for as a part of a larger zone', zones('cluster.local', 'example.com'), 0] },
];
