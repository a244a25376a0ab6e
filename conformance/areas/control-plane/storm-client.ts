import * as fs from 'node:fs';
import * as https from 'node:https';

// A process of its own: bystanders are timed in the drill, and must not wait for its event loop.

interface Storm { readonly server: string; readonly ca: string; readonly tokens: string[]; readonly seconds: number; readonly watch: boolean }

const storm: Storm = JSON.parse(fs.readFileSync(process.argv[2], 'utf8'));
const ca = fs.readFileSync(storm.ca);
const WATCH = '?watch=true&sendInitialEvents=true&resourceVersionMatch=NotOlderThan&allowWatchBookmarks=true&timeoutSeconds=120';
const END_OF_INITIAL_EVENTS = 'k8s.io/initial-events-end';
const until = Date.now() + storm.seconds * 1000;
const counts = { completed: 0, refused: 0, failed: 0, bytes: 0 };

/** One LIST of all pods, or one watch up to the end of its initial events. */
function ask(token: string, agent: https.Agent): Promise<void> {
  return new Promise(resolve => {
    const request = https.request(`${storm.server}/api/v1/pods${storm.watch ? WATCH : ''}`, {
      agent, ca, timeout: 60_000, headers: { accept: 'application/vnd.kubernetes.protobuf', authorization: `Bearer ${token}`, ...(storm.watch ? {} : { 'accept-encoding': 'gzip' }) },
    }, response => {
      let tail = '';
      const done = (ok: boolean) => {
        if (response.statusCode === 429) { counts.refused++; } else if (ok && response.statusCode === 200) { counts.completed++; } else { counts.failed++; }
        resolve();
      };
      response.on('data', (chunk: Buffer) => {
        counts.bytes += chunk.length;
        if (!storm.watch || response.statusCode !== 200) { return; }
        tail = (tail + chunk.toString('latin1')).slice(-2000);
        if (tail.includes(END_OF_INITIAL_EVENTS)) {
          request.destroy();
          done(true);
        }
      });
      response.on('end', () => done(!storm.watch));
      response.on('error', () => resolve());
    });
    request.on('timeout', () => request.destroy(new Error('timeout')));
    request.on('error', () => {
      counts.failed++;
      resolve();
    });
    request.end();
  });
}

async function main(): Promise<void> {
  await Promise.all(storm.tokens.map(async token => {
    const agent = new https.Agent({ keepAlive: true, maxSockets: 1 });
    while (Date.now() < until) {
      await ask(token, agent);
      await new Promise(resolve => setTimeout(resolve, 50));
    }
    agent.destroy();
  }));
}

// Whatever still runs after the time is no longer of interest.
setTimeout(() => process.exit(0), storm.seconds * 1000 + 1000);
process.on('exit', () => { fs.writeFileSync(`${process.argv[2]}.result`, JSON.stringify(counts)); });
void main();
