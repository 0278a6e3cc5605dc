// The clauses in which llmdialog sends a text on that the agent says word for word: what a
// synthesizer will be asked for, known ahead.
#pragma once

#include <string>
#include <vector>

namespace centralita {

std::vector<std::string> spoken_clauses(const std::string& text);

}  // namespace centralita
