// A telephone: calls that phone_fixture places through a simulated Twilio. PHONE_IN is its pipe, PHONE_OUT what it says.

import { appendFile, readFile } from 'node:fs/promises';
import { eventually } from './dashboard.mjs';

const { PHONE_IN: input, PHONE_OUT: output } = process.env;

export const hasPhone = Boolean(input && output);

/** The calls that are over; the first line says where the carrier is. */
const results = async () =>
  (await readFile(output, 'utf8'))
    .split('\n')
    .filter((line) => line !== '')
    .slice(1)
    .map((line) => JSON.parse(line));

/** `call` as phone_fixture.cpp says. Gives what waits for its end. */
export async function telephone(call) {
  const before = (await results()).length;
  await appendFile(input, `${JSON.stringify(call)}\n`);
  return (ms) => eventually('the end of the telephone call', async () => (await results())[before], ms);
}
