import { render } from 'preact';
import { App } from './app';
import { watchDevices } from './pages/probar/simulator';
import { applyPreferences } from './preferences';
import { startRouter } from './router';

applyPreferences();
startRouter();
watchDevices();
const root = document.getElementById('app')!;
root.textContent = '';
render(<App />, root);
