// The development server's side of one simulated call: a greeting, an ear that hears only loudness, and set
// answers. It keeps the real server's contract and its pace, so that the dashboard cannot tell the difference.

import { hum, kRate, rms, silence } from './sound.mjs';

export const kPhrases = ['Quiero una cita el martes', '¿Cuánto cuesta la consulta?', '¿A qué hora abren?', 'Adiós'];
const kGreeting = 'Hola, le habla Andrea, de Clínica Roma. ¿En qué le puedo ayudar?';
const kTurns = [
  { heard: 'quiero una cita el martes', answer: 'Con gusto. Tengo libre el martes a las diez o a las once y media. ¿Cuál prefiere?' },
  { heard: 'cuánto cuesta la consulta', answer: 'La consulta cuesta seiscientos pesos y se paga al llegar; aceptamos tarjeta y efectivo.' },
  { heard: 'a qué hora abren', answer: 'Abrimos de lunes a viernes de nueve a siete, y los sábados de nueve a dos.' },
  { heard: 'adiós', answer: 'Gracias por llamar. ¡Que tenga buen día!', last: true },
];

const kFrameBytes = (kRate / 50) * 2; // 20 ms
const kAheadMs = 200;
const kLoud = 0.02;
const kSilenceMs = 700;
const kMsPerLetter = 45;

export class DevAgent {
  constructor(socket, record) {
    this.socket = socket;
    this.record = record; // { transcripts, end(cause) }
    this.turn = 0;
    this.answers = 0;
    this.voicedMs = 0;
    this.silentMs = 0;
    this.speaking = null;
    this.timers = new Set();
    socket.on('message', (data) => this.onMessage(JSON.parse(data.toString())));
    socket.on('close', () => this.finish('connection-lost', false));
  }

  onMessage(message) {
    switch (message.event) {
      case 'start':
        this.record.begin(message.start);
        this.after(300, () => this.say(kGreeting, {}));
        break;
      case 'media':
        this.hear(Buffer.from(message.media.payload, 'base64'));
        break;
      case 'mark':
        if (this.speaking?.mark === message.mark.name) this.spoken();
        break;
      case 'stop':
        this.finish('caller-hung-up', true);
        break;
    }
  }

  hear(pcm) {
    const ms = (pcm.length / 2 / kRate) * 1000;
    if (rms(pcm) > kLoud) {
      this.voicedMs += ms;
      this.silentMs = 0;
      if (this.speaking && this.voicedMs > 200) this.interrupt();
    } else {
      this.silentMs += ms;
      if (this.voicedMs > 200 && this.silentMs > kSilenceMs && !this.speaking && !this.thinking) this.answer();
      if (this.silentMs > kSilenceMs) this.voicedMs = 0;
    }
  }

  answer() {
    const { heard, answer, last } = kTurns[this.answers++ % kTurns.length];
    this.voicedMs = 0;
    this.thinking = true;
    this.tell({ type: 'state', state: 'processing' });
    this.after(180, () => {
      const turn = ++this.turn;
      this.tell({ type: 'transcript', role: 'user', text: heard, turn, interrupted: false });
      this.record.add({ role: 'user', content: heard, generated: null, interrupted: false, timings: null });
      this.after(320, () => {
        this.thinking = false;
        const jitter = Math.round(Math.random() * 180);
        const timings = {
          response_ms: 560 + 2 * jitter,
          endpointing_ms: 210,
          stt_ms: 142 + jitter,
          llm_first_token_ms: 90,
          llm_first_clause_ms: 121,
          tts_first_byte_ms: 68 + jitter,
        };
        this.say(answer, { timings, last });
      });
    });
  }

  say(text, { timings = null, last = false }) {
    const turn = ++this.turn;
    const pcm = Buffer.concat([hum(text.length * kMsPerLetter, kRate, 190), silence(40)]);
    const mark = `turn-${turn}`;
    const speech = { text, turn, pcm, mark, timings, last, sent: 0, startedAt: Date.now() };
    this.speaking = speech;
    this.tell({ type: 'state', state: last ? 'ending' : 'speaking' });
    this.tell({ type: 'transcript', role: 'assistant', text, turn, interrupted: false });
    if (timings) this.tell({ type: 'timings', turn, ...timings });
    const pump = () => {
      if (this.speaking !== speech) return;
      const due = ((Date.now() - speech.startedAt + kAheadMs) / 1000) * kRate * 2;
      while (speech.sent < pcm.length && speech.sent < due) {
        const frame = pcm.subarray(speech.sent, speech.sent + kFrameBytes);
        this.tell({ type: 'audio', data: frame.toString('base64') });
        speech.sent += frame.length;
      }
      if (speech.sent >= pcm.length) this.tell({ event: 'mark', mark: { name: mark } });
      else this.after(20, pump);
    };
    pump();
  }

  spoken() {
    const { text, timings, last } = this.speaking;
    this.speaking = null;
    this.record.add({ role: 'assistant', content: text, generated: null, interrupted: false, timings });
    if (last) this.finish('agent-hung-up', true);
    else this.tell({ type: 'state', state: 'listening' });
  }

  interrupt() {
    const { text, turn, timings } = this.speaking;
    const heard = this.heard();
    this.speaking = null;
    this.tell({ event: 'clear' });
    this.tell({ type: 'state', state: 'interrupted' });
    this.tell({ type: 'transcript', role: 'assistant', text: heard, turn, interrupted: true });
    this.record.add({ role: 'assistant', content: heard, generated: text, interrupted: true, timings });
    this.after(200, () => this.tell({ type: 'state', state: 'listening' }));
  }

  /** Of what is being said, the words that have been. */
  heard() {
    const { text, startedAt } = this.speaking;
    const letters = Math.round((Date.now() - startedAt) / kMsPerLetter);
    return letters >= text.length ? text : text.slice(0, Math.max(0, text.lastIndexOf(' ', letters)));
  }

  finish(cause, tell) {
    if (this.over) return;
    this.over = true;
    for (const timer of this.timers) clearTimeout(timer);
    if (this.speaking) {
      const { text, timings } = this.speaking;
      this.record.add({ role: 'assistant', content: this.heard(), generated: text, interrupted: true, timings });
      this.speaking = null;
    }
    this.record.end(cause);
    if (tell) this.tell({ type: 'end', cause });
    this.socket.close(1000);
  }

  tell(message) {
    if (this.socket.readyState === 1) this.socket.send(JSON.stringify(message));
  }

  after(ms, then) {
    const timer = setTimeout(() => {
      this.timers.delete(timer);
      then();
    }, ms);
    this.timers.add(timer);
  }
}
