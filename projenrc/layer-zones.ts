/**
 * The layers of src/, lowest first. A folder may import from layers below its own, never from its own layer's other
 * folders (they answer different questions) and never from above. ARCHITECTURE.md draws the same picture.
 */
export const LAYERS: string[][] = [
  ['input'],
  ['derivation'],
  ['cluster', 'contracts'],
  ['catalogue'],
  ['capacity'],
  ['formats', 'host', 'in-cluster'],
  ['components'],
  ['audit'],
  ['report'],
];

/** Folders of one layer that may import a neighbour all the same: what it is, and why. */
const SIDEWAYS: { [folder: string]: string[] } = {
  // Contracts carry pools and releases; facts know nothing of contracts.
  contracts: ['cluster'],
  // Host files hold documents that a format printed.
  host: ['formats'],
};

interface Zone {
  readonly target: string;
  readonly from: string;
  readonly except?: string[];
  readonly message: string;
}

/** Zones for ESLint's import/no-restricted-paths, made from the layers. */
export function layerZones(components: string[] = COMPONENTS): Zone[] {
  const zones: Zone[] = [];
  LAYERS.forEach((layer, level) => {
    for (const folder of layer) {
      const above = LAYERS.slice(level + 1).flat();
      const beside = layer.filter(other => other !== folder && !(SIDEWAYS[folder] ?? []).includes(other));
      for (const forbidden of [...above, ...beside]) {
        zones.push({ target: `./src/${folder}`, from: `./src/${forbidden}`, message: `src/${folder} must not import src/${forbidden}: imports point down (ARCHITECTURE.md, layers)` });
      }
      zones.push({ target: `./src/${folder}`, from: './src/thousand-node-cluster.ts', message: 'only users import the composition' });
    }
  });
  for (const component of components) {
    zones.push({
      target: `./src/components/${component}`,
      from: './src/components',
      except: [`./${component}`],
      message: 'components never import each other: go through contracts/ or capacity/',
    });
  }
  return zones;
}

/** One folder per construct. */
export const COMPONENTS = [
  'etcd', 'api-server', 'node-pool', 'calico', 'dns', 'storage', 'monitoring', 'logging', 'autoscaler', 'hpa',
];
