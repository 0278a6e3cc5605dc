import { render } from 'preact';
import { App } from './app';
import { watchDevices } from './pages/probar/simulator';
import { applyPreferences } from './preferences';
import { startRouter } from './router';
import { watchSystem } from './system';

applyPreferences();
startRouter();
watchDevices();
watchSystem();
const root = document.getElementById('app')!;
root.textContent = '';
render(<App />, root);
