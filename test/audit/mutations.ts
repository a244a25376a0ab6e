import { AuditCertificate, AuditKubelet, AuditStaticPod, AuditTree } from '../../src/audit/audit-tree';

type Mutable<T> = { -readonly [key in keyof T]: T[key] };

/** The reference cluster as data that may be broken. */
export interface Draft {
  facts: AuditTree['facts'];
  objects: any[];
  staticPods: Array<Mutable<AuditStaticPod> & { flags: { [name: string]: string } }>;
  kubelets: Array<Mutable<AuditKubelet> & { configuration: any }>;
  certificates: Array<Mutable<AuditCertificate>>;
  files: AuditTree['files'];
}

export interface Mutation {
  readonly id: string;
  readonly breakIt: (draft: Draft) => void;
  /** Where the reference cluster breaks the rule already: what makes it hold first. */
  readonly prepare?: (draft: Draft) => void;
  /** Rules that the same defect breaks of necessity. */
  readonly implies?: string[];
  /** Known findings that the same defect ends. */
  readonly cures?: string[];
}

const find = (draft: Draft, kind: string, name: string, namespace?: string) => {
  const found = draft.objects.find(o => o.kind === kind && o.metadata.name.startsWith(name) && (namespace === undefined || o.metadata.namespace === namespace));
  if (!found) { throw new Error(`the reference cluster has no ${kind} ${name}`); }
  return found;
};
const podOf = (draft: Draft, kind: string, name: string) => find(draft, kind, name).spec.template.spec;
const main = (draft: Draft, kind: string, name: string) => podOf(draft, kind, name).containers[0];
const component = (draft: Draft, name: string) => draft.staticPods.find(pod => pod.component === name)!;
const etcd = (draft: Draft) => draft.staticPods.find(pod => pod.ring === 'etcd-main')!;
const kubelet = (draft: Draft, pool: string) => draft.kubelets.find(k => k.pool === pool)!;
const flag = (name: string, flagName: string, value?: string) => (draft: Draft) => {
  const { flags } = component(draft, name);
  if (value === undefined) { delete flags[flagName]; } else { flags[flagName] = value; }
};
const etcdFlag = (name: string, value: string) => (draft: Draft) => { etcd(draft).flags[name] = value; };
const config = (pool: string, change: object) => (draft: Draft) => { Object.assign(kubelet(draft, pool).configuration, change); };
const network = (change: object) => (draft: Draft) => { Object.assign(find(draft, 'Installation', 'default').spec.calicoNetwork, change); };
const pools = (change: object) => (draft: Draft) => { Object.assign(find(draft, 'Installation', 'default').spec.calicoNetwork.ipPools[0], change); };
const replaceArg = (from: RegExp, to: string) => (draft: Draft) => {
  const c = main(draft, 'Deployment', 'cluster-autoscaler');
  c.args = c.args.map((arg: string) => arg.replace(from, to));
};
const replaceImage = (tag: string) => (draft: Draft) => { main(draft, 'Deployment', 'cluster-autoscaler').image = `registry.k8s.io/autoscaling/cluster-autoscaler:${tag}`; };
const service = (name: string, spec: object) => ({ apiVersion: 'v1', kind: 'Service', metadata: { name, namespace: 'shop' }, spec });
const policy = (hook: object) => ({ apiVersion: 'admissionregistration.k8s.io/v1', kind: 'ValidatingWebhookConfiguration', metadata: { name: 'policy' }, webhooks: [{ name: 'policy.example.com', ...hook }] });
const job = (kind: string, spec: object) => ({ apiVersion: 'batch/v1', kind, metadata: { name: 'import', namespace: 'shop' }, spec });
const text = (name: string, key: string, from: string | RegExp, to: string) => (draft: Draft) => {
  const map = find(draft, 'ConfigMap', name);
  const before = map.data[key];
  map.data[key] = before.replace(from, to);
  if (map.data[key] === before) { throw new Error(`${name} ${key} does not hold ${from}`); }
};
const changeFacts = (change: object) => (draft: Draft) => {
  draft.facts = Object.assign(Object.create(Object.getPrototypeOf(draft.facts)), draft.facts, change);
};
const MEMBER = { machine: 'control-plane-1' };

