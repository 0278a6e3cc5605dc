// What every test of the dashboard does: sign in, take a picture, look for problems of accessibility.

import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';

export const key = process.env.ADMIN_API_KEY ?? 'dev';
export const screenshots = process.env.SCREENSHOT_DIR;

const axe = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** Waits until `probe` gives something true, and gives it. */
export async function eventually(what, probe, ms = 30_000) {
  const end = Date.now() + ms;
  for (;;) {
    const value = await probe();
    if (value) return value;
    if (Date.now() > end) assert.fail(`still not after ${ms} ms: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** What one side has said, as it is shown. */
export const lines = (page, role) => page.locator(`[data-role=${role}] [data-testid=line-text]`);

export async function signIn(page, fragment = '#/probar') {
  if (!page.url().endsWith('/login')) await page.goto('/login');
  await page.fill('[name=api_key]', key);
  await Promise.all([page.waitForURL(/\/dashboard(#.*)?$/), page.click('button[type=submit]')]);
  await page.goto(`/dashboard${fragment}`);
}

/** The API as an administrator's program uses it; fails the test when it refuses. */
export const apiOf = (page) => async (method, path, data) => {
  const response = await page.request.fetch(`/api/v1${path}`, {
    method,
    headers: { Authorization: `Bearer ${key}` },
    ...(data ? { data } : {}),
  });
  assert.ok(response.ok(), `${method} ${path}: ${response.status()} ${await response.text()}`);
  return response.json();
};

export async function shoot(page, name) {
  if (screenshots) await page.screenshot({ path: join(screenshots, `${name}.png`), fullPage: true });
}

export async function axeProblems(page) {
  await page.evaluate(axe);
  const found = await page.evaluate(() => globalThis.axe.run(document, { resultTypes: ['violations'] }));
  return found.violations.map((v) => `${v.id}: ${v.nodes.map((n) => n.target).join(' ')}`);
}
