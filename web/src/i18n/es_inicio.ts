// Español: la página Inicio.

export const inicioEs = {
  title: 'Inicio',
  failed: 'No se pudo leer el resumen',
  slow: 'El servidor tarda en contestar; se sigue esperando el resumen…',
  lastCalls: 'Últimas llamadas',
  empty: 'Todavía no hay llamadas',
  emptyHow: 'Aquí verá cuántas llamadas hay, cuánto tarda el agente en contestar y si algo falla.',
  emptyAction: 'Hacer una llamada de prueba',
};