export const MUTATIONS: Mutation[] = [
  { id: 'TNC001', breakIt: pools({ cidr: '10.0.0.0/16' }) },
  // 144,000 addresses are needed: a /15 and a /17 have 163,840, which is 1.14 times that.
  {
    id: 'TNC002',
    breakIt: d => {
      pools({ cidr: '10.0.0.0/15' })(d);
      d.objects.push({ apiVersion: 'projectcalico.org/v3', kind: 'IPPool', metadata: { name: 'more' }, spec: { cidr: '10.2.0.0/17', vxlanMode: 'Always' } });
    },
  },
  { id: 'TNC003', breakIt: config('general', { maxPods: 5000 }), implies: ['TNC082'] },
  { id: 'TNC004', breakIt: d => { d.kubelets.find(k => k.machine === MEMBER.machine)!.nodeIp = '192.168.0.1'; } },
  { id: 'TNC005', breakIt: flag('kube-controller-manager', 'service-cluster-ip-range', '10.97.0.0/16') },
  { id: 'TNC006', breakIt: pools({ cidr: '10.64.0.0/10' }) },
  { id: 'TNC007', breakIt: changeFacts({ services: 65_534 }), implies: ['TNC015'] },
  {
    id: 'TNC008',
    breakIt: d => {
      const copy = structuredClone(find(d, 'DaemonSet', 'node-exporter'));
      copy.metadata.name = 'kube-proxy';
      copy.metadata.namespace = 'kube-system';
      copy.spec.template.spec.containers[0].image = 'registry.k8s.io/kube-proxy:v1.37.2';
      copy.spec.template.spec.containers[0].ports = [];
      d.objects.push(copy);
    },
  },
  { id: 'TNC009', breakIt: d => { d.objects = d.objects.filter(o => o.metadata.name !== 'kubernetes-services-endpoint'); } },
  { id: 'TNC010', breakIt: text('kubernetes-services-endpoint', 'KUBERNETES_SERVICE_PORT', '6443', '443') },
  { id: 'TNC011', breakIt: d => { find(d, 'Service', 'kube-dns').metadata.annotations = {}; } },
  { id: 'TNC012', breakIt: config('general', { clusterDNS: ['10.96.0.53'] }) },
  { id: 'TNC013', breakIt: network({ nodeAddressAutodetectionV4: { firstFound: true } }) },
  { id: 'TNC014', breakIt: d => { find(d, 'FelixConfiguration', 'default').spec.chainInsertMode = 'Append'; } },
  { id: 'TNC015', breakIt: d => { find(d, 'FelixConfiguration', 'default').spec.bpfMapSizeRoute = 16_384; } },
  { id: 'TNC016', breakIt: d => { d.objects.push(service('shop', { type: 'NodePort', ports: [{ port: 80, nodePort: 8080 }] })); } },
  { id: 'TNC017', breakIt: network({ bgp: 'Enabled' }) },
  // Calico names the endpoint of before.
  { id: 'TNC018', breakIt: changeFacts({ apiHost: 'kubernetes.default.svc' }), implies: ['TNC010'] },
  { id: 'TNC019', breakIt: pools({ encapsulation: 'IPIP' }) },
  { id: 'TNC020', breakIt: etcdFlag('quota-backend-bytes', '500000000') },
  { id: 'TNC021', breakIt: etcdFlag('quota-backend-bytes', '3000000000') },
  { id: 'TNC022', breakIt: d => { etcd(d).memory = 2 ** 30; } },
  { id: 'TNC023', breakIt: etcdFlag('initial-cluster', 'control-plane-1=https://172.16.0.11:2380') },
  { id: 'TNC024', breakIt: d => { d.certificates.find(c => c.machine === MEMBER.machine && c.certPath === etcd(d).flags['peer-cert-file'])!.ipAddresses = ['127.0.0.1']; } },
  // A ring of four: its members and its readers must follow, or other rules speak too.
  {
    id: 'TNC025',
    breakIt: d => {
      const gone = d.staticPods.filter(pod => pod.ring === 'etcd-main').at(-1)!;
      d.staticPods = d.staticPods.filter(pod => pod !== gone);
      for (const pod of d.staticPods) {
        for (const name of ['initial-cluster', 'etcd-servers']) {
          if (pod.flags[name] !== undefined) { pod.flags[name] = pod.flags[name].split(',').filter(entry => !entry.includes('172.16.0.15')).join(','); }
        }
      }
    // Zones a, b, c, a: four members survive the loss of one only, and zone a holds two.
    },
    implies: ['TNC026'],
  },
  { id: 'TNC026', breakIt: d => changeFacts({ controlPlaneMembers: d.facts.controlPlaneMembers.map(m => ({ ...m, zone: 'region-1a' })) })(d) },
  { id: 'TNC027', breakIt: d => { etcd(d).mounts = etcd(d).mounts.map(mount => ({ ...mount, type: 'DirectoryOrCreate' })); } },
  { id: 'TNC028', breakIt: etcdFlag('heartbeat-interval', '200') },
  { id: 'TNC029', breakIt: etcdFlag('listen-peer-urls', 'http://172.16.0.11:2380') },
  { id: 'TNC030', breakIt: d => { etcd(d).livenessPath = '/health'; } },
  { id: 'TNC031', breakIt: etcdFlag('feature-gates', 'CompactHashCheck=true') },
  { id: 'TNC032', breakIt: d => { etcdFlag('quota-backend-bytes', String(9 * 2 ** 30))(d); } },
  // A quota of that size is also more than the member requests and more than can be restored.
  { id: 'TNC033', breakIt: etcdFlag('quota-backend-bytes', String(90 * 2 ** 30)), implies: ['TNC022', 'TNC032'] },
  { id: 'TNC034', breakIt: d => { etcd(d).image = 'registry.k8s.io/etcd:3.5.1-0'; } },
  { id: 'TNC035', breakIt: d => { d.files = d.files.filter(file => !file.path.endsWith('-etcd-snapshot.timer')); } },
  { id: 'TNC040', breakIt: d => { const c = d.certificates.find(o => o.certPath.endsWith('/apiserver.crt'))!; c.dnsNames = c.dnsNames.filter(name => name !== 'api.shop.example.com'); } },
  { id: 'TNC041', breakIt: flag('kube-apiserver', 'etcd-servers', 'https://172.16.0.11:2379') },
  { id: 'TNC042', breakIt: flag('kube-apiserver', 'etcd-servers-overrides') },
  // The dear level of 400 seats has more than seven of 6,000.
  { id: 'TNC043', breakIt: d => { d.staticPods.filter(pod => pod.component === 'kube-apiserver').at(-1)!.flags['max-requests-inflight'] = '6000'; } },
  { id: 'TNC044', breakIt: d => { find(d, 'PriorityLevelConfiguration', 'thousand-node-dear-requests').spec.limited.nominalConcurrencyShares = 60; } },
  {
    id: 'TNC045',
    breakIt: d => {
      const rule = find(d, 'FlowSchema', 'thousand-node-node-agents').spec.rules[0];
      rule.subjects = rule.subjects.filter((s: any) => s.serviceAccount?.name !== 'fluent-bit');
    },
  },
  { id: 'TNC046', breakIt: flag('kube-controller-manager', 'kube-api-qps', '20') },
  { id: 'TNC047', breakIt: flag('kube-controller-manager', 'node-monitor-grace-period', '40s') },
  { id: 'TNC048', breakIt: flag('kube-apiserver', 'watch-cache-sizes', 'secrets#1000') },
  { id: 'TNC049', breakIt: flag('kube-apiserver', 'authorization-mode', 'AlwaysAllow') },
  { id: 'TNC050', breakIt: flag('kube-apiserver', 'goaway-chance') },
  { id: 'TNC051', breakIt: d => { component(d, 'kube-apiserver').terminationGraceSeconds = 30; } },
  { id: 'TNC052', breakIt: flag('kube-apiserver', 'target-ram-mb', '16384') },
  { id: 'TNC053', breakIt: etcdFlag('max-snapshots', '5') },
  { id: 'TNC054', breakIt: flag('kube-scheduler', 'feature-gates', 'NoSuchGate=true') },
  { id: 'TNC055', breakIt: d => { component(d, 'kube-apiserver').cpu = 64; } },
  { id: 'TNC056', breakIt: d => { component(d, 'kube-scheduler').image = 'registry.k8s.io/kube-scheduler:v1.36.2'; } },
  { id: 'TNC057', breakIt: flag('kube-apiserver', 'proxy-client-cert-file') },
  { id: 'TNC058', breakIt: flag('kube-apiserver', 'encryption-provider-config') },
  { id: 'TNC059', breakIt: flag('kube-apiserver', 'etcd-certfile') },
  {
    id: 'TNC060',
    breakIt: d => {
      d.staticPods = d.staticPods.filter(pod => pod.component !== 'etcd');
      for (const pod of d.staticPods.filter(p => p.component === 'kube-apiserver')) { pod.flags['etcd-servers'] = 'https://etcd1:2379,https://etcd2:2379,https://etcd3:2379'; }
    },
  },
  // 3,000 shares beside upstream's 245: ceil(400 x 40 / 3,276) = 5 seats for 124 writes a second.
  {
    id: 'TNC061',
    breakIt: d => {
      const copy = structuredClone(find(d, 'PriorityLevelConfiguration', 'thousand-node-dear-requests'));
      copy.metadata.name = 'ours-first';
      copy.spec.limited.nominalConcurrencyShares = 3000;
      d.objects.push(copy);
    },
  },
  { id: 'TNC070', breakIt: d => { delete kubelet(d, 'general').configuration.evictionHard['nodefs.available']; } },
  { id: 'TNC071', breakIt: config('general', { kubeReserved: { cpu: '110m', memory: '16Gi' } }) },
  { id: 'TNC072', breakIt: config('general', { kubeReserved: { cpu: '110m' }, systemReserved: { cpu: '100m' } }) },
  { id: 'TNC073', breakIt: d => { delete kubelet(d, 'general').configuration.podPidsLimit; } },
  { id: 'TNC074', breakIt: d => { delete kubelet(d, 'compute').configuration.reservedSystemCPUs; } },
  { id: 'TNC075', breakIt: config('memory', { reservedMemory: [{ numaNode: 0, limits: { memory: '1Gi' } }] }) },
  { id: 'TNC076', breakIt: d => { kubelet(d, 'general').release = '1.33'; } },
  { id: 'TNC077', breakIt: config('general', { maxPodz: 1 }) },
  { id: 'TNC078', breakIt: config('general', { podsPerCore: 5 }) },
  { id: 'TNC079', breakIt: config('general', { nodeStatusUpdateFrequency: '10s' }) },
  { id: 'TNC080', breakIt: d => { delete kubelet(d, 'general').configuration.maxParallelImagePulls; } },
  { id: 'TNC081', breakIt: config('general', { imageGCHighThresholdPercent: 95 }) },
  { id: 'TNC082', breakIt: config('general', { maxPods: 250 }) },
  { id: 'TNC083', breakIt: config('general', { readOnlyPort: 10255 }) },
  {
    id: 'TNC084',
    prepare: d => {
      d.objects.push({
        apiVersion: 'rbac.authorization.k8s.io/v1',
        kind: 'ClusterRole',
        metadata: { name: 'serving-approver' },
        rules: [{ apiGroups: ['certificates.k8s.io'], resources: ['signers'], resourceNames: ['kubernetes.io/kubelet-serving'], verbs: ['approve'] }],
      });
    },
    breakIt: d => { find(d, 'ClusterRole', 'serving-approver').rules[0].resourceNames = ['kubernetes.io/kube-apiserver-client-kubelet']; },
  },
  { id: 'TNC085', breakIt: d => { podOf(d, 'DaemonSet', 'nvidia-device-plugin-gpu').nodeSelector = { 'thousand-node.io/pool': 'general' }; } },
  { id: 'TNC086', breakIt: d => { kubelet(d, 'gpu').taints = []; } },
  { id: 'TNC100', breakIt: d => { Object.assign(main(d, 'DaemonSet', 'node-exporter').ports[0], { containerPort: 2020, hostPort: 2020 }); } },
  { id: 'TNC101', breakIt: d => { podOf(d, 'DaemonSet', 'fluent-bit').tolerations = []; } },
  { id: 'TNC102', breakIt: d => { main(d, 'DaemonSet', 'fluent-bit').resources.requests.cpu = '4'; } },
  { id: 'TNC103', breakIt: d => { find(d, 'DaemonSet', 'fluent-bit').spec.updateStrategy = { type: 'RollingUpdate' }; } },
  { id: 'TNC104', breakIt: d => { d.objects.push({ apiVersion: 'v1', kind: 'Service', metadata: { name: 'all', namespace: 'logging' }, spec: { clusterIP: 'None', selector: { 'app.kubernetes.io/name': 'fluent-bit' } } }); } },
  { id: 'TNC105', breakIt: d => { find(d, 'PodDisruptionBudget', 'coredns').spec.maxUnavailable = 0; } },
  { id: 'TNC106', breakIt: d => { const copy = structuredClone(find(d, 'PodDisruptionBudget', 'coredns')); copy.metadata.name = 'again'; d.objects.push(copy); } },
  { id: 'TNC107', breakIt: d => { find(d, 'HorizontalPodAutoscaler', 'frontend').apiVersion = 'autoscaling/v2beta2'; } },
  {
    id: 'TNC108',
    breakIt: d => {
      const hpa = find(d, 'HorizontalPodAutoscaler', 'frontend'); hpa.metadata.namespace = 'monitoring'; hpa.spec.scaleTargetRef.name = 'thanos-query'; Object.assign(hpa.spec, { minReplicas: 2, maxReplicas: 1_000_000 });
      delete find(d, 'Deployment', 'thanos-query').spec.replicas;
    },
    implies: ['TNC141'],
  },
  { id: 'TNC109', breakIt: d => { find(d, 'APIService', 'v1beta1.metrics.k8s.io').spec.group = 'other.example.com'; } },
  { id: 'TNC110', breakIt: d => { const hpa = find(d, 'HorizontalPodAutoscaler', 'frontend'); hpa.metadata.namespace = 'monitoring'; hpa.spec.scaleTargetRef.name = 'thanos-query'; Object.assign(hpa.spec, { minReplicas: 2, maxReplicas: 4 }); }, cures: ['TNC145'] },
  { id: 'TNC111', breakIt: d => { main(d, 'Deployment', 'coredns').image = 'registry.k8s.io/coredns/coredns:latest'; } },
  { id: 'TNC112', breakIt: d => { main(d, 'Deployment', 'coredns').image = 'k8s.gcr.io/coredns/coredns:v1.8.4'; } },
  { id: 'TNC113', breakIt: d => { delete find(d, 'Role', 'prometheus', 'local-storage').metadata.namespace; } },
  { id: 'TNC114', breakIt: d => { d.objects.push(structuredClone(find(d, 'ServiceAccount', 'coredns'))); } },
  { id: 'TNC115', breakIt: d => { find(d, 'ConfigMap', 'dns-autoscaler').data.padding = 'x'.repeat(2 ** 20); } },
  { id: 'TNC116', breakIt: d => { find(d, 'ConfigMap', 'dns-autoscaler').data.login = 'password: hunter22'; } },
  { id: 'TNC117', breakIt: d => { find(d, 'Namespace', 'logging').metadata.labels['pod-security.kubernetes.io/enforce'] = 'baseline'; } },
  { id: 'TNC118', breakIt: d => { delete main(d, 'Deployment', 'coredns').resources.requests.cpu; } },
  { id: 'TNC119', breakIt: d => { delete main(d, 'Deployment', 'coredns').readinessProbe; } },
  { id: 'TNC120', breakIt: d => { podOf(d, 'Deployment', 'thanos-query').automountServiceAccountToken = true; } },
  { id: 'TNC121', breakIt: d => { d.objects.push(policy({ timeoutSeconds: 2 })); } },
  { id: 'TNC122', breakIt: d => { find(d, 'ClusterRoleBinding', 'kube-system:coredns').roleRef.name = 'cluster-admin'; } },
  { id: 'TNC123', breakIt: d => { podOf(d, 'Deployment', 'coredns').priorityClassName = 'missing'; } },
  // The selector still finds its own pods: the label stays in the template.
  { id: 'TNC124', breakIt: d => { find(d, 'Deployment', 'coredns').spec.selector.matchLabels = { 'app.kubernetes.io/name': 'other' }; } },
  { id: 'TNC125', breakIt: d => { d.objects.push({ apiVersion: 'v1', kind: 'Secret', type: 'kubernetes.io/service-account-token', metadata: { name: 'token', namespace: 'monitoring' } }); } },
  { id: 'TNC126', breakIt: d => { find(d, 'Deployment', 'metrics-server').spec.replicas = 6; } },
  { id: 'TNC127', breakIt: d => { d.objects = d.objects.filter(o => o.kind !== 'PodDisruptionBudget' || o.metadata.name !== 'metrics-server'); } },
  { id: 'TNC128', breakIt: d => { delete podOf(d, 'Deployment', 'metrics-server').topologySpreadConstraints; } },
  { id: 'TNC129', breakIt: d => { d.objects.push({ apiVersion: 'v1', kind: 'ResourceQuota', metadata: { name: 'all', namespace: 'shop' }, spec: { hard: { pods: '199' } } }); } },
  { id: 'TNC130', breakIt: d => { delete podOf(d, 'DaemonSet', 'fluent-bit').priorityClassName; } },
  { id: 'TNC131', breakIt: d => { d.objects.push(policy({ failurePolicy: 'Ignore', rules: [] })); } },
  { id: 'TNC132', breakIt: d => { d.objects.push(policy({ failurePolicy: 'Ignore', timeoutSeconds: 2, rules: [{ apiGroups: ['*'], resources: ['*'], operations: ['*'] }] })); } },
  { id: 'TNC133', breakIt: d => { main(d, 'Deployment', 'thanos-query').image = 'registry.registry.svc.cluster.local/thanos/thanos:v0.42.4'; } },
  { id: 'TNC134', breakIt: d => { main(d, 'Deployment', 'thanos-query').image = 'thanosio/thanos:v0.42.4'; } },
  { id: 'TNC135', breakIt: d => { main(d, 'DaemonSet', 'node-exporter').imagePullPolicy = 'Always'; } },
  { id: 'TNC136', breakIt: d => { d.objects.push(job('Job', {})); } },
  { id: 'TNC137', breakIt: d => { d.objects.push(job('CronJob', { schedule: '0 * * * *' })); } },
  { id: 'TNC138', breakIt: d => { delete podOf(d, 'DaemonSet', 'fluent-bit').dnsPolicy; }, cures: ['TNC195'] },
  { id: 'TNC139', breakIt: d => { find(d, 'HorizontalPodAutoscaler', 'frontend').spec.behavior.scaleUp.policies = [{ type: 'Pods', value: 10, periodSeconds: 60 }]; } },
  {
    id: 'TNC140',
    breakIt: d => {
      const { scaleTargetRef: targetRef } = find(d, 'HorizontalPodAutoscaler', 'frontend').spec;
      d.objects.push({ apiVersion: 'autoscaling.k8s.io/v1', kind: 'VerticalPodAutoscaler', metadata: { name: 'frontend', namespace: 'shop' }, spec: { targetRef } });
    },
  },
  // Two of 1,001 in three zones are less than a zone's share.
  { id: 'TNC141', breakIt: d => { find(d, 'Deployment', 'thanos-query').spec.replicas = 1001; }, implies: ['TNC126'] },
  { id: 'TNC142', breakIt: d => { find(d, 'ClusterRole', 'kube-system:coredns').rules.push({ apiGroups: [''], resources: ['endpoints'], verbs: ['list', 'watch'] }); find(d, 'ClusterRole', 'kube-system:coredns').rules = find(d, 'ClusterRole', 'kube-system:coredns').rules.filter((r: any) => !r.resources.includes('endpointslices')); } },
  { id: 'TNC143', breakIt: d => { delete find(d, 'ConfigMap', 'fluent-bit').immutable; } },
  { id: 'TNC144', breakIt: d => { main(d, 'Deployment', 'metrics-server').resources.limits.memory = '200Mi'; } },
  { id: 'TNC145', prepare: d => { find(d, 'HorizontalPodAutoscaler', 'frontend').spec.minReplicas = 30; }, breakIt: d => { find(d, 'HorizontalPodAutoscaler', 'frontend').spec.minReplicas = 20; } },
  { id: 'TNC150', breakIt: replaceArg(/^--max-nodes-total=.*/, '--max-nodes-total=9999') },
  { id: 'TNC151', breakIt: replaceArg(/^--max-nodes-total=.*/, '--max-nodes-total=1000') },
  { id: 'TNC152', breakIt: text('cluster-autoscaler-priority-expander', 'priorities', /general/, '(general') },
  { id: 'TNC153', breakIt: replaceArg(/^--skip-nodes-with-local-storage=.*/, '--skip-nodes-with-local-storage=false') },
  { id: 'TNC154', breakIt: replaceArg(/^--node-group-auto-discovery=.*/, '--nodes=0:256:shop-memory') },
  { id: 'TNC155', prepare: replaceImage('v1.37.0'), breakIt: replaceImage('v1.36.1') },
  { id: 'TNC156', breakIt: text('cluster-autoscaler-priority-expander', 'priorities', /[\s\S]*/, '10:\n  - "general|memory|gpu"\n') },
  { id: 'TNC157', breakIt: d => { main(d, 'Deployment', 'cluster-autoscaler').resources.limits.memory = '600Mi'; } },
  { id: 'TNC158', breakIt: d => { const c = main(d, 'Deployment', 'cluster-autoscaler'); c.args = c.args.filter((arg: string) => !arg.startsWith('--startup-taint=')); }, cures: ['TNC159'] },
  {
    id: 'TNC159',
    prepare: d => { const taints = kubelet(d, 'gpu').taints as unknown as object[]; taints.push({ key: 'startup-taint.cluster-autoscaler.kubernetes.io/accelerator', effect: 'PreferNoSchedule' }); },
    breakIt: replaceArg(/^--startup-taint=.*/, '--startup-taint=example.com/starting'),
  },
  { id: 'TNC160', breakIt: d => { find(d, 'StorageClass', 'local-ssd').volumeBindingMode = 'Immediate'; } },
  { id: 'TNC161', breakIt: d => { find(d, 'StorageClass', 'local-ssd').metadata.annotations = { 'storageclass.kubernetes.io/is-default-class': 'true' }; } },
  {
    id: 'TNC162',
    breakIt: d => {
      delete find(d, 'StorageClass', 'network-ssd').metadata.annotations;
      delete find(d, 'StatefulSet', 'prometheus-shard-0').spec.volumeClaimTemplates[0].spec.storageClassName;
    },
  },
  { id: 'TNC163', breakIt: d => { const c = main(d, 'Deployment', 'local-volume-node-cleanup'); c.args = c.args.filter((arg: string) => !arg.startsWith('--storageclass-names=')); } },
  { id: 'TNC164', breakIt: d => { find(d, 'StorageClass', 'network-ssd').volumeBindingMode = 'Immediate'; } },
  {
    id: 'TNC165',
    // Nothing of the reference cluster says how many volumes a machine attaches: none is the case that breaks.
    breakIt: d => changeFacts({
      pools: d.facts.pools.map(pool => Object.assign(Object.create(Object.getPrototypeOf(pool)), pool, {
        machine: Object.assign(Object.create(Object.getPrototypeOf(pool.machine)), pool.machine, { attachableVolumes: 0 }),
      })),
    })(d),
  },
  {
    id: 'TNC166',
    breakIt: d => {
      const { spec } = find(d, 'StatefulSet', 'prometheus-shard-0');
      spec.volumeClaimTemplates[0].spec.storageClassName = 'local-ssd';
      spec.persistentVolumeClaimRetentionPolicy = { whenScaled: 'Retain' };
      spec.replicas = 1;
    },
  },
  { id: 'TNC167', breakIt: d => { find(d, 'StatefulSet', 'prometheus-shard-0').spec.volumeClaimTemplates[0].spec.storageClassName = 'local-ssd'; } },
  { id: 'TNC168', breakIt: d => { podOf(d, 'Deployment', 'metrics-server').volumes.push({ name: 'scratch', emptyDir: {} }); } },
  { id: 'TNC170', breakIt: text('prometheus-shard-0', 'prometheus.yaml', 'target_limit: 2510', 'target_limit: 1000') },
  { id: 'TNC171', breakIt: text('thanos-ruler', 'contributed.yaml', 'job="calico-felix"', 'job="felix"') },
  { id: 'TNC172', breakIt: text('prometheus-shard-0', 'prometheus.yaml', 'role: pod', 'role: endpoints') },
  { id: 'TNC173', breakIt: text('prometheus-shard-0', 'prometheus.yaml', '${POD_NAME}', '$(POD_NAME)') },
  { id: 'TNC174', breakIt: text('prometheus-shard-0', 'prometheus.yaml', 'scrape_timeout: 25s', 'scrape_timeout: 40s') },
  { id: 'TNC175', breakIt: text('prometheus-shard-0', 'prometheus.yaml', '    relabel_configs:\n', '    relabel_configs:\n      - action: labelmap\n        regex: __meta_kubernetes_node_label_(.+)\n') },
  { id: 'TNC176', breakIt: d => { const c = main(d, 'StatefulSet', 'prometheus-shard-0'); c.args = c.args.filter((arg: string) => !arg.startsWith('--storage.tsdb.max-block')); } },
  { id: 'TNC180', breakIt: text('fluent-bit', 'fluent-bit.yaml', 'multiline.parser: cri', 'parser: docker') },
  {
    id: 'TNC181',
    breakIt: d => {
      const map = find(d, 'ConfigMap', 'fluent-bit');
      map.data['fluent-bit.yaml'] = map.data['fluent-bit.yaml'].replaceAll('storage.type: filesystem', 'storage.type: memory').replace(/retry_limit: .*/, 'retry_limit: false');
    },
  },
  { id: 'TNC182', breakIt: text('fluent-bit', 'fluent-bit.yaml', /^ +tls: true\n/m, '') },
  { id: 'TNC183', breakIt: text('fluent-bit', 'fluent-bit.yaml', 'use_kubelet: true', 'use_kubelet: false') },
  { id: 'TNC184', breakIt: text('fluent-bit', 'fluent-bit.yaml', /^ +db: .*audit.*\n/m, '') },
  { id: 'TNC190', breakIt: text('coredns', 'Corefile', 'pods insecure', 'pods verified') },
  { id: 'TNC191', breakIt: text('coredns', 'Corefile', '    loop\n', '') },
  { id: 'TNC192', breakIt: d => { main(d, 'Deployment', 'coredns').resources.limits.memory = '64Mi'; } },
  { id: 'TNC193', breakIt: text('coredns', 'Corefile', 'lameduck 30s', 'lameduck 5s') },
  { id: 'TNC194', breakIt: config('general', { clusterDomain: 'shop.local' }) },
  {
    id: 'TNC195',
    prepare: d => { find(d, 'DaemonSet', 'fluent-bit').spec.template.spec.dnsConfig = { options: [{ name: 'ndots', value: '2' }] }; },
    breakIt: d => { delete find(d, 'DaemonSet', 'fluent-bit').spec.template.spec.dnsConfig; },
  },
  { id: 'TNC196', breakIt: text('coredns', 'Corefile', /$/, 'corp.example.com:53 {\n    forward . 192.0.2.60\n}\n') },
  {
    id: 'TNC200',
    prepare: d => { d.objects.push({ apiVersion: 'projectcalico.org/v3', kind: 'GlobalNetworkPolicy', metadata: { name: 'metrics' }, spec: { ingress: [{ action: 'Allow', destination: { ports: [9091] } }] } }); },
    breakIt: d => { d.objects = d.objects.filter(o => o.kind !== 'GlobalNetworkPolicy'); },
  },
  { id: 'TNC201', breakIt: d => { find(d, 'FelixConfiguration', 'default').spec.bpfEnabled = true; } },
  // The other rules about pools count what is left all the same.
  { id: 'TNC202', breakIt: pools({ nodeSelector: 'thousand-node.io/pool == "general"' }) },
  { id: 'TNC203', breakIt: d => { find(d, 'NetworkPolicy', 'flows-of-thanos-store').spec.ingress = []; } },
  { id: 'TNC210', prepare: changeFacts({ nodesToday: 1200 }), breakIt: changeFacts({ nodesToday: 900 }) },
];
