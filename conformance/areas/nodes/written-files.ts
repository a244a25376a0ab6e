import { createHash } from 'node:crypto';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { gunzipSync } from 'node:zlib';
import { parseAllDocuments } from 'yaml';
import { IndexEntry } from '../../control-plane/host-tree';

/** A file of a machine, taken out of whatever a form wraps it in. */
export interface WrittenFile {
  /** Machine or pool. */
  readonly node: string;
  readonly path: string;
  readonly mode: string;
  readonly content: string;
}

/** Texts of a form that are scripts or units and that no index names: hooks, commands of a first boot. */
export interface WrittenTree { readonly files: WrittenFile[]; readonly hooks: string[] }

/**
 * All files that a written form lays on machines. Nothing is known of the forms but `index.json`: a file that a document wraps is the text in that
 * document that has the file's checksum, behind base64, gzip and documents within documents.
 */
export function writtenTree(folder: string): WrittenTree {
  const entries: Array<IndexEntry & { readonly sha256: string }> = JSON.parse(fs.readFileSync(path.join(folder, 'index.json'), 'utf8')).files;
  const documents = new Map<string, Map<string, string>>();
  for (const name of new Set(entries.map(entry => entry.file))) {
    const bytes = fs.readFileSync(path.join(folder, name));
    const isTheFile = entries.some(entry => entry.file === name && entry.sha256 === sha256(bytes));
    documents.set(name, new Map((isTheFile ? [bytes.toString('utf8')] : textsWithin(bytes)).map(text => [sha256(text), text])));
  }
  const files = entries.map(entry => {
    const content = documents.get(entry.file)!.get(entry.sha256);
    if (content === undefined) { throw new Error(`${folder}: ${entry.file} holds no text with the checksum of ${entry.path}`); }
    return { node: (entry.machine ?? entry.pool)!, path: entry.path, mode: entry.mode, content };
  });
  const named = new Set(entries.map(entry => entry.sha256));
  const others = [...documents.values()].flatMap(texts => [...texts].filter(([sum]) => !named.has(sum)).map(([, text]) => text));
  return { files, hooks: [...new Set(others)].filter(text => text.startsWith('#!') || /^\[(Unit|Service)\]$/m.test(text.split('\n', 3).join('\n'))) };
}

function textsWithin(bytes: Buffer): string[] {
  if (bytes[0] === 0x1f && bytes[1] === 0x8b) { return textsWithin(gunzipSync(bytes)); }
  const text = bytes.toString('utf8');
  return [text, ...inner(text)];
}

function inner(text: string): string[] {
  const data = /^data:[^,]*;base64,(.*)$/s.exec(text)?.[1] ?? (/^[A-Za-z0-9+/\n]{64,}={0,2}\n?$/.test(text) ? text : undefined);
  if (data !== undefined) { return textsWithin(Buffer.from(data, 'base64')); }
  const boundary = /^MIME-Version:.*\nContent-Type: multipart\/mixed; boundary="([^"]+)"/.exec(text)?.[1];
  // A part ends with an empty line that is not its own.
  if (boundary !== undefined) { return text.split(`--${boundary}`).slice(1, -1).flatMap(part => textsWithin(Buffer.from(`${part.slice(part.indexOf('\n\n') + 2).trimEnd()}\n`))); }
  return parseAllDocuments(text, { logLevel: 'silent' }).filter(document => document.errors.length === 0).map(document => document.toJS()).filter(value => typeof value === 'object')
    .flatMap(strings).filter(string => /\n|^data:|^\S{64,}$/.test(string)).flatMap(string => textsWithin(Buffer.from(string)));
}

function strings(value: unknown): string[] {
  if (typeof value === 'string') { return [value]; }
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(strings) : [];
}

function sha256(text: string | Buffer): string {
  return createHash('sha256').update(text).digest('hex');
}
