#include "server/replay/model_answers.h"

#include "pipelines/phrases.h"

#include <algorithm>
#include <utility>

namespace centralita::replay {

ModelAnswers::ModelAnswers(const Scenario& scenario) : scenario_(scenario) {
  otherwise_.text = scenario.otherwise;
}

// The answer to what had most words in common with this: what the caller says may be cut into turns
// otherwise than it was. Of equals the first that has not been given; a better one may come twice,
// for what was made of half a sentence is made again of the whole.
const ModelAnswer* ModelAnswers::recorded(const std::string& last_message) {
  const auto words = spoken_words(last_message);
  const ModelAnswer* best = nullptr;
  std::pair<double, bool> most{-1, false};
  for (const auto& answer : scenario_.answers) {
    const auto theirs = spoken_words(answer.for_words);
    const auto common = std::count_if(theirs.begin(), theirs.end(), [&](const auto& word) {
      return std::find(words.begin(), words.end(), word) != words.end();
    });
    const std::pair fit{static_cast<double>(common) /
                            static_cast<double>(std::max({theirs.size(), words.size(), 1UL})),
                        !given_.contains(&answer)};
    if (fit > most && (common > 0 || fit.second)) {
      most = fit;
      best = &answer;
    }
  }
  if (!best)
    return &otherwise_;
  given_.insert(best);
  return best;
}

const ModelAnswer* ModelAnswers::to(const std::string& last_message) {
  if (!scenario_.otherwise.empty())
    return recorded(last_message);
  for (const auto& answer : scenario_.answers)
    if (!answer.to.empty() && last_message.find(answer.to) != std::string::npos)
      return &answer;
  for (; next_answer_ < scenario_.answers.size(); ++next_answer_)
    if (scenario_.answers[next_answer_].to.empty())
      return &scenario_.answers[next_answer_++];
  return nullptr;
}

}  // namespace centralita::replay
