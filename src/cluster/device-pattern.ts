// Names below /dev/disk/by-id as patterns of the shell: `*`, `?` and `[...]`.

type Token = { readonly kind: 'any' } | { readonly kind: 'one'; readonly characters: string };

const PLAIN = /^[A-Za-z0-9._:+*?[\]-]+$/;
const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._:+-';

// What udev puts before the model: the bus, and the schemes that name a disk by a number alone.
const BUS = /^(nvme|ata|scsi|virtio|google|usb|mmc|ieee1394|memstick)-/;
const NUMBER_ALONE = /^(wwn-|nvme-(eui\.|nvme\.|uuid\.)|scsi-[0-9A-Fa-f*?[]|md-|dm-|lvm-)/;
/** Characters of a model that have to be spelled before the first wildcard. */
const MODEL_CHARACTERS = 3;

/** A sentence when a text is no pattern of names below `/dev/disk/by-id`. */
export function devicePatternProblem(field: string, pattern: string): string | undefined {
  return typeof pattern === 'string' && PLAIN.test(pattern) && balanced(pattern) ? undefined
    : `${field} must be a file name pattern of /dev/disk/by-id without slashes or spaces, got '${pattern}'`;
}

/** Whether a pattern spells some of a vendor's or model's name. Without it, it matches every disk of its bus. */
export function namesModel(pattern: string): boolean {
  if (NUMBER_ALONE.test(pattern)) { return false; }
  const spelled = /^[A-Za-z0-9._:+-]*/.exec(pattern.replace(BUS, ''))![0];
  return spelled.replace(/[^A-Za-z0-9]/g, '').length >= MODEL_CHARACTERS && BUS.test(pattern);
}

/** Whether some name matches both patterns. */
export function patternsMeet(one: string, other: string): boolean {
  const [a, b] = [tokens(one), tokens(other)];
  const known = new Map<number, boolean>();
  const meet = (i: number, j: number): boolean => {
    const key = i * (b.length + 1) + j;
    const before = known.get(key);
    if (before !== undefined) { return before; }
    known.set(key, false);
    const result = meetHere(i, j);
    known.set(key, result);
    return result;
  };
  const meetHere = (i: number, j: number): boolean => {
    const [x, y] = [a[i], b[j]];
    if (x === undefined && y === undefined) { return true; }
    if (x?.kind === 'any') { return meet(i + 1, j) || (y !== undefined && meet(i, j + 1)); }
    if (y?.kind === 'any') { return meet(i, j + 1) || (x !== undefined && meet(i + 1, j)); }
    if (x === undefined || y === undefined) { return false; }
    return [...x.characters].some(character => y.characters.includes(character)) && meet(i + 1, j + 1);
  };
  return meet(0, 0);
}

function tokens(pattern: string): Token[] {
  return [...pattern.matchAll(/\*+|\?|\[([^\]]+)\]|./g)].map((match): Token => {
    if (match[0].startsWith('*')) { return { kind: 'any' }; }
    if (match[0] === '?') { return { kind: 'one', characters: ALPHABET }; }
    return { kind: 'one', characters: match[1] === undefined ? match[0] : expanded(match[1]) };
  });
}

/** `a-f0` as the characters it stands for. */
function expanded(range: string): string {
  return range.replace(/(.)-(.)/g, (_, from: string, to: string) =>
    Array.from({ length: Math.max(0, to.charCodeAt(0) - from.charCodeAt(0) + 1) }, (__, i) => String.fromCharCode(from.charCodeAt(0) + i)).join(''));
}

function balanced(pattern: string): boolean {
  return !/[[\]]/.test(pattern.replace(/\[[^[\]]+\]/g, ''));
}
