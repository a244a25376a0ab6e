import { App, Chart, Testing } from 'cdk8s';
import { facts } from './descriptions';
import { CalicoBgp, CalicoEbpf } from '../../../src';
import { nodeGroups } from '../../../src/capacity/calico-pool-capacity';
import { Check, failed, Outcome, passed } from '../../check';
import { Scene } from '../../scene';

const CLUSTER_ID = 'projectcalico.org/RouteReflectorClusterID';

/** A node with what BGP needs to know of it. */
interface Speaker {
  readonly name: string;
  readonly labels: { readonly [label: string]: string };
  /** Set on route reflectors. */
  readonly clusterId?: string;
}

/** What the construct wrote: objects, and the commands that annotate reflectors. */
interface Routing {
  readonly peers: any[];
  readonly mesh: boolean;
  readonly speakers: Speaker[];
}

function routing(nodes: number): Routing {
  const cluster = facts(nodes);
  const chart = new Chart(new App(), 'network');
  const calico = new CalicoEbpf(chart, 'calico', { cluster, bgp: CalicoBgp.routeReflectors({ nodePool: 'routes' }) });
  const objects: any[] = Testing.synth(chart);
  const speakers = nodeGroups(cluster).flatMap(group => Array.from({ length: group.nodes }, (_, i): Speaker => ({ name: `${group.name} ${i}`, labels: group.labels })));
  const commands = calico.preconditions.flatMap(text => {
    const match = new RegExp(`kubectl annotate node -l (\\S+) ${CLUSTER_ID}=(\\S+)`).exec(text);
    return match ? [{ labels: match[1].split(',').map(pair => pair.split('=')), id: match[2] }] : [];
  });
  return {
    peers: objects.filter(object => object.kind === 'BGPPeer'),
    mesh: objects.find(object => object.kind === 'BGPConfiguration')?.spec.nodeToNodeMeshEnabled !== false,
    speakers: speakers.map(
      speaker => ({ ...speaker, clusterId: commands.find(command => command.labels.every(([label, value]) => speaker.labels[label] === value))?.id }),
    ),
  };
}

/** Sessions by index, as Calico makes them: every node that `nodeSelector` selects with every one that `peerSelector` does. Calico's own parser reads the selectors. */
async function sessions(scene: Scene, { peers, speakers }: Routing): Promise<Array<Set<number>>> {
  const selectors = peers.flatMap(peer => [peer.spec.nodeSelector, peer.spec.peerSelector]);
  const input = scene.file('network/selectors.json', JSON.stringify({ selectors, objects: speakers.map(speaker => speaker.labels) }));
  const { stdout, code, stderr } = await scene.processes.run('sh', ['-c', `exec "${scene.binaries['calico-selector-check'].path}" < "${input}"`]);
  if (code !== 0) { throw new Error(stderr); }
  const selected = stdout.trim().split('\n').map(line => {
    const answer = JSON.parse(line);
    if (answer.error) { throw new Error(`Calico refuses a selector: ${answer.error}`); }
    return (answer.selected as boolean[]).flatMap((is, i) => (is ? [i] : []));
  });
  const neighbours = speakers.map(() => new Set<number>());
  for (let i = 0; i < selected.length; i += 2) {
    for (const one of selected[i]) {
      for (const other of selected[i + 1].filter(o => o !== one)) {
        neighbours[one].add(other);
        neighbours[other].add(one);
      }
    }
  }
  return neighbours;
}

/**
 * Who has the route of an origin, with some speakers lost. A route learned inside of the system goes on only at reflectors: from a client to everybody, from
 * another to clients. Reflectors treat peers without their own cluster id as clients, and drop what their own group has reflected.
 *
 * Source: RFC 4456; CAL@v3.32.0 confd/pkg/backends/calico/bgp_processor.go (route reflector handling).
 */
function reached(speakers: Speaker[], neighbours: Array<Set<number>>, origin: number, lost: Set<number>): Set<number> {
  const isClientOf = (reflector: number, peer: number) => speakers[peer].clusterId !== speakers[reflector].clusterId;
  const known = new Set([origin]);
  const seen = new Set<string>();
  const queue: Array<{ at: number; from?: number; path: string[] }> = [{ at: origin, path: [] }];
  for (let step = queue.shift(); step !== undefined; step = queue.shift()) {
    const { at, from, path } = step;
    const own = speakers[at].clusterId;
    const mayPass = (to: number) => from === undefined || (own !== undefined && (isClientOf(at, from) || isClientOf(at, to)));
    const carried = from === undefined || own === undefined ? path : [...path, own];
    for (const to of neighbours[at]) {
      if (to === from || lost.has(to) || !mayPass(to)) { continue; }
      const theirs = speakers[to].clusterId;
      if (theirs !== undefined && carried.includes(theirs)) { continue; }
      known.add(to);
      // Reflectors alone pass on; each once for each path by which it may learn more.
      const key = `${to} ${carried.join()} ${from === undefined || isClientOf(to, at)}`;
      if (theirs !== undefined && !seen.has(key)) {
        seen.add(key);
        queue.push({ at: to, from: at, path: carried });
      }
    }
  }
  return known;
}

