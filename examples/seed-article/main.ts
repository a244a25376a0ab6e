import { join } from 'node:path';
import { App } from 'cdk8s';
import { description } from './cluster';
import { verdicts } from './refusals';
import { table } from './table';
import { HostFiles, Installer, ThousandNodeCluster } from 'cdk8s-thousand-node';

const app = new App({ outdir: process.env.CDK8S_OUTDIR ?? join(__dirname, 'dist') });
const cluster = new ThousandNodeCluster(app, 'k8s-prod', description);
app.synth();
const files = HostFiles.of(cluster).write(join(__dirname, 'host'), Installer.plain());

console.log(`${cluster.facts.name}: Kubernetes ${cluster.facts.release.tag}, etcd ${cluster.facts.versions.etcd}, ${cluster.facts.nodes} nodes (${cluster.facts.nodesToday} today)`);
console.log(`${files.length} files in host/plain; manifests in dist/\n`);
console.log('What became of the values of the article that the audit objects to:\n');
console.log(table(verdicts()));
