import { VersionRange } from './version-range';

/** Kubelets that do not start on a machine with cgroup v1 unless `failCgroupV1` is false. Source: KL@34, KL@35: the default of the field. */
export const CGROUP_V2_ONLY: VersionRange = { added: '1.35' };

/** What a machine of cgroup v2 answers to `stat -fc %T /sys/fs/cgroup`. */
export const CGROUP_V2_FILESYSTEM = 'cgroup2fs';
