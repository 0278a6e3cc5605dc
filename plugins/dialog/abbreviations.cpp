#include "plugins/dialog/abbreviations.h"
#include "plugins/dialog/word_list.h"

#include <algorithm>
#include <iterator>

namespace centralita {
namespace {

// "etc.", "a.m.", "Inc." and the like are missing on purpose: they may end a sentence, and whether
// they do shows in the letter that follows.
constexpr std::string_view kGoesOn[] = {
    // Spanish: treatments and offices
    "sr", "sra", "srta", "sres", "sras", "srs", "dr", "dra", "dres", "dras", "dña", "lic", "licda",
    "lcdo", "lcda", "ing", "arq", "prof", "profa", "mtro", "mtra", "dip", "gral", "cnel", "tte",
    "cap", "sto", "sta", "mons", "fco", "ma", "gpe", "hno", "hna", "hnos", "atte",
    // Spanish: addresses, references, plurals
    "av", "avda", "blvd", "calz", "ctra", "col", "fracc", "cd", "edo", "pto", "pte", "pza", "dpto",
    "depto", "apdo", "urb", "ee", "rr", "ff", "dd", "aa", "p.ej", "ej", "vs", "cf", "cfr", "aprox",
    "máx", "mín", "incl",
    // English
    "mr", "mrs", "ms", "mx", "messrs", "gen", "sgt", "capt", "lt", "cmdr", "maj", "adm", "hon",
    "rev", "sen", "rep", "gov", "pres", "supt", "e.g", "i.e", "eg", "ie", "viz", "approx", "mt",
    "ft", "esp"};

constexpr std::string_view kMayEnd[] = {"ud",  "uds",  "vd",   "vds", "tel", "teléf",
                                        "cía", "ref",  "esq",  "st",  "ave", "rd",
                                        "jr",  "bros", "dept", "ste", "apt", "ph.d"};

constexpr std::string_view kBeforeNumber[] = {
    "no",   "nos",  "nro", "núm", "núms", "num",  "nº",  "n°",  "art", "arts", "pág", "págs",
    "pag",  "pags", "p",   "pp",  "fig",  "figs", "vol", "ext", "int", "ch",   "sec", "lín",
    "párr", "exp",  "mz",  "km",  "est",  "hr",   "hrs", "ene", "feb", "mar",  "abr", "may",
    "jun",  "jul",  "ago", "sep", "sept", "oct",  "nov", "dic", "lun", "mié",  "jue", "vie",
    "sáb",  "dom",  "mon", "tue", "thu",  "fri",  "jan", "apr", "aug", "dec"};

constexpr std::string_view kBegins[] = {
    // Spanish
    "el", "la", "los", "las", "lo", "le", "les", "un", "una", "unos", "unas", "su", "sus", "mi",
    "mis", "tu", "yo", "él", "ella", "ellos", "ellas", "usted", "ustedes", "nosotros", "se", "si",
    "sí", "no", "y", "o", "pero", "que", "cuando", "como", "donde", "para", "por", "en", "con", "a",
    "al", "de", "del", "ya", "hay", "es", "son", "está", "están", "luego", "después", "entonces",
    "también", "además", "gracias", "ahora", "ahí", "allí", "aquí", "este", "esta", "esto", "ese",
    "esa", "eso", "todo", "todos", "cada", "bien", "bueno", "claro", "puede", "tiene", "queda",
    "llame", "marque", "dígame",
    // English
    "he", "she", "it", "we", "you", "they", "i", "the", "this", "that", "these", "those", "there",
    "then", "here", "now", "in", "on", "at", "if", "but", "and", "or", "so", "what", "when", "who",
    "how", "why", "where", "which", "please", "my", "your", "our", "his", "her", "its", "their",
    "is", "are", "was", "do", "does", "did", "can", "could", "would", "will", "should", "may",
    "for", "from", "with", "to", "as", "after", "before", "yes", "ok", "okay", "let", "well",
    "thanks", "thank", "also", "because", "just", "an", "not", "have", "has", "call", "press"};

}  // namespace

Abbreviation abbreviation(std::string_view word) {
  if (contains(kGoesOn, word))
    return Abbreviation::kGoesOn;
  if (contains(kMayEnd, word))
    return Abbreviation::kMayEnd;
  return contains(kBeforeNumber, word) ? Abbreviation::kBeforeNumber : Abbreviation::kNone;
}

bool begins_sentences(std::string_view word) { return contains(kBegins, word); }

}  // namespace centralita
