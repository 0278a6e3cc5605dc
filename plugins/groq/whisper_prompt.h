// The prompt of a transcription request: Whisper reads it as if it were what was said before, so it
// writes the names and the style that it finds there.
//
//   whisper_prompt("Llamada a una clínica dental.", {"Centralita", "Dra. Íñiguez"})
//   -> "Centralita, Dra. Íñiguez. Llamada a una clínica dental."
//
// Whisper takes 224 tokens of it. The keywords stand in front and the prompt behind, since what is
// nearest to the audio weighs most. The prompt has the first right to the room, then the keywords
// in their order: those that do not fit are left out and named. A prompt that is too long by itself
// loses its beginning, as Whisper would do it, at a word's edge.
//
// How many tokens a text has only the model's own vocabulary says. Counted here is a bound that
// Spanish and English stay below: of each word, its ASCII letters by three and every other
// character by itself.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace centralita {

inline constexpr int kWhisperPromptTokens = 224;

struct WhisperPrompt {
  std::string text;
  std::vector<std::string> left_out;  // keywords without room
  bool shortened = false;             // the prompt lost its beginning
};

// Keywords are trimmed; empty ones, and those that differ from an earlier one only in case, count
// for nothing.
WhisperPrompt whisper_prompt(std::string_view prompt, const std::vector<std::string>& keywords);

int estimated_tokens(std::string_view text);

}  // namespace centralita
