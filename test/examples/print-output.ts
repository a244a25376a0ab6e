import { App } from 'cdk8s';
import { AS_WRITTEN, description } from './shuffled-cluster';
import { hostFilesOf } from './synthesised';
import { Installer, ThousandNodeCluster } from '../../src';

// The whole output of a cluster on stdout, for processes with another environment.
const app = new App();
const cluster = new ThousandNodeCluster(app, 'shop', description(AS_WRITTEN));
process.stdout.write(JSON.stringify([app.synthYaml(), hostFilesOf(cluster, Installer.plain()), hostFilesOf(cluster, Installer.kubeadm())]));
