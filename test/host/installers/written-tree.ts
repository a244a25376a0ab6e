import { createHash } from 'crypto';
import { mkdtempSync, rmSync } from 'fs';
import { tmpdir } from 'os';
import { join } from 'path';
import { gunzipSync } from 'zlib';
import { IConstruct } from 'constructs';
import { parseAllDocuments } from 'yaml';
import { HostFiles, Installer } from '../../../src';
import { filesBelow } from '../../examples/synthesised';

/** A folder that a form wrote, read back from the disk. */
export interface WrittenTree {
  readonly files: { readonly [path: string]: string };
  readonly index: {
    readonly installer: string;
    readonly files: Array<{
      file: string; path: string; mode: string; owner: string; sha256: string; pool?: string; machine?: string; onChange: { action: string };
    }>;
    readonly documents?: Array<{ file: string; readBy: string; bytes: number; sha256: string }>;
    readonly rollout?: { readonly pools?: Array<{ pool: string }>; readonly rings?: object[] };
  };
  readonly guide: string;
}

export function writtenTree(scope: IConstruct, installer: Installer): WrittenTree {
  const dir = mkdtempSync(join(tmpdir(), 'form-'));
  try {
    HostFiles.of(scope).write(dir, installer);
    const files = filesBelow(join(dir, installer.name));
    return { files, index: JSON.parse(files['index.json']), guide: files['install.md'] };
  } finally {
    rmSync(dir, { recursive: true });
  }
}

export function sha256(content: string): string {
  return createHash('sha256').update(content).digest('hex');
}

/** Why a file cannot be read by what its name says it is; nothing where it can. */
export function parseProblems(files: { readonly [path: string]: string }): string[] {
  return Object.entries(files).flatMap(([path, content]) => {
    if (/\.(json|ign)$/.test(path)) { return jsonProblem(path, content); }
    if (/\.(ya?ml|bu)$/.test(path)) { return parseAllDocuments(content).flatMap(document => [...document.errors, ...document.warnings].map(error => `${path}: ${error.message}`)); }
    return [];
  });
}

function jsonProblem(path: string, content: string): string[] {
  try { JSON.parse(content); } catch (error) { return [`${path}: ${(error as Error).message}`]; }
  return [];
}

/** Texts of a tree and all that is packed inside them: base64, and gzip in it. */
export function textsOf(files: { readonly [path: string]: string }): Array<[path: string, text: string]> {
  return Object.entries(files).flatMap(([path, content]): Array<[string, string]> => [
    [path, content],
    ...[...content.matchAll(/[A-Za-z0-9+/]{64,}={0,2}/g)].map(([packed]): [string, string] => {
      const bytes = Buffer.from(packed, 'base64');
      return [`${path} (packed)`, (bytes[0] === 0x1f && bytes[1] === 0x8b ? gunzipSync(bytes) : bytes).toString()];
    }),
  ]);
}

const SECRETS: Array<[what: string, pattern: RegExp]> = [
  ['a private key', /-----BEGIN [A-Z ]*PRIVATE KEY-----/],
  ['a bootstrap token', /\b(?!abcdef\.)[a-z0-9]{6}\.[a-z0-9]{16}\b/],
  ['an encryption key', /^\s*secret: [A-Za-z0-9+/]{43}=$/m],
  ['a Secret', /^kind: Secret$/m],
  ['a password', /password["']?: *["']?[^"'\s<{$]/i],
];

/** Secrets of a tree, by place. */
export function secretsOf(files: { readonly [path: string]: string }): string[] {
  return textsOf(files).flatMap(([path, text]) => SECRETS.filter(([, pattern]) => pattern.test(text)).map(([what]) => `${path}: ${what}`));
}
