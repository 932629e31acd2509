// Installs and builds the applications in target/apps, exactly as their lock files say, and writes
// target/facts.json: which versions were installed, and which Node.js they say they need.
//
//     node build-apps.mjs [application...]
//
// Does only what is out of date. Nothing but the npm registry is asked.
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cpSync, existsSync, mkdirSync, readFileSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const module = fileURLToPath(new URL('.', import.meta.url));
const target = join(module, 'target');
const BASE_PATH = '/shop';
const TIME_LIMIT = 5 * 60_000;

const environment = {
  ...process.env,
  ASTRO_TELEMETRY_DISABLED: '1',
  NEXT_TELEMETRY_DISABLED: '1',
  NUXT_TELEMETRY_DISABLED: '1',
  CI: 'true',
  NODE_OPTIONS: '--max-old-space-size=2048'
};

/** What is to be built, the longest first, and where the result lies. */
const builds = {
  nuxt: { output: '.output', anyBasePath: true },
  next: { output: '.next/standalone', after: copyStaticFiles },
  'react-router': { output: 'build' },
  astro: { output: 'dist' },
  sveltekit: { output: 'build' },
  nest: { output: 'dist', anyBasePath: true }
};

/** As the documentation of Next.js says: the standalone folder comes without them. */
function copyStaticFiles(folder) {
  cpSync(join(folder, '.next/static'), join(folder, '.next/standalone/.next/static'), { recursive: true });
}

/** Runs a command in a folder. What it says is of interest only if it fails. */
function run(folder, command, variables = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, {
      cwd: folder, shell: true, env: { ...environment, ...variables }, timeout: TIME_LIMIT, stdio: ['ignore', 'pipe', 'pipe']
    });
    let output = '';
    child.stdout.on('data', (data) => (output += data));
    child.stderr.on('data', (data) => (output += data));
    child.on('error', reject);
    child.on('close', (code, signal) => {
      if (code === 0) {
        resolve(output);
      } else {
        reject(new Error(`${folder}: ${command}: ${signal ?? code}\n${output}`));
      }
    });
  });
}

function fingerprint(folder) {
  const hash = createHash('sha256').update(readFileSync(fileURLToPath(import.meta.url)));
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    if (entry.isFile()) {
      const file = join(entry.parentPath, entry.name);
      hash.update(file).update(readFileSync(file));
    }
  }
  return hash.digest('hex');
}

async function prepare(name, source) {
  const folder = join(target, 'apps', name);
  const stamp = join(folder, '.stamp');
  const state = fingerprint(source);
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === state) {
    return;
  }
  const started = Date.now();
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  cpSync(source, folder, { recursive: true });
  await run(folder, 'npm ci --ignore-scripts --no-audit --no-fund --loglevel=error');
  const installed = Date.now();
  const build = builds[name];
  if (build) {
    if (!build.anyBasePath) {
      await run(folder, 'npm run --silent build', { BASE_PATH });
      build.after?.(folder);
      mkdirSync(join(folder, 'below'));
      renameSync(join(folder, build.output), join(folder, 'below', build.output.replace(/^.*\//, '')));
    }
    await run(folder, 'npm run --silent build');
    build.after?.(folder);
  }
  writeFileSync(stamp, state);
  const seconds = (from, to) => `${Math.round((to - from) / 1000)} s`;
  console.log(`${name}: installed in ${seconds(started, installed)}, built in ${seconds(installed, Date.now())}`);
}

/** One job on each of two processors, in the order given. */
async function runAll(jobs) {
  const waiting = [...jobs];
  const work = async () => {
    for (let job = waiting.shift(); job; job = waiting.shift()) {
      await job();
    }
  };
  await Promise.all([work(), work()]);
}

function readPackage(folder) {
  return JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
}

async function versionOf(executable) {
  const version = (await run(module, `"${executable}" --version`)).trim();
  return { version, executable };
}

/** The node that runs this, and those that came from the registry. */
async function nodes() {
  const packages = join(target, 'apps/tools/node_modules');
  const suffix = `-${process.platform}-${process.arch}`;
  const installed = readdirSync(packages).filter((name) => name.startsWith('node-') && name.endsWith(suffix));
  const executables = [process.execPath, ...installed.map((name) => join(packages, name, 'bin/node'))];
  return Promise.all(executables.map(versionOf));
}

function factsOf(name, releases, satisfies) {
  const folder = join(target, 'apps', name);
  const { dependencies = {}, devDependencies = {} } = readPackage(folder);
  const packages = Object.fromEntries(Object.keys({ ...dependencies, ...devDependencies }).map((dependency) => {
    const { version, engines } = readPackage(join(folder, 'node_modules', dependency));
    return [dependency, { version, engines: engines?.node ?? '*' }];
  }));
  const excludedBy = (version) => Object.entries(packages)
    .filter(([, { engines }]) => !satisfies(version, engines))
    .map(([dependency, { engines }]) => `${dependency} needs ${engines}`);
  return { packages, excluded: Object.fromEntries(releases.map(({ version }) => [version, excludedBy(version)])) };
}

const all = readdirSync(join(module, 'apps'));
const wanted = process.argv.length > 2 ? process.argv.slice(2) : all;
const order = Object.keys(builds);
const rank = (name) => order.indexOf(name);
const names = wanted.sort((one, other) => (order.includes(other) - order.includes(one)) || rank(one) - rank(other));
try {
  await runAll([
    ...names.map((name) => () => prepare(name, join(module, 'apps', name))),
    () => prepare('tools', join(module, 'tools'))
  ]);
  const { satisfies } = createRequire(join(target, 'apps/tools/'))('semver');
  const releases = await nodes();
  const applications = Object.fromEntries(
    all.filter((name) => existsSync(join(target, 'apps', name, '.stamp'))).map((name) => [name, factsOf(name, releases, satisfies)])
  );
  writeFileSync(join(target, 'facts.json'), JSON.stringify({ nodes: releases, applications }, null, 2));
} catch (error) {
  console.error(error.message);
  process.exit(1);
}
