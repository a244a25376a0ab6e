import { PoolFiles } from './pool-files';
import { RenderedFile } from './rendered-file';
import { Bounds, wholeNumberProblem } from '../../input/numbers';
import { Problems } from '../../input/problems';

/** Choices of forms that hand a node its files as user data. */
export interface UserDataOptions {
  /**
   * Most bytes that the cloud takes as user data, before its base64. What is larger is written compressed; what is larger even so is refused.
   *
   * Unit: bytes. AWS takes 16384, Azure 65536, Google 262144 for one value of metadata. Source: AWS EC2 user guide, user data.
   *
   * @default 16384, the limit of AWS
   */
  readonly userDataLimit?: number;

  /**
   * Absolute paths of files that the machine image brings, such as `/usr/local/sbin/thousand-node-local-disks`: user data that is too large even when
   * compressed gets below the limit. They are left out of it and written into the tree as they are, for the image's build. Units cannot be among them:
   * user data starts those.
   *
   * @default - the image brings none
   */
  readonly imageFiles?: string[];
}

const AWS_USER_DATA_BYTES = 16_384;

const LIMIT: Bounds = { min: 1024, max: 1_048_576, why: 'bytes of user data that the cloud takes' };

/** Units and their drop-ins. */
const isUnit = (path: string) => path.startsWith('/etc/systemd/system/');

/** The limit of a form, checked. */
export function userDataLimit({ userDataLimit: given }: UserDataOptions, problems: Problems): number {
  if (given !== undefined) { problems.add(wholeNumberProblem('userDataLimit', given, LIMIT)); }
  return given ?? AWS_USER_DATA_BYTES;
}

/** The pools, each with what its image brings apart from what user data carries. */
export function withImageFiles<T extends PoolFiles>(
  pools: T[], { imageFiles = [] }: UserDataOptions, problems: Problems,
): Array<T & { readonly image: RenderedFile[] }> {
  const paths = new Set(pools.flatMap(({ files }) => files.map(file => file.path)));
  for (const path of imageFiles) {
    problems.require(paths.has(path), `imageFiles has '${path}', and no pool has a file of that path; take it out, or write one of: ${[...paths].sort().join(', ')}`);
    problems.require(!isUnit(path), `imageFiles has '${path}', a unit, and units are started by what brings them; take it out`);
  }
  return pools.map(pool => ({
    ...pool,
    files: pool.files.filter(file => !imageFiles.includes(file.path)),
    image: pool.files.filter(file => imageFiles.includes(file.path)),
  }));
}

/** What to do about a pool that is too large: its largest files, which an image can bring. */
export function imageRemedy(files: RenderedFile[]): string {
  const [largest] = files.filter(file => !isUnit(file.path)).sort((a, b) => Buffer.byteLength(b.content) - Buffer.byteLength(a.content));
  return largest === undefined ? 'set userDataLimit to what your cloud takes'
    : `build files into the machine image and name them in imageFiles (largest: ${largest.path}, ${Buffer.byteLength(largest.content)} bytes), or set userDataLimit to what your cloud takes`;
}

/** The part of a guide about files of the image; nothing where there are none. */
export function imageSection(pools: Array<{ readonly pool: string; readonly image: RenderedFile[] }>): string {
  const rows = pools.flatMap(({ pool, image }) => image.map(file => `| ${pool} | \`pools/${pool}${file.path}\` | \`${file.path}\` | ${file.mode} | ${file.owner} |`));
  return rows.length === 0 ? '' : `## In the machine image

These files are too large for user data and come with the image of the pool; \`index.json\` has their checksums. A file that changes means a new image.

| pool | file here | on the machine | mode | owner |
| --- | --- | --- | --- | --- |
${rows.join('\n')}

`;
}
