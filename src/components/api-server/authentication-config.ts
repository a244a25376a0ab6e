import { AnonymousRequests, AuthenticationRule, ClaimMapping, JwtIssuer } from './structured-authentication';
import { apiVersionOf, optInApiVersionOf } from '../../catalogue/api-groups';
import { ANONYMOUS_PATHS } from '../../catalogue/control-plane-features';
import { inRange } from '../../catalogue/version-range';
import { ClusterFacts } from '../../cluster/cluster-facts';
import { yamlDocuments } from '../../formats/yaml-document';
import { Problems } from '../../input/problems';
import { quoted, safeEntries, urlProblem } from '../../input/text-safety';

/** What the user says about authentication; the public struct is `ApiServerOptions`. */
export interface AuthenticationInput {
  readonly jwtIssuers?: JwtIssuer[];
  readonly anonymousRequests?: AnonymousRequests;
}

/** Issuer of the cluster's own tokens. */
export function serviceAccountIssuer(cluster: ClusterFacts): string {
  return `https://kubernetes.default.svc.${cluster.network.clusterDomain}`;
}

/**
 * Authentication configuration of an API server, undefined when nothing in it would differ from upstream's defaults.
 *
 * @param version release that the server behaves as: an emulated one has the gates of that release
 */
export function authenticationConfiguration(input: AuthenticationInput, version: string): string | undefined {
  const apiVersion = apiVersionOf('AuthenticationConfiguration', version);
  const issuers = input.jwtIssuers ?? [];
  const paths = anonymousPaths(input, version);
  if (apiVersion === undefined || (issuers.length === 0 && paths === undefined)) { return undefined; }
  return yamlDocuments([{
    apiVersion,
    kind: 'AuthenticationConfiguration',
    jwt: issuers.map(authenticator),
    ...(paths === undefined ? {} : { anonymous: { enabled: true, conditions: paths.map(path => ({ path })) } }),
  }]);
}

function anonymousPaths(input: AuthenticationInput, version: string): string[] | undefined {
  const wanted = input.anonymousRequests ?? (inRange(version, ANONYMOUS_PATHS) ? AnonymousRequests.healthChecks() : AnonymousRequests.everywhere());
  return wanted._paths;
}

function authenticator(issuer: JwtIssuer): object {
  return {
    issuer: {
      url: issuer.url,
      discoveryURL: issuer.discoveryUrl,
      audiences: issuer.audiences,
      audienceMatchPolicy: issuer.audiences.length > 1 ? 'MatchAny' : undefined,
      certificateAuthority: issuer.certificateAuthority,
    },
    claimMappings: {
      username: issuer.username._mapping,
      groups: issuer.groups?._mapping,
      uid: issuer.uid && withoutPrefix(issuer.uid),
      extra: issuer.extra && safeEntries('jwtIssuers.extra', issuer.extra).map(([key, valueExpression]) => ({ key, valueExpression })),
    },
    claimValidationRules: [
      ...safeEntries('jwtIssuers.requiredClaims', issuer.requiredClaims).map(([claim, requiredValue]) => ({ claim, requiredValue })),
      ...(issuer.claimRules ?? []),
    ],
    userValidationRules: issuer.userRules ?? NOBODY_OF_THE_SYSTEM,
  };
}

function withoutPrefix(mapping: ClaimMapping): object {
  const { claim, expression } = mapping._mapping;
  return { claim, expression };
}

/** Whoever runs an issuer would otherwise hand out system:masters. */
const NOBODY_OF_THE_SYSTEM: AuthenticationRule[] = [
  { expression: '!user.username.startsWith("system:")', message: 'names of the system are not given to users of an issuer' },
  { expression: 'user.groups.all(group, !group.startsWith("system:"))', message: 'groups of the system are not given to users of an issuer' },
];

/** What is wrong with the user's issuers and paths, by the rules that the API server checks at start. Source: AS@37 pkg/apis/apiserver/validation. */
export function checkAuthentication(cluster: ClusterFacts, input: AuthenticationInput, version: string, problems: Problems): void {
  const issuers = input.jwtIssuers ?? [];
  if (issuers.length > 0 && apiVersionOf('AuthenticationConfiguration', version) === undefined) {
    const stage = optInApiVersionOf('AuthenticationConfiguration', version) === undefined ? 'does not have it' : 'has it as an alpha behind a gate';
    problems.add(`jwtIssuers need the AuthenticationConfiguration of Kubernetes 1.30, the control plane behaves as ${version}, which ${stage}; use a newer release, or extraFlags with oidc-issuer-url for one issuer`);
  }
  if (input.anonymousRequests?._paths !== undefined && !inRange(version, ANONYMOUS_PATHS)) {
    problems.add(`anonymousRequests: limits by path need Kubernetes ${ANONYMOUS_PATHS.added}, the control plane behaves as ${version}; use AnonymousRequests.everywhere(), or a newer release`);
  }
  for (const path of input.anonymousRequests?._paths ?? []) {
    problems.require(/^\/[a-z0-9._/-]+$/i.test(path), `anonymousRequests: a path must be like /version, without wildcard, got ${quoted(path)}`);
    problems.require(!/^\/apis?(\/|$)/.test(path), `anonymousRequests: ${quoted(path)} is the API itself; anonymous access to it is for AnonymousRequests.everywhere() and roles`);
  }
  problems.require(issuers.length <= 64, `jwtIssuers: kube-apiserver takes at most 64 issuers, got ${issuers.length}`);
  const urls = issuers.flatMap(issuer => [issuer.url, ...(issuer.discoveryUrl === undefined ? [] : [issuer.discoveryUrl])]);
  for (const url of new Set(urls.filter((candidate, i) => urls.indexOf(candidate) !== i))) { problems.add(`jwtIssuers: ${quoted(url)} is named twice; a token has one issuer`); }
  issuers.forEach((issuer, i) => checkIssuer(`jwtIssuers[${i}]`, cluster, issuer, problems));
}

