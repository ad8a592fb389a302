// Tokens of SoftHSM2 in a directory of the test's own, for a service that holds HSM keys.
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';

import { newDirectory, quickTimings, twinkeep, twinkeepd } from './service.mjs';

export const softhsm = '/usr/lib/softhsm/libsofthsm2.so';
// The same, but each call takes as many milliseconds longer as the file says that
// TWINKEEP_FAULTY_PKCS11 names (tests/hsm/faulty).
export const slowSofthsm = path.join(path.dirname(twinkeepd), 'libfaulty_pkcs11.so');

const pin = '648219';
const officerPin = '95170426';

const run = (command, args) => execFileSync(command, args, { encoding: 'utf8', stdio: 'pipe' });

export class Tokens {
  // `places`: [{region, zone}, ...]. The service and the tools find the tokens by this process's
  // environment.
  constructor(places, module = softhsm) {
    this.directory = newDirectory();
    this.module = module;
    this.places = places.map((place) => ({ ...place, label: `${place.region}-${place.zone}` }));
    this.pinFile = this.#write('pin', `${pin}\n`);
    this.officerFile = this.#write('officer-pin', `${officerPin}\n`);
    mkdirSync(path.join(this.directory, 'tokens'));
    process.env.SOFTHSM2_CONF = this.#write('softhsm2.conf',
      `directories.tokendir = ${path.join(this.directory, 'tokens')}\nobjectstore.backend = file\nlog.level = ERROR\n`);
    for (const { label } of this.places) this.initialize(label, ['--free']);
  }

  #write(name, content) {
    const file = path.join(this.directory, name);
    writeFileSync(file, content, { mode: 0o600 });
    return file;
  }

  // Whatever was in the token is gone.
  initialize(label, where = ['--token', label]) {
    run('softhsm2-util', ['--init-token', ...where, '--label', label, '--pin', pin, '--so-pin', officerPin]);
  }

  // [[hsm]] tables.
  get config() {
    return this.places.map(({ region, zone, label }) => `[[hsm]]
region = "${region}"
zone = ${zone}
module = "${this.module}"
token = "${label}"
pin_file = "${this.pinFile}"
`).join('\n');
  }

  // A deployment of the tokens' regions, with the vault "premium" in the first one and `more` of it.
  premium(more = '') {
    const regions = [...new Set(this.places.map(({ region }) => region))];
    return `${quickTimings()}
${regions.map((name) => `[[regions]]\nname = "${name}"\n`).join('')}[[vaults]]
name = "premium"
region = "${regions[0]}"
sku = "premium"
${more}${this.config}`;
  }

  // Takes all of a configuration's tokens into their geography's world.
  provision(config) {
    const file = this.#write('provision.toml', config);
    return run(twinkeep, ['hsm', 'provision', '--config', file, '--so-pin-file', this.officerFile]);
  }

  status(config) {
    return run(twinkeep, ['hsm', 'status', '--config', this.#write('provision.toml', config)]);
  }

  // What pkcs11-tool says of a token's objects.
  objects(label, ...types) {
    return run('pkcs11-tool', ['--module', softhsm, '--token-label', label, '--login', '--pin', pin,
      '--list-objects', ...types]);
  }

  // Tries to take a secret key out of a token: the file that it would be in, and what was said.
  extract(label, object) {
    const file = path.join(this.directory, 'extracted');
    const { stdout, stderr } = spawnSync('pkcs11-tool', ['--module', softhsm, '--token-label', label, '--login',
      '--pin', pin, '--read-object', '--type', 'secrkey', '--label', object, '--output-file', file],
    { encoding: 'utf8' });
    return { size: existsSync(file) ? statSync(file).size : 0, said: `${stdout}${stderr}` };
  }
}
