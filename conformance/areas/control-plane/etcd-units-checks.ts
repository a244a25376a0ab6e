import * as fs from 'node:fs';
import * as path from 'node:path';
import * as tls from 'node:tls';
import { Size } from 'cdk8s';
import { EtcdClient } from './etcd-client';
import { fill, valueOf } from './etcd-load';
import { expectExit, lastLine } from './etcd-rehearsal';
import { EtcdUnits, etcdTree, settings } from './etcd-units';
import { ClusterFacts, EtcdCipherSuite, EtcdClusterProps, EtcdRuntime, KubernetesRelease, MachineShape, NodePool } from '../../../src';
import { Check, failed, passed } from '../../check';
import { notInstalled, unitRemarks } from '../../distribution-judges';
import { Finished } from '../../processes';
import { Scene } from '../../scene';
import { binaries } from '../../toolchain/binaries';

const LOG = '/var/lib/etcd-main-wal';
const MEMBERS = [1, 2, 3, 4, 5].map(i => ({ name: `etcd-${i}`, address: `172.16.0.${10 + i}` }));

function description(release: KubernetesRelease, count: number, props: EtcdClusterProps = {}): EtcdClusterProps {
  const cluster = ClusterFacts.of({
    name: 'units',
    release,
    network: { podCidr: '10.0.0.0/11', serviceCidr: '10.96.0.0/16', nodeCidr: '172.16.0.0/20' },
    controlPlane: { endpoint: 'api.units.example.com:6443', members: MEMBERS },
    pools: [NodePool.of('general', { nodes: 200, machine: MachineShape.of({ cpu: 16, memory: Size.gibibytes(64) }) })],
  });
  return { cluster, members: MEMBERS.slice(0, count), eventsMembers: [], runAs: EtcdRuntime.systemdUnit(), ...props };
}

/** The ring's disks, suites and members as no default has them. */
const CHOSEN: EtcdClusterProps = {
  walDirectory: LOG,
  cipherSuites: [EtcdCipherSuite.ECDHE_ECDSA_AES_128_GCM, EtcdCipherSuite.ECDHE_ECDSA_AES_256_GCM],
};

