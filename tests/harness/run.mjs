// Runs one test file: node tests/harness/run.mjs tests/e2e/secrets.test.mjs
// A first start of the service makes the data directory that every service of the test begins with,
// so that its CA can be trusted the way a user does it: NODE_EXTRA_CA_CERTS, read when Node starts.
import { spawn } from 'node:child_process';
import { cpSync, mkdtempSync, mkdirSync, readdirSync, readFileSync, existsSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

const [file] = process.argv.slice(2);
if (!file) {
  console.error('usage: run.mjs TEST_FILE');
  process.exit(2);
}

const run = mkdtempSync(path.join(tmpdir(), 'twinkeep-test-'));
process.env.TWINKEEP_RUN = run;
const { Service } = await import('./service.mjs');

function showLogs() {
  for (const name of readdirSync(run).sort()) {
    const log = path.join(run, name, 'twinkeepd.log');
    if (!existsSync(log)) continue;
    const lines = readFileSync(log, 'utf8').split('\n');
    console.log(`---- ${name}/twinkeepd.log, the last of ${lines.length} lines`);
    console.log(lines.slice(-150).join('\n'));
  }
}

async function prepare() {
  const first = await Service.start({ config: '', empty: true });
  await first.stop();
  const template = path.join(run, 'template');
  mkdirSync(template);
  cpSync(first.data, path.join(template, 'data'), { recursive: true });
  return first.ready.ca_file;
}

const test = (ca) =>
  new Promise((resolve, reject) => {
    const options = ['--pdeathsig', 'KILL', process.execPath, '--test-reporter=spec', file];
    const env = { ...process.env, NODE_EXTRA_CA_CERTS: ca };
    // The way to a service on this machine leads through no proxy.
    for (const name of Object.keys(env)) if (/^(https?|all)_proxy$/i.test(name)) delete env[name];
    const child = spawn('setpriv', options, { stdio: 'inherit', env });
    child.on('error', reject);
    child.on('exit', (code, signal) => resolve(signal ? 1 : code));
  });

let code = 1;
try {
  code = await test(await prepare());
} catch (error) {
  console.error(error);
}
if (code !== 0) showLogs();
rmSync(run, { recursive: true, force: true });
process.exit(code);