function checkIssuer(where: string, cluster: ClusterFacts, issuer: JwtIssuer, problems: Problems): void {
  for (const [field, url] of [['url', issuer.url], ['discoveryUrl', issuer.discoveryUrl]] as const) {
    if (url === undefined) { continue; }
    problems.add(urlProblem(`${where}.${field}`, url, ['https']));
    problems.require(!/[?#]|\/\/[^/]*@/.test(url), `${where}.${field} must have no user, query or fragment, got ${quoted(url)}`);
    problems.require(url !== serviceAccountIssuer(cluster), `${where}.${field}: ${quoted(url)} is the issuer of the cluster's own service accounts; it needs no entry`);
  }
  problems.require(issuer.audiences.length > 0 && issuer.audiences.every(audience => audience !== ''), `${where}.audiences must name at least one audience, none of them empty`);
  problems.require(new Set(issuer.audiences).size === issuer.audiences.length, `${where}.audiences names one twice`);
  if (issuer.certificateAuthority !== undefined) {
    problems.require(/^\s*(-----BEGIN CERTIFICATE-----[A-Za-z0-9+/=\s]+-----END CERTIFICATE-----\s*)+$/.test(issuer.certificateAuthority),
      `${where}.certificateAuthority must be the text of PEM certificates and nothing else, not a path and never a key`);
  }
  const mappings = [['username', issuer.username], ['groups', issuer.groups], ['uid', issuer.uid]] as const;
  for (const [field, mapping] of mappings) {
    if (mapping === undefined) { continue; }
    const { claim, expression } = mapping._mapping;
    problems.require((claim ?? expression ?? '').trim() !== '', `${where}.${field} must name a claim or an expression, got an empty text`);
  }
  problems.require(!issuer.uid?._mapping.prefix, `${where}.uid takes no prefix, got ${quoted(issuer.uid?._mapping.prefix)}; use ClaimMapping.claim(name, '') or an expression`);
  const name = issuer.username._mapping;
  // The API server wants the same: an address that nobody confirmed names anybody.
  const verified = [name.expression ?? '', ...Object.values(issuer.extra ?? {}), ...(issuer.claimRules ?? []).map(rule => rule.expression)].some(text => text.includes('email_verified'));
  problems.require(!(name.expression ?? '').includes('claims.email') || verified,
    `${where}.username uses claims.email, so claims.email_verified has to stand in it, in extra or in claimRules`);
  for (const [key] of safeEntries(`${where}.extra`, issuer.extra)) {
    problems.require(/^[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*\/[a-z0-9._~/-]+$/.test(key), `${where}.extra: a key must be a lower-case path below a domain, such as example.com/tenant, got ${quoted(key)}`);
    problems.require(!/(^|\.)(k8s|kubernetes)\.io\//.test(key), `${where}.extra: ${quoted(key)} lies in a domain that is Kubernetes' own`);
  }
  for (const [list, rules] of [['claimRules', issuer.claimRules], ['userRules', issuer.userRules]] as const) {
    const expressions = (rules ?? []).map(rule => rule.expression);
    problems.require(expressions.every(text => text.trim() !== ''), `${where}.${list}: an expression is empty`);
    problems.require(new Set(expressions).size === expressions.length, `${where}.${list}: an expression stands there twice`);
  }
}

/** Flags that say the same in the older way; the API server refuses them beside the file. */
export function authenticationFlagProblems(extraFlags: { [name: string]: string } | undefined, fileIsWritten: boolean): string[] {
  const older = Object.keys(extraFlags ?? {}).map(name => name.replace(/^--/, '')).filter(name => name.startsWith('oidc-'));
  if (older.length === 0 || !fileIsWritten) { return []; }
  return [`extraFlags: ${older.sort().map(name => `'${name}'`).join(', ')} and the authentication configuration exclude each other in kube-apiserver; describe that issuer in jwtIssuers, or say AnonymousRequests.everywhere() and leave jwtIssuers out`];
}
