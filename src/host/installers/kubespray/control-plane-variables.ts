import { Variables } from './kubelet-variables';
import { KUBESPRAY_EXTRA_ARGUMENTS, KUBESPRAY_FILE_FLAGS, KUBESPRAY_FLAG_VARIABLES, KUBESPRAY_OWNED_FLAGS } from '../../../catalogue/kubespray-variables';
import { InvalidInput } from '../../../input/problems';
import { HostArtefacts } from '../../host-artefacts';

interface Flag { readonly name: string; readonly value: string }

/** Flags of components as variables, and what no variable carries. */
export interface ControlPlaneVariables {
  readonly controlPlane: Variables;
  readonly etcd: Variables;
  readonly notCarried: Array<{ readonly component: string; readonly flag: string; readonly value: string }>;
  /** Machines with an API server, and with a member of etcd. */
  readonly controlPlaneMachines: string[];
  readonly etcdMachines: string[];
  readonly hasEventsRing: boolean;
}

/** API server, controller manager and scheduler from their static pods; etcd's main ring. */
export function controlPlaneVariables(artefacts: HostArtefacts): ControlPlaneVariables {
  const running = [...artefacts.staticPods, ...artefacts.services]
    .map(({ target, props: { component, name, flags } }) => ({ machine: target.name, component, name, flags: flags as Flag[] }));
  const controlPlane: { [name: string]: unknown } = {};
  const etcd: { [name: string]: unknown } = {};
  const notCarried: Array<{ component: string; flag: string; value: string }> = [];
  for (const [component, extra] of Object.entries(KUBESPRAY_EXTRA_ARGUMENTS)) {
    const all = running.filter(item => item.component === component);
    if (all.length === 0) { continue; }
    const free: { [flag: string]: string } = {};
    for (const { name, value } of all[0].flags.filter(flag => !KUBESPRAY_OWNED_FLAGS.test(flag.name))) {
      refuseDifference(component, name, value, all);
      if (KUBESPRAY_FILE_FLAGS.test(name)) { notCarried.push({ component, flag: name, value }); continue; }
      const variable = KUBESPRAY_FLAG_VARIABLES[component][name];
      if (variable === undefined) { free[name] = value; } else { assign(controlPlane, variable, value); }
    }
    controlPlane[extra] = free;
  }
  const rings = running.filter(item => item.component === 'etcd');
  const main = rings.find(item => item.name === 'etcd-main') ?? rings[0];
  for (const { name, value } of main?.flags ?? []) {
    const variable = KUBESPRAY_FLAG_VARIABLES.etcd[name];
    if (variable !== undefined) { assign(etcd, variable, value); } else if (['feature-gates', 'watch-progress-notify-interval'].includes(name)) { notCarried.push({ component: main!.name, flag: name, value }); }
  }
  const machines = (component: string) => [...new Set(running.filter(item => item.component === component).map(item => item.machine))];
  return { controlPlane, etcd, notCarried, controlPlaneMachines: machines('kube-apiserver'), etcdMachines: machines('etcd'), hasEventsRing: rings.some(item => item.name === 'etcd-events') };
}

function assign(into: { [name: string]: unknown }, variable: string, value: string): void {
  if (variable.endsWith('[]')) { into[variable.slice(0, -2)] = value.split(','); } else { into[variable] = /^\d+$/.test(value) ? Number(value) : value === 'true' ? true : value === 'false' ? false : value; }
}

function refuseDifference(component: string, flag: string, value: string, all: Array<{ machine: string; flags: Flag[] }>): void {
  const given = all.map(item => item.flags.filter(candidate => candidate.name === flag).map(candidate => candidate.value));
  const odd = given.findIndex(values => values.length !== 1 || values[0] !== value);
  if (odd !== -1) {
    throw new InvalidInput('installer kubespray', [`${component} on ${all[odd].machine}: '${flag}' has another value or stands twice; kubespray has one value for all machines, use Installer.plain()`]);
  }
}
