import { KubernetesRelease } from '../../../src/cluster/kubernetes-release';
import { AnonymousRequests, ClaimMapping, JwtIssuer } from '../../../src/components/api-server/structured-authentication';
import { clusterOn } from '../cluster-on';
import { file, flags, Props, text, build } from './api-server-build';

const PATH = '/etc/kubernetes/apiserver/authentication.yaml';
const PEM = '-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n';
const issuer = (more: Partial<JwtIssuer> = {}): JwtIssuer => ({ url: 'https://idp.example.com', audiences: ['kubernetes'], username: ClaimMapping.claim('sub', 'idp:'), ...more });
const refused = (props: Props) => expect(() => build(props));

describe('anonymous requests', () => {
  // Source: gate AnonymousAuthConfigurableEndpoints, beta and on from 1.32
  test.each([[KubernetesRelease.V1_22, false], [KubernetesRelease.V1_31, false], [KubernetesRelease.V1_32, true], [KubernetesRelease.V1_37, true]])('%s: only health checks by default: %s', (release, limited) => {
    expect(text(PATH, { cluster: clusterOn(release) }) !== undefined).toBe(limited);
    expect(Object.hasOwn(flags({ cluster: clusterOn(release) }), 'authentication-config')).toBe(limited);
  });

  test('health checks are what balancer and kubelet ask; anonymous-auth is not set beside the file, which the API server refuses', () => {
    expect(file(PATH)).toEqual({
      apiVersion: 'apiserver.config.k8s.io/v1',
      kind: 'AuthenticationConfiguration',
      jwt: [],
      anonymous: { enabled: true, conditions: [{ path: '/healthz' }, { path: '/livez' }, { path: '/readyz' }] },
    });
    expect(flags()).not.toHaveProperty('anonymous-auth');
  });

  test('more paths, or all of them', () => {
    expect(file(PATH, { anonymousRequests: AnonymousRequests.alsoAt('/version') }).anonymous.conditions).toContainEqual({ path: '/version' });
    expect(text(PATH, { anonymousRequests: AnonymousRequests.everywhere() })).toBeUndefined();
  });

  test('limits on a release that has none are refused, everywhere is not', () => {
    const cluster = clusterOn(KubernetesRelease.V1_31);
    refused({ cluster, anonymousRequests: AnonymousRequests.healthChecks() }).toThrow(/anonymousRequests: limits by path need Kubernetes 1\.32.*use AnonymousRequests\.everywhere/);
    expect(text(PATH, { cluster, anonymousRequests: AnonymousRequests.everywhere() })).toBeUndefined();
  });

  test.each([['/api/v1/nodes', /is the API itself/], ['/apis', /is the API itself/], ['version', /must be like \/version/], ['/a*', /without wildcard/]])('path %s is refused', (path, why) => {
    refused({ anonymousRequests: AnonymousRequests.alsoAt(path) }).toThrow(why);
  });

  test('anonymous-auth=false would fail the kubelet\'s probes, so the flag is the construct\'s own', () => {
    refused({ extraFlags: { 'anonymous-auth': 'false' } }).toThrow(/'anonymous-auth' is managed by this construct/);
  });
});

