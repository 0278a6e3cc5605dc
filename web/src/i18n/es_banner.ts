// Español: el aviso que aparece en todas las páginas cuando algo va mal.

export const bannerEs = {
  unreachable: 'El servidor no responde.',
  unreachableHelp: 'Lo que ve puede haber cambiado. Las llamadas en curso no dependen de esta página.',
  stopped: 'No se aceptan llamadas nuevas',
  since: 'desde',
  reason: 'Motivo',
  byErrors: 'parada automática por errores',
  refusing: 'No se aceptan llamadas nuevas.',
  refusingWhy: {
    stopped: 'Están detenidas.',
    full: 'Se llegó al máximo de llamadas a la vez; entrarán más cuando terminen otras.',
    late: 'El equipo va justo: el sonido empezaba a llegar tarde.',
    'database-away': 'La base de datos no responde.',
    draining: 'Este servidor se está apagando; otros toman las llamadas.',
  },
  provider: (what: string) => `Falla un proveedor: ${what}`,
  providerHelp: 'Las llamadas oyen una disculpa y terminan; se vuelve a intentar cada poco.',
  operations: {
    stt: 'transcripción',
    transcription: 'transcripción',
    llm: 'modelo',
    chat: 'modelo',
    tts: 'voz',
    synthesis: 'voz',
  },
  see: 'Ver el estado',
  resume: 'Reanudar llamadas',
  resumeTitle: '¿Aceptar llamadas otra vez?',
  resumeHelp:
    'Todos los servidores volverán a contestar. Si la causa sigue ahí, las llamadas fallarán y se detendrán de nuevo.',
  resumeNow: 'Aceptar llamadas',
  cancel: 'Cancelar',
};
