import { apiServerNegatives } from './api-server-negatives';
import { secretsUnreadable } from './encryption-drill';
import { argumentsOfAnotherRelease, earlierReleases } from './releases-drill';
import { serversRolled } from './rolling-drill';
import { Check } from '../../check';

/** What the API server's operation promises: rolled without loss, Secrets unreadable where they lie, earlier releases, and what it refuses. */
export const apiServerOperationChecks: Check[] = [
  {
    id: 'api-servers-rolled',
    drill: '11',
    judge: 'component',
    component: 'kube-apiserver',
    skip: scene => (scene.extent.ci ? 'takes minutes; not in the short form' : undefined),
    run: serversRolled,
  },
  { id: 'secrets-unreadable', drill: '12', judge: 'component', component: 'kube-apiserver', run: secretsUnreadable },
  {
    id: 'earlier-releases',
    drill: '14',
    judge: 'component',
    component: 'kube-apiserver',
    skip: scene => (scene.extent.full ? undefined : 'builds two more releases; only with --full'),
    run: earlierReleases,
  },
  {
    id: 'arguments-of-another-release-refused',
    drill: 'N14',
    judge: 'component',
    component: 'etcd',
    skip: scene => (scene.extent.full ? undefined : 'builds another etcd; only with --full'),
    run: argumentsOfAnotherRelease,
  },
  ...apiServerNegatives,
];
