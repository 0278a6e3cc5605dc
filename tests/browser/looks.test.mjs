// Every page in both languages, light and dark, wide and narrow: no wider than the screen, nothing that axe finds,
// and reached by the keyboard alone. BASE_URL and ADMIN_API_KEY as in simulator.test.mjs.

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { launch, openPage } from './chromium.mjs';
import { brokenContract } from './contract.mjs';
import { apiOf, axeProblems, shoot, signIn } from './dashboard.mjs';
import { record, recording } from './sample_call.mjs';

const baseUrl = process.env.BASE_URL;

/** Where each page is, what shows that it is there, and what is done to it before it is looked at. */
const kPages = {
  inicio: { at: '#/inicio', sign: '[data-testid=figures]' },
  probar: { at: '#/probar', sign: '[data-testid=simulator]' },
  agentes: { at: '#/agentes', sign: '.agent-card' },
  'agente-modelo': { at: '#/agentes/AGENT/model', sign: '[data-testid=editor]' },
  'agente-voz': { at: '#/agentes/AGENT/voice/twilio', sign: '[data-testid=editor]' },
  'agente-cambio': {
    at: '#/agentes/AGENT/voice/twilio',
    sign: '[data-setting=voice_speed] input',
    then: async (page) => {
      await page.locator('[data-setting=voice_speed] input').fill('9');
      await page.locator('.save-bar').waitFor();
    },
    undo: (page) => page.locator('.save-bar button').first().click(),
  },
  'agente-revision': {
    at: '#/agentes/AGENT/voice/twilio',
    sign: '[data-setting=voice_speed] input',
    then: async (page) => {
      await page.locator('[data-setting=voice_speed] input').fill('1.25');
      await page.locator('.save-bar .primary').click();
      await page.locator('dialog[open]').waitFor();
    },
    undo: async (page) => {
      await page.keyboard.press('Escape');
      await page.locator('.save-bar button').first().click();
    },
  },
  'agente-herramientas': { at: '#/agentes/AGENT/tools', sign: '[data-testid=editor]' },
  'agente-numeros': { at: '#/agentes/AGENT/numbers', sign: '#new-number' },
  'agente-versiones': { at: '#/agentes/AGENT/versions', sign: '[data-version]' },
  envivo: { at: '#/envivo', sign: '.live-row, .empty' },
  historial: { at: '#/historial', sign: '[data-call-id], .empty' },
  'historial-filtros': {
    at: '#/historial?q=cita&status=completed,failed',
    sign: '.filter-chips',
    then: (page) => page.locator('.filter-more summary').click(),
  },
  llamada: { at: '#/historial/7', sign: '[data-testid=recording]' },
  ajustes: { at: '#/ajustes/system', sign: '[data-testid=retention-rules] .facts' },
  usuarios: { at: '#/ajustes/users', sign: '[data-testid=users]' },
  claves: { at: '#/ajustes/keys', sign: '[data-testid=keys]' },
  avisos: { at: '#/ajustes/webhooks', sign: '[data-testid=deliveries]' },
  auditoria: { at: '#/ajustes/audit', sign: 'tbody tr' },
};

const kLooks = [
  ['es', 'light', 1280],
  ['es', 'dark', 360],
  ['en', 'dark', 1280],
  ['en', 'light', 360],
];

