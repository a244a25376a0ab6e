import { kubeletChangeRow, KubeletChangeRow } from '../catalogue/kubelet-changes';

/** What a node needs so that a change takes effect. */
export enum NodeAction {
  /** The kubelet starts again; pods go on running. */
  RESTART = 'restart',
  /** Pods leave the node first. */
  DRAIN = 'drain',
  /** Pods leave the node first, and a state file is removed while the kubelet is stopped: it would not start beside it. */
  DRAIN_AND_REMOVE_STATE = 'drain and remove state',
}

/** One field of a kubelet's configuration that differs. */
export interface KubeletChange {
  /** Field of KubeletConfiguration. */
  readonly field: string;

  /**
   * JSON of what it was.
   *
   * @default - the field was not there
   */
  readonly before?: string;

  /**
   * JSON of what it becomes.
   *
   * @default - the field goes
   */
  readonly after?: string;

  /** What the node needs. */
  readonly action: NodeAction;

  /** What would happen without, or what is left to do; empty where the kubelet reads the field when it starts and that is all. */
  readonly why: string;

  /**
   * Path of the state file that has to go.
   *
   * @default - none
   */
  readonly stateFile?: string;
}

const STATE_FOLDER = '/var/lib/kubelet';
const ORDER = [NodeAction.DRAIN_AND_REMOVE_STATE, NodeAction.DRAIN, NodeAction.RESTART];

/** What a changed kubelet configuration asks of the nodes that run with the old one, by the kubelet's own rules. */
export class KubeletChanges {
  /**
   * Compare two KubeletConfigurations. A field that is missing has upstream's default where that decides.
   *
   * @param before what the nodes run with
   * @param after what they shall run with
   */
  public static between(before: { [field: string]: any }, after: { [field: string]: any }): KubeletChanges {
    const fields = [...new Set([...Object.keys(before), ...Object.keys(after)])].filter(field => field !== 'apiVersion' && field !== 'kind').sort();
    const changes = fields.filter(
      field => canonical(effective(before, field)) !== canonical(effective(after, field)),
    ).map(field => change(field, before[field], after[field]));
    return new KubeletChanges(changes.sort((a, b) => ORDER.indexOf(a.action) - ORDER.indexOf(b.action)));
  }

  private constructor(
    /** Each field that differs, the most demanding first. */
    public readonly changes: KubeletChange[],
  ) {}

  /** The most that one of them needs. Undefined: nothing differs. */
  public get action(): NodeAction | undefined {
    return this.changes[0]?.action;
  }

  /** Files to remove while the kubelet is stopped. */
  public get stateFiles(): string[] {
    return [...new Set(this.changes.flatMap(({ stateFile }) => stateFile ?? []))].sort();
  }
}

/** Where the kubelet keeps a state file. */
export function stateFilePath(name: string): string {
  return `${STATE_FOLDER}/${name}`;
}

function change(field: string, before: unknown, after: unknown): KubeletChange {
  const row = kubeletChangeRow(field);
  const eased = row?.whenLower === true && Number(after ?? row.unset) >= Number(before ?? row.unset);
  const needs = row === undefined || eased ? 'restart' : row.needs;
  return {
    field,
    before: before === undefined ? undefined : canonical(before),
    after: after === undefined ? undefined : canonical(after),
    action: ACTIONS[needs],
    why: row === undefined || eased ? '' : row.why,
    stateFile: needs === 'drain and remove state' ? stateFilePath(row!.stateFile!) : undefined,
  };
}

const ACTIONS: { readonly [needs in KubeletChangeRow['needs']]: NodeAction } = {
  'restart': NodeAction.RESTART, 'drain': NodeAction.DRAIN, 'drain and remove state': NodeAction.DRAIN_AND_REMOVE_STATE,
};

function effective(configuration: { readonly [field: string]: unknown }, field: string): unknown {
  return configuration[field] ?? kubeletChangeRow(field)?.unset;
}

/** Equal documents have equal texts, whatever the order of their keys. */
function canonical(value: unknown): string {
  return JSON.stringify(value, (_, inner: unknown) => (typeof inner === 'object' && inner !== null && !Array.isArray(inner)
    ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
    : inner)) ?? 'undefined';
}
