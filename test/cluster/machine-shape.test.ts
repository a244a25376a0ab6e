import { Size } from 'cdk8s';
import { CLOUD_MACHINES } from '../../src/cluster/cloud-machine-table';
import { MachineShape, ThreadNumbers } from '../../src/cluster/machine-shape';

describe('machine types of clouds', () => {
  test.each([
    // type, cores, GiB, threads a core; oracle: the providers' tables
    ['m6i.4xlarge', 16, 64, 2], ['m7g.4xlarge', 16, 64, 1], ['g4dn.12xlarge', 48, 192, 2], ['Standard_NC4as_T4_v3', 4, 28, 2], ['n2-highmem-64', 64, 512, 2],
  ])('%s has %i threads, %i GiB, %i a core', (type, cpu, gibibytes, threadsPerCore) => {
    const shape = MachineShape.ofCloud(type);
    expect([shape.cpu, shape.memoryMebibytes, shape.threadsPerCore]).toEqual([cpu, gibibytes * 1024, threadsPerCore]);
  });

  test('every row is a machine', () => {
    for (const type of Object.keys(CLOUD_MACHINES)) { expect(MachineShape.ofCloud(type).cpu).toBeGreaterThan(0); }
  });

  test('what the table does not say can be said', () => {
    const localDisks = { count: 1, size: Size.gibibytes(900) };
    const props = { memory: Size.mebibytes(62_000), numaNodes: 2, threadNumbers: ThreadNumbers.APART, localDisks };
    const shape = MachineShape.ofCloud('m6i.4xlarge', props);
    expect(shape).toMatchObject({ memoryMebibytes: 62_000, numaNodes: 2, threadNumbers: ThreadNumbers.APART });
    expect(shape.localDisks!.count).toBe(1);
  });

  test('an unknown type is refused with the known ones, and so is a name of the prototype', () => {
    expect(() => MachineShape.ofCloud('m6i.huge')).toThrow(/must be one of m6i\.2xlarge, .*got "m6i\.huge"; describe any other by MachineShape\.of/);
    expect(() => MachineShape.ofCloud('constructor')).toThrow('must be one of');
  });
});

describe('threads of a core', () => {
  const shape = (threadNumbers?: ThreadNumbers, threadsPerCore?: number) =>
    MachineShape.of({ cpu: 8, memory: Size.gibibytes(16), threadsPerCore, threadNumbers });

  test('numbers of the first cores, whole cores always', () => {
    expect(shape()._firstThreads(1)).toEqual([0, 1]);
    expect(shape(ThreadNumbers.APART)._firstThreads(3)).toEqual([0, 1, 4, 5]);
    expect(shape(ThreadNumbers.APART, 4)._firstThreads(2)).toEqual([0, 2, 4, 6]);
    expect(shape(undefined, 1)._firstThreads(3)).toEqual([0, 1, 2]);
  });

  test('each thread knows the others of its core', () => {
    expect(shape(ThreadNumbers.APART)._threadsOfCoreWith(6)).toEqual([2, 6]);
    expect(shape(ThreadNumbers.NEIGHBOURS)._threadsOfCoreWith(7)).toEqual([6, 7]);
  });

  test('the default is two from eight threads on; an odd number has one', () => {
    const threads = (cpu: number) => MachineShape.of({ cpu, memory: Size.gibibytes(16) }).threadsPerCore;
    expect([threads(4), threads(8), threads(9)]).toEqual([1, 2, 1]);
  });
});
