import { Column, section, table } from './frame';
import { Content, el } from '../html/element';
import { anchor, figure } from '../html/figures';
import { NodePodsModel, ReportModel } from '../report-model';

/** How many pods a node holds and why not more, and what happens while nodes join or change. */
export function nodes({ nodePods, joins, rollout }: ReportModel): Content {
  if (!nodePods && !joins && !rollout) { return undefined; }
  return section('nodes', 'Nodes', 'How many pods a node holds and which bound it meets first; what nodes pull when they join; how many may change at a time.',
    nodePods && podTable(nodePods),
    joins && table('Images that nodes pull when they join', joins, [
      { title: 'who', cell: row => row.name },
      linked('nodes', (row, i) => [row.nodesKey, `/joins/${i}/nodes`, row.nodes]),
      linked('GB', (row, i) => [row.gigabytesKey, `/joins/${i}/gigabytes`, row.gigabytes]),
      linked('pause and network, s', (row, i) => [row.firstImagesSecondsKey, `/joins/${i}/firstImagesSeconds`, row.firstImagesSeconds]),
      linked('all images, s', (row, i) => [row.allImagesSecondsKey, `/joins/${i}/allImagesSeconds`, row.allImagesSeconds]),
      linked('open pulls', (row, i) => [row.openPullsKey, `/joins/${i}/openPulls`, row.openPulls]),
    ]),
    rollout && rolloutTables(rollout),
  );
}

/** A number that leads to its derivation. */
function linked<Row>(title: string, of: (row: Row, i: number) => [key: string, at: string, value: number]): Column<Row> {
  return {
    title,
    number: true,
    cell: (row, i) => {
      const [key, at, value] = of(row, i);
      return el('a', { href: `#${anchor(key)}` }, figure(at, value));
    },
  };
}

function podTable(rows: readonly NodePodsModel[]): Content {
  const bounds = [...new Set(rows.flatMap(row => row.bounds.map(({ bound }) => bound)))];
  return table('Pods of one node, and the bounds', rows, [
    { title: 'pool', cell: row => row.pool },
    linked('pods', (row, i) => [row.podsKey, `/nodePods/${i}/pods`, row.pods]),
    { title: 'bound by', cell: row => row.binding },
    ...bounds.map((bound): Column<NodePodsModel> => ({
      title: bound,
      number: true,
      cell: (row, i) => {
        const place = row.bounds.findIndex(candidate => candidate.bound === bound);
        return place === -1 ? undefined : el('a', { href: `#${anchor(row.bounds[place].key)}` }, figure(`/nodePods/${i}/bounds/${place}/pods`, row.bounds[place].pods));
      },
    })),
  ]);
}

function rolloutTables({ pools, rings, kubeletsAtATime, kubeletsAtATimeKey }: NonNullable<ReportModel['rollout']>): Content {
  return [
    table('A change on nodes that run', pools, [
      { title: 'pool', cell: row => row.pool },
      { title: 'nodes today', number: true, cell: (row, i) => figure(`/rollout/pools/${i}/nodesToday`, row.nodesToday) },
      linked('at a time', (row, i) => [row.nodesAtATimeKey, `/rollout/pools/${i}/nodesAtATime`, row.nodesAtATime]),
      linked('batches', (row, i) => [row.batchesKey, `/rollout/pools/${i}/batches`, row.batches]),
      linked('pods of a drained batch, s', (row, i) => [row.podsMovedSecondsKey, `/rollout/pools/${i}/podsMovedSeconds`, row.podsMovedSeconds]),
      ...(pools.some(({ action }) => action !== undefined) ? [{ title: 'from today\'s configuration', cell: (row: typeof pools[number]) => row.action }] : []),
    ]),
    el('p', {}, 'Kubelets of the whole cluster that may start together: ', el('a', { href: `#${anchor(kubeletsAtATimeKey)}` }, figure('/rollout/kubeletsAtATime', kubeletsAtATime)), '.'),
    rings && table('Machines of etcd rings', rings, [
      { title: 'ring', cell: row => row.ring },
      { title: 'members', number: true, cell: (row, i) => figure(`/rollout/rings/${i}/members`, row.members) },
      linked('may be away', (row, i) => [row.mayBeAwayKey, `/rollout/rings/${i}/mayBeAway`, row.mayBeAway]),
      linked('at a time', (row, i) => [row.machinesAtATimeKey, `/rollout/rings/${i}/machinesAtATime`, row.machinesAtATime]),
    ]),
  ];
}
