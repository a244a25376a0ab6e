import { IConstruct } from 'constructs';
import { CertificateRequest } from './certificate-request';
import { HostFile } from './host-file';
import { HostPage } from './host-page';
import { HostService } from './host-service';
import { KubeletHost } from './kubelet-host';
import { statedNumbers } from './stated-numbers';
import { StaticPod } from './static-pod';
import { Derivation } from '../derivation/derivation';

/** Everything below a scope that belongs on machines, in one order whatever the order of creation was. */
export interface HostArtefacts {
  readonly files: HostFile[];
  readonly staticPods: StaticPod[];
  readonly services: HostService[];
  readonly kubelets: KubeletHost[];
  readonly certificates: CertificateRequest[];
  readonly pages: HostPage[];
  /** Numbers of everything below the scope: who rolls a change out has to know what the API servers carry. */
  readonly numbers: Derivation[];
}

export function hostArtefacts(scope: IConstruct): HostArtefacts {
  const all = scope.node.findAll();
  return {
    files: ordered(all.filter((c): c is HostFile => c instanceof HostFile), c => c.path),
    staticPods: ordered(all.filter((c): c is StaticPod => c instanceof StaticPod), c => c.props.name),
    services: ordered(all.filter((c): c is HostService => c instanceof HostService), c => c.props.unit),
    kubelets: ordered(all.filter((c): c is KubeletHost => c instanceof KubeletHost), () => ''),
    certificates: ordered(all.filter((c): c is CertificateRequest => c instanceof CertificateRequest), c => c.certPath),
    pages: all.filter((c): c is HostPage => c instanceof HostPage).sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0)),
    numbers: statedNumbers(scope),
  };
}

function ordered<T extends { target: { folder: string } }>(items: T[], key: (item: T) => string): T[] {
  const name = (item: T) => `${item.target.folder}\u0000${key(item)}`;
  return items.sort((a, b) => (name(a) < name(b) ? -1 : name(a) > name(b) ? 1 : 0));
}
