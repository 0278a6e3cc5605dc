#include "plugins/dialog/abbreviations.h"

#include <algorithm>
#include <iterator>

namespace centralita {
namespace {

// "etc.", "a.m." and the like are missing on purpose: they may end a sentence, and whether they do
// shows in the letter that follows.
constexpr std::string_view kBeforeWords[] = {
    // Spanish: treatments and offices
    "sr", "sra", "srta", "sres", "sras", "srs", "dr", "dra", "dres", "dras", "dña", "ud", "uds",
    "vd", "vds", "lic", "licda", "lcdo", "lcda", "ing", "arq", "prof", "profa", "gral", "cnel",
    "tte", "cap", "sto", "sta", "mons", "fco", "ma",
    // Spanish: addresses and references
    "av", "avda", "blvd", "col", "dpto", "depto", "apdo", "urb", "esq", "ee", "rr", "ff", "dd",
    "p.ej", "ej", "vs", "cf", "cfr", "aprox", "máx", "mín", "tel", "teléf", "cía", "ref", "incl",
    // English
    "mr", "mrs", "ms", "mx", "messrs", "st", "gen", "sgt", "capt", "lt", "cmdr", "hon", "rev",
    "e.g", "i.e", "eg", "ie", "viz", "approx", "dept", "mt", "jr", "bros", "esp"};

constexpr std::string_view kBeforeNumbers[] = {
    "no",   "nos", "nro", "núm", "núms", "num",  "nº",  "n°",  "art", "arts", "pág", "págs", "pag",
    "pags", "p",   "pp",  "fig", "figs", "vol",  "ext", "ch",  "lín", "ene",  "feb", "mar",  "abr",
    "may",  "jun", "jul", "ago", "sep",  "sept", "oct", "nov", "dic", "jan",  "apr", "aug",  "dec"};

}  // namespace

bool is_abbreviation(std::string_view word) {
  return std::find(std::begin(kBeforeWords), std::end(kBeforeWords), word) !=
         std::end(kBeforeWords);
}

bool is_abbreviation_before_number(std::string_view word) {
  return std::find(std::begin(kBeforeNumbers), std::end(kBeforeNumbers), word) !=
         std::end(kBeforeNumbers);
}

}  // namespace centralita
