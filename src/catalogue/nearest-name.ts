/** Number of single-character edits that turn `a` into `b`; a swap of two neighbours counts as one. */
function editDistance(a: string, b: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (let row = 1; row <= a.length; row++) {
    const current = [row];
    for (let column = 1; column <= b.length; column++) {
      const change = a[row - 1] === b[column - 1] ? 0 : 1;
      let best = Math.min(last[column] + 1, current[column - 1] + 1, last[column - 1] + change);
      if (row > 1 && column > 1 && a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1]) {
        best = Math.min(best, beforeLast[column - 2] + 1);
      }
      current.push(best);
    }
    beforeLast = last;
    last = current;
  }
  return last[b.length];
}

/**
 * The candidate that a misspelt name most likely meant; undefined when none is close.
 *
 * Close means: at most a third of the longer name differs, upper and lower case aside. Equally close candidates are decided by
 * alphabet, so that the message does not depend on the order of a table.
 */
export function nearestName(name: string, candidates: Iterable<string>): string | undefined {
  const wanted = name.toLowerCase().slice(0, 100);
  let nearest: string | undefined;
  let nearestDistance = Infinity;
  for (const candidate of [...candidates].sort()) {
    const limit = Math.floor(Math.max(wanted.length, candidate.length) / 3);
    if (Math.abs(wanted.length - candidate.length) > limit) {
      continue;
    }
    const distance = editDistance(wanted, candidate.toLowerCase());
    if (distance <= limit && distance < nearestDistance) {
      nearest = candidate;
      nearestDistance = distance;
    }
  }
  return nearest;
}
