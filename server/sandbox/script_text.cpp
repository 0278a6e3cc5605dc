#include "server/sandbox/script_text.h"

#include <array>

namespace centralita::sandbox {
namespace {

using Words = std::string_view;

constexpr Words kRepeatWords[] = {"repet",
                                  "repit",
                                  "otra vez",
                                  "como dice",
                                  "que ha dicho",
                                  "no entien",
                                  "no entend",
                                  "no le entiendo",
                                  "no comprendi",
                                  "perdon",
                                  "repeat",
                                  "say that again",
                                  "what did you say",
                                  "did not understand",
                                  "didn't understand",
                                  "don't understand",
                                  "mas despacio",
                                  "slowly",
                                  "louder"};
constexpr Words kWhoWords[] = {"quien eres",      "quien es usted",    "como te llamas",
                               "como se llama",   "con quien hablo",   "robot",
                               "persona real",    "real person",       "grabacion",
                               "who are you",     "what is your name", "recording",
                               "que puede hacer", "que puedo decir",   "como funciona",
                               "what can you do", "what can i say",    "how does this work"};
constexpr Words kPersonWords[] = {
    "hablar con", "operador", "representante",  "agente", "encargado", "speak to", "talk to",
    "speak with", "operator", "representative", "agent",  "manager",   "transfer"};
constexpr Words kCancelWords[] = {"cancelar", "cambiar mi cita", "cancel", "change my appointment",
                                  "move my appointment"};
constexpr Words kAppointmentWords[] = {"cita",       "reservar",     "agendar",     "puedo ir",
                                       "algo libre", "tienen lugar", "horas tiene", "appointment",
                                       "book",       "can i come",   "anything",    "what times",
                                       "schedule"};
constexpr Words kPriceWords[] = {"cuanto cuesta", "cuanto es", "cuanto vale", "precio", "descuento",
                                 "tarjeta",       "efectivo",  "factura",     "caro",   "how much",
                                 "price",         "discount",  "card",        "cash",   "bill",
                                 "invoice",       "expensive"};
constexpr Words kHoursWords[] = {
    "horario", "que hora abren", "que hora cierran", "abren",        "abiertos", "cierran",
    "hours",   "do you open",    "do you close",     "are you open", "open"};
constexpr Words kPlaceWords[] = {"donde estan", "donde se encuentran", "direccion",
                                 "como llego",  "estacionamiento",     "where are you",
                                 "address",     "get there",           "parking",
                                 "located"};
constexpr Words kWeatherWords[] = {"que tiempo", "llover", "clima", "weather", "rain"};
constexpr Words kTimeWords[] = {"que hora es", "que dia es", "what time is it", "what day is"};
constexpr Words kNameWords[] = {"me llamo", "mi nombre es", "soy",
                                "habla",    "my name is",   "this is"};
constexpr Words kGoodbyeWords[] = {"adios",      "hasta luego",     "hasta pronto", "hasta manana",
                                   "nos vemos",  "que tenga buen",  "goodbye",      "bye",
                                   "see you",    "have a nice day", "nada mas",     "eso es todo",
                                   "that's all", "nothing else"};
constexpr Words kThanksWords[] = {"gracias", "thank", "muy amable"};
constexpr Words kWaitWords[] = {"un momento", "espere",  "pare", "one moment",
                                "wait",       "hold on", "stop"};
constexpr Words kGreetingWords[] = {
    "hola",       "buenos dias", "buenas tardes",   "buenas noches",  "bueno",
    "hello",      "hi there",    "good morning",    "good afternoon", "good evening",
    "me escucha", "me oye",      "can you hear me", "are you there"};
constexpr Words kYesWords[] = {"si",       "claro",      "correcto",  "de acuerdo",   "esta bien",
                               "perfecto", "vale",       "asi es",    "yes",          "sure",
                               "okay",     "of course",  "all right", "that's right", "correct",
                               "perfect",  "that's fine"};
constexpr Words kNoWords[] = {"no", "no gracias"};

constexpr std::array kIntents = {IntentWords{Intent::kWho, kWhoWords},
                                 IntentWords{Intent::kRepeat, kRepeatWords},
                                 IntentWords{Intent::kTime, kTimeWords},
                                 IntentWords{Intent::kPerson, kPersonWords},
                                 IntentWords{Intent::kCancel, kCancelWords},
                                 IntentWords{Intent::kPrice, kPriceWords},
                                 IntentWords{Intent::kHours, kHoursWords},
                                 IntentWords{Intent::kAppointment, kAppointmentWords},
                                 IntentWords{Intent::kWeather, kWeatherWords},
                                 IntentWords{Intent::kPlace, kPlaceWords},
                                 IntentWords{Intent::kName, kNameWords},
                                 IntentWords{Intent::kGoodbye, kGoodbyeWords},
                                 IntentWords{Intent::kThanks, kThanksWords},
                                 IntentWords{Intent::kWait, kWaitWords},
                                 IntentWords{Intent::kGreeting, kGreetingWords},
                                 IntentWords{Intent::kYes, kYesWords},
                                 IntentWords{Intent::kNo, kNoWords}};

constexpr Words kAppointmentTools[] = {"appointment", "book",   "schedul", "cita",
                                       "agend",       "reserv", "calendar"};
constexpr Words kWeatherTools[] = {"weather", "clima", "forecast", "pronostico", "tiempo_que"};
constexpr Words kTimeTools[] = {"time", "hora", "clock", "date"};
constexpr Words kPersonTools[] = {"transfer", "human", "operator", "persona", "agente"};
constexpr Words kGoodbyeTools[] = {"hang",   "end_call",  "endcall",
                                   "colgar", "finalizar", "terminar"};
constexpr Words kPriceTools[] = {"price", "precio", "cost", "tarifa"};
constexpr Words kHoursTools[] = {"opening", "horario", "business_hours", "hours"};
constexpr Words kCancelTools[] = {"cancel"};

constexpr Answers kSpanish{
    .ask_day = "Con gusto le ayudo con su cita. ¿Para qué día la quiere?",
    .ask_hour = "Muy bien, {day}. ¿A qué hora le viene bien?",
    .booked = "De acuerdo. Su cita queda apuntada para {day}. ¿Necesita algo más?",
    .booked_named = "De acuerdo, {name}. Su cita queda apuntada para {day}. ¿Necesita algo más?",
    .name_noted = "Mucho gusto, {name}. ¿En qué puedo ayudarle?",
    .first_greeting = "Hola, gracias por llamar. ¿En qué puedo ayudarle?",
    .nothing_said = "Todavía no he dicho nada. ¿En qué puedo ayudarle?",
    .nothing_heard = "Perdón, no le he oído. ¿Puede repetirlo?"};

constexpr Answers kEnglish{
    .ask_day = "I'd be glad to help with your appointment. What day would you like?",
    .ask_hour = "Very well, {day}. What time suits you?",
    .booked = "All right. Your appointment is noted for {day}. Do you need anything else?",
    .booked_named =
        "All right, {name}. Your appointment is noted for {day}. Do you need anything else?",
    .name_noted = "Nice to meet you, {name}. How can I help you?",
    .first_greeting = "Hello, thank you for calling. How can I help you?",
    .nothing_said = "I have not said anything yet. How can I help you?",
    .nothing_heard = "Sorry, I did not hear you. Could you repeat that?"};

}  // namespace

std::span<const IntentWords> intent_words() { return kIntents; }

std::span<const std::string_view> tool_words(Intent intent) {
  switch (intent) {
    case Intent::kAppointment:
    case Intent::kDay:
      return kAppointmentTools;
    case Intent::kWeather:
      return kWeatherTools;
    case Intent::kTime:
      return kTimeTools;
    case Intent::kPerson:
      return kPersonTools;
    case Intent::kGoodbye:
      return kGoodbyeTools;
    case Intent::kPrice:
      return kPriceTools;
    case Intent::kHours:
      return kHoursTools;
    case Intent::kCancel:
      return kCancelTools;
    default:
      return {};
  }
}

const Answers& answers(bool spanish) { return spanish ? kSpanish : kEnglish; }

std::string_view answer_text(Intent intent, bool spanish) {
  switch (intent) {
    case Intent::kGreeting:
      return spanish ? "Hola, gracias por llamar. ¿En qué puedo ayudarle?"
                     : "Hello, thank you for calling. How can I help you?";
    case Intent::kCancel:
      return spanish ? "Entendido. ¿Para qué día era su cita? Así la encuentro y la cambio."
                     : "Understood. What day was your appointment? I will find it and change it.";
    case Intent::kHours:
      return spanish ? "Abrimos de lunes a viernes, de nueve de la mañana a siete de la tarde. Los "
                       "sábados "
                       "cerramos a las dos. Los domingos no abrimos."
                     : "We are open Monday to Friday, from nine in the morning to seven in the "
                       "evening. On "
                       "Saturdays we close at two. On Sundays we are closed.";
    case Intent::kPlace:
      return spanish
                 ? "Estamos en la calle Mayor, número diez. Hay estacionamiento en la misma calle."
                 : "We are at ten Main Street. There is parking on the same street.";
    case Intent::kPrice:
      return spanish ? "La consulta cuesta treinta euros. Puede pagar con tarjeta o en efectivo. "
                       "¿Quiere una cita?"
                     : "A consultation costs thirty dollars. You can pay by card or in cash. Would "
                       "you like "
                       "an appointment?";
    case Intent::kWho:
      return spanish ? "Soy el sandbox de Centralita. Detrás de mí no hay ningún modelo de "
                       "lenguaje, solo un "
                       "guion sencillo. Puede pedirme una cita, el horario o los precios."
                     : "I am Centralita's sandbox. There is no language model behind me, only a "
                       "simple script. "
                       "You can ask me for an appointment, the opening hours or the prices.";
    case Intent::kPerson:
      return spanish ? "En el sandbox no hay ninguna persona a quien pasarle la llamada. ¿Quiere "
                       "dejar un mensaje?"
                     : "There is no person in the sandbox to transfer you to. Would you like to "
                       "leave a message?";
    case Intent::kWeather:
      return spanish ? "No tengo el pronóstico a mano. ¿Le ayudo con otra cosa?"
                     : "I do not have the forecast at hand. Can I help you with anything else?";
    case Intent::kTime:
      return spanish ? "No tengo un reloj a mano. ¿Le ayudo con otra cosa?"
                     : "I do not have a clock at hand. Can I help you with anything else?";
    case Intent::kYes:
      return spanish ? "Perfecto. ¿En qué más puedo ayudarle?"
                     : "Perfect. What else can I do for you?";
    case Intent::kNo:
      return spanish ? "De acuerdo. ¿Necesita algo más?" : "All right. Do you need anything else?";
    case Intent::kWait:
      return spanish ? "Claro, le espero." : "Of course, take your time.";
    case Intent::kThanks:
      return spanish ? "De nada. ¿Necesita algo más?"
                     : "You are welcome. Do you need anything else?";
    case Intent::kGoodbye:
      return spanish ? "Gracias por llamar. Que tenga un buen día. Hasta luego."
                     : "Thank you for calling. Have a nice day. Goodbye.";
    case Intent::kUnknown:
    case Intent::kAppointment:
    case Intent::kRepeat:
    case Intent::kName:
    case Intent::kDay:
      break;
  }
  return spanish ? "He entendido: {heard}. Puede decir, por ejemplo: quiero una cita, ¿a qué hora "
                   "abren?, o "
                   "¿cuánto cuesta?"
                 : "I understood: {heard}. You can say, for example: I need an appointment, what "
                   "time do you "
                   "open?, or how much is it?";
}

}  // namespace centralita::sandbox
