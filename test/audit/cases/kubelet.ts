import { Gpu } from '../../../src/cluster/gpu';
import { TaintEffect } from '../../../src/cluster/node-pool';
import { Case, facts, kubelet, Parts, pool } from '../tree-of';

const config = (configuration: object, release = '1.37'): Parts => ({ kubelets: [kubelet(configuration, { release })] });
const ALL = { 'memory.available': '500Mi', 'nodefs.available': '10%', 'nodefs.inodesFree': '5%', 'imagefs.available': '15%' };
const reserved = (kube: object, rest: object = {}) => config({ kubeReserved: kube, ...rest });
const memory = (numa: string): Parts => config({
  memoryManagerPolicy: 'Static',
  kubeReserved: { memory: '1Gi' },
  systemReserved: { memory: '200Mi' },
  evictionHard: { 'memory.available': '500Mi' },
  reservedMemory: [{ numaNode: 0, limits: { memory: numa } }],
});

const cards = (...effects: TaintEffect[]): Parts => ({
  facts: facts({ pools: [pool(32, { gpu: Gpu.nvidia('T4', 4) })] }),
  kubelets: [kubelet({}, { taints: effects.map(effect => ({ key: 'team', effect })) })],
});

export const KUBELET: Case[] = [
  {
    id: 'TNC070',
    passing: config({ evictionHard: ALL }),
    failing: config({ evictionHard: { 'memory.available': '500Mi' } }),
    boundary: [
      'merged with the defaults', config({ evictionHard: { 'memory.available': '500Mi' }, mergeDefaultEvictionSettings: true }), 0,
    ],
  },
  // 15 % of 64 GiB = 9,830.4 MiB
  { id: 'TNC071', passing: reserved({ memory: '2Gi' }), failing: reserved({ memory: '16Gi' }), boundary: ['9,830 of 65,536 MiB', reserved({ memory: '9830Mi' }), 0] },
  { id: 'TNC072', passing: reserved({ memory: '2Gi' }), failing: config({}), boundary: ['cores alone', reserved({ cpu: '100m' }), 1] },
  { id: 'TNC073', passing: config({ podPidsLimit: 4096 }), failing: config({}), boundary: ['-1 is none', config({ podPidsLimit: -1 }), 1] },
  {
    id: 'TNC074',
    passing: config({ cpuManagerPolicy: 'static', reservedSystemCPUs: '0-1' }),
    failing: config({ cpuManagerPolicy: 'static', kubeReserved: { cpu: '110m' } }),
    boundary: ['900m + 100m is a whole core', config({ cpuManagerPolicy: 'static', kubeReserved: { cpu: '900m' }, systemReserved: { cpu: '100m' } }), 0],
  },
  // 1,024 + 200 + 500 = 1,724
  { id: 'TNC075', passing: memory('1724Mi'), failing: memory('1Gi'), boundary: ['one MiB more', memory('1725Mi'), 1] },
  { id: 'TNC076', passing: config({}, '1.37'), failing: config({}, '1.33'), boundary: ['three minors', config({}, '1.34'), 0] },
  { id: 'TNC077', passing: config({ maxPods: 110 }), failing: config({ maxPodz: 110 }), boundary: ['a field of a later release', config({ mergeDefaultEvictionSettings: true }, '1.32'), 1] },
  { id: 'TNC078', passing: config({ podsPerCore: 20, maxPods: 110 }), failing: config({ podsPerCore: 5, maxPods: 110 }), boundary: ['10 x 16 cores for 160 pods', config({ podsPerCore: 10, maxPods: 160 }), 0] },
  {
    id: 'TNC079',
    passing: config({}),
    failing: config({ nodeStatusUpdateFrequency: '10s' }),
    boundary: ['both', config({ nodeStatusUpdateFrequency: '10s', nodeStatusReportFrequency: '5m0s' }), 0],
  },
  { id: 'TNC080', passing: config({ serializeImagePulls: false, maxParallelImagePulls: 5 }), failing: config({ serializeImagePulls: false }), boundary: ['left out: one at a time', config({}), 0] },
  {
    id: 'TNC081',
    passing: config({ imageGCHighThresholdPercent: 75, evictionHard: ALL }),
    failing: config({ imageGCHighThresholdPercent: 90, evictionHard: ALL }),
    boundary: ['85 % by default, 15 % free', config({ evictionHard: ALL }), 0],
  },
  {
    id: 'TNC082',
    passing: config({ maxPods: 110 }),
    failing: config({ maxPods: 250 }),
    boundary: ['5,000 nodes with 150,000 pods', {
      facts: facts({
        pools: [pool(5000)], network: { podCidr: '10.0.0.0/11', serviceCidr: '10.96.0.0/16', nodeCidr: '172.16.0.0/18' },
      }),
    }, 0],
  },
  {
    id: 'TNC083',
    passing: config({ readOnlyPort: 0, authorization: { mode: 'Webhook' } }),
    failing: config({ authentication: { anonymous: { enabled: true } } }),
    boundary: ['the read-only port alone', config({ readOnlyPort: 10255 }), 1],
  },
  { id: 'TNC086', passing: cards(TaintEffect.NO_SCHEDULE), failing: cards(), boundary: ['a preference keeps nobody away', cards(TaintEffect.PREFER_NO_SCHEDULE), 1] },
];
