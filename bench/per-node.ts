import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App, Chart } from 'cdk8s';
import { REPORT } from './measured-child';

// One object per node in one chart, through the builder that every construct uses: does the cost of a node stay the same?

async function main(nodes: number, lib: string): Promise<void> {
  const { inClusterObject } = await import(join(lib, 'src/in-cluster/in-cluster-object.js')) as typeof import('../src/in-cluster/in-cluster-object');
  const { WAVE } = await import(join(lib, 'src/in-cluster/wave.js')) as typeof import('../src/in-cluster/wave');

  const outdir = mkdtempSync(join(tmpdir(), 'bench-'));
  const start = process.cpuUsage();
  const app = new App({ outdir });
  const chart = new Chart(app, 'volumes');
  for (let i = 0; i < nodes; i++) {
    const name = `local-ssd-${i}`;
    inClusterObject(chart, name, { name: 'local-ssd', component: 'storage', cluster: 'shop', wave: WAVE.storage }, {
      apiVersion: 'v1',
      kind: 'PersistentVolume',
      metadata: { name },
      spec: {
        capacity: { storage: '1788Gi' },
        accessModes: ['ReadWriteOnce'],
        persistentVolumeReclaimPolicy: 'Delete',
        storageClassName: 'local-ssd',
        volumeMode: 'Filesystem',
        local: { path: `/mnt/local-ssd/${name}` },
        nodeAffinity: { required: { nodeSelectorTerms: [{ matchExpressions: [{ key: 'kubernetes.io/hostname', operator: 'In', values: [`node-${i}`] }] }] } },
      },
    });
  }
  app.synth();
  const { user, system } = process.cpuUsage(start);
  rmSync(outdir, { recursive: true });
  Object.assign(globalThis, { [REPORT]: { total: (user + system) / 1e6 } });
}

void main(Number(process.argv[2]), process.env.BENCH_LIB!);
