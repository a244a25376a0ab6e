import { KubeClient } from '../../kube-client';
import { Scene } from '../../scene';
import { until } from '../../waiting';
import { startKwok } from '../foundation/node-checks';
import { kubectl } from '../foundation/object-checks';

const LEAVE_SECONDS = 240;

/** The shared control plane with scheduler, controllers and kwok, and without nodes or workloads that an earlier area left there. */
export async function rehearsalPlane(scene: Scene): Promise<KubeClient> {
  const plane = scene.controlPlane;
  const runs = (name: string) => plane.servers.some(server => server.name.startsWith(name) && server.exitCode() === undefined);
  const client = await plane.running();
  if (!runs('kube-controller-manager')) { plane.startControllerManager(); }
  if (!runs('kube-scheduler')) { plane.startScheduler(); }
  await kubectl(scene, 'delete', 'daemonsets,deployments,statefulsets,jobs', '--all', '--all-namespaces', '--wait=false');
  await kubectl(scene, 'delete', 'pods', '--all', '--all-namespaces', '--wait=false', '--force');
  await kubectl(scene, 'delete', 'nodes', '--all', '--wait=false');
  await until('an empty cluster', LEAVE_SECONDS, async () => await count(client, '/api/v1/pods') + await count(client, '/api/v1/nodes') === 0, plane.servers, 1000);
  if (!runs('kwok')) { await startKwok(scene); }
  return client;
}

/** How many objects a list has, without reading them. */
async function count(client: KubeClient, path: string): Promise<number> {
  const { items, metadata } = (await client.get(`${path}?limit=1`)).body;
  return items.length + (metadata.remainingItemCount ?? 0);
}
