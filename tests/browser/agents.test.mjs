// The agents in a real browser against the real server and its database: BASE_URL and ADMIN_API_KEY as in
// simulator.test.mjs; the development server has no agents.

import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, test } from 'node:test';
import { launch, openPage } from './chromium.mjs';
import { brokenContract } from './contract.mjs';
import { apiOf, signIn } from './dashboard.mjs';
import { kAttack } from './sample_call.mjs';

const baseUrl = process.env.BASE_URL;
const kProfiles = ['browser', 'twilio', 'telnyx'];

const card = (page, name) => page.locator('.agent-card', { has: page.getByText(name, { exact: true }) });
const toast = (page) => page.getByTestId('toast');
const setting = (page, name) => page.locator(`[data-setting=${name}]`);

/** Fills the form of a new web service; gives what must be stored of it. */
async function fillTool(box, name) {
  const tool = { name, description: 'El saldo', url: 'https://ejemplo.es/saldo', method: 'GET', retries: 0 };
  await box.getByRole('button', { name: 'Añadir servicio' }).click();
  for (const member of ['name', 'description', 'url']) await box.locator(`[data-member=${member}]`).fill(tool[member]);
  await box.locator('[data-member=method]').selectOption(tool.method);
  await box.getByText('Firma, espera y reintentos').click();
  await box.locator('[data-member=retries]').fill('0');
  await box.getByRole('button', { name: 'Añadir dato' }).click();
  await box.getByLabel('Nombre del dato').fill('cliente');
  await box.getByLabel('Qué es').fill('Su número');
  await box.getByLabel('obligatorio').check();
  const cliente = { type: 'string', description: 'Su número' };
  return { ...tool, parameters: { type: 'object', properties: { cliente }, required: ['cliente'] } };
}

/** A text that the field takes, another for each `at`. */
function textFor({ pattern, maxLength }, plain, at) {
  const candidates = [plain.slice(0, maxLength), `x${'abc'[at]}`, `en-${['GB', 'US', 'AU'][at]}`, `https://reserva${at}.ejemplo.mx/v1`, '*'];
  const found = candidates.find((one) => one.length <= maxLength && new RegExp(pattern ?? '', 'u').test(one));
  assert.ok(found !== undefined, `no text is known for ${pattern}`);
  return found;
}

async function save(page) {
  await page.getByRole('button', { name: 'Guardar', exact: true }).click();
  await page.getByRole('button', { name: 'Guardar cambios' }).click();
}

