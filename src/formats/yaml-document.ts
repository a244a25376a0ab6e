import { Yaml } from 'cdk8s';

/** Documents for files on hosts, in the YAML that cdk8s writes (safe quoting of `on`, `0755`, `1e3`); a comment block may precede them. */
export function yamlDocuments(documents: object[], comment: string[] = []): string {
  const head = comment.map(line => `# ${line}\n`).join('');
  return head + documents.map(document => Yaml.stringify(sorted(document))).join('---\n');
}

/** The same object with keys in one order and without undefined members. */
function sorted(value: unknown): any {
  if (Array.isArray(value)) { return value.map(sorted); }
  if (typeof value !== 'object' || value === null) { return value; }
  return Object.fromEntries(Object.entries(value)
    .filter(([, item]) => item !== undefined)
    .sort(([a], [b]) => rank(a) - rank(b) || (a < b ? -1 : 1))
    .map(([key, item]) => [key, sorted(item)]));
}

// apiVersion, kind and metadata lead, as every reader of Kubernetes YAML expects.
const LEADING = ['apiVersion', 'kind', 'metadata'];

function rank(key: string): number {
  const index = LEADING.indexOf(key);
  return index === -1 ? LEADING.length : index;
}
