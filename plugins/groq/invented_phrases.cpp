#include "plugins/groq/invented_phrases.h"

#include "plugins/base/ref.h"

#include <algorithm>

namespace centralita {
namespace {

using Phrase = InventedPhrase;

struct Entry {
  std::string_view words;  // as plain_words() gives them
  Phrase phrase;
};

// The whole sentence.
constexpr Entry kSentences[] = {
    {"gracias por ver", Phrase::kOutro},
    {"gracias por ver el video", Phrase::kOutro},
    {"gracias por ver este video", Phrase::kOutro},
    {"muchas gracias por ver", Phrase::kOutro},
    {"muchas gracias por ver el video", Phrase::kOutro},
    {"gracias por vernos", Phrase::kOutro},
    {"gracias por mirar", Phrase::kOutro},
    {"gracias por mirar el video", Phrase::kOutro},
    {"gracias por su atencion y hasta el proximo video", Phrase::kOutro},
    {"gracias por escuchar", Phrase::kOutro},
    {"suscribete", Phrase::kOutro},
    {"suscribanse", Phrase::kOutro},
    {"suscribete al canal", Phrase::kOutro},
    {"suscribete a mi canal", Phrase::kOutro},
    {"suscribete y activa la campanita", Phrase::kOutro},
    {"dale like y suscribete", Phrase::kOutro},
    {"no olvides suscribirte", Phrase::kOutro},
    {"no olvides suscribirte al canal", Phrase::kOutro},
    {"no olviden suscribirse", Phrase::kOutro},
    {"hasta el proximo video", Phrase::kOutro},
    {"nos vemos en el proximo video", Phrase::kOutro},
    {"nos vemos en el siguiente video", Phrase::kOutro},
    {"hasta la proxima semana", Phrase::kCourtesy},
    {"hasta la proxima", Phrase::kCourtesy},
    {"gracias", Phrase::kCourtesy},
    {"muchas gracias", Phrase::kCourtesy},
    {"adios", Phrase::kCourtesy},
    {"chau", Phrase::kCourtesy},
    {"chao", Phrase::kCourtesy},
    {"y", Phrase::kCourtesy},
    {"musica", Phrase::kCourtesy},
    {"aplausos", Phrase::kCourtesy},
    {"que", Phrase::kCourtesy},

    {"thanks for watching", Phrase::kOutro},
    {"thank you for watching", Phrase::kOutro},
    {"thank you so much for watching", Phrase::kOutro},
    {"thanks for watching and i ll see you next time", Phrase::kOutro},
    {"thanks for listening", Phrase::kOutro},
    {"thank you for listening", Phrase::kOutro},
    {"please subscribe", Phrase::kOutro},
    {"please subscribe to my channel", Phrase::kOutro},
    {"please subscribe to our channel", Phrase::kOutro},
    {"please like and subscribe", Phrase::kOutro},
    {"like and subscribe", Phrase::kOutro},
    {"don t forget to subscribe", Phrase::kOutro},
    {"don t forget to like and subscribe", Phrase::kOutro},
    {"subscribe", Phrase::kOutro},
    {"see you in the next video", Phrase::kOutro},
    {"i ll see you in the next video", Phrase::kOutro},
    {"we ll be right back", Phrase::kOutro},
    {"see you next time", Phrase::kCourtesy},
    {"see you", Phrase::kCourtesy},
    {"thank you", Phrase::kCourtesy},
    {"thank you very much", Phrase::kCourtesy},
    {"thank you so much", Phrase::kCourtesy},
    {"thanks", Phrase::kCourtesy},
    {"you", Phrase::kCourtesy},
    {"bye", Phrase::kCourtesy},
    {"bye bye", Phrase::kCourtesy},
    {"goodbye", Phrase::kCourtesy},
    {"oh", Phrase::kCourtesy},
    {"hmm", Phrase::kCourtesy},
    {"the", Phrase::kCourtesy},
    {"so", Phrase::kCourtesy},
    {"i m sorry", Phrase::kCourtesy},
    {"music", Phrase::kCourtesy},
    {"applause", Phrase::kCourtesy},
};

// Anywhere in the sentence, as whole words.
constexpr Entry kMarks[] = {
    {"amara org", Phrase::kCredit},
    {"mooji org", Phrase::kCredit},
    {"otter ai", Phrase::kCredit},
    {"alimmenta com", Phrase::kCredit},
    {"opensubtitles org", Phrase::kCredit},
    {"zeoranger co uk", Phrase::kCredit},
    {"subtitulos realizados por", Phrase::kCredit},
    {"subtitulos por la comunidad", Phrase::kCredit},
    {"subtitulos creados por", Phrase::kCredit},
    {"subtitulado por", Phrase::kCredit},
    {"subtitulacion realizada por", Phrase::kCredit},
    {"traduccion y subtitulos", Phrase::kCredit},
    {"transcripcion realizada por", Phrase::kCredit},
    {"subtitles by", Phrase::kCredit},
    {"subtitled by", Phrase::kCredit},
    {"subtitles created by", Phrase::kCredit},
    {"captions by", Phrase::kCredit},
    {"captioning by", Phrase::kCredit},
    {"transcribed by", Phrase::kCredit},
    {"transcription by", Phrase::kCredit},
    {"transcript by", Phrase::kCredit},
    {"untertitel der amara", Phrase::kCredit},
    {"untertitelung des zdf", Phrase::kCredit},
    {"sous titres realises", Phrase::kCredit},
    {"legendas pela comunidade", Phrase::kCredit},
    {"sottotitoli creati dalla", Phrase::kCredit},
};

bool contains_words(std::string_view text, std::string_view words) {
  for (auto at = text.find(words); at != std::string_view::npos; at = text.find(words, at + 1)) {
    const auto end = at + words.size();
    if ((at == 0 || text[at - 1] == ' ') && (end == text.size() || text[end] == ' '))
      return true;
  }
  return false;
}

gunichar closing(gunichar c) {
  switch (c) {
    case '[':
      return ']';
    case '(':
      return ')';
    case '*':
      return '*';
    case 0x266A:  // eighth note
    case 0x266B:  // beamed eighth notes
      return c;
    default:
      return 0;
  }
}

}  // namespace

std::string plain_words(std::string_view text) {
  const OwnedString valid(g_utf8_make_valid(text.data(), static_cast<gssize>(text.size())));
  const OwnedString folded(g_utf8_casefold(valid.get(), -1));
  const OwnedString apart(
      g_utf8_normalize(folded.get(), -1, G_NORMALIZE_DEFAULT));  // accents by themselves
  std::string words;
  bool between = false;
  for (const gchar* p = apart.get(); *p; p = g_utf8_next_char(p)) {
    const auto c = g_utf8_get_char(p);
    if (g_unichar_ismark(c))
      continue;
    if (!g_unichar_isalnum(c)) {
      between = true;
      continue;
    }
    if (between && !words.empty())
      words += ' ';
    between = false;
    words.append(p, static_cast<std::size_t>(g_utf8_next_char(p) - p));
  }
  return words;
}

InventedPhrase invented_phrase(std::string_view sentence) {
  const auto words = plain_words(sentence);
  const auto* mark = std::find_if(std::begin(kMarks), std::end(kMarks), [&](const Entry& entry) {
    return contains_words(words, entry.words);
  });
  if (mark != std::end(kMarks))
    return mark->phrase;
  const auto* whole = std::find_if(std::begin(kSentences), std::end(kSentences),
                                   [&](const Entry& entry) { return words == entry.words; });
  return whole != std::end(kSentences) ? whole->phrase : Phrase::kNone;
}

bool is_annotation(std::string_view text) {
  const OwnedString valid(g_utf8_make_valid(text.data(), static_cast<gssize>(text.size())));
  gunichar open = 0;
  bool outside = false;  // a letter that no bracket holds
  for (const gchar* p = valid.get(); *p; p = g_utf8_next_char(p)) {
    const auto c = g_utf8_get_char(p);
    if (open != 0)
      open = c == open ? 0 : open;
    else if (const auto close = closing(c); close != 0)
      open = close;
    else
      outside = outside || g_unichar_isalnum(c);
  }
  return !outside;
}

}  // namespace centralita
