#include "plugins/azure/normalise/spanish_nouns.h"

#include <algorithm>
#include <array>

namespace centralita::normalise::spanish {
namespace {

// What may follow a number and is not counted by it.
constexpr std::string_view kNoNouns[] = {"a",
                                         "al",
                                         "antes",
                                         "ante",
                                         "aunque",
                                         "como",
                                         "con",
                                         "cuando",
                                         "de",
                                         "del",
                                         "desde",
                                         "después",
                                         "donde",
                                         "e",
                                         "el",
                                         "ella",
                                         "en",
                                         "entonces",
                                         "entre",
                                         "era",
                                         "es",
                                         "está",
                                         "están",
                                         "este",
                                         "esta",
                                         "fue",
                                         "gracias",
                                         "ha",
                                         "han",
                                         "hasta",
                                         "hay",
                                         "la",
                                         "las",
                                         "le",
                                         "lo",
                                         "los",
                                         "me",
                                         "más",
                                         "mi",
                                         "menos",
                                         "ni",
                                         "no",
                                         "o",
                                         "para",
                                         "pero",
                                         "por",
                                         "porque",
                                         "que",
                                         "se",
                                         "sea",
                                         "será",
                                         "si",
                                         "sí",
                                         "sin",
                                         "sobre",
                                         "son",
                                         "su",
                                         "también",
                                         "te",
                                         "tiene",
                                         "tu",
                                         "u",
                                         "un",
                                         "una",
                                         "va",
                                         "y",
                                         "ya",
                                         "queda",
                                         "quedan",
                                         "cada",
                                         "aproximadamente",
                                         "exactamente",
                                         "ahora",
                                         "hoy",
                                         "mañana",
                                         "ayer",
                                         "llega",
                                         "sale",
                                         "cuesta"};

constexpr std::string_view kFeminine[] = {
    "veces",     "vez",    "noches",  "noche",    "tardes",     "tarde",    "partes",
    "parte",     "manos",  "mano",    "calles",   "calle",      "llaves",   "llave",
    "clases",    "clase",  "mujeres", "mujer",    "redes",      "red",      "leyes",
    "ley",       "luces",  "luz",     "imágenes", "imagen",     "órdenes",  "orden",
    "sedes",     "sede",   "fases",   "fase",     "bases",      "base",     "series",
    "serie",     "frases", "frase",   "voces",    "voz",        "flores",   "flor",
    "nubes",     "nube",   "fotos",   "foto",     "motos",      "moto",     "crisis",
    "tesis",     "sales",  "sal",     "claves",   "clave",      "muestras", "cruces",
    "fuentes",   "fuente", "gentes",  "gente",    "suites",     "suite",    "tablets",
    "webs",      "radios", "radio",   "señales",  "señal",      "actrices", "actriz",
    "paredes",   "pared",  "muertes", "muerte",   "sucursales", "sucursal", "credenciales",
    "credencial"};

constexpr std::string_view kMasculine[] = {
    "días",     "día",      "mapas",   "mapa",      "planetas", "planeta", "sofás",   "sofá",
    "gramas",   "cometas",  "papás",   "papá",      "tranvías", "tranvía", "yogas",   "policías",
    "artistas", "turistas", "colegas", "dentistas", "guardias", "gorilas", "atletas", "pijamas"};

// "problemas", "programas", "idiomas": of Greek neuters; but "camas", "firmas", "llamas", "formas".
constexpr std::string_view kGreek[] = {
    "blema", "grama",   "stema", "diploma", "idioma", "clima",   "drama",    "lema",   "tema",
    "poema", "síntoma", "aroma", "axioma",  "trauma", "esquema", "fantasma", "carisma"};

template <typename Set>
bool contains(const Set& set, std::string_view word) {
  return std::find(std::begin(set), std::end(set), word) != std::end(set);
}

bool ends_with_any(std::string_view word, std::initializer_list<std::string_view> endings) {
  return std::any_of(endings.begin(), endings.end(),
                     [&](std::string_view ending) { return word.ends_with(ending); });
}

}  // namespace

std::optional<Gender> gender_of(std::string_view noun) {
  if (noun.empty() || contains(kNoNouns, noun))
    return std::nullopt;
  if (contains(kFeminine, noun))
    return Gender::kFeminine;
  if (contains(kMasculine, noun))
    return Gender::kMasculine;
  auto singular = noun;
  if (singular.ends_with('s'))
    singular.remove_suffix(1);
  for (const auto ending : kGreek)
    if (singular.ends_with(ending))
      return Gender::kMasculine;
  if (singular.ends_with('a') ||
      ends_with_any(noun, {"ción", "ciones", "sión",  "siones", "dad", "dades", "tad",  "tades",
                           "tud",  "tudes",  "umbre", "umbres", "ía",  "ías",   "gión", "giones",
                           "nión", "niones", "triz",  "trices", "eza", "ezas"}))
    return Gender::kFeminine;
  return Gender::kMasculine;
}

}  // namespace centralita::normalise::spanish
