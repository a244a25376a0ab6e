/** What a static pod says, item by item, so that two of them can be compared: `--flag`, `env NAME`, `mount /path`, `startupProbe.periodSeconds`. */
export type PodItems = Map<string, string>;

/** An item that two pods do not say alike; undefined where one does not say it. */
export interface ItemDifference { readonly item: string; readonly kubeadm?: string; readonly ours?: string }

const UNITS: { [suffix: string]: number } = { 'm': 0.001, '': 1, 'k': 1000, 'Ki': 1024, 'Mi': 1024 ** 2, 'Gi': 1024 ** 3 };

/** Items of a manifest with one container. Names of volumes and order of lists mean nothing and are left out. */
export function podItems(manifest: any): PodItems {
  const { containers: [{ command, env, ports, volumeMounts, resources, name: _, ...container }], volumes, ...spec } = manifest.spec;
  const items: PodItems = new Map();
  const portOf = (text: unknown) => String(ports?.find((port: any) => port.name === text)?.containerPort ?? text);
  for (const argument of command.slice(1)) { items.set(argument.slice(0, argument.indexOf('=')), argument.slice(argument.indexOf('=') + 1)); }
  for (const { name, value } of env ?? []) { items.set(`env ${name}`, value); }
  for (const { name, containerPort } of ports ?? []) { items.set(`port ${name}`, String(containerPort)); }
  for (const { name, mountPath, readOnly } of volumeMounts ?? []) {
    const { path, type } = volumes.find((volume: any) => volume.name === name).hostPath;
    items.set(`mount ${mountPath}`, `${path} ${type}${readOnly === true ? ' read-only' : ''}`);
  }
  for (const [item, value] of leaves(resources, 'resources')) { items.set(item, String(quantity(String(value)))); }
  for (const [item, value] of leaves(container)) { items.set(item, item.endsWith('.httpGet.port') ? portOf(value) : String(value)); }
  for (const [item, value] of [...leaves(spec, 'pod'), ...leaves(manifest.metadata, 'metadata')]) { items.set(item, String(value)); }
  return items;
}

/** Sorted by item. */
export function itemDifferences(kubeadm: PodItems, ours: PodItems): ItemDifference[] {
  return [...new Set([...kubeadm.keys(), ...ours.keys()])].sort().filter(item => kubeadm.get(item) !== ours.get(item)).map(
    item => ({ item, kubeadm: kubeadm.get(item), ours: ours.get(item) }),
  );
}

export function leaves(value: unknown, at?: string): Array<[item: string, value: unknown]> {
  if (value === undefined || value === null) { return []; }
  if (typeof value !== 'object') { return [[at ?? '', value]]; }
  if (Array.isArray(value) && value.every(item => typeof item !== 'object')) { return [[at ?? '', value.join()]]; }
  return Object.entries(value).flatMap(([key, child]) => leaves(child, at === undefined ? key : `${at}.${key}`));
}

/** 64Gi and 65536Mi are the same. */
export function quantity(text: string): number | string {
  const [, number, suffix] = /^([\d.]+)(\w*)$/.exec(text) ?? [];
  return UNITS[suffix] === undefined ? text : Number(number) * UNITS[suffix];
}
