import * as fs from 'node:fs';
import * as path from 'node:path';
import { HostTree } from './host-tree';
import { Loopback } from './loopback';
import { Placement, rewriteText } from './rewrite';
import { Processes } from '../processes';

const CERTIFICATES = '/usr/local/sbin/thousand-node-certificates';
const ENCRYPTION = '/usr/local/sbin/thousand-node-encryption-config';
const SHARED_SECRETS = ['ca.crt', 'ca.key', 'etcd/ca.crt', 'etcd/ca.key', 'front-proxy-ca.crt', 'front-proxy-ca.key', 'sa.key', 'sa.pub', 'encryption.yaml'];

/**
 * Lay the machines of a host tree out as folders, as install.md says: copy the files, make the authorities on one machine, copy them, make
 * and sign each machine's certificates with the synthesised script.
 */
export async function layOutMachines(tree: HostTree, folder: string, processes: Processes): Promise<Placement> {
  const machines = tree.machines;
  const placement: Placement = {
    loopback: await Loopback.free(machines),
    addresses: machineAddresses(tree),
    root: machine => path.join(folder, 'machines', machine),
  };
  for (const entry of tree.entries.filter(e => e.machine !== undefined)) {
    const root = placement.root(entry.machine!);
    const file = path.join(root, entry.path);
    fs.mkdirSync(path.dirname(file), { recursive: true });
    fs.writeFileSync(file, placed(entry.path, tree.text(entry), entry.machine!, placement), { mode: parseInt(entry.mode, 8) });
  }
  for (const machine of machines) {
    for (const directory of ['/var/log/kubernetes/audit', ...dataDirectories(tree, machine)]) {
      fs.mkdirSync(path.join(placement.root(machine), directory), { recursive: true, mode: 0o700 });
    }
  }
  await makeCertificates(machines, placement, processes);
  return placement;
}

function placed(hostPath: string, text: string, machine: string, placement: Placement): string {
  const addressed = rewriteText(text, machine, placement);
  // Scripts and request files take the root from THOUSAND_NODE_ROOT; other files name paths that the components open.
  if (hostPath.startsWith('/usr/') || hostPath.includes('/pki/requests/')) { return addressed; }
  return addressed.replace(/(?<=[\s"'=:])\/(etc\/kubernetes|var\/lib\/kubelet|var\/log\/kubernetes)\//g, `${placement.root(machine)}/$1/`);
}

/** The address of each machine, from the member that advertises it. */
export function machineAddresses(tree: HostTree): { [machine: string]: string } {
  const addresses: { [machine: string]: string } = {};
  for (const pod of tree.staticPods()) {
    const advertised = pod.argv.map(argument => /^--(?:advertise-client-urls=https:\/\/([\d.]+):|advertise-address=([\d.]+)$)/.exec(argument)).find(match => match !== null);
    if (advertised) { addresses[pod.machine] = advertised[1] ?? advertised[2]; }
  }
  return addresses;
}

function dataDirectories(tree: HostTree, machine: string): string[] {
  return tree.staticPods().filter(pod => pod.machine === machine)
    .flatMap(pod => pod.argv.filter(argument => argument.startsWith('--data-dir=')).map(argument => argument.slice('--data-dir='.length)));
}

/** Authorities on the first machine, certificates on each of them, by the synthesised scripts. */
export async function makeCertificates(machines: string[], placement: Pick<Placement, 'root'>, processes: Processes): Promise<void> {
  const script = async (machine: string, file: string, ...args: string[]) => {
    const done = await processes.run(path.join(placement.root(machine), file), args, { env: { THOUSAND_NODE_ROOT: placement.root(machine) } });
    if (done.code !== 0) { throw new Error(`${file} ${args.join(' ')} on ${machine} ended with ${done.code}: ${done.stderr.trim().split('\n').slice(-3).join(' ')}`); }
  };
  const [signer, ...others] = machines;
  await script(signer, CERTIFICATES, 'init-authorities');
  if (fs.existsSync(path.join(placement.root(signer), ENCRYPTION))) { await script(signer, ENCRYPTION); }
  for (const machine of others) {
    for (const name of SHARED_SECRETS) {
      const from = path.join(placement.root(signer), '/etc/kubernetes/pki', name);
      const to = path.join(placement.root(machine), '/etc/kubernetes/pki', name);
      if (!fs.existsSync(from)) { continue; }
      fs.mkdirSync(path.dirname(to), { recursive: true });
      fs.copyFileSync(from, to);
    }
  }
  for (const machine of machines) {
    await script(machine, CERTIFICATES, 'request');
    await script(machine, CERTIFICATES, 'sign');
  }
}

/** A client certificate for the driver itself, signed by the cluster's own authority. */
export async function clientCertificate(
  placement: Placement, processes: Processes, machine: string, folder: string, commonName: string, organization: string,
): Promise<{ ca: string; cert: string; key: string }> {
  const pki = path.join(placement.root(machine), '/etc/kubernetes/pki');
  fs.mkdirSync(folder, { recursive: true });
  const files = { ca: path.join(pki, 'ca.crt'), cert: path.join(folder, `${commonName}.crt`), key: path.join(folder, `${commonName}.key`) };
  const openssl = async (...args: string[]) => {
    const done = await processes.run('openssl', args);
    if (done.code !== 0) { throw new Error(`openssl ${args[0]}: ${done.stderr}`); }
  };
  await openssl('ecparam', '-name', 'prime256v1', '-genkey', '-noout', '-out', files.key);
  await openssl('req', '-new', '-key', files.key, '-subj', `/O=${organization}/CN=${commonName}`, '-out', `${files.cert}.csr`);
  await openssl('x509', '-req', '-in', `${files.cert}.csr`, '-CA', files.ca, '-CAkey', path.join(pki, 'ca.key'), '-CAcreateserial', '-days', '2', '-out', files.cert);
  return files;
}
