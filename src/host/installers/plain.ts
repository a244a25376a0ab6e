import { kubeletFiles } from './kubelet-files';
import { plainGuide } from './plain-guide';
import { RenderedFile, RenderedTree } from './rendered-file';
import { ClusterFacts } from '../../cluster/cluster-facts';
import { HOST_PATHS } from '../../cluster/host-paths';
import { yamlDocuments } from '../../formats/yaml-document';
import { certificateFiles } from '../certificates/certificate-files';
import { HostArtefacts } from '../host-artefacts';
import { HostChange } from '../host-change';
import { HostFile } from '../host-file';
import { StaticPod } from '../static-pod';

const NAME = 'plain';

/** Static pods and systemd: every file as it lies on the machine, for teams with an installer of their own or none. */
export function renderPlain(artefacts: HostArtefacts, cluster: ClusterFacts): RenderedTree {
  return {
    files: [
      ...artefacts.files.filter(file => !file.providedBy.includes(NAME)).map(renderFile),
      ...artefacts.staticPods.map(staticPodFile),
      ...artefacts.kubelets.flatMap(kubelet => kubeletFiles(kubelet, cluster)),
      ...certificateFiles(artefacts.certificates, NAME),
    ],
    installGuide: plainGuide(artefacts, cluster),
  };
}

/** A HostFile as it is. */
export function renderFile(file: HostFile): RenderedFile {
  return { target: file.target, path: file.path, content: file.content, mode: file.mode, owner: file.owner, onChange: file.onChange };
}

/** A static pod in the kubelet's manifest folder; readable by root only, like kubeadm's. */
export function staticPodFile(pod: StaticPod): RenderedFile {
  return {
    target: pod.target,
    path: `${HOST_PATHS.staticPods}/${pod.props.name}.yaml`,
    content: yamlDocuments([pod.manifest()]),
    mode: '0600',
    owner: 'root:root',
    onChange: HostChange.staticPod(),
  };
}
