import { Size } from 'cdk8s';
import { Gpu } from '../../../src/cluster/gpu';
import { KubernetesRelease } from '../../../src/cluster/kubernetes-release';
import { MachineShape } from '../../../src/cluster/machine-shape';
import { NodePool, TaintEffect } from '../../../src/cluster/node-pool';
import { Case, configMap, container, facts, members, object, Parts, pool, workload } from '../tree-of';

const DISKS = NodePool.of('memory', {
  nodes: 100, nodesToday: 40, machine: MachineShape.of({ cpu: 32, memory: Size.gibibytes(256), localDisks: { count: 2, size: Size.gibibytes(1788), byIdPattern: 'nvme-SAMSUNG_*' } }),
});
const LOCAL = facts({ pools: [pool(100), DISKS] });
const autoscaler = (args: string[], parts: Parts = {}, image = 'registry.k8s.io/autoscaling/cluster-autoscaler:v1.37.0'): Parts => ({
  ...parts, objects: [...(parts.objects ?? []), workload('Deployment', 'cluster-autoscaler', { containers: [container({ image, args })] }, {}, 'kube-system')],
});
const limit = (nodes: number) => autoscaler([`--max-nodes-total=${nodes}`]);
const priorities = (text: string) => autoscaler(['--expander=priority'], { objects: [configMap('cluster-autoscaler-priority-expander', { priorities: text }, 'kube-system')] });
const local = (spec: object): Parts => ({ objects: [object('storage.k8s.io/v1', 'StorageClass', 'local-ssd', { provisioner: 'kubernetes.io/no-provisioner', ...spec })] });
const storageClass = (name: string, isDefault: string) => object('storage.k8s.io/v1', 'StorageClass', name, {
  metadata: { annotations: { 'storageclass.kubernetes.io/is-default-class': isDefault } }, provisioner: 'ebs.csi.aws.com',
});
const claim = (spec: object) => object('v1', 'PersistentVolumeClaim', 'data', { spec }, 'apps');
const prometheus = (text: string, ...more: object[]): Parts => ({ objects: [configMap('prometheus', { 'prometheus.yaml': text }), ...more] });
const jobs = (...items: string[]) => `global:\n  scrape_interval: 30s\nscrape_configs:\n${items.map(item => `  - ${item.split('\n').join('\n    ')}\n`).join('')}`;
const nodeJob = (targetLimit: number) => prometheus(jobs(`job_name: node\nkubernetes_sd_configs:\n  - role: node\ntarget_limit: ${targetLimit}`));
const rules = (expression: string) => configMap('rules', { 'rules.yaml': `groups:\n  - name: x\n    rules:\n      - alert: X\n        expr: ${expression}\n` });
const role = (name: string) => prometheus(jobs(`job_name: x\nkubernetes_sd_configs:\n  - role: ${name}`));
const external = (label: string) => prometheus(`global:\n  external_labels:\n    cluster: x\n    replica: ${label}\n${jobs('job_name: x').replace('global:\n', '')}`);
const timing = (interval: string, timeout: string) => prometheus(`global:\n  scrape_interval: ${interval}\n  scrape_timeout: ${timeout}\nscrape_configs:\n  - job_name: x\n`);
const relabel = (regex: string) => prometheus(jobs(`job_name: x\nrelabel_configs:\n  - action: labelmap\n    regex: ${regex}`));
const sidecar = (...tsdb: string[]): Parts => ({
  objects: [workload('StatefulSet', 'prometheus', {
    containers: [
      container({ args: ['--storage.tsdb.path=/data', ...tsdb] }), container({ name: 'sidecar', args: ['sidecar', '--objstore.config-file=/o.yaml'] }),
    ],
  })],
});
const tail = (rest: string): Parts => ({ objects: [configMap('fluent-bit', { 'fluent-bit.yaml': `pipeline:\n  inputs:\n    - name: tail\n      path: /var/log/containers/*.log\n${rest}` })] });
const sized = (memory: string): Parts => ({
  objects: [workload('Deployment', 'cluster-autoscaler', { containers: [container({ image: 'registry.k8s.io/autoscaling/cluster-autoscaler:v1.37.0', resources: { requests: { cpu: '1', memory } } })] })],
});
const STARTUP = 'startup-taint.cluster-autoscaler.kubernetes.io/accelerator';
const cards = (release = KubernetesRelease.V1_37) => facts({
  release,
  pools: [NodePool.of('gpu', {
    nodes: 32, machine: MachineShape.of({ cpu: 48, memory: Size.gibibytes(192) }), gpu: Gpu.nvidia('T4', 4), taints: [{ key: STARTUP, effect: TaintEffect.NO_SCHEDULE }],
  })],
});
const waiting = (...taints: string[]) => autoscaler(taints.map(taint => `--startup-taint=${taint}`), { facts: cards() });
const binding = (volumeBindingMode: string, zones = ['a', 'b', 'c']): Parts => ({
  facts: facts({ controlPlane: { endpoint: 'api.test.example.com:6443', members: members(3, zones) } }),
  objects: [object('storage.k8s.io/v1', 'StorageClass', 'network', { provisioner: 'ebs.csi.aws.com', volumeBindingMode })],
});
const output = (rest: string) => tail(`  outputs:\n    - name: es\n      host: logs.example.com\n${rest}`);
const filter = (rest: string) => tail(`  filters:\n    - name: kubernetes\n      match: kube.*\n${rest}`);
const classic = (text: string): Parts => ({ objects: [configMap('fluent-bit', { 'fluent-bit.conf': text })] });

