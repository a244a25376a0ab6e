import { JoiningForm } from './joined-node';
import { CisException } from '../control-plane/cis-exceptions';

/** An automated check of a node that fails on purpose, in the forms that are named. */
export interface NodeException extends CisException { readonly forms: JoiningForm[] }

/** Everything else that the benchmark checks automatically on nodes has to pass; an exception that passes has to go. */
export const NODE_EXCEPTIONS: NodeException[] = [
  {
    forms: ['plain', 'kubeadm'],
    id: '4.1.1',
    title: 'unit of the kubelet readable by root only',
    reason: 'systemd calls a unit that others may not read a mistake without effect, at each reload, since anybody may ask it for the content (stat_warn_permissions of systemd); packages of Kubernetes bring theirs with 0644 too',
    instead: 'the unit holds arguments and no secret; configuration, kubeconfig and token have mode 0600, and root owns the unit (check 4.1.2)',
  },
  {
    forms: ['kubeadm'],
    id: '4.1.9',
    title: 'config.yaml of the kubelet readable by root only',
    reason: 'kubeadm writes the file with 0644 at each join and upgrade (cmd/kubeadm/app/phases/kubelet of Kubernetes v1.37.2); another mode would last until the next one',
    instead: 'the file holds paths and no secret, and root owns it (check 4.1.10); in the plain form it has mode 0600',
  },
  {
    forms: ['plain', 'kubeadm'],
    id: '4.3.1',
    title: 'metrics of kube-proxy on 127.0.0.1 only',
    reason: 'there is no kube-proxy: the eBPF data plane takes its place, and kube-bench fails the check where it finds no process',
    instead: 'nothing listens for it; the drill asks for a process of that name',
  },
];
