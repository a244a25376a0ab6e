import { join } from 'node:path';
import { App } from 'cdk8s';
import { adopt } from './platform';
import { HostFiles, Installer } from 'cdk8s-thousand-node';

const app = new App({ outdir: process.env.CDK8S_OUTDIR ?? join(__dirname, 'dist') });
const { shop, dns, etcd } = adopt(app);
app.synth();

// Synth owns dist/ only. What belongs on machines is written by this call; forget it, and the program says so when it ends.
const files = HostFiles.of(etcd).write(join(__dirname, 'host'), Installer.plain());

console.log(`shop: 10 to 200 replicas in ${shop.secondsToMax} seconds`);
console.log(`etcd: ${files.length} files in host/plain, read install.md first; API servers use ${etcd.mainUrls.join(',')}`);
console.log(`dns: kubelets need clusterDNS ${dns.clusterDnsAddresses.join(',')}`);
for (const note of dns.notes) { console.log(`  - ${note}`); }
