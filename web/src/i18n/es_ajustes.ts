// Español: la página Ajustes.

export const ajustesEs = {
  title: 'Ajustes',
  parts: 'Partes de los ajustes',
  tabs: { audit: 'Auditoría' },
  audit: {
    title: 'Quién cambió qué',
    help: 'Cada cambio de agentes, números y ajustes, con su autor. Nadie puede borrarlo.',
    failed: 'No se pudo leer la auditoría',
    slow: 'El servidor tarda en contestar; se sigue esperando la auditoría…',
    empty: 'Todavía nadie ha cambiado nada. Los cambios de agentes, números y ajustes quedarán aquí.',
    when: 'Cuándo',
    who: 'Quién',
    what: 'Qué hizo',
    where: 'En',
    more: 'Cargar más',
    actions: {
      'agent.created': 'Creó un agente',
      'agent.updated': 'Cambió un agente',
      'agent.deleted': 'Eliminó un agente',
      'agent.restored': 'Recuperó un agente',
      'agent.made-default': 'Hizo predeterminado a un agente',
      'number.assigned': 'Asignó un número',
      'number.released': 'Quitó un número',
    },
  },
};
