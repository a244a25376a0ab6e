/**
 * Suites of TLS 1.2 that etcd knows by name and that are not known to be weak; those of TLS 1.3 cannot be chosen in Go.
 *
 * Source: ETCD@v3.7.1 client/pkg/tlsutil/cipher_suites.go (names of crypto/tls); each name was given to etcd 3.7.1, which ends with
 * "unexpected TLS cipher suite" on others.
 */
export enum EtcdCipherSuite {
  ECDHE_ECDSA_AES_128_GCM = 'TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256',
  ECDHE_ECDSA_AES_256_GCM = 'TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384',
  ECDHE_ECDSA_CHACHA20_POLY1305 = 'TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256',
  ECDHE_RSA_AES_128_GCM = 'TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256',
  ECDHE_RSA_AES_256_GCM = 'TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384',
  ECDHE_RSA_CHACHA20_POLY1305 = 'TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256',
}

/** HTTP/2 asks for one of these: without any of them etcd 3.7.1 opens no port for clients ("missing an HTTP/2-required AES_128_GCM_SHA256 cipher"). */
export const HTTP2_SUITES: readonly EtcdCipherSuite[] = [EtcdCipherSuite.ECDHE_ECDSA_AES_128_GCM, EtcdCipherSuite.ECDHE_RSA_AES_128_GCM];
