import { yamlDocuments } from './yaml-document';

/** A kubeconfig with one cluster, one user and one context; credentials are paths, never content. */
export interface KubeconfigProps {
  /** Name of the cluster. */
  readonly clusterName: string;
  /** `https://host:port` */
  readonly server: string;
  readonly caFile: string;
  readonly userName: string;
  readonly credentials: { readonly certFile: string; readonly keyFile: string } | { readonly tokenFile: string };
}

export function kubeconfig(props: KubeconfigProps, comment: string[] = []): string {
  const user = 'tokenFile' in props.credentials
    ? { tokenFile: props.credentials.tokenFile }
    : { 'client-certificate': props.credentials.certFile, 'client-key': props.credentials.keyFile };
  const context = `${props.userName}@${props.clusterName}`;
  return yamlDocuments([{
    'apiVersion': 'v1',
    'kind': 'Config',
    'clusters': [{ name: props.clusterName, cluster: { 'certificate-authority': props.caFile, 'server': props.server } }],
    'users': [{ name: props.userName, user }],
    'contexts': [{ name: context, context: { cluster: props.clusterName, user: props.userName } }],
    'current-context': context,
  }], comment);
}
