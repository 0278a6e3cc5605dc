// What every test of the dashboard does: sign in, take a picture, look for problems of accessibility.

import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';

export const key = process.env.ADMIN_API_KEY ?? 'dev';
export const screenshots = process.env.SCREENSHOT_DIR;

const axe = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

export async function signIn(page, fragment = '#/probar') {
  await page.goto('/login');
  await page.fill('[name=api_key]', key);
  await Promise.all([page.waitForURL(/\/dashboard(#.*)?$/), page.click('button[type=submit]')]);
  await page.goto(`/dashboard${fragment}`);
}

export async function shoot(page, name) {
  if (screenshots) await page.screenshot({ path: join(screenshots, `${name}.png`), fullPage: true });
}

export async function axeProblems(page) {
  await page.evaluate(axe);
  const found = await page.evaluate(() => globalThis.axe.run(document));
  return found.violations.map((v) => `${v.id}: ${v.nodes.map((n) => n.target).join(' ')}`);
}
