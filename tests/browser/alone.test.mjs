// What would disturb the other files, or be disturbed by them, and so runs after them: the stop of all calls, and how
// soon the page is there. BASE_URL and ADMIN_API_KEY as in simulator.test.mjs.

import assert from 'node:assert/strict';
import { cpus, loadavg } from 'node:os';
import { after, before, describe, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { launch, openPage } from './chromium.mjs';
import { brokenContract } from './contract.mjs';
import { apiOf, shoot, signIn } from './dashboard.mjs';
import { kAttack } from './sample_call.mjs';

const baseUrl = process.env.BASE_URL;
const banner = (page) => page.getByTestId('banner');
const dialog = (page) => page.getByRole('dialog');

describe('the dashboard, with the machine to itself', { skip: !baseUrl && 'needs BASE_URL' }, () => {
  let browser, page, wrongs;
  const api = (...given) => apiOf(page)(...given);

  before(async () => {
    browser = await launch();
    ({ page, wrongs } = await openPage(browser, baseUrl));
    page.setDefaultTimeout(15_000);
    await signIn(page, '#/inicio');
  });
  after(() => browser?.close());

  test('calls are stopped with a reason, every page says so, and they are resumed', async () => {
    await page.goto('/dashboard#/ajustes/system');
    await page.getByRole('button', { name: 'Detener llamadas' }).click();
    assert.equal(await dialog(page).getByRole('button', { name: 'Detener llamadas' }).isDisabled(), true);
    await page.getByLabel('Motivo').fill(`Mantenimiento ${kAttack}`);
    await page.keyboard.press('Enter');
    await banner(page).filter({ hasText: `Mantenimiento ${kAttack}` }).waitFor();
    assert.equal((await api('GET', '/system')).accepting, false);
    await page.goto('/dashboard#/agentes');
    await page.getByRole('heading', { name: 'Agentes' }).waitFor();
    await shoot(page, 'banner-es-light-1280');
    await banner(page).getByRole('button', { name: 'Reanudar llamadas' }).click();
    await page.getByRole('button', { name: 'Aceptar llamadas' }).click();
    await banner(page).waitFor({ state: 'detached' });
    assert.equal((await api('GET', '/system')).accepting, true);
    assert.equal(await page.evaluate(() => globalThis.attacked), undefined);
    assert.deepEqual(wrongs, []);
  });

  test('it weighs less than 300 KB gzipped, and is there within a second', async (t) => {
    let bytes = 0;
    for (const name of ['app.js', 'app.css', 'worklet.js', 'favicon.svg'])
      bytes += gzipSync(await (await page.request.get(`/static/${name}`)).body()).length;
    bytes += gzipSync(await (await page.request.get('/dashboard')).body()).length;
    const times = [];
    for (let n = 0; n < 3; n++) {
      await page.goto('about:blank');
      const start = performance.now();
      await page.goto('/dashboard#/inicio');
      await page.getByTestId('figures').waitFor();
      times.push(Math.round(performance.now() - start));
    }
    t.diagnostic(`page weight ${(bytes / 1024).toFixed(1)} KB gzipped; first view ${times.join(', ')} ms`);
    assert.ok(bytes < 300 * 1024, `${bytes} bytes`);
    // A machine that is busy with something else says nothing of the page.
    if (loadavg()[0] < 2 * cpus().length) assert.ok(Math.min(...times) < 1000, `${times} ms`);
    assert.deepEqual(wrongs, []);
  });
});

test('the page and the server keep to the contract', async () => assert.deepEqual(await brokenContract(), []));
