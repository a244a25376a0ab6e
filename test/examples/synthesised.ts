import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'fs';
import { tmpdir } from 'os';
import { join } from 'path';
import { App } from 'cdk8s';
import { IConstruct } from 'constructs';
import { HostFiles, Installer } from '../../src';

/** A manifest as the API server reads it. */
export interface KubeObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string; readonly labels?: { [key: string]: string } };
  readonly [field: string]: any;
}

/** Objects of an app in the order of its files. */
export function objectsOf(app: App): KubeObject[] {
  return app.charts.flatMap(chart => chart.toJson());
}

/** Content of every file below a folder, by path. */
export function filesBelow(dir: string, prefix = ''): { [path: string]: string } {
  const files: { [path: string]: string } = {};
  for (const name of readdirSync(dir).sort()) {
    const path = join(dir, name);
    if (statSync(path).isDirectory()) { Object.assign(files, filesBelow(path, `${prefix}${name}/`)); } else { files[`${prefix}${name}`] = readFileSync(path, 'utf8'); }
  }
  return files;
}

/** Host files of a scope by path, as an installer writes them. */
export function hostFilesOf(scope: IConstruct, installer: Installer = Installer.plain()): { [path: string]: string } {
  const dir = mkdtempSync(join(tmpdir(), 'host-'));
  try {
    HostFiles.of(scope).write(dir, installer);
    return filesBelow(join(dir, installer.name));
  } finally {
    rmSync(dir, { recursive: true });
  }
}
