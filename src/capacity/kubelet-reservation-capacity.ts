import { evictionMemory, kubeReservedCpu, kubeReservedMemory, systemReservedCpu, systemReservedMemory } from './kubelet-capacity';
import { Amount, derived, Derivation } from '../derivation/derivation';

/** By which rule memory and CPU are withheld from pods. */
export enum ReservationRule {
  /** Memory: the larger need of EKS and AKS; CPU: the curve of EKS and GKE; 100 millicores and 200 MiB for the system beside them. */
  LARGER = 'larger',
  /** Google Kubernetes Engine: shares of the machine that fall with its size; the system is in them. */
  GKE = 'gke',
  /** Amazon EKS (nodeadm): memory by pods, CPU by cores; the system is in them. */
  EKS = 'eks',
  /** Azure AKS from 1.29 on: memory by pods, at most a quarter of the machine; the system is in them. */
  AKS = 'aks',
}

/** What is withheld from the pods of a machine. */
export interface Reservations {
  /** Millicores. */
  readonly kubeCpu: Derivation;
  /** MiB. */
  readonly kubeMemory: Derivation;
  /** Millicores. */
  readonly systemCpu: Derivation;
  /** MiB. */
  readonly systemMemory: Derivation;
  /** MiB. */
  readonly eviction: Derivation;
}

/** Amounts of one machine. */
export interface ReservedMachine {
  readonly cores: Amount;
  /** MiB. */
  readonly memory: Amount;
  readonly maxPods: Amount;
}

/** All reservations of a machine by one rule. `place` is the part of the ids that names the machines. */
export function reservations(place: string, machine: ReservedMachine, rule: ReservationRule = ReservationRule.LARGER): Reservations {
  if (rule === ReservationRule.LARGER) {
    return {
      kubeCpu: kubeReservedCpu(place, machine.cores),
      kubeMemory: kubeReservedMemory(place, machine.maxPods, machine.memory),
      systemCpu: systemReservedCpu(place),
      systemMemory: systemReservedMemory(place),
      eviction: evictionMemory(place, machine.memory),
    };
  }
  const source = SOURCE[rule];
  return {
    kubeCpu: rule === ReservationRule.AKS ? aksReservedCpu(place, machine.cores) : kubeReservedCpu(place, machine.cores),
    kubeMemory: PROVIDER_MEMORY[rule](place, machine),
    systemCpu: derived({ id: `kubelet/${place}/system-reserved-cpu`, unit: 'millicores', words: 'in the provider\'s rule', expression: '0', source }),
    systemMemory: derived({ id: `kubelet/${place}/system-reserved-memory`, unit: 'MiB', words: 'in the provider\'s rule', expression: '0', source }),
    eviction: derived({ id: `kubelet/${place}/eviction-memory`, unit: 'MiB', words: '100 MiB on every machine', expression: '100', source }),
  };
}

type ProviderRule = Exclude<ReservationRule, ReservationRule.LARGER>;

const SOURCE: { readonly [rule in ProviderRule]: string } = {
  [ReservationRule.GKE]: 'GKEDOC',
  [ReservationRule.EKS]: 'EKSAMI:nodeadm/internal/kubelet/config.go',
  [ReservationRule.AKS]: 'AKSDOC',
};

const PROVIDER_MEMORY: { readonly [rule in ProviderRule]: (place: string, machine: ReservedMachine) => Derivation } = {
  [ReservationRule.GKE]: (place, { memory }) => gkeReservedMemory(place, memory),
  [ReservationRule.EKS]: (place, { maxPods }) => eksReservedMemory(place, maxPods),
  [ReservationRule.AKS]: (place, { maxPods, memory }) => aksReservedMemory(place, maxPods, memory),
};

/**
 * Memory by the rule of GKE: shares that fall with the size of the machine.
 *
 * | memory GiB | 4     | 16    | 64    | 128   | 512    |
 * | MiB        | 1,024 | 2,663 | 5,612 | 9,544 | 17,408 |
 *
 * Source: GKEDOC.
 */
export function gkeReservedMemory(place: string, machineMebibytes: Amount): Derivation {
  return derived({
    id: `kubelet/${place}/kube-reserved-memory`,
    unit: 'MiB',
    words: '25 % of the first 4 GiB, 20 % of the next 4, 10 % of the next 8, 6 % of the next 112, 2 % of the rest',
    expression: 'ceil((25 * min(machineMebibytes, 4096) + 20 * max(0, min(machineMebibytes, 8192) - 4096) + 10 * max(0, min(machineMebibytes, 16384) - 8192) '
      + '+ 6 * max(0, min(machineMebibytes, 131072) - 16384) + 2 * max(0, machineMebibytes - 131072)) / 100)',
    inputs: { machineMebibytes },
    source: SOURCE[ReservationRule.GKE],
  });
}

/**
 * Memory by the rule of EKS: by pods only.
 *
 * | pods | 29  | 58  | 110   | 250   |
 * | MiB  | 574 | 893 | 1,465 | 3,005 |
 *
 * Source: EKSAMI.
 */
export function eksReservedMemory(place: string, maxPods: Amount): Derivation {
  return derived({
    id: `kubelet/${place}/kube-reserved-memory`,
    unit: 'MiB',
    words: '11 MiB a pod and 255 MiB',
    expression: '11 * maxPods + 255',
    inputs: { maxPods },
    source: SOURCE[ReservationRule.EKS],
  });
}

/**
 * Memory by the rule of AKS: by pods, at most a quarter of the machine.
 *
 * | pods / GiB | 30 / 8 | 110 / 8 | 110 / 64 | 250 / 64 |
 * | MiB        | 620    | 2,048   | 2,146    | 4,817    |
 *
 * Source: AKSDOC, from 1.29 on.
 */
export function aksReservedMemory(place: string, maxPods: Amount, machineMebibytes: Amount): Derivation {
  return derived({
    id: `kubelet/${place}/kube-reserved-memory`,
    unit: 'MiB',
    words: '20 MB a pod and 50 MB, at most a quarter of the machine',
    expression: 'ceil(min((20 * maxPods + 50) * megabyte / mebibyte, machineMebibytes / 4))',
    inputs: { maxPods, megabyte: 1_000_000, mebibyte: 1024 ** 2, machineMebibytes },
    source: SOURCE[ReservationRule.AKS],
  });
}

/**
 * CPU by the table of AKS. Between its columns the slope is constant, so one line goes through all of them.
 *
 * | cores      | 1  | 2   | 4   | 8   | 16  | 32  | 64  |
 * | millicores | 60 | 100 | 140 | 180 | 260 | 420 | 740 |
 *
 * Source: AKSDOC.
 */
export function aksReservedCpu(place: string, cores: Amount): Derivation {
  return derived({
    id: `kubelet/${place}/kube-reserved-cpu`,
    unit: 'millicores',
    words: '60 millicores for core 1, 40 for core 2, 20 for cores 3 and 4, 10 for every other',
    expression: '60 + 40 * (min(cores, 2) - 1) + 20 * max(0, min(cores, 4) - 2) + 10 * max(0, cores - 4)',
    inputs: { cores },
    source: SOURCE[ReservationRule.AKS],
  });
}
