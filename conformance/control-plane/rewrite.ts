import { Loopback } from './loopback';

/** A value that was changed because all machines are one. */
export interface Rewrite {
  readonly component: string;
  readonly flag: string;
  readonly from: string;
  readonly to: string;
  readonly why: string;
}

/** The machines' addresses as the output has them, and where this run puts them. */
export interface Placement {
  readonly loopback: Loopback;
  /** Machine name to its address in the output. */
  readonly addresses: { readonly [machine: string]: string };
  /** Folder that stands for `/` of a machine. */
  root(machine: string): string;
}

/**
 * A static pod's command line for this machine. Only values of addresses and paths change; the set of flags stays what it is, and
 * `sameFlags` checks that.
 */
export function rewriteArgv(component: string, machine: string, argv: string[], placement: Placement, rewrites: Rewrite[]): string[] {
  return argv.slice(1).map(argument => {
    const [flag, value] = splitFlag(argument);
    const { to, why } = rewriteValue(flag, value, machine, placement, component);
    if (to !== value) { rewrites.push({ component, flag, from: value, to, why }); }
    return `--${flag}=${to}`;
  });
}

/** Flags of a command line, sorted. */
export function flagNames(argv: string[]): string[] {
  return argv.filter(argument => argument.startsWith('--')).map(argument => splitFlag(argument)[0]).sort();
}

/** Addresses in a file: the same placement as in flags. */
export function rewriteText(text: string, machine: string, placement: Placement): string {
  return withAddresses(text, placement).replace(/\b127\.0\.0\.1\b/g, placement.loopback.address(machine));
}

function splitFlag(argument: string): [string, string] {
  const at = argument.indexOf('=');
  return [argument.slice(2, at), argument.slice(at + 1)];
}

// An advertised address may not be a loopback address (the API server refuses it in Endpoints); nobody connects to it here.
const ADVERTISED = '198.51.100.10';

function rewriteValue(flag: string, value: string, machine: string, placement: Placement, component: string): { to: string; why: string } {
  if (flag === 'advertise-address') { return { to: ADVERTISED, why: 'Endpoints may not hold a loopback address' }; }
  if (flag === 'bind-address') { return { to: placement.loopback.address(machine), why: 'servers stay on loopback' }; }
  // Absolute paths, but not URL paths or groups such as /events#...
  if (/^\/(etc|var|usr|run|mnt)\//.test(value)) { return { to: `${placement.root(machine)}${value}`, why: 'the machine\'s root is a folder' }; }
  const own = component === 'etcd' ? placement.loopback.loopback(machine) : placement.loopback.address(machine);
  return { to: withAddresses(value, placement).replace(/\b127\.0\.0\.1\b/g, own), why: 'each machine has loopback addresses of its own' };
}

function withAddresses(text: string, placement: Placement): string {
  return Object.entries(placement.addresses).reduce(
    (result, [machine, address]) => result.replace(new RegExp(`(?<![\\d.])${address.replace(/\./g, '\\.')}(?![\\d.])`, 'g'), placement.loopback.address(machine)), text);
}
