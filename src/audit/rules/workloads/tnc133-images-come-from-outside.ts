import { AuditSeverity } from '../../audit-severity';
import { registryOf } from '../../image-name';
import { imageUses } from '../../image-view';
import { insideCluster } from '../../network-view';
import { NOT_APPLICABLE, Rule } from '../../rule';

/** Registries that the cluster itself would have to serve. */
export const imagesComeFromOutside: Rule = {
  id: 'TNC133',
  severity: AuditSeverity.ERROR,
  title: 'No image comes from a registry that runs in the cluster',
  why: 'The runtime of a node resolves names without cluster DNS, and the registry\'s own pods need images too: after a full stop nothing can be pulled, and no node that joins becomes ready.',
  remedy: 'Use a registry outside the cluster; preload what nodes need to join',
  source: 'OAI2500; WEB:docs/concepts/containers/images',
  check: tree => {
    const images = imageUses(tree);
    if (images.length === 0) { return NOT_APPLICABLE; }
    return images.filter(({ image }) => {
      const host = registryOf(image)?.replace(/:\d+$/, '').replace(/^\[(.*)\]$/, '$1');
      return host !== undefined && insideCluster(tree, host);
    }).map(({ at, image }) => ({ at, detail: `image ${image}` }));
  },
};