const grown: Check = {
  id: 'etcd-units-grow-and-come-back',
  drill: '6',
  judge: 'component',
  component: 'etcd',
  run: async scene => {
    const three = etcdTree(scene, 'etcd-units-3', description(KubernetesRelease.V1_37, 3, CHOSEN));
    const five = etcdTree(scene, 'etcd-units-5', description(KubernetesRelease.V1_37, 5, CHOSEN));
    const ring = await EtcdUnits.layOut(scene, 'etcd-units', five);
    const [first, second, third, fourth, fifth] = ring.machines;
    const old = [first, second, third];
    try {
      old.forEach(machine => { ring.copy(three, machine); });
      ring.start(old);
      await ring.serving(old);
      const offered = {
        chosen: await handshake(ring, first, 'ECDHE-ECDSA-AES128-GCM-SHA256'),
        other: await handshake(ring, first, 'ECDHE-ECDSA-CHACHA20-POLY1305'),
      };
      const logged = fs.readdirSync(path.join(ring.root(first), LOG, 'wal')).filter(name => name.endsWith('.wal')).length;
      const beside = fs.existsSync(path.join(ring.root(first), '/var/lib/etcd-main/member/wal'));
      const client = ring.client(first);
      const { written } = await fill(client, '/registry/pods/', 500, 10_000);

      // Three become five: as the runbook says, the new machines' files and everybody's table first.
      old.forEach(machine => { ring.copy(five, machine, /etcd-rings\.tsv$/); });
      const load = writes(old.map(machine => ring.client(machine)));
      const start = Date.now();
      const joined: Finished[] = [];
      for (const machine of [fourth, fifth]) {
        ring.install(machine);
        joined.push(await ring.script(machine, 'replace-member'));
      }
      const growth = (Date.now() - start) / 1000;
      const result = await load.stop();
      joined.forEach(done => { expectExit(done, 0); });
      const again = await ring.script(fifth, 'replace-member');
      const list = await members(scene, ring, first);

      // A lost disk of log and data, replaced.
      await ring.kill(second);
      for (const disk of ['/var/lib/etcd-main', LOG]) { empty(path.join(ring.root(second), disk)); }
      ring.start([second]);
      const replaced = await ring.script(second, 'replace-member', '--discard-data');
      expectExit(replaced, 0);

      // All of it lost, and put back.
      expectExit(await ring.script(first, 'snapshot'), 0);
      client.close();
      const folder = path.join(ring.root(first), '/var/backups/thousand-node/etcd/main');
      const file = path.join(folder, fs.readdirSync(folder).find(name => name.endsWith('.db'))!);
      for (const machine of ring.machines) { await ring.kill(machine); }
      const back = Date.now();
      ring.start(ring.machines);
      const scripts = await Promise.all(ring.machines.map(machine => ring.script(machine, 'restore', '--snapshot', file, '--stop-member')));
      scripts.forEach(done => { expectExit(done, 0); });
      await ring.serving(ring.machines, 120);
      const seconds = (Date.now() - back) / 1000;
      const restored = ring.client(fourth);
      let different = 0;
      for (const key of written) { if (await restored.get(key) !== valueOf(key, 10_000)) { different++; } }
      restored.close();
      const aside = fs.readdirSync(path.join(ring.root(first), LOG)).filter(name => name.startsWith('before-restore-')).length;
      const held = ring.machines.filter(machine => fs.existsSync(path.join(ring.root(machine), '/var/lib/thousand-node/etcd-main-held')));

      const ok = offered.chosen && !offered.other && logged > 0 && !beside && result.failed.length === 0 && list.length === 5 && list.every(row => row.endsWith('false'))
        && again.code === 0 && /nothing to do/.test(again.stdout) && different === 0 && aside === 1 && held.length === 0;
      const figures = {
        growth_3_to_5: { value: growth, unit: 's' },
        requests: { value: result.requests, unit: 'beside it' },
        failed: { value: result.failed.length, unit: 'requests' },
        restored: { value: seconds, unit: 's until all five take writes' },
      };
      return ok ? passed('three members from unit and environment alone, log on its own disk, a suite that was not chosen refused; five without a failed request; one replaced; all restored', figures)
        : failed(`suites ${JSON.stringify(offered)}; ${logged} log files, beside ${beside}; failed ${result.failed.slice(0, 2).join(' ')}; list ${list.join(' / ')}; again ${again.code} ${lastLine(again)}; ${different} differ; aside ${aside}; held ${held.join()}`, figures);
    } finally {
      await ring.stop();
    }
  },
};

