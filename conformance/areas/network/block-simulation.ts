/**
 * Calico's IPAM as upstream's source has it, for one pool: a node takes addresses of its own blocks, then claims a free one (from a random start, in order),
 * then a block that is empty and claimed by another node, and at the end borrows an address from a random block that has some.
 *
 * Source: CAL@v3.32.0 libcalico-go/lib/ipam/ipam.go (autoAssign, findOrClaimBlock) and ipam_block_reader_writer.go (findUsableBlock). Left out: the waits
 * before a block of somebody else is taken, and affinities that end by themselves, both of which make room sooner than here.
 */
export class BlockSimulation {
  /** Pods that found no address. */
  public failures = 0;
  public borrowed = 0;
  public assigned = 0;
  private readonly owner: Int32Array;
  private readonly used: Int16Array;
  private readonly blocksOf: number[][];
  private readonly random: () => number;
  private claimed = 0;

  constructor(
    private readonly blocks: number, private readonly blockSize: number, nodes: number, private readonly strictAffinity: boolean, seed: number,
    private readonly maxBlocks = 20,
  ) {
    this.owner = new Int32Array(blocks).fill(-1);
    this.used = new Int16Array(blocks);
    this.blocksOf = Array.from({ length: nodes }, () => []);
    this.random = generator(seed);
  }

  /** A number from 0 to below `bound`. */
  public below(bound: number): number {
    return Math.floor(this.random() * bound);
  }

  /** Blocks that some node has claimed. */
  public get claimedBlocks(): number {
    return this.claimed;
  }

  /** Block of the address that a pod of the node gets; undefined: none. */
  public assign(node: number): number | undefined {
    const block = this.own(node) ?? this.claim(node) ?? this.borrow();
    if (block === undefined) {
      this.failures++;
      return undefined;
    }
    this.assigned++;
    if (this.owner[block] !== node) { this.borrowed++; }
    this.used[block]++;
    return block;
  }

  public release(block: number): void {
    this.used[block]--;
  }

  /** A node is gone: its blocks are free once they are empty, and addresses that others borrowed stay. */
  public remove(node: number): void {
    for (const block of this.blocksOf[node]) { this.owner[block] = -1; }
    this.claimed -= this.blocksOf[node].length;
    this.blocksOf[node] = [];
  }

  private own(node: number): number | undefined {
    return this.blocksOf[node].find(block => this.used[block] < this.blockSize);
  }

  private claim(node: number): number | undefined {
    if (this.blocksOf[node].length >= this.maxBlocks) { return undefined; }
    const start = this.below(this.blocks);
    for (let i = 0; i < this.blocks; i++) {
      const block = (start + i) % this.blocks;
      if (this.owner[block] === -1 && this.used[block] < this.blockSize) {
        this.owner[block] = node;
        this.blocksOf[node].push(block);
        this.claimed++;
        return block;
      }
    }
    for (let i = 0; i < this.blocks; i++) {
      const block = (start + i) % this.blocks;
      if (this.used[block] === 0) {
        this.blocksOf[this.owner[block]] = this.blocksOf[this.owner[block]].filter(other => other !== block);
        this.owner[block] = node;
        this.blocksOf[node].push(block);
        return block;
      }
    }
    return undefined;
  }

  private borrow(): number | undefined {
    if (this.strictAffinity) { return undefined; }
    const start = this.below(this.blocks);
    for (let i = 0; i < this.blocks; i++) {
      const block = (start + i) % this.blocks;
      if (this.used[block] < this.blockSize) { return block; }
    }
    return undefined;
  }
}

/** A cluster whose pods come and go. */
export interface Day {
  readonly nodes: number;
  readonly maxPods: number;
  /** Pods that run all the time. */
  readonly pods: number;
  readonly churnPerSecond: number;
  readonly seconds: number;
  /** Seconds that an address stays taken after its pod is gone, at most. */
  readonly releaseWithin: number;
  /** Nodes that are replaced, spread over the day. */
  readonly replacedNodes: number;
}

/** What the day was like. */
export interface DayFigures {
  readonly assigned: number;
  readonly failures: number;
  readonly borrowedShare: number;
  readonly mostBlocks: number;
}

/** Pods start on random nodes with room, live for a random time, and leave their address a moment later. */
export function simulate(day: Day, ipam: BlockSimulation, tunnels: boolean): DayFigures {
  const onNode = Array.from({ length: day.nodes }, () => [] as number[]);
  const waiting: Array<{ readonly at: number; readonly block: number }> = [];
  let mostBlocks = 0;
  const start = (node: number): void => {
    const block = ipam.assign(node);
    if (block !== undefined) { onNode[node].push(block); }
    mostBlocks = Math.max(mostBlocks, ipam.claimedBlocks);
  };
  const nodeWithRoom = (): number => {
    for (;;) {
      const node = ipam.below(day.nodes);
      if (onNode[node].length < day.maxPods) { return node; }
    }
  };
  const tunnel = Array.from({ length: day.nodes }, (_, node) => (tunnels ? ipam.assign(node) : undefined));
  for (let i = 0; i < day.pods; i++) { start(nodeWithRoom()); }
  const changes = Math.round(day.churnPerSecond * day.seconds);
  const between = day.replacedNodes > 0 ? Math.floor(changes / day.replacedNodes) : Infinity;
  for (let i = 0, freed = 0; i < changes; i++) {
    const now = i / day.churnPerSecond;
    for (; freed < waiting.length && waiting[freed].at <= now; freed++) { ipam.release(waiting[freed].block); }
    if (freed > 10_000) { waiting.splice(0, freed); freed = 0; }
    if (i % between === between - 1) { replaceNode(ipam.below(day.nodes)); }
    const node = busyNode();
    const leaving = onNode[node].splice(ipam.below(onNode[node].length), 1)[0];
    // In order of time, since all wait equally long.
    waiting.push({ at: now + day.releaseWithin, block: leaving });
    start(nodeWithRoom());
  }
  return { assigned: ipam.assigned, failures: ipam.failures, borrowedShare: ipam.borrowed / Math.max(1, ipam.assigned), mostBlocks };

  function busyNode(): number {
    for (;;) {
      const node = ipam.below(day.nodes);
      if (onNode[node].length > 0) { return node; }
    }
  }

  /** Its pods start elsewhere, its blocks come back, and a new machine takes its place. */
  function replaceNode(node: number): void {
    const pods = onNode[node].splice(0);
    for (const block of pods) { ipam.release(block); }
    if (tunnel[node] !== undefined) { ipam.release(tunnel[node]!); }
    ipam.remove(node);
    tunnel[node] = tunnels ? ipam.assign(node) : undefined;
    for (let i = 0; i < pods.length; i++) { start(nodeWithRoom()); }
  }
}

/* eslint-disable no-bitwise -- a generator of numbers is made of bits */
/** The same numbers for the same seed: xorshift of 32 bits. */
function generator(seed: number): () => number {
  let state = seed | 0 || 1;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 2 ** 32;
  };
}
/* eslint-enable no-bitwise */