describe('issuers of tokens', () => {
  // Source: k8s.io/apiserver of each minor, pkg/apis/apiserver: v1alpha1 behind a gate in 1.29, v1beta1 from 1.30, v1 from 1.34
  test.each([[KubernetesRelease.V1_30, 'v1beta1'], [KubernetesRelease.V1_33, 'v1beta1'], [KubernetesRelease.V1_34, 'v1'], [KubernetesRelease.V1_37, 'v1']])('%s has %s', (release, version) => {
    expect(file(PATH, { cluster: clusterOn(release), jwtIssuers: [issuer()] }).apiVersion).toBe(`apiserver.config.k8s.io/${version}`);
  });

  test.each([[KubernetesRelease.V1_28, /does not have it/], [KubernetesRelease.V1_29, /has it as an alpha behind a gate/]])('%s is refused with the reason', (release, why) => {
    refused({ cluster: clusterOn(release), jwtIssuers: [issuer()] }).toThrow(why);
  });

  test('every prop lies where upstream reads it', () => {
    const jwt = file(PATH, {
      jwtIssuers: [{
        url: 'https://idp.example.com',
        discoveryUrl: 'https://keys.example.com/discovery',
        audiences: ['kubernetes', 'kubectl'],
        certificateAuthority: PEM,
        username: ClaimMapping.claim('sub', 'idp:'),
        groups: ClaimMapping.expression('claims.roles'),
        uid: ClaimMapping.claim('oid', ''),
        extra: { 'example.com/tenant': 'claims.tenant' },
        requiredClaims: { tenant: 'shop' },
        claimRules: [{ expression: 'claims.exp - claims.nbf <= 86400', message: 'a day at most' }],
        userRules: [{ expression: 'true', message: 'everybody' }],
      }],
    }).jwt;
    expect(jwt).toEqual([{
      issuer: { url: 'https://idp.example.com', discoveryURL: 'https://keys.example.com/discovery', audiences: ['kubernetes', 'kubectl'], audienceMatchPolicy: 'MatchAny', certificateAuthority: PEM },
      claimMappings: {
        username: { claim: 'sub', prefix: 'idp:' },
        groups: { expression: 'claims.roles' },
        uid: { claim: 'oid' },
        extra: [{ key: 'example.com/tenant', valueExpression: 'claims.tenant' }],
      },
      claimValidationRules: [{ claim: 'tenant', requiredValue: 'shop' }, { expression: 'claims.exp - claims.nbf <= 86400', message: 'a day at most' }],
      userValidationRules: [{ expression: 'true', message: 'everybody' }],
    }]);
  });

  test('nobody becomes a part of the system unless somebody says so', () => {
    const rules = file(PATH, { jwtIssuers: [issuer()] }).jwt[0].userValidationRules.map((rule: any) => rule.expression);
    expect(rules).toEqual(['!user.username.startsWith("system:")', 'user.groups.all(group, !group.startsWith("system:"))']);
  });

  test.each<[string, JwtIssuer[], RegExp]>([
    ['plain http', [issuer({ url: 'http://idp.example.com' })], /jwtIssuers\[0\]\.url must start with https/],
    ['a query', [issuer({ url: 'https://idp.example.com/?a=b' })], /must have no user, query or fragment/],
    ['a user in the URL', [issuer({ url: 'https://me@idp.example.com' })], /must have no user, query or fragment/],
    ['the cluster\'s own issuer', [issuer({ url: 'https://kubernetes.default.svc.cluster.local' })], /issuer of the cluster's own service accounts/],
    ['one issuer twice', [issuer(), issuer()], /is named twice; a token has one issuer/],
    ['discovery at the issuer itself', [issuer({ discoveryUrl: 'https://idp.example.com' })], /is named twice/],
    ['no audience', [issuer({ audiences: [] })], /audiences must name at least one audience/],
    ['an empty audience', [issuer({ audiences: [''] })], /none of them empty/],
    ['a path instead of certificates', [issuer({ certificateAuthority: '/etc/ca.pem' })], /must be the text of PEM certificates/],
    ['a key instead of certificates', [issuer({ certificateAuthority: '-----BEGIN PRIVATE KEY-----\nMIIB\n-----END PRIVATE KEY-----' })], /never a key/],
    ['no claim', [issuer({ username: ClaimMapping.claim('', '') })], /username must name a claim or an expression/],
    ['an address that nobody confirmed', [issuer({ username: ClaimMapping.expression('claims.email') })], /claims\.email_verified has to stand in it/],
    ['a prefix of an uid', [issuer({ uid: ClaimMapping.claim('oid', 'x:') })], /uid takes no prefix/],
    ['an attribute without domain', [issuer({ extra: { tenant: 'claims.tenant' } })], /must be a lower-case path below a domain/],
    ['an attribute of Kubernetes', [issuer({ extra: { 'x.k8s.io/tenant': 'claims.tenant' } })], /Kubernetes' own/],
    ['a rule twice', [issuer({ claimRules: [{ expression: 'true', message: 'a' }, { expression: 'true', message: 'b' }] })], /an expression stands there twice/],
  ])('%s is refused', (_, jwtIssuers, why) => { refused({ jwtIssuers }).toThrow(why); });

  test('an address that was confirmed is taken', () => {
    const username = ClaimMapping.expression('claims.email');
    expect(() => build({ jwtIssuers: [issuer({ username, claimRules: [{ expression: 'claims.email_verified == true', message: 'unconfirmed' }] })] })).not.toThrow();
  });

  test('the older flags exclude them', () => {
    refused({ jwtIssuers: [issuer()], extraFlags: { 'oidc-issuer-url': 'https://idp.example.com' } }).toThrow(/'oidc-issuer-url' and the authentication configuration exclude each other/);
    refused({ extraFlags: { 'oidc-issuer-url': 'https://idp.example.com' } }).toThrow(/say AnonymousRequests\.everywhere\(\)/);
    expect(flags({ extraFlags: { 'oidc-issuer-url': 'https://idp.example.com' }, anonymousRequests: AnonymousRequests.everywhere() })).toHaveProperty('oidc-issuer-url');
  });

  test('what an emulated release does not have is refused, whatever the binary', () => {
    const cluster = clusterOn(KubernetesRelease.V1_34);
    const emulatedRelease = KubernetesRelease.V1_31;
    expect(text(PATH, { cluster, emulatedRelease })).toBeUndefined();
    refused({ cluster, emulatedRelease, anonymousRequests: AnonymousRequests.healthChecks() }).toThrow(/behaves as 1\.31/);
    expect(file(PATH, { cluster, emulatedRelease, jwtIssuers: [issuer()] }).apiVersion).toBe('apiserver.config.k8s.io/v1beta1');
  });
});
