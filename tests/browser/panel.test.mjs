// The rest of the dashboard in a real browser against the real server: the overview, the settings, the banner, roles,
// and what the simulator can do besides speaking. BASE_URL and ADMIN_API_KEY as in simulator.test.mjs.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { after, before, describe, test } from 'node:test';
import { launch, openPage } from './chromium.mjs';
import { brokenContract } from './contract.mjs';
import { apiOf, eventually, lines, signIn } from './dashboard.mjs';
import { kAttack } from './sample_call.mjs';

const baseUrl = process.env.BASE_URL;
const kPassword = 'una frase bastante larga';

const psql = (sql) => execFileSync('psql', ['-qAt', process.env.DATABASE_URL, '-c', sql], { encoding: 'utf8' });
const figures = (page) => page.getByTestId('figures');
const dialog = (page) => page.getByRole('dialog');
async function signInAs(page, name, fragment) {
  await page.goto('/login');
  await page.fill('[name=user]', name);
  await page.fill('[name=api_key]', kPassword);
  await Promise.all([page.waitForURL(/\/dashboard(#.*)?$/), page.click('button[type=submit]')]);
  await page.goto(`/dashboard${fragment}`);
}

describe('the panel', { skip: !baseUrl && 'needs the real server: BASE_URL' }, () => {
  let browser, context, page, wrongs;

  const api = (...given) => apiOf(page)(...given);

  before(async () => {
    browser = await launch({ microphone: process.env.FAKE_MIC_WAV });
    ({ context, page, wrongs } = await openPage(browser, baseUrl, { acceptDownloads: true }));
    page.setDefaultTimeout(15_000);
    await signIn(page);
  });
  after(async () => {
    await context?.close();
    await browser?.close();
  });

  describe('a call as a telephone hears it', () => {
    let started;

    test('it speaks mu-law at 8 kHz, and the agent is told the variables', async () => {
      const sent = [];
      const asked = page.waitForRequest('**/ws/simulator/v2/start');
      page.on('websocket', (socket) => socket.on('framesent', ({ payload }) => sent.push(JSON.parse(payload))));
      await page.getByTestId('sound').selectOption('telephone');
      await page.getByText('Variables', { exact: true }).click();
      await page.getByRole('button', { name: 'Añadir variable' }).click();
      await page.getByLabel('Nombre de la variable').fill('nombre');
      await page.getByLabel('Valor de la variable').fill('Ana');
      await page.getByTestId('call').click();
      assert.deepEqual((await asked).postDataJSON().variables, { nombre: 'Ana' });
      await lines(page, 'assistant').first().waitFor({ timeout: 45_000 });
      await eventually('half a second of the agent heard', async () =>
        Number(await page.getByTestId('simulator').getAttribute('data-agent-voiced-ms')) > 500);
      started = sent.find((one) => one.event === 'start').start;
      assert.deepEqual(started.media_format, { encoding: 'audio/x-mulaw', sample_rate: 8000, channels: 1 });
      const media = sent.find((one) => one.event === 'media');
      assert.equal(Buffer.from(media.media.payload, 'base64').length, 160);
    });

    test('what is written is answered as if it had been said', async () => {
      const before = await lines(page, 'assistant').count();
      await page.getByLabel('Escribir en lugar de hablar').fill('Buenos días');
      await page.keyboard.press('Enter');
      await lines(page, 'user').filter({ hasText: 'Buenos días' }).waitFor();
      await eventually('an answer', async () => (await lines(page, 'assistant').count()) > before, 45_000);
    });

    test('keys are an entry of the caller’s', async () => {
      // Which the database will not have, see below.
      psql("alter table transcripts add constraint no_keys check (content not like '[DTMF%') not valid");
      await page.getByText('Teclado del teléfono', { exact: true }).click();
      await page.getByRole('button', { name: 'Tecla 4' }).click();
      await page.getByRole('button', { name: 'Tecla #' }).click();
      await lines(page, 'user').filter({ hasText: '[DTMF 4]' }).waitFor();
    });

    test('the call can be taken away as sound and as a document', async () => {
      await page.getByTestId('call').click();
      await page.getByTestId('ended').waitFor();
      const fetched = async (name) => {
        const [download] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', { name }).click()]);
        return readFile(await download.path());
      };
      const sound = await fetched('Grabación (WAV)');
      assert.equal(sound.toString('latin1', 0, 4), 'RIFF');
      assert.equal(sound.readUInt16LE(22), 2);
      assert.equal(sound.readUInt32LE(24), 8000);
      const agent = Array.from({ length: (sound.length - 44) / 4 }, (_, n) => Math.abs(sound.readInt16LE(46 + 4 * n)));
      assert.ok(Math.max(...agent) > 1000, 'the agent is on the right channel');
      const document = JSON.parse((await fetched('Cronología (JSON)')).toString());
      assert.equal(document.variables.nombre, 'Ana');
      assert.ok(document.turns.some((turn) => turn.text === 'Buenos días'));
      assert.ok(document.events.some((event) => event.name === 'state'));
    });

    test('nothing went wrong in the page meanwhile', () => assert.deepEqual(wrongs, []));
  });

  test('what the database would not have is shown, and stored once it takes it', async () => {
    await page.goto('/dashboard#/ajustes/system');
    const refused = page.getByTestId('refused');
    await refused.getByText('no_keys').first().waitFor();
    assert.match(await refused.innerText(), /Un turno/);
    const settle = async () => {
      await refused.getByRole('button', { name: 'Guardar en el historial' }).click();
      await dialog(page).getByRole('button', { name: 'Guardar en el historial' }).click();
      await dialog(page).waitFor({ state: 'detached' });
    };
    await settle();
    await page.getByText('Rechazados otra vez').waitFor();
    psql('alter table transcripts drop constraint no_keys');
    await settle();
    await refused.waitFor({ state: 'detached' });
    assert.match(psql('select content from transcripts'), /\[DTMF 4/);
    assert.deepEqual(wrongs, []);
  });

  test('a voice is found, heard and taken', async () => {
    const { id } = await api('POST', '/agents', { name: 'Voces' });
    await page.goto(`/dashboard#/agentes/${id}/voice`);
    const voice = page.locator('[data-setting=voice_name]');
    await voice.getByRole('button', { name: 'Elegir de la lista' }).click();
    await voice.getByPlaceholder('Buscar por nombre').fill('jorge');
    const row = voice.locator('[data-voice=es-MX-JorgeNeural]');
    const [answer] = await Promise.all([
      page.waitForResponse('**/api/v1/voices/preview'),
      row.getByRole('button', { name: 'Oír Jorge' }).click(),
    ]);
    assert.equal(answer.status(), 200);
    assert.equal(answer.headers()['content-type'], 'audio/wav');
    assert.equal(answer.request().postDataJSON().voice, 'es-MX-JorgeNeural');
    await row.getByRole('button', { name: 'Elegir Jorge' }).click();
    assert.equal(await voice.locator('input').first().inputValue(), 'es-MX-JorgeNeural');
    await page.getByRole('button', { name: 'Descartar' }).click();
    assert.deepEqual(wrongs, []);
  });

  test('the overview counts the calls, today’s and the month’s', async () => {
    await page.keyboard.press('g');
    await page.keyboard.press('i');
    await figures(page).waitFor();
    const { totals } = await api('GET', '/stats');
    assert.ok(totals.calls >= 1);
    await page.getByRole('link', { name: '30 días' }).click();
    await page.waitForURL(/period=30d/);
    await eventually('the month’s calls', async () => Number(await figures(page).locator('dd').first().innerText()) >= totals.calls);
    assert.match(await page.locator('.chart').first().locator('table').innerText(), /Llamadas/);
    assert.deepEqual(wrongs, []);
  });

  test('a key is shown once, works, and is shut out when revoked', async () => {
    await page.goto('/dashboard#/ajustes/keys');
    await page.getByLabel('Para qué programa').fill('CRM');
    await page.getByRole('button', { name: 'Crear clave' }).click();
    const made = await page.getByTestId('new-key').locator('code').innerText();
    const status = async () =>
      (await fetch(`${baseUrl}/api/v1/calls`, { headers: { Authorization: `Bearer ${made}` } })).status;
    assert.equal(await status(), 200);
    await page.getByRole('button', { name: 'Revocar CRM' }).click();
    await dialog(page).getByRole('button', { name: 'Revocar' }).click();
    await page.locator('[data-key=CRM]').waitFor({ state: 'detached' });
    assert.equal(await status(), 401);
    assert.deepEqual(wrongs, []);
  });

  test('who may only look is shown no way to change anything, and is refused when trying', async () => {
    await page.goto('/dashboard#/ajustes/users');
    const name = `Vera <b>`;
    await page.getByLabel('Nombre', { exact: true }).fill(name);
    await page.getByLabel('Contraseña').fill(kPassword);
    await page.getByRole('button', { name: 'Crear usuario' }).click();
    await page.locator('[data-user]', { hasText: name }).waitFor();
    const other = await openPage(browser, baseUrl);
    await signInAs(other.page, name, '#/ajustes/users');
    await other.page.getByText('Esta parte es de quien administra').waitFor();
    assert.equal(await other.page.getByRole('button', { name: 'Crear usuario' }).count(), 0);
    await other.page.goto('/dashboard#/ajustes/system');
    await other.page.getByText('Se aceptan').waitFor();
    assert.equal(await other.page.getByRole('button', { name: 'Detener llamadas' }).count(), 0);
    const refused = await other.page.evaluate(async () => {
      const { csrf_token } = await (await fetch('/api/v1/session')).json();
      const headers = { 'Content-Type': 'application/json', 'X-CSRF-Token': csrf_token };
      return (await fetch('/api/v1/system/stop', { method: 'POST', headers, body: '{"reason":"no"}' })).status;
    });
    assert.equal(refused, 403);
    await other.context.close();
    await page.getByRole('button', { name: `Eliminar ${name}` }).click();
    await dialog(page).getByRole('button', { name: 'Eliminar' }).click();
    await page.locator('[data-user]', { hasText: name }).waitFor({ state: 'detached' });
    assert.equal(await page.locator('main img').count(), 0);
    assert.deepEqual(wrongs, []);
  });

  test('the audit log has who did it', async () => {
    await page.goto('/dashboard#/ajustes/audit');
    await page.locator('tbody tr').first().waitFor();
    assert.match(await page.locator('tbody').innerText(), /Creó una clave/);
    assert.match(await page.locator('tbody').innerText(), /admin/);
  });
});

test('the page and the server keep to the contract', async () => assert.deepEqual(await brokenContract(), []));
