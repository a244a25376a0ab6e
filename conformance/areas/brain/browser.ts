import { execFile } from 'node:child_process';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { promisify } from 'node:util';
import { Browser, chromium } from 'playwright-core';

const run = promisify(execFile);

const NAMES = ['chromium', 'chromium-browser', 'google-chrome'];
const INSTALL_MS = 600_000;

/** A browser of the machine: from the folder of `CONFORMANCE_BIN`, else from the path. */
export function findBrowser(): string | undefined {
  const folders = [process.env.CONFORMANCE_BIN, ...(process.env.PATH ?? '').split(path.delimiter)].filter((folder): folder is string => Boolean(folder));
  return folders.flatMap(folder => NAMES.map(name => path.join(folder, name))).find(file => fs.existsSync(file));
}

/** Why there is no browser and none can be had; undefined when there is one or Debian's package can be installed. */
export function browserMissing(): string | undefined {
  if (findBrowser()) { return undefined; }
  const debian = fs.existsSync('/usr/bin/apt-get') && process.getuid?.() === 0;
  return debian ? undefined : `no ${NAMES.join(', ')} on the path or in CONFORMANCE_BIN, and Debian's package cannot be installed by this user`;
}

/** Start the browser, after installing Debian's package where there is none. */
export async function startBrowser(): Promise<Browser> {
  if (!findBrowser()) {
    await run('apt-get', ['update', '-qq'], { timeout: INSTALL_MS });
    await run('apt-get', ['install', '-y', '-qq', 'chromium'], { timeout: INSTALL_MS, env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' } });
  }
  const executablePath = findBrowser();
  if (!executablePath) { throw new Error('the package chromium brought no browser'); }
  // Chromium's own sandbox refuses to start as root, which a container runs as.
  return chromium.launch({ executablePath, args: ['--no-sandbox'] });
}
