import { EtcdCipherSuite, HTTP2_SUITES } from '../../catalogue/etcd-cipher-suites';
import { Problems } from '../../input/problems';
import { quoted } from '../../input/text-safety';

/** Oldest version of TLS that members speak. */
export enum EtcdTlsVersion {
  V1_2 = 'TLS1.2',
  V1_3 = 'TLS1.3',
}

/** What the user may say about TLS. */
export interface EtcdTlsInput {
  readonly tlsMinVersion?: EtcdTlsVersion;
  readonly cipherSuites?: EtcdCipherSuite[];
}

/** TLS of all members. */
export interface EtcdTls {
  readonly minVersion: EtcdTlsVersion;
  /** @default - those of Go */
  readonly suites?: EtcdCipherSuite[];
}

/** Each of these stops every member at its start, with a line in a log that nobody reads yet. */
export function checkTls(input: EtcdTlsInput, problems: Problems): void {
  const { tlsMinVersion, cipherSuites: suites } = input;
  const names: string[] = Object.values(EtcdCipherSuite);
  problems.require(tlsMinVersion === undefined || Object.values<string>(EtcdTlsVersion).includes(tlsMinVersion), `tlsMinVersion must be TLS1.2 or TLS1.3, got ${quoted(tlsMinVersion)}`);
  if (suites === undefined) { return; }
  problems.require(suites.length > 0, 'cipherSuites must name at least one suite; leave it out for those of Go');
  for (const suite of suites.filter(name => !names.includes(name))) {
    problems.add(`cipherSuites: etcd knows no ${quoted(suite)} that is safe; use ${names.join(', ')}`);
  }
  if (suites.length === 0 || suites.some(name => !names.includes(name))) { return; }
  problems.require(tlsMinVersion !== EtcdTlsVersion.V1_3, 'cipherSuites and tlsMinVersion TLS1.3 exclude each other: suites of 1.3 cannot be chosen, and etcd does not start; leave one out');
  problems.require(suites.some(suite => HTTP2_SUITES.includes(suite)), `cipherSuites must hold ${HTTP2_SUITES.join(' or ')}: HTTP/2 asks for it, and etcd opens no port for clients without`);
  problems.require(suites.some(suite => suite.includes('_ECDSA_')), 'cipherSuites must hold a suite for ECDSA: the members\' keys are of that kind, and clients of TLS 1.2 would find no suite');
}

/** The input was checked. */
export function tlsSettings(input: EtcdTlsInput): EtcdTls {
  return { minVersion: input.tlsMinVersion ?? EtcdTlsVersion.V1_2, suites: input.cipherSuites && [...new Set(input.cipherSuites)] };
}
