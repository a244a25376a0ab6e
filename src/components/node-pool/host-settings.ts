import { kernelSettings, KERNEL_MODULES, neighboursOf, openFiles } from '../../capacity/host-capacity';
import { ClusterFacts } from '../../cluster/cluster-facts';
import { HOST_PORTS, NODE_PORT_RANGE } from '../../cluster/ports';
import { Amount, Derivation } from '../../derivation/derivation';
import { modulesLoad } from '../../formats/modules-load';
import { sysctlConf, sysctlProblem } from '../../formats/sysctl-conf';
import { systemdUnit } from '../../formats/systemd-unit';
import { HostChange } from '../../host/host-change';
import { HostFileProps } from '../../host/host-file';
import { HostTarget } from '../../host/host-target';
import { Problems } from '../../input/problems';
import { safeEntries } from '../../input/text-safety';

/** Settings of the machine that a kubelet runs on. */
export interface HostSettings {
  readonly sysctl: string;
  readonly modules: string;
  readonly runtimeLimits: string;
  readonly derivations: Derivation[];
}

/** Equal machines that the settings are for. */
interface Machines {
  /** Part of the ids of their numbers. */
  readonly name: string;
  readonly cores: Amount;
  readonly maxPods: Amount;
}

export function hostSettings(
  cluster: ClusterFacts, machines: Machines, extraSysctls: { [key: string]: string } | undefined, problems: Problems,
): HostSettings {
  const { name, cores, maxPods } = machines;
  const neighbours = neighboursOf(name, cluster.fleet.machines, maxPods);
  const kernel = kernelSettings(name, cores, neighbours, NODE_PORT_RANGE, Object.values(HOST_PORTS), cluster.network.podCidrs.some(cidr => cidr.includes(':')));
  const lines = kernel.map(({ key, value, why, source }) => ({ key, value, comment: `${why} [${source}]` }));
  const own = new Map(lines.map(line => [line.key, line]));
  for (const [key, value] of safeEntries('extraSysctls', extraSysctls)) {
    const problem = sysctlProblem('extraSysctls', key, value);
    problems.add(problem);
    problems.require(!KUBELET_CHECKED.test(key) || own.get(key)?.value === value,
      `extraSysctls: the kubelet refuses to start with another ${key} than ${own.get(key)?.value}; leave it out`);
    if (problem === undefined) { own.set(key, { key, value, comment: 'given by the user' }); }
  }
  const files = openFiles();
  // Both address families share one rule; what the user replaced is no number of ours.
  const ours = kernel.flatMap(({ key, derivation }) => (derivation === undefined || Object.hasOwn(extraSysctls ?? {}, key) ? [] : [derivation]));
  return {
    sysctl: problems.isEmpty ? sysctlConf([...own.values()]) : '',
    modules: modulesLoad(KERNEL_MODULES),
    runtimeLimits: systemdUnit([{ name: 'Service', settings: [['LimitNOFILE', files.value]] }]),
    derivations: [...new Map([...ours, files].map(derivation => [derivation.id, derivation])).values()],
  };
}

const KUBELET_CHECKED = /^(vm\.overcommit_memory|vm\.panic_on_oom|kernel\.panic|kernel\.panic_on_oops|kernel\.keys\.root_max(keys|bytes))$/;

/** The files of one machine or pool, by construct id. */
export function hostFiles(target: HostTarget, { nodeTimers: timers }: ClusterFacts, settings: HostSettings): Array<[id: string, file: HostFileProps]> {
  return [
    ['Sysctl', { target, path: '/etc/sysctl.d/95-thousand-node.conf', content: settings.sysctl, onChange: HostChange.run('sysctl', '--system') }],
    ['Modules', {
      target, path: '/etc/modules-load.d/thousand-node.conf', content: settings.modules, onChange: HostChange.restart('systemd-modules-load.service'),
    }],
    ['RuntimeLimits', {
      target, path: '/etc/systemd/system/containerd.service.d/20-limits.conf', content: settings.runtimeLimits, onChange: HostChange.drainAndRestart('containerd.service'),
    }],
    // A client notices a dead connection after 45 s: by then a node with a shorter grace is lost.
    ...(timers.noticesSooner ? [['Connections', {
      target,
      path: '/etc/systemd/system/kubelet.service.d/20-connections.conf',
      content: systemdUnit([{
        name: 'Service',
        settings: [['Environment', `HTTP2_READ_IDLE_TIMEOUT_SECONDS=${timers.readIdleSeconds}`], ['Environment', `HTTP2_PING_TIMEOUT_SECONDS=${timers.pingSeconds}`]],
      }]),
      onChange: HostChange.restart('kubelet.service'),
    }] as [string, HostFileProps]] : []),
  ];
}