/** Nodes with the same sessions behave alike: one of each stands for all. */
function representatives(neighbours: Array<Set<number>>, lost: Set<number>): number[] {
  const byPeers = new Map<string, number>();
  for (const [i, peers] of neighbours.entries()) {
    const key = [...peers].sort((a, b) => a - b).join();
    if (!lost.has(i) && !byPeers.has(key)) { byPeers.set(key, i); }
  }
  return [...byPeers.values()];
}

/** The first pair of lost reflectors after which some node lacks a route, and how many pairs were looked at. */
function weakPair({ speakers }: Routing, neighbours: Array<Set<number>>): { pairs: number; weak?: string } {
  const reflectors = speakers.flatMap((speaker, i) => (speaker.clusterId === undefined ? [] : [i]));
  // A lost node that reflects nothing takes no route of others with it: one of them stands for all.
  const some = [...reflectors, speakers.findIndex(speaker => speaker.clusterId === undefined)];
  let pairs = 0;
  for (const [i, one] of some.entries()) {
    for (const other of some.slice(i + 1)) {
      pairs++;
      const lost = new Set([one, other]);
      for (const origin of representatives(neighbours, lost)) {
        const known = reached(speakers, neighbours, origin, lost);
        const without = speakers.findIndex((_, node) => !lost.has(node) && !known.has(node));
        if (without !== -1) { return { pairs, weak: `without ${speakers[one].name} and ${speakers[other].name}, ${speakers[without].name} has no route to ${speakers[origin].name}` }; }
      }
    }
  }
  return { pairs };
}

export const reflectorChecks: Check[] = [{
  id: 'routes-outlive-two-reflectors',
  drill: '5',
  judge: 'component',
  component: 'calico-selector-check',
  run: async (scene): Promise<Outcome> => {
    const figures: { [name: string]: { value: number; unit: string } } = {};
    for (const nodes of [1200, 5000]) {
      const described = routing(nodes);
      if (described.mesh) { return failed('the mesh stays on'); }
      const neighbours = await sessions(scene, described);
      const { pairs, weak } = weakPair(described, neighbours);
      if (weak) { return failed(`${nodes} nodes: ${weak}`); }
      figures[`${nodes} nodes: sessions`] = { value: neighbours.reduce((sum, peers) => sum + peers.size, 0) / 2, unit: 'sessions' };
      figures[`${nodes} nodes: of a reflector`] = { value: Math.max(...neighbours.map(peers => peers.size)), unit: 'sessions' };
      figures[`${nodes} nodes: pairs lost`] = { value: pairs, unit: 'pairs' };
    }
    return passed('every node keeps a route to every other', figures);
  },
}];

/** Reflectors as they are often set up, each with the reason why not. */
export const reflectorNegatives: Check[] = [
  {
    id: 'two-reflectors-of-a-zone-are-too-few',
    drill: 'N5',
    judge: 'component',
    component: 'calico-selector-check',
    run: async (scene): Promise<Outcome> => {
      const whole = routing(300);
      // One of three of each zone is gone before the drill begins.
      const described = { ...whole, speakers: whole.speakers.filter(speaker => !(speaker.clusterId !== undefined && speaker.name.endsWith(' 2'))) };
      const { weak } = weakPair(described, await sessions(scene, described));
      return weak ? passed(weak) : failed('two are enough');
    },
  },
  {
    id: 'one-cluster-id-for-all-reflectors-cuts-zones',
    drill: 'N5',
    judge: 'component',
    component: 'calico-selector-check',
    run: async (scene): Promise<Outcome> => {
      const whole = routing(300);
      const described = { ...whole, speakers: whole.speakers.map(speaker => ({ ...speaker, clusterId: speaker.clusterId && '244.0.0.1' })) };
      const neighbours = await sessions(scene, described);
      const origin = described.speakers.findIndex(speaker => speaker.clusterId === undefined);
      const known = reached(described.speakers, neighbours, origin, new Set());
      return known.size < described.speakers.length ? passed(`${described.speakers.length - known.size} of ${described.speakers.length} nodes never hear of a node of another zone`) : failed('every node has the route');
    },
  },
];
