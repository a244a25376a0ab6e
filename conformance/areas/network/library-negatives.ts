import { App, ApiObject, JsonPatch } from 'cdk8s';
import { description } from '../../../examples/thousand-node/cluster';
import { Audit, CalicoEbpfProps, ThousandNodeCluster } from '../../../src';
import { Check, failed, Outcome, passed } from '../../check';

function cluster(calico: CalicoEbpfProps = {}): ThousandNodeCluster {
  return new ThousandNodeCluster(new App(), 'thousand-node', { ...description, calico });
}

/** The message that a choice is refused with. */
function refusal(work: () => unknown): string | undefined {
  try {
    work();
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

function refused(id: string, message: () => string | undefined, reason: RegExp): Check {
  return {
    id,
    drill: 'N7',
    judge: 'library',
    component: 'rules',
    run: async (): Promise<Outcome> => {
      const said = message();
      return said !== undefined && reason.test(said) ? passed(said.slice(0, 240)) : failed(said ?? 'not refused');
    },
  };
}

/** The audit's word on a finished tree that somebody changed; empty where it has none. */
function errorsAfter(change: (object: ApiObject) => void, kind: string, name: RegExp): string | undefined {
  const tree = cluster();
  if (Audit.of(tree).errors.length > 0) { return `the tree has errors before the change: ${Audit.of(tree).errors[0].detail}`; }
  change(tree.node.findAll().filter((part): part is ApiObject => ApiObject.isApiObject(part)).find(object => object.kind === kind && name.test(object.name))!);
  return Audit.of(tree).errors.map(({ ruleId, detail }) => `${ruleId}: ${detail}`).join(' | ') || undefined;
}

/** Mistakes that the library itself notices; beside the refusals of components, which is what counts. */
export const libraryNegatives: Check[] = [
  refused('pool-too-small-noticed', () => refusal(() => cluster({ ipPools: [{ name: 'small', cidr: '10.0.0.0/15' }] })), /ipPools: 'small' 10\.0\.0\.0\/15 has 131072 addresses/),
  refused('overlapping-pools-noticed', () => refusal(() => cluster({ ipPools: [{ name: 'one', cidr: '10.0.0.0/12' }, { name: 'two', cidr: '10.8.0.0/13' }] })), /'one' 10\.0\.0\.0\/12 and ipPools 'two' 10\.8\.0\.0\/13 overlap/),
  refused('bpf-enabled-by-hand-noticed', () => errorsAfter(object => object.addJsonPatch(JsonPatch.add('/spec/bpfEnabled', true)), 'FelixConfiguration', /^default$/), /TNC201: bpfEnabled is set/),
  refused('missing-endpoint-noticed', () => errorsAfter(object => object.addJsonPatch(JsonPatch.remove('/data/KUBERNETES_SERVICE_HOST')), 'ConfigMap', /^kubernetes-services-endpoint$/), /TNC009: /),
];
