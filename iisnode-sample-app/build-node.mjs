// Installs the packages of the Node applications from the npm registry, exactly as their lock
// files say, and builds the pages. Does only what is out of date; Maven runs it on every build.
import { execSync } from 'node:child_process';
import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('node', import.meta.url));

/** When a file was changed last, or the newest file below a folder; 0 if there is none. */
function changed(...path) {
  const file = join(root, ...path);
  if (!existsSync(file)) {
    return 0;
  }
  const entry = statSync(file);
  return entry.isDirectory()
    ? Math.max(0, ...readdirSync(file).map((name) => changed(...path, name)))
    : entry.mtimeMs;
}

/** Runs a command in the folder of an application. What it says is of interest only if it fails. */
function run(command, application) {
  console.log(`${application}: ${command}`);
  try {
    execSync(command, { cwd: join(root, application), stdio: 'pipe' });
  } catch (error) {
    console.error(String(error.stdout), String(error.stderr), error.message);
    process.exit(1);
  }
}

/** npm notes in this file what it has installed, so its age is that of the installation. */
const installed = (application) => changed(application, 'node_modules', '.package-lock.json');

for (const application of ['api', 'events', 'pages']) {
  if (installed(application) <= changed(application, 'package-lock.json')) {
    run('npm ci --no-audit --no-fund --loglevel=error', application);
  }
}

const sources = ['src', 'svelte.config.js', 'vite.config.js'].map((source) => changed('pages', source));
if (changed('pages', 'build', 'index.js') <= Math.max(installed('pages'), ...sources)) {
  run('npm run --silent build', 'pages');
}
