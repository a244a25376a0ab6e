// Most formats we write (flags, sysctl, systemd, environment files, Corefile) have no way to escape a line break, and a value
// that smuggles one in opens a new line of configuration on 1,200 machines. One rule for all of them: refuse it here.

const CONTROL = /[\u0000-\u001f\u007f\u2028\u2029]/;

/** A sentence when the text holds a line break or another control character. */
export function lineProblem(field: string, text: string): string | undefined {
  const match = CONTROL.exec(text);
  if (!match) { return undefined; }
  return `${field} must be one line without control characters, got ${quoted(text)} (character ${match.index + 1}); remove the line break`;
}

/** The text as it can be shown in a message: quoted, shortened, control characters visible. */
export function quoted(value: unknown): string {
  if (typeof value !== 'string') { return String(value); }
  const shown = value.length > 60 ? `${value.slice(0, 57)}...` : value;
  return JSON.stringify(shown);
}

const DNS_LABEL = /^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/;
const DNS_SUBDOMAIN = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/;
const LABEL_VALUE = /^([A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?)?$/;
const LABEL_NAME = /^[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$/;

/** Names of pools, members, clusters: they become label values, host names and file names. */
export function dnsLabelProblem(field: string, name: unknown): string | undefined {
  if (typeof name === 'string' && DNS_LABEL.test(name)) { return undefined; }
  return `${field} must be lower-case letters, digits and '-' (a DNS label of at most 63 characters), got ${quoted(name)}`;
}

/** Names of hosts and domains. */
export function dnsNameProblem(field: string, name: unknown): string | undefined {
  if (typeof name === 'string' && name.length <= 253 && DNS_SUBDOMAIN.test(name)) { return undefined; }
  return `${field} must be a DNS name in lower case, got ${quoted(name)}`;
}

/** A node label or taint key and value, as the API server will accept it. */
export function labelProblem(field: string, key: string, value: string): string | undefined {
  const [name, prefix, ...rest] = key.split('/').reverse();
  const keyIsValid = rest.length === 0 && LABEL_NAME.test(name) && (prefix === undefined || (prefix.length <= 253 && DNS_SUBDOMAIN.test(prefix)));
  if (!keyIsValid) { return `${field}: key must be [prefix/]name as in example.com/team, got ${quoted(key)}`; }
  if (!LABEL_VALUE.test(value)) { return `${field}: value of '${key}' must be at most 63 letters, digits, '-', '_' or '.', got ${quoted(value)}`; }
  return undefined;
}

/** An https URL that can stand in a flag or configuration file. */
export function urlProblem(field: string, url: string, protocols: string[]): string | undefined {
  const line = lineProblem(field, url);
  if (line) { return line; }
  let parsed: URL;
  try { parsed = new URL(url); } catch { return `${field} must be a URL (${protocols.join(' or ')}), got ${quoted(url)}`; }
  if (!protocols.includes(parsed.protocol.replace(':', ''))) { return `${field} must start with ${protocols.map(p => `${p}://`).join(' or ')}, got ${quoted(url)}`; }
  if (/[\s"'`\\<>]/.test(url)) { return `${field} must not hold spaces or quotes, got ${quoted(url)}`; }
  return undefined;
}

/** Keys that would reach the prototype of an object instead of its content. */
const PROTOTYPE_KEYS = ['__proto__', 'constructor', 'prototype'];

/** Entries of a user's map, refusing keys that JavaScript treats specially, and in one order whatever the insertion order was. */
export function safeEntries<T>(field: string, map: { [key: string]: T } | undefined): Array<[string, T]> {
  const entries = Object.entries(map ?? {});
  for (const [key] of entries) {
    if (PROTOTYPE_KEYS.includes(key)) { throw new TypeError(`${field}: '${key}' is not a usable key; choose another name`); }
  }
  return entries.sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
}