const upgraded: Check = {
  id: 'etcd-upgraded-minor-by-minor',
  drill: '6',
  judge: 'component',
  component: 'etcd',
  run: async scene => {
    const earlier = await binaries(['etcd-3.5', 'etcd-3.6'], console.log);
    const steps = [
      { tree: etcdTree(scene, 'etcd-3.5', description(KubernetesRelease.V1_33, 3)), tool: earlier['etcd-3.5'] },
      { tree: etcdTree(scene, 'etcd-3.6', description(KubernetesRelease.V1_36, 3)), tool: earlier['etcd-3.6'] },
      { tree: etcdTree(scene, 'etcd-3.7', description(KubernetesRelease.V1_37, 3)), tool: scene.binaries.etcd },
    ].map(step => ({ ...step, version: step.tool.version.replace(/^v/, '') }));
    const ring = await EtcdUnits.layOut(scene, 'etcd-upgrade', steps[2].tree);
    const [first] = ring.machines;
    const check = (to: string, machine = first) => ring.script(machine, 'upgrade-check', '--to', to);
    const refusals: { [what: string]: Finished } = {};
    try {
      for (const machine of ring.machines) {
        ring.copy(steps[0].tree, machine, /etcd-main\.env$/);
        ring.binary.set(machine, steps[0].tool.path);
      }
      ring.start(ring.machines);
      await ring.serving(ring.machines);
      const client = ring.client(first);
      const { written } = await fill(client, '/registry/pods/', 300, 10_000);
      client.close();

      refusals['a skipped minor'] = await check(steps[2].version);
      const script = path.join(ring.root(first), '/usr/local/sbin/thousand-node-etcd-upgrade-check');
      const text = fs.readFileSync(script, 'utf8');
      fs.writeFileSync(script, text.replace(/^readonly FLOORS=.*$/m, "readonly FLOORS='3.5:3.5.99:0 3.6:3.6.99:0'"));
      refusals['a patch below the floor'] = await check(steps[1].version);
      fs.writeFileSync(script, text);
      await ring.kill(ring.machines[2]);
      refusals['a dead member'] = await check(steps[1].version);
      ring.start([ring.machines[2]]);
      await ring.serving(ring.machines);

      const order: string[] = [];
      const leaders: string[] = [];
      for (const step of steps.slice(1)) {
        for (let i = 0; i < ring.machines.length; i++) {
          const said = await check(step.version);
          expectExit(said, 0);
          const next = /next(?: and last)?: (etcd-\d)/.exec(said.stdout)![1];
          order.push(next);
          if (/next and last/.test(said.stdout)) { leaders.push(next); }
          ring.copy(step.tree, next, /etcd-main\.env$/);
          ring.binary.set(next, step.tool.path);
          await ring.restart(next);
          await ring.serving(ring.machines);
        }
        const done = await check(step.version);
        if (step === steps[1]) {
          // 3.7 cannot read what 3.5 wrote to the log; after a snapshot by 3.6 nothing of it is replayed.
          refusals['a log that 3.5 wrote'] = await check(steps[2].version);
          const writer = ring.client(first);
          await fill(writer, '/registry/leases/', 16_000, 100, 32);
          writer.close();
        }
        if (done.code !== 0 || !done.stdout.includes(`all members of ring main run ${step.version}`)) { return failed(`after ${step.version}: ${lastLine(done)}`); }
      }
      refusals['a way back'] = await check(steps[1].version);
      const reader = ring.client(first);
      let different = 0;
      for (const key of written) { if (await reader.get(key) !== valueOf(key, 10_000)) { different++; } }
      reader.close();
      const deprecated = ring.machines.filter(machine => /deprecated/i.test(ring.log(machine)));
      const taken = Object.entries(refusals).filter(([, done]) => done.code !== 1).map(([what]) => what);
      return taken.length === 0 && different === 0 && order.length === 6 && leaders.length === 2 && deprecated.length === 0
        ? passed(`${steps.map(step => step.version).join(', ')} with ${order.join(', ')}, each named by the script; refused: ${Object.keys(refusals).join(', ')}; ${written.length} objects equal`)
        : failed(`taken: ${taken.join(', ')}; ${different} differ; order ${order.join()}; leaders ${leaders.join()}; deprecated on ${deprecated.join()}`);
    } finally {
      await ring.stop();
    }
  },
};

const certificates: Check = {
  id: 'etcd-certificates-that-end-are-seen',
  drill: '6',
  judge: 'component',
  component: 'promtool',
  run: async scene => {
    const ring = await EtcdUnits.layOut(scene, 'etcd-certificates', etcdTree(scene, 'etcd-certificates-tree', description(KubernetesRelease.V1_37, 1)));
    const [machine] = ring.machines;
    expectExit(await ring.script(machine, 'certificates'), 0);
    const metrics = fs.readFileSync(path.join(ring.root(machine), '/var/lib/thousand-node/metrics/thousand_node_etcd_certificates.prom'), 'utf8');
    const judged = await scene.processes.run('sh', ['-c', '"$1" check metrics < "$2"', 'sh', scene.binaries.promtool.path, scene.file('etcd-certificates/metrics.prom', metrics)]);
    const days = (name: string) => (Number(new RegExp(`file="${name}"} (\\d+)`).exec(metrics)![1]) * 1000 - Date.now()) / 86_400_000;
    const year = Math.abs(days('main-server.crt') - 365) < 1 && Math.abs(days('ca.crt') - 3650) < 1;
    // The twin: one that has ended, and one that is none.
    const pki = path.join(ring.root(machine), '/etc/kubernetes/pki/etcd');
    await scene.processes.run('openssl', ['x509', '-in', `${pki}/main-peer.crt`, '-signkey', `${pki}/main-peer.key`, '-days', '-1', '-out', `${pki}/main-peer.crt.old`]);
    fs.renameSync(`${pki}/main-peer.crt.old`, `${pki}/main-peer.crt`);
    const ended = await ring.script(machine, 'certificates');
    fs.writeFileSync(`${pki}/main-peer.crt`, 'no certificate');
    const broken = await ring.script(machine, 'certificates');
    return judged.code === 0 && year && ended.code === 1 && /main-peer\.crt has ended/.test(ended.stderr) && broken.code === 1 && /cannot be read/.test(broken.stderr)
      ? passed(`a year for members, ten for the authority, read by promtool; ${lastLine(ended)}`)
      : failed(`promtool ${judged.code} ${judged.stderr}; server ${days('main-server.crt')} days; ended ${ended.code} ${lastLine(ended)}; broken ${broken.code} ${lastLine(broken)}`);
  },
};

