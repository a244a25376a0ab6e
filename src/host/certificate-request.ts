import { Construct } from 'constructs';
import { HostTarget } from './host-target';
import { markHostTree } from './host-tree';
import { installerNameProblem } from './installer-names';
import { isIpAddress } from '../cluster/ip-range';
import { Problems } from '../input/problems';
import { dnsNameProblem, lineProblem } from '../input/text-safety';

/** Certificate authorities of the cluster; each signs for one purpose, so that a leaked kubelet key is no key to etcd. */
export enum CertificateAuthority {
  KUBERNETES = 'kubernetes',
  ETCD = 'etcd',
  FRONT_PROXY = 'front-proxy',
}

/** A certificate that a machine needs. The key is made on the machine and never appears in any output. */
export interface CertificateRequestProps {
  readonly target: HostTarget;
  readonly authority: CertificateAuthority;
  /** Common name; the user name for client certificates. */
  readonly commonName: string;
  /** Organisations; groups for client certificates. @default - none */
  readonly organizations?: string[];
  /** @default - none */
  readonly dnsNames?: string[];
  /** @default - none */
  readonly ipAddresses?: string[];
  /** Usable by a TLS server. @default false */
  readonly server?: boolean;
  /** Usable by a TLS client. @default false */
  readonly client?: boolean;
  /** Absolute path of the certificate on the machine, ending in `.crt`. */
  readonly certPath: string;
  /** Absolute path of the key, ending in `.key`. */
  readonly keyPath: string;
  /** Installers that make this certificate themselves, by name. @default - none */
  readonly providedBy?: string[];
}

const SUBJECT_TEXT = /^[A-Za-z0-9:._ -]{1,64}$/;

/** A request for a certificate: names and paths only. */
export class CertificateRequest extends Construct {
  public readonly target: HostTarget;
  public readonly authority: CertificateAuthority;
  public readonly commonName: string;
  public readonly organizations: string[];
  public readonly dnsNames: string[];
  public readonly ipAddresses: string[];
  public readonly server: boolean;
  public readonly client: boolean;
  public readonly certPath: string;
  public readonly keyPath: string;
  public readonly providedBy: string[];

  constructor(scope: Construct, id: string, props: CertificateRequestProps) {
    super(scope, id);
    const problems = new Problems(`certificate ${props.certPath}`);
    for (const text of [props.commonName, ...(props.organizations ?? [])]) {
      problems.require(SUBJECT_TEXT.test(text), `subject '${text}' must be at most 64 letters, digits, ':', '.', '_', '-' or spaces`);
    }
    for (const name of props.dnsNames ?? []) { problems.add(dnsNameProblem('dnsNames', name)); }
    for (const address of props.ipAddresses ?? []) { problems.require(isIpAddress(address), `ipAddresses: '${address}' is not an IP address`); }
    for (const path of [props.certPath, props.keyPath]) {
      problems.add(lineProblem('path', path));
      problems.require(/^\/[A-Za-z0-9._/-]+$/.test(path), `path must be absolute and plain, got '${path}'`);
    }
    problems.require(Boolean(props.server) || Boolean(props.client), 'a certificate must be for a server, a client or both');
    for (const installer of props.providedBy ?? []) { problems.add(installerNameProblem('providedBy', installer)); }
    problems.throwIfAny();
    this.target = props.target;
    this.authority = props.authority;
    this.commonName = props.commonName;
    this.organizations = [...(props.organizations ?? [])];
    this.dnsNames = [...new Set(props.dnsNames ?? [])];
    this.ipAddresses = [...new Set(props.ipAddresses ?? [])];
    this.server = props.server ?? false;
    this.client = props.client ?? false;
    this.certPath = props.certPath;
    this.keyPath = props.keyPath;
    this.providedBy = [...(props.providedBy ?? [])];
    markHostTree(this);
  }
}
