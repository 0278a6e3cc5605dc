// What can be done to a call from outside: listen, tell the agent something, hand it over, hang up.

import { useEffect, useRef, useState } from 'preact/hooks';
import { Dialog } from '../../components/dialog';
import { ProblemBox } from '../../components/problem_box';
import { toast } from '../../components/toast';
import { plainNumber } from '../../format';
import { words } from '../../i18n/i18n';
import type { LiveCall } from '../../../generated/api';
import { handOver, hangUp, tellAgent } from '../../live_api';
import { may } from '../../session';
import { problemOf, type Problem } from '../problem_of';
import { listenTo, type Listening } from './listening';

type Question = 'hangUp' | 'handOver' | 'context';

export function Steering({ call }: { call: LiveCall }) {
  const t = words.value.envivo;
  const [asked, setAsked] = useState<Question | null>(null);
  if (!may('editor')) return null;
  return (
    <>
      <div class="steering">
        <Listen id={call.session_id} />
        <button type="button" onClick={() => setAsked('context')}>
          {t.context}
        </button>
        {call.client_type !== 'browser' && (
          <button type="button" onClick={() => setAsked('handOver')}>
            {t.handOver}
          </button>
        )}
        <button type="button" class="danger" onClick={() => setAsked('hangUp')}>
          {t.hangUp}
        </button>
      </div>
      {asked && <Ask question={asked} id={call.session_id} onClose={() => setAsked(null)} />}
    </>
  );
}

function Listen({ id }: { id: string }) {
  const t = words.value.envivo;
  const ear = useRef<Listening | null>(null);
  const [state, setState] = useState<'off' | 'on' | 'failed'>('off');
  useEffect(() => () => ear.current?.stop(), []);
  const start = async () => {
    setState('on');
    try {
      ear.current = await listenTo(id, (failed) => {
        ear.current = null;
        setState(failed ? 'failed' : 'off');
      });
    } catch {
      setState('failed');
    }
  };
  return (
    <>
      <button
        type="button"
        class={state === 'on' ? '' : 'primary'}
        aria-pressed={state === 'on'}
        data-testid="listen"
        onClick={() => (state === 'on' ? ear.current?.stop() : void start())}
      >
        {state === 'on' ? t.stopListening : t.listen}
      </button>
      {state === 'on' && (
        <span class="note" role="status" data-testid="listening">
          {t.listening}
        </span>
      )}
      {state === 'failed' && (
        <span class="note" role="alert">
          {t.listenFailed}
        </span>
      )}
    </>
  );
}

function Ask({ question, id, onClose }: { question: Question; id: string; onClose: () => void }) {
  const t = words.value.envivo;
  const [text, setText] = useState('');
  const [warm, setWarm] = useState(true);
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<Problem | null>(null);
  const asks = {
    hangUp: { title: t.hangUpTitle, how: t.hangUpHow, label: t.hangUp, run: () => hangUp(id) },
    handOver: { title: t.handOver, how: t.handOverHow, label: t.handOver, run: () => handOver(id, plainNumber(text), warm) },
    context: { title: t.context, how: t.contextHow, label: t.send, run: () => tellAgent(id, text.trim()) },
  }[question];
  const run = async () => {
    setBusy(true);
    try {
      await asks.run();
      toast({ text: t.done[question] });
      onClose();
    } catch (error) {
      setProblem(problemOf(error));
      setBusy(false);
    }
  };
  return (
    <Dialog
      title={asks.title}
      onCancel={onClose}
      actions={
        <>
          <button type="button" onClick={onClose}>
            {t.cancel}
          </button>
          <button
            type="button"
            class={question === 'hangUp' ? 'danger' : 'primary'}
            disabled={busy || (question !== 'hangUp' && text.trim() === '')}
            onClick={() => void run()}
          >
            {asks.label}
          </button>
        </>
      }
    >
      <p>{asks.how}</p>
      {question === 'handOver' && (
        <>
          <label class="ask-field">
            {t.handOverNumber}
            <input type="tel" value={text} placeholder={t.handOverExample} onInput={(event) => setText(event.currentTarget.value)} />
          </label>
          <label class="check">
            <input type="checkbox" checked={warm} onChange={(event) => setWarm(event.currentTarget.checked)} />
            {t.handOverWarm}
          </label>
        </>
      )}
      {question === 'context' && (
        <label class="ask-field">
          {t.contextNote}
          <textarea rows={3} maxLength={2000} value={text} onInput={(event) => setText(event.currentTarget.value)} />
        </label>
      )}
      {problem && <ProblemBox {...problem} />}
    </Dialog>
  );
}