describe('the agents', { skip: !baseUrl && 'needs the real server: BASE_URL' }, () => {
  let browser, context, page, wrongs;

  const api = (...given) => apiOf(page)(...given);
  const effective = async (id, profile) => (await api('GET', `/agents/${id}/effective?profile=${profile}`)).settings;
  const make = async (name, more = {}) => (await api('POST', '/agents', { name, ...more })).id;
  const open = async (id, rest = '') => {
    await page.goto(`/dashboard#/agentes/${id}${rest}`);
    await page.getByTestId('editor').waitFor();
  };

  before(async () => {
    browser = await launch();
    ({ context, page, wrongs } = await openPage(browser, baseUrl));
    page.setDefaultTimeout(5_000);
    page.on('dialog', (dialog) => dialog.accept()); // leaving with something unsaved
    await signIn(page, '#/agentes');
  });
  // What a test leaves unsaved is not the next one's.
  beforeEach(async () => {
    await page.goto('about:blank');
    await page.goto('/dashboard#/agentes');
  });
  after(async () => {
    await context?.close();
    await browser?.close();
  });

  test('an agent is created, duplicated, deleted and brought back', async () => {
    await page.getByRole('button', { name: 'Nuevo agente' }).click();
    await page.getByRole('button', { name: 'Crear agente' }).click();
    assert.notEqual(await page.locator('.dialog .setting-wrong').innerText(), '');
    await page.getByLabel('Nombre').fill('Ventas');
    await page.keyboard.press('Enter');
    await page.getByTestId('editor').waitFor();
    assert.equal(await page.getByRole('heading', { level: 1 }).innerText(), 'Ventas');
    await page.getByRole('link', { name: 'Agentes' }).first().click();
    await page.getByRole('button', { name: 'Duplicar Ventas', exact: true }).click();
    await toast(page).getByText('Se creó').waitFor();
    await page.getByRole('button', { name: 'Eliminar Ventas', exact: true }).click();
    await toast(page).getByText('Se eliminó Ventas.').waitFor();
    await card(page, 'Ventas').waitFor({ state: 'detached' });
    await page.getByRole('button', { name: 'Deshacer' }).click();
    await card(page, 'Ventas').waitFor();
  });

  test('another agent becomes the default, and back', async () => {
    const before = (await api('GET', '/agents')).agents.find((agent) => agent.default);
    // Whoever calls meanwhile is greeted.
    await make('Suplente', { shared: { first_message: 'Hola.' } });
    await page.goto('/dashboard#/historial');
    await page.goto('/dashboard#/agentes');
    await page.getByRole('button', { name: 'Hacer predeterminado Suplente' }).click();
    await card(page, 'Suplente').getByText('Predeterminado', { exact: true }).waitFor();
    assert.equal(await page.getByRole('button', { name: 'Eliminar Suplente' }).count(), 0);
    await api('POST', `/agents/${before.id}/default`);
  });

  test('every setting of every tab is saved for a profile, read back, and effective there alone', async () => {
    const id = await make('Todo');
    const schema = await api('GET', '/schema/agent');
    const fields = Object.entries(schema.$defs.settings.properties);
    for (const [at, profile] of kProfiles.entries()) {
      const expected = {};
      for (const tab of schema['x-tabs']) {
        await open(id, `/${tab.id}/${profile}`);
        for (const [name, field] of fields.filter(([, one]) => one['x-tab'] === tab.id)) {
          const control = setting(page, name).locator('input, textarea, select').last();
          const type = field.type[0];
          if (field['x-choices']) {
            const choices = field['x-choices'];
            expected[name] = choices.at(-1 - (at % choices.length)).value;
            await control.selectOption(expected[name]);
          } else if (type === 'boolean') {
            expected[name] = !field.default;
            await control.setChecked(expected[name]);
          } else if (type === 'integer' || type === 'number') {
            expected[name] = field.minimum + (at + 1) * (type === 'integer' ? 1 : 0.01);
            expected[name] = Number(expected[name].toFixed(2));
            await control.fill(String(expected[name]).replace('.', ','));
          } else if (field['x-widget'] === 'tools') {
            expected[name] = [await fillTool(setting(page, name), `saldo_${at}`)];
          } else if (field.items?.type === 'object') {
            expected[name] = [];
            await control.fill('[]');
          } else if (name === 'extraction_schema') {
            expected[name] = JSON.stringify({ type: 'object', properties: { [`dato_${at}`]: { type: 'string' } } });
            await control.fill(expected[name]);
          } else if (type === 'array') {
            expected[name] = [`uno ${profile}`, 'dos'];
            await control.fill(expected[name].join('\n'));
          } else if (type === 'object') {
            const isNumber = field.additionalProperties.pattern?.startsWith('^\\+');
            expected[name] = { saldo: isNumber ? `+5255123456${at}0` : `de ${profile}` };
            await setting(page, name).getByRole('button', { name: 'Añadir variable' }).click();
            await setting(page, name).getByLabel('Nombre de la variable').fill('saldo');
            await setting(page, name).getByLabel('Valor de la variable').fill(expected[name].saldo);
          } else {
            expected[name] = textFor(field, `${name} ${at}`, at);
            await control.fill(expected[name]);
          }
          assert.equal(await setting(page, name).getAttribute('data-source'), 'own', name);
        }
        await save(page);
        await page.locator('.save-bar').waitFor({ state: 'detached' });
        await page.reload();
        await page.getByTestId('editor').waitFor();
        assert.equal(await page.locator('[data-source]:not([data-source=own])').count(), 0);
      }
      const told = await effective(id, profile);
      for (const [name, value] of Object.entries(expected)) {
        // What an object leaves out, the server fills in.
        const got = fields.find(([one]) => one === name)[1].items?.type === 'object'
          ? told[name].map((one, n) => Object.fromEntries(Object.keys(value[n]).map((key) => [key, one[key]])))
          : told[name];
        assert.deepEqual(got, value, `${profile} ${name}`);
      }
    }
    const stored = await api('GET', `/agents/${id}`);
    assert.deepEqual(stored.shared, {});
  });

  test('an override goes back to what is shared', async () => {
    const id = await make('Vuelta', { shared: { temperature: 0.3 }, profiles: { twilio: { temperature: 1 } } });
    await open(id, '/model');
    await setting(page, 'temperature').getByText('Otro valor en: Twilio').waitFor();
    await page.getByRole('radio', { name: 'Twilio' }).check({ force: true });
    await setting(page, 'temperature').locator('input').waitFor();
    await page.getByRole('button', { name: 'Volver al compartido: Temperatura' }).click();
    await page.locator('[data-setting=temperature][data-source=shared]').waitFor();
    assert.equal(await setting(page, 'temperature').locator('input').inputValue(), '0.3');
    await save(page);
    await toast(page).getByText('Guardado').waitFor();
    assert.equal((await effective(id, 'twilio')).temperature, 0.3);
  });

  test('what is out of range is said at its field, and is not sent', async () => {
    const id = await make('Rango');
    await open(id, '/model');
    await setting(page, 'temperature').locator('input').fill('7');
    await setting(page, 'temperature').getByText('Debe estar entre 0 y 2.').waitFor();
    await page.getByRole('button', { name: 'Guardar', exact: true }).click();
    assert.equal(await page.locator('dialog[open]').count(), 0);
    assert.equal((await api('GET', `/agents/${id}`)).version, 1);
    await page.getByRole('button', { name: 'Descartar' }).click();
  });

  test('what only the server refuses is said at its field', async () => {
    const id = await make('Rechazo');
    await page.route(`**/api/v1/agents/${id}`, async (route) => {
      if (route.request().method() !== 'PATCH') return route.continue();
      // What an older page would send: the answer is the real server's.
      await route.continue({ postData: JSON.stringify({ profiles: { telnyx: { voice_speed: 9 } } }) });
    });
    await open(id, '/voice/telnyx');
    await setting(page, 'voice_speed').locator('input').fill('1,5');
    await save(page);
    const said = setting(page, 'voice_speed').locator('.setting-wrong');
    await said.waitFor();
    assert.match(await said.innerText(), /9/);
    await page.unroute(`**/api/v1/agents/${id}`);
    await page.getByRole('button', { name: 'Descartar' }).click();
    wrongs.splice(0, wrongs.length, ...wrongs.filter((one) => !one.includes('422')));
  });

  test('a name with markup is shown as text, everywhere', async () => {
    const id = await make(kAttack);
    await open(id, '/numbers');
    await page.goto('/dashboard#/agentes');
    await card(page, kAttack).waitFor();
    await page.getByRole('button', { name: `Eliminar ${kAttack}` }).click();
    await toast(page).getByText(kAttack).waitFor();
    await page.goto('/dashboard#/probar');
    await page.getByTestId('simulator').waitFor();
    assert.equal(await page.locator('main img').count(), 0);
    assert.equal(await page.evaluate(() => globalThis.attacked), undefined);
  });

  test('changes that are not saved are not lost by a click', async () => {
    const id = await make('Guardia');
    await open(id, '/flow');
    await setting(page, 'idle_message').locator('input, textarea').fill('¿Sigue ahí?');
    await page.getByRole('link', { name: 'Historial' }).click();
    await page.getByRole('dialog').getByText('Si sale ahora, se pierden.').waitFor();
    await page.getByRole('button', { name: 'Seguir editando' }).click();
    assert.equal(await setting(page, 'idle_message').locator('input, textarea').inputValue(), '¿Sigue ahí?');
    await page.locator('[data-tab=voice]').click();
    await setting(page, 'voice_name').waitFor();
    await page.getByRole('link', { name: 'Historial' }).click();
    await page.getByRole('button', { name: 'Salir sin guardar' }).click();
    await page.getByRole('heading', { name: 'Historial' }).waitFor();
    assert.deepEqual((await api('GET', `/agents/${id}`)).shared, {});
  });

  test('somebody else\'s change is not overwritten, and mine can go on top', async () => {
    const id = await make('Conflicto');
    await open(id, '/model');
    await setting(page, 'temperature').locator('input').fill('1.5');
    await api('PATCH', `/agents/${id}`, { shared: { max_tokens: 900 } });
    await save(page);
    await page.getByTestId('conflict').waitFor();
    await page.getByRole('button', { name: 'Poner mis cambios encima' }).click();
    await save(page);
    await page.locator('.save-bar').waitFor({ state: 'detached' });
    assert.deepEqual((await api('GET', `/agents/${id}`)).shared, { max_tokens: 900, temperature: 1.5 });
    wrongs.splice(0, wrongs.length, ...wrongs.filter((one) => !one.includes('412')));
  });

  test('an old version is brought back', async () => {
    const id = await make('Historia', { shared: { temperature: 0.2 } });
    await api('PATCH', `/agents/${id}`, { shared: { temperature: 1.9 } });
    await open(id, '/versions');
    await page.locator('[data-version="2"]').last().getByText('1.9').waitFor();
    await page.getByRole('button', { name: 'Recuperar · Versión 1' }).click();
    await page.locator('li[data-version="3"]').waitFor();
    assert.equal((await effective(id, 'browser')).temperature, 0.2);
  });

  test('a number is assigned, moved only when asked twice, and released', async () => {
    const [first, second] = [await make('Uno'), await make('Dos')];
    const assign = async () => {
      await page.getByLabel('Número de teléfono').fill('+52 55 0000 1111');
      await page.getByRole('button', { name: 'Asignar' }).click();
    };
    await open(first, '/numbers');
    await assign();
    await page.locator('[data-number="+525500001111"]').waitFor();
    await open(second, '/numbers');
    await page.getByRole('heading', { name: 'Dos' }).waitFor();
    await assign();
    await page.getByText('Ahora lo contesta Uno').waitFor();
    await page.getByRole('button', { name: 'Asignar' }).click();
    await page.locator('[data-number="+525500001111"]').waitFor();
    assert.deepEqual((await api('GET', `/agents/${first}`)).numbers, []);
    await page.getByRole('button', { name: 'Quitar +525500001111' }).click();
    await page.locator('[data-number]').waitFor({ state: 'detached' });
    assert.deepEqual((await api('GET', `/agents/${second}`)).numbers, []);
  });

  test('speaking one language and listening for another is warned of, and mended', async () => {
    const id = await make('Idiomas', { shared: { voice_language: 'en-US' } });
    await open(id, '/voice');
    await page.getByTestId('languages-apart').getByText('Habla en-US pero escucha es-MX').waitFor();
    await page.getByRole('button', { name: 'Escuchar en el idioma de la voz' }).click();
    await page.getByTestId('languages-apart').waitFor({ state: 'detached' });
    await page.getByRole('button', { name: 'Descartar' }).click();
  });

  test('the agent that is edited can be called, as the profile that is edited', async () => {
    const id = await make('Llamable');
    await open(id, '/voice/twilio');
    await page.getByRole('button', { name: 'Probar este agente' }).click();
    await page.getByTestId('simulator').waitFor();
    await page.locator('.callee option', { hasText: 'Llamable' }).waitFor({ state: 'attached' });
    assert.equal(await page.getByLabel('Agente', { exact: true }).inputValue(), 'Llamable');
    assert.equal(await page.getByLabel('Perfil', { exact: true }).inputValue(), 'twilio');
  });

  test('nothing went wrong in the page meanwhile', () => assert.deepEqual(wrongs, []));
});

test('the page and the server keep to the contract', async () => assert.deepEqual(await brokenContract(), []));