export const ADD_ONS: Case[] = [
  // A /20 has 4,096 addresses, two of them are not for machines.
  { id: 'TNC150', passing: limit(1100), failing: limit(5000), boundary: ['4,094 addresses', limit(4094), 0] },
  { id: 'TNC151', passing: limit(1100), failing: limit(900), boundary: ['1,000 nodes and three of the control plane', limit(1003), 0] },
  { id: 'TNC152', passing: priorities('10:\n  - "general"\n'), failing: autoscaler(['--expander=priority']), boundary: ['an expression that does not end', priorities('10:\n  - "gen(eral"\n'), 1] },
  {
    id: 'TNC153',
    passing: autoscaler(['--skip-nodes-with-local-storage=true'], { facts: LOCAL }),
    failing: autoscaler(['--skip-nodes-with-local-storage=false'], { facts: LOCAL }),
    boundary: ['left out: true is the default', autoscaler([], { facts: LOCAL }), 0],
  },
  {
    id: 'TNC154',
    passing: autoscaler(['--nodes=60:100:asg-memory'], { facts: LOCAL }),
    failing: autoscaler(['--nodes=0:100:asg-memory'], { facts: LOCAL }),
    boundary: ['the 40 nodes of today', autoscaler(['--nodes=40:100:asg-memory', '--nodes=0:100:asg-general'], { facts: LOCAL }), 0],
  },
  {
    id: 'TNC155',
    passing: autoscaler([]),
    failing: autoscaler([], {}, 'registry.k8s.io/autoscaling/cluster-autoscaler:v1.36.1'),
    boundary: ['a digest says nothing', autoscaler([], {}, 'registry.k8s.io/autoscaling/cluster-autoscaler@sha256:0123'), 0],
  },
  {
    id: 'TNC156',
    passing: priorities('10:\n  - "general"\n'),
    failing: priorities('10:\n  - "compute"\n'),
    boundary: ['everything, case folded as Go writes it', priorities('1:\n  - "(?i)GENERAL"\n'), 0],
  },
  // 1,024 + 4 x 1,000 MiB, rounded up to 512.
  { id: 'TNC157', passing: sized('8Gi'), failing: sized('600Mi'), boundary: ['5,120 MiB', sized('5120Mi'), 0] },
  {
    id: 'TNC158',
    passing: waiting(STARTUP),
    failing: waiting(),
    boundary: ['its name on 1.28', autoscaler([`--ignore-taint=${STARTUP}`], { facts: cards(KubernetesRelease.V1_28) }), 0],
  },
  { id: 'TNC159', passing: waiting(STARTUP), failing: waiting('example.com/starting'), boundary: ['one of two', waiting(STARTUP, 'example.com/starting'), 1] },
  { id: 'TNC160', passing: local({ volumeBindingMode: 'WaitForFirstConsumer' }), failing: local({ volumeBindingMode: 'Immediate' }), boundary: ['left out: Immediate', local({}), 1] },
  {
    id: 'TNC161',
    passing: { objects: [storageClass('one', 'true')] },
    failing: { objects: [storageClass('one', 'true'), storageClass('two', 'true')] },
    boundary: ['"false" is no default', { objects: [storageClass('one', 'true'), storageClass('two', 'false')] }, 0],
  },
  {
    id: 'TNC162',
    passing: { objects: [storageClass('one', 'true'), claim({})] },
    failing: { objects: [storageClass('one', 'false'), claim({})] },
    boundary: ['an empty class is a decision: no provisioning', { objects: [claim({ storageClassName: '' })] }, 0],
  },
  { id: 'TNC164', passing: binding('WaitForFirstConsumer'), failing: binding('Immediate'), boundary: ['one zone', binding('Immediate', ['a']), 0] },
  { id: 'TNC170', passing: nodeJob(2510), failing: nodeJob(1000), boundary: ['1,003 machines', nodeJob(1003), 0] },
  {
    id: 'TNC171',
    passing: prometheus(jobs('job_name: etcd'), rules('up{job="etcd"} == 0')),
    failing: prometheus(jobs('job_name: etcd'), rules('up{job="etdc"} == 0')),
    boundary: ['the last of three jobs, whose item leads with another key', prometheus(jobs('job_name: a', 'job_name: b', 'honor_labels: true\njob_name: c'), rules('absent(up{job="c"})')), 0],
  },
  { id: 'TNC172', passing: role('endpointslice'), failing: role('endpoints'), boundary: ['in quotes', role('"endpoints"'), 1] },
  { id: 'TNC173', passing: external('${POD_NAME}'), failing: external('$(POD_NAME)'), boundary: ['a plain word', external('one'), 0] },
  { id: 'TNC174', passing: timing('30s', '25s'), failing: timing('30s', '1m'), boundary: ['equal, in other units', timing('1m', '60s'), 0] },
  { id: 'TNC175', passing: relabel('__meta_kubernetes_node_label_(zone|pool)'), failing: relabel('__meta_kubernetes_node_label_(.+)'), boundary: ['all annotations', relabel('__meta_kubernetes_pod_annotation_(.*)'), 1] },
  {
    id: 'TNC176',
    passing: sidecar('--storage.tsdb.min-block-duration=2h', '--storage.tsdb.max-block-duration=2h'),
    failing: sidecar(),
    boundary: ['2h is the default of the lower one', sidecar('--storage.tsdb.max-block-duration=2h'), 0],
  },
  { id: 'TNC180', passing: tail('      multiline.parser: cri\n'), failing: tail('      parser: docker\n'), boundary: ['both', tail('      multiline.parser: docker, cri\n'), 0] },
  {
    id: 'TNC181',
    passing: tail('      storage.type: filesystem\n  outputs:\n    - name: es\n      retry_limit: 10\n'),
    failing: tail('  outputs:\n    - name: es\n      retry_limit: false\n'),
    boundary: ['for ever, on disk', tail('      storage.type: filesystem\n  outputs:\n    - name: es\n      retry_limit: false\n'), 0],
  },
  {
    id: 'TNC182',
    passing: output('      tls: true\n'),
    failing: output('      tls: false\n'),
    boundary: ['to a proxy on the node', tail('  outputs:\n    - name: forward\n      host: 127.0.0.1\n    - name: kafka\n'), 0],
  },
  {
    id: 'TNC183',
    passing: filter('      use_kubelet: true\n'),
    failing: filter('      labels: true\n'),
    boundary: ['the older form of the file', classic('[FILTER]\n    Name kubernetes\n    Use_Kubelet On\n[FILTER]\n    Name kubernetes\n    Match *\n'), 1],
  },
  {
    id: 'TNC184',
    passing: tail('      db: /var/lib/fluent-bit/offsets.db\n'),
    failing: tail(''),
    boundary: ['the second of two', tail('      db: /var/lib/a.db\n    - name: tail\n      path: /var/log/audit.log\n'), 1],
  },
];
