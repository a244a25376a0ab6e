import { gzipSync } from 'zlib';
import { Bounds, wholeNumberProblem } from '../../input/numbers';
import { Problems } from '../../input/problems';

/**
 * User data that a cloud hands to a machine, before its base64: AWS 16 KiB. Azure takes 64 KiB, Google 256 KiB for one value of metadata.
 *
 * Source: AWS EC2 user guide, user data.
 */
export const AWS_USER_DATA_BYTES = 16_384;

const LIMIT: Bounds = { min: 1024, max: 1_048_576, why: 'bytes of user data that the cloud takes' };

/** The limit of a form, checked. */
export function userDataLimit(given: number | undefined, problems: Problems): number {
  if (given !== undefined) { problems.add(wholeNumberProblem('userDataLimit', given, LIMIT)); }
  return given ?? AWS_USER_DATA_BYTES;
}

/** The same bytes on every machine: time and operating system of the gzip header are left unknown. */
export function gzip(content: string): Buffer {
  const packed = gzipSync(content, { level: 9 });
  packed[9] = 255;
  return packed;
}
