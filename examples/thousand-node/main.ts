import { join } from 'node:path';
import { App } from 'cdk8s';
import { description } from './cluster';
import { forms } from './forms';
import { summary } from './summary';
import { CapacityReport, HostFiles, ThousandNodeCluster } from 'cdk8s-thousand-node';

// `cdk8s synth` names the folder of the manifests; without it they go beside this file, wherever it is called from.
const app = new App({ outdir: process.env.CDK8S_OUTDIR ?? join(__dirname, 'dist') });
const cluster = new ThousandNodeCluster(app, 'shop', description);
app.synth();

const host = join(__dirname, 'host');
const files = forms.map(installer => ({ installer, written: HostFiles.of(cluster).write(host, installer) }));

const report = CapacityReport.of(cluster);
report.write(join(__dirname, 'report'));

console.log(summary({ cluster, report, files }));
