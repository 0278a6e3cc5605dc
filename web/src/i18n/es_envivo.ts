// Español: la página En vivo.

export const enVivoEs = {
  title: 'En vivo',
  failed: 'No se pudieron leer las llamadas en curso',
  slow: 'El servidor tarda en contestar; se siguen esperando las llamadas en curso…',
  empty: 'Ahora no hay ninguna llamada',
  emptyHow: 'Las llamadas en curso aparecen aquí mientras duran.',
};