const verified: Check = {
  id: 'etcd-member-units-verify',
  drill: '6',
  judge: 'component',
  component: 'systemd-analyze',
  skip: () => notInstalled('systemd-analyze'),
  run: async scene => {
    const tree = etcdTree(scene, 'etcd-verify', { ...description(KubernetesRelease.V1_37, 3, CHOSEN), eventsMembers: MEMBERS.slice(0, 3), leasesMembers: MEMBERS.slice(0, 3) });
    const units = tree.entries.filter(entry => entry.machine === 'etcd-1' && entry.path.startsWith('/etc/systemd/system/')).map(entry => ({ path: entry.path, content: tree.text(entry) }));
    const said = await unitRemarks(scene, 'etcd-verify/units', units);
    const twin = await unitRemarks(scene, 'etcd-verify/twin', units.map(unit => ({ ...unit, content: unit.content.replace('IOSchedulingClass=best-effort', 'IOSchedulingClass=best').replace('Type=notify', 'Typ=notify') })));
    const asserted = settings(units.find(unit => unit.path.endsWith('/thousand-node-etcd-main.service'))!.content, 'AssertPathIsMountPoint');
    return said.length === 0 && twin.length > 0 && units.length === 10 && asserted.length === 2
      ? passed(`${units.length} units without remark; a setting that is none is named: ${twin[0].slice(0, 140)}`)
      : failed(`${units.length} units: ${said.join('; ')}; twin: ${twin.join('; ')}; asserted ${asserted.join()}`);
  },
};

/** Members that systemd runs, growth, other versions, certificates. */
export const etcdUnitsChecks: Check[] = [verified, certificates, grown, upgraded];

async function members(scene: Scene, ring: EtcdUnits, machine: string): Promise<string[]> {
  const { ca, cert, key } = ring.credentials(machine);
  const done = await scene.processes.run(scene.binaries.etcdctl.path, ['--endpoints', ring.clientUrl(machine), '--cacert', ca, '--cert', cert, '--key', key, 'member', 'list']);
  return done.stdout.trim().split('\n');
}

/** One write after the other through each client, until it is told to stop. */
function writes(clients: EtcdClient[]): { stop(): Promise<{ requests: number; failed: string[] }> } {
  let going = true;
  let requests = 0;
  const failures: string[] = [];
  const all = Promise.all(clients.map(async (client, i) => {
    for (let n = 0; going; n++) {
      await client.put(`/registry/beside/${i}-${n % 100}`, String(n)).catch((error: Error) => { failures.push(error.message); });
      requests++;
    }
    client.close();
  }));
  return {
    stop: async () => {
      going = false;
      await all;
      return { requests, failed: failures };
    },
  };
}

/** Whether a member takes a connection of TLS 1.2 with this suite alone. */
function handshake(ring: EtcdUnits, machine: string, ciphers: string): Promise<boolean> {
  const files = ring.credentials(machine);
  return new Promise(resolve => {
    const socket = tls.connect({
      host: ring.address(machine), port: 2379, ca: fs.readFileSync(files.ca), cert: fs.readFileSync(files.cert), key: fs.readFileSync(files.key), ciphers, maxVersion: 'TLSv1.2', rejectUnauthorized: false,
    }, () => { socket.destroy(); resolve(true); });
    socket.on('error', () => { resolve(false); });
  });
}

function empty(folder: string): void {
  for (const name of fs.readdirSync(folder)) { fs.rmSync(path.join(folder, name), { recursive: true }); }
}
