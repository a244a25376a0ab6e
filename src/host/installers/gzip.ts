import { gzipSync } from 'zlib';

/** The same bytes on every machine: time and operating system of the gzip header are left unknown. */
export function gzip(content: string): Buffer {
  const packed = gzipSync(content, { level: 9 });
  packed[9] = 255;
  return packed;
}
