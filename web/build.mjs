// Builds the dashboard into dist/, or (--test) bundles the tests and runs them with Node's own runner.
import { spawnSync } from 'node:child_process';
import { copyFile, mkdir, readdir, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as esbuild from 'esbuild';
import { writeApiTypes } from './generate.mjs';

const here = dirname(fileURLToPath(import.meta.url));
const dist = join(here, 'dist');
const flags = new Set(process.argv.slice(2));

const common = {
  absWorkingDir: here,
  bundle: true,
  target: ['es2022'],
  jsx: 'automatic',
  jsxImportSource: 'preact',
  logLevel: 'warning',
};

async function copyPages() {
  for (const name of ['index.html', 'login.html', 'favicon.svg']) {
    await copyFile(join(here, name), join(dist, name));
  }
}

async function build(watch) {
  await rm(dist, { recursive: true, force: true });
  await mkdir(dist, { recursive: true });
  await copyPages();
  const options = {
    ...common,
    // Fixed names, which index.html and the audio engine know.
    entryPoints: [
      { in: 'src/main.tsx', out: 'app' },
      { in: 'src/worklet/worklet.ts', out: 'worklet' },
      { in: 'src/styles/app.css', out: 'app' },
    ],
    outdir: dist,
    format: 'esm',
    minify: !watch,
    sourcemap: watch ? 'linked' : false,
    legalComments: 'none',
  };
  if (watch) {
    const context = await esbuild.context({ ...options, logLevel: 'info' });
    await context.watch();
    return;
  }
  const result = await esbuild.build({ ...options, metafile: true });
  for (const [file, output] of Object.entries(result.metafile.outputs)) {
    console.log(`${file}  ${(output.bytes / 1024).toFixed(1)} KiB`);
  }
}

async function test() {
  const out = join(here, '.test');
  await rm(out, { recursive: true, force: true });
  const names = (await readdir(join(here, 'test'))).filter((name) => name.endsWith('.test.ts'));
  await esbuild.build({
    ...common,
    entryPoints: names.map((name) => join('test', name)),
    outdir: out,
    outExtension: { '.js': '.mjs' },
    format: 'esm',
    platform: 'node',
    sourcemap: 'inline',
  });
  const files = names.map((name) => join(out, name.replace(/\.ts$/, '.mjs')));
  const run = spawnSync(process.execPath, ['--enable-source-maps', '--test', ...files], { stdio: 'inherit' });
  process.exitCode = run.status ?? 1;
}

await writeApiTypes();
if (flags.has('--test')) await test();
else await build(flags.has('--watch'));
