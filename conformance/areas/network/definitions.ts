import * as fs from 'node:fs';
import * as path from 'node:path';
import { parse } from 'yaml';
import { KubernetesRelease } from '../../../src';
import { REPOSITORY } from '../../scene';
import { until } from '../../waiting';
import { AddressCluster } from '../brain/address-cluster';

/** A version of Calico, a Kubernetes release that goes with it, and where its definitions lie. */
export interface CalicoVersion {
  readonly minor: string;
  readonly release: KubernetesRelease;
  readonly folder: string;
}

/** The three that upstream still mends. Source: conformance/fixtures/crds. */
export const VERSIONS: CalicoVersion[] = [
  { minor: '3.30', release: KubernetesRelease.V1_32, folder: '3.30' },
  { minor: '3.31', release: KubernetesRelease.V1_33, folder: '3.31' },
  { minor: '3.32', release: KubernetesRelease.newest(), folder: '.' },
];

const GONE_SECONDS = 120;

/** An API server that serves the kinds of one version of Calico, and then of another. */
export class CustomKinds {
  private installed: string[] = [];
  private version?: CalicoVersion;
  private readonly resources = new Map<string, { readonly name: string; readonly namespaced: boolean }>();

  constructor(private readonly cluster: AddressCluster) {}

  /** Replace what is installed by this version, where it is another. */
  public async install(version: CalicoVersion): Promise<void> {
    if (version === this.version) { return; }
    await this.remove();
    const folder = path.join(REPOSITORY, 'conformance', 'fixtures', 'crds', version.folder);
    for (const file of fs.readdirSync(folder).filter(name => name.endsWith('.yaml'))) {
      const definition = parse(fs.readFileSync(path.join(folder, file), 'utf8'));
      const { status, body } = await this.cluster.request('POST', '/apis/apiextensions.k8s.io/v1/customresourcedefinitions', definition);
      if (status !== 201) { throw new Error(`${file}: ${body.message}`); }
      this.installed.push(definition.metadata.name);
    }
    await until('custom kinds served', 30, async () => {
      for (const name of this.installed) {
        const { body } = await this.cluster.request('GET', `/apis/apiextensions.k8s.io/v1/customresourcedefinitions/${name}`);
        if (!body.status?.conditions?.some((condition: any) => condition.type === 'Established' && condition.status === 'True')) { return false; }
      }
      // Discovery and handlers follow the condition a moment later.
      const served = await Promise.all(['operator.tigera.io/v1', 'projectcalico.org/v3'].map(async group => (await this.cluster.request('GET', `/apis/${group}`)).body.resources ?? []));
      return served.flat().filter((resource: any) => !resource.name.includes('/')).length === this.installed.length;
    }, this.cluster.servers);
    await this.cluster.request('GET', '/apis/projectcalico.org/v3/ippools');
    this.version = version;
  }

  /** Whether the API server takes an object, strictly and without keeping it: its message where it does not. */
  public async refusal(object: any): Promise<string | undefined> {
    const { status, body } = await this.cluster.request('POST', `${await this.pathOf(object)}?fieldValidation=Strict&dryRun=All`, object);
    return status === 201 ? undefined : String(body.message ?? status);
  }

  /** Namespaces that objects live in; they have to be there. */
  public async namespaces(names: string[]): Promise<void> {
    for (const name of names) { await this.cluster.request('POST', '/api/v1/namespaces', { apiVersion: 'v1', kind: 'Namespace', metadata: { name } }); }
  }

  private async pathOf(object: any): Promise<string> {
    const base = object.apiVersion.includes('/') ? `/apis/${object.apiVersion}` : `/api/${object.apiVersion}`;
    const key = `${object.apiVersion}/${object.kind}`;
    if (!this.resources.has(key)) {
      const { body } = await this.cluster.request('GET', base);
      const found = (body.resources ?? []).find((resource: any) => resource.kind === object.kind && !resource.name.includes('/'));
      if (!found) { throw new Error(`the API server serves no ${key}`); }
      this.resources.set(key, found);
    }
    const { name, namespaced } = this.resources.get(key)!;
    return `${base}${namespaced ? `/namespaces/${object.metadata.namespace}` : ''}/${name}`;
  }

  private async remove(): Promise<void> {
    for (const name of this.installed) { await this.cluster.request('DELETE', `/apis/apiextensions.k8s.io/v1/customresourcedefinitions/${name}`); }
    this.version = undefined;
    // The API server removes them by few workers, each of which looks every few seconds whether all objects of a kind have gone.
    await until('custom kinds gone', GONE_SECONDS, async () => {
      const { body } = await this.cluster.request('GET', '/apis/apiextensions.k8s.io/v1/customresourcedefinitions');
      return body.items.length === 0;
    }, this.cluster.servers);
    this.installed = [];
    this.resources.clear();
  }
}
