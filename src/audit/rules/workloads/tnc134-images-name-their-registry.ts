import { AuditSeverity } from '../../audit-severity';
import { registryOf } from '../../image-name';
import { imageUses } from '../../image-view';
import { NOT_APPLICABLE, Rule } from '../../rule';

/** Images without a registry. */
export const imagesNameTheirRegistry: Rule = {
  id: 'TNC134',
  severity: AuditSeverity.WARNING,
  title: 'Every image names its registry',
  why: 'A bare name goes wherever the runtime of the machine image sends it, usually to a public registry that counts pulls by address: hundreds of nodes behind one address are throttled together.',
  remedy: 'Write the registry in front, best a mirror near the nodes',
  source: 'OAI2500; WEB:docs/concepts/containers/images',
  check: tree => {
    const images = imageUses(tree);
    if (images.length === 0) { return NOT_APPLICABLE; }
    return images.filter(({ image }) => registryOf(image) === undefined).map(({ at, image }) => ({ at, detail: `image ${image}` }));
  },
};