describe('every page', { skip: !baseUrl && 'needs BASE_URL' }, () => {
  let browser, agent;

  before(async () => {
    browser = await launch();
    const { context, page } = await openPage(browser, baseUrl);
    const api = apiOf(page);
    const shared = { temperature: 0.4, dynamic_vars: { nombre: 'Ana' } };
    const made = await api('POST', '/agents', { name: 'Vista', shared, profiles: { twilio: { voice_speed: 0.9 } } });
    agent = made.id;
    await api('PATCH', `/agents/${agent}`, { shared: { temperature: 0.6 } });
    await context.close();
  });
  after(() => browser?.close());

  for (const [language, colorScheme, width] of kLooks)
    test(`${language}, ${colorScheme}, ${width} px: clean for axe and no wider than the screen`, async (t) => {
      const { context, page, wrongs } = await openPage(browser, baseUrl, {
        colorScheme,
        viewport: { width, height: 800 },
        reducedMotion: 'reduce',
      });
      page.setDefaultTimeout(10_000);
      await page.route('**/api/v1/calls/7', (route) => route.fulfill({ json: record }));
      await page.route('**/api/v1/calls/7/recording', (route) =>
        route.fulfill({ body: recording, contentType: 'audio/wav', headers: { 'Accept-Ranges': 'bytes' } }),
      );
      await page.goto('/login');
      await page.getByText(language, { exact: true }).click();
      const problems = [];
      const look = async (name) => {
        await shoot(page, `${name}-${language}-${colorScheme}-${width}`);
        const wide = await page.evaluate(() => document.documentElement.scrollWidth);
        if (wide > width) problems.push(`${name} is ${wide} px wide`);
        for (const problem of await axeProblems(page)) problems.push(`${name}: ${problem}`);
      };
      await look('login');
      await signIn(page, '#/inicio');
      await page.getByRole('button', { name: language, exact: true }).click();
      assert.equal(await page.evaluate(() => document.documentElement.lang), language);
      for (const [name, { at, sign, then, undo }] of Object.entries(kPages)) {
        await page.goto(`/dashboard${at.replace('AGENT', String(agent))}`);
        await page.locator(sign).first().waitFor({ state: 'attached' });
        await then?.(page);
        await look(name);
        await undo?.(page);
      }
      assert.deepEqual(problems, []);
      assert.deepEqual(wrongs, []);
      t.diagnostic(`axe: ${Object.keys(kPages).length + 1} pages, 0 violations`);
      await context.close();
    });

  test('the keyboard alone calls every section, finds every control and closes every question', async () => {
    const { context, page } = await openPage(browser, baseUrl);
    await signIn(page, '#/inicio');
    await page.locator('[data-testid=figures]').waitFor();
    const focused = (what) => page.evaluate((name) => document.activeElement?.[name] ?? '', what);
    // The skip link is first, and leads past the rail.
    await page.keyboard.press('Tab');
    assert.match(await focused('className'), /skip/);
    await page.keyboard.press('Enter');
    assert.equal(await focused('id'), 'main');
    for (const [letter, title] of [['h', 'Historial'], ['a', 'Agentes'], ['v', 'En vivo'], ['s', 'Ajustes'], ['p', 'Probar']]) {
      await page.keyboard.press('g');
      await page.keyboard.press(letter);
      await page.getByRole('heading', { name: title, level: 1 }).waitFor();
    }
    await page.keyboard.press('/');
    assert.equal(await focused('id'), 'search');
    await page.keyboard.press('Escape');
    // An agent is opened, changed and saved without a pointer.
    await page.keyboard.press('g');
    await page.keyboard.press('a');
    await page.getByRole('link', { name: 'Vista', exact: true }).focus();
    await page.keyboard.press('Enter');
    await page.getByTestId('editor').waitFor();
    await page.locator('#agent-name').focus();
    await page.keyboard.press('End');
    await page.keyboard.type(' 2');
    await page.locator('.save-bar .primary').focus();
    await page.keyboard.press('Enter');
    await page.getByRole('dialog').waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    assert.match(await focused('className'), /primary/, 'the focus is back where the question came from');
    await page.keyboard.press('Enter');
    await page.getByRole('dialog').waitFor();
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'Vista 2' }).waitFor();
    // Every control has an outline when it has the focus.
    const without = await page.evaluate(() => {
      const bare = [];
      for (const one of document.querySelectorAll('main a, main button, main input:not([type=radio]), main select, main textarea')) {
        if (one.disabled || !one.checkVisibility({ contentVisibilityAuto: true })) continue;
        one.focus({ focusVisible: true });
        const { outlineStyle, outlineWidth } = getComputedStyle(one);
        if (outlineStyle === 'none' || parseFloat(outlineWidth) < 1) bare.push(one.outerHTML.slice(0, 80));
      }
      return bare;
    });
    assert.deepEqual(without, []);
    await context.close();
  });
});

test('the page and the server keep to the contract', async () => assert.deepEqual(await brokenContract(), []));
