import { CustomKinds, VERSIONS } from './definitions';
import { facts, forms } from './descriptions';
import { Check, failed, Outcome, passed } from '../../check';
import { Scene } from '../../scene';
import { AddressCluster } from '../brain/address-cluster';

/** Kinds in the output of every version, so that an empty form cannot pass. */
const KINDS = [
  'APIServer', 'BGPConfiguration', 'BGPPeer', 'ClusterRole', 'ConfigMap', 'DaemonSet', 'Deployment', 'FelixConfiguration', 'GlobalNetworkPolicy', 'IPAMConfiguration', 'IPPool', 'IPReservation',
  'Installation', 'KubeControllersConfiguration', 'Namespace', 'NetworkPolicy', 'ServiceAccount',
];

const SHARED = new WeakMap<Scene, Promise<CustomKinds>>();

/** One API server for all of these checks; it ends with the run. */
async function withKinds<T>(scene: Scene, work: (kinds: CustomKinds) => Promise<T>): Promise<T> {
  if (!SHARED.has(scene)) {
    SHARED.set(scene, new Promise((resolve, reject) => {
      let end = () => {};
      const over = new Promise<void>(done => { end = done; });
      const running = AddressCluster.with(scene, facts(1200).network, async cluster => {
        const kinds = new CustomKinds(cluster);
        await kinds.namespaces(['tigera-operator', 'monitoring']);
        resolve(kinds);
        await over;
      });
      running.catch(reject);
      scene.atEnd(async () => {
        end();
        await running.catch(() => undefined);
      });
    }));
  }
  return work(await SHARED.get(scene)!);
}

export const objectChecks: Check[] = [{
  id: 'calico-objects-accepted',
  drill: '1',
  judge: 'component',
  component: 'kube-apiserver',
  run: scene => withKinds(scene, async kinds => {
    const problems: string[] = [];
    const counts: { [name: string]: { value: number; unit: string } } = {};
    for (const version of VERSIONS) {
      await kinds.install(version);
      const written = forms(version.release);
      const missing = KINDS.filter(kind => !written.some(form => form.objects.some(object => object.kind === kind)));
      if (missing.length > 0) { problems.push(`${version.minor}: no form writes ${missing.join(', ')}`); }
      let accepted = 0;
      for (const { name, objects } of written) {
        for (const object of objects) {
          // Namespaces are there already, since the others need them.
          const refusal = object.kind === 'Namespace' ? undefined : await kinds.refusal(object);
          if (refusal === undefined) { accepted++; } else { problems.push(`${version.minor}, ${name}: ${object.kind}/${object.metadata.name}: ${refusal}`); }
        }
      }
      counts[`accepted ${version.minor}`] = { value: accepted, unit: 'objects' };
    }
    return problems.length === 0 ? passed(`forms of ${VERSIONS.map(({ minor }) => minor).join(', ')} are taken strictly`, counts) : failed(problems.slice(0, 8).join(' | '), counts);
  }),
}];

/** An object with one thing wrong, taken without it. */
interface Twin {
  readonly what: string;
  readonly kind: string;
  readonly version: string;
  readonly change: (object: any) => void;
  readonly reason: RegExp;
}

/** By version, newest first: it is the one that was installed last, and an exchange takes the API server a while. */
const TWINS: { [id: string]: Twin } = {
  'removed-field-refused': {
    what: 'a field that went with 3.32', kind: 'FelixConfiguration', version: '3.32', change: object => { object.spec.iptablesLockTimeout = '1s'; }, reason: /unknown field "spec\.iptablesLockTimeout"/,
  },
  'service-mode-refused': {
    what: 'a value that Felix does not have', kind: 'FelixConfiguration', version: '3.32', change: object => { object.spec.bpfExternalServiceMode = 'Bridge'; }, reason: /spec\.bpfExternalServiceMode.*should match/,
  },
  'block-size-refused': {
    what: 'a block of more than 128 bits', kind: 'IPPool', version: '3.32', change: object => { object.spec.blockSize = 129; }, reason: /spec\.blockSize.*less than or equal to 128/,
  },
  'field-unknown-to-the-version-refused': {
    what: 'a field that came with 3.32', kind: 'FelixConfiguration', version: '3.31', change: object => { object.spec.bpfMaglevMaxServices = 100; }, reason: /unknown field "spec\.bpfMaglevMaxServices"/,
  },
  'data-plane-refused': {
    what: 'a data plane that does not exist', kind: 'Installation', version: '3.30', change: object => { object.spec.calicoNetwork.linuxDataplane = 'EBPF'; }, reason: /linuxDataplane: Unsupported value: "EBPF"/,
  },
};

export const objectNegatives: Check[] = Object.entries(TWINS).map(([id, twin]): Check => ({
  id,
  drill: 'N1',
  judge: 'component',
  component: 'kube-apiserver',
  run: scene => withKinds(scene, async kinds => refused(kinds, twin)),
}));

async function refused(kinds: CustomKinds, { what, kind, version: minor, change, reason }: Twin): Promise<Outcome> {
  const version = VERSIONS.find(one => one.minor === minor)!;
  await kinds.install(version);
  const right = forms(version.release).flatMap(form => form.objects).find(object => object.kind === kind);
  const before = await kinds.refusal(right);
  if (before !== undefined) { return failed(`the object is refused as it is: ${before}`); }
  const wrong = structuredClone(right);
  change(wrong);
  const refusal = await kinds.refusal(wrong);
  if (refusal === undefined) { return failed(`${what} is taken`); }
  return reason.test(refusal) ? passed(`${what}: ${refusal.slice(0, 220)}`) : failed(`refused, but not because of ${reason}: ${refusal.slice(0, 300)}`);
}
