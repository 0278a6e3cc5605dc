// Pictures of the dashboard for docs/images: a real server whose history is sample_history.sql.
//   BASE_URL, ADMIN_API_KEY, FAKE_MIC_WAV as in simulator.test.mjs; IMAGES is the folder

import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { launch, openPage } from './chromium.mjs';
import { eventually, key, lines, signIn } from './dashboard.mjs';

const { BASE_URL: baseUrl, FAKE_MIC_WAV: microphone, IMAGES: folder } = process.env;

async function makeAgents(page) {
  const api = (method, path, data) =>
    page.request.fetch(`/api/v1${path}`, { method, data, headers: { Authorization: `Bearer ${key}` } });
  const { agents } = await (await api('GET', '/agents')).json();
  if (agents.some((agent) => agent.name === 'Ventas')) return;
  const made = await api('POST', '/agents', {
    name: 'Ventas',
    shared: { first_message: 'Hola, le habla Andrea, de Seguros Azteca. ¿En qué puedo ayudarle?', temperature: 0.4 },
    profiles: { twilio: { voice_speed: 0.9 } },
  });
  const { id } = await made.json();
  await api('PUT', '/numbers/%2B525588880000', { agent_id: id });
  await api('POST', '/agents', { name: 'Soporte', shared: { voice_name: 'es-MX-JorgeNeural' } });
}

const kPages = {
  inicio: async (page) => {
    await page.goto('/dashboard#/inicio?period=30d');
    // A month's, not the day's that was there before.
    const calls = () => page.getByTestId('figures').locator('dd').first().innerText();
    await eventually('the month', async () => Number(await calls()) > 300);
    await page.locator('.chart').last().waitFor();
  },
  probar: async (page) => {
    await page.goto('/dashboard#/probar');
    await page.getByLabel(/^(Agente|Agent)$/).selectOption('Ventas');
    await page.getByTestId('call').click();
    await lines(page, 'assistant').first().waitFor({ timeout: 45_000 });
    for (const [turn, words] of ['Buenos días', 'Quiero una cita el martes'].entries()) {
      // Whoever lets the agent finish is not said to have interrupted it.
      const state = () => page.getByTestId('simulator').getAttribute('data-agent-state');
      await eventually('the end of what the agent says', async () => (await state()) === 'listening', 60_000);
      await page.locator('#say-text').fill(words);
      await page.keyboard.press('Enter');
      await lines(page, 'assistant').nth(turn + 1).waitFor({ timeout: 45_000 });
    }
  },
  historial: async (page) => {
    await page.goto('/dashboard#/historial?status=completed');
    await page.locator('[data-call-id]').nth(10).waitFor();
  },
  agente: async (page) => {
    await page.goto('/dashboard#/agentes');
    await page.getByRole('link', { name: 'Ventas', exact: true }).click();
    await page.locator('[data-tab=voice]').click();
    await page.locator('[data-setting=voice_name] button').last().click();
    await page.locator('[data-voice]').first().waitFor();
  },
};

const browser = await launch({ microphone });
await mkdir(folder, { recursive: true });
for (const language of ['es', 'en'])
  for (const width of [1280, 390]) {
    const { context, page } = await openPage(browser, baseUrl, {
      viewport: { width, height: width === 1280 ? 800 : 760 },
      colorScheme: width === 1280 ? 'light' : 'dark',
      reducedMotion: 'reduce',
    });
    await signIn(page, '#/inicio');
    await makeAgents(page);
    await page.getByRole('button', { name: language, exact: true }).click();
    for (const [name, open] of Object.entries(kPages)) {
      await open(page);
      await page.evaluate(() => {
        document.activeElement?.blur();
        scrollTo(0, 0);
      });
      await page.screenshot({ path: join(folder, `${name}-${language}-${width}.png`) });
    }
    await context.close();
  }
await browser.close();
