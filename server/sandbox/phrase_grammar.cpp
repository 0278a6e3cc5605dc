#include "server/sandbox/phrase_grammar.h"

#include <map>

namespace centralita::sandbox {
namespace {

// What it costs to begin another phrase: without it, a long phrase would fall apart into short
// ones.
constexpr double kNextPhraseProbability = 1e-14;
constexpr double kRepeatProbability = 0.5;
constexpr int kStart = 0;
constexpr int kEnd = 1;

struct Arc {
  int from;
  int to;
  std::string word;  // empty: taken without a word
  double probability;
};

// Phrases that begin with the same words share their states.
class Drawing {
 public:
  explicit Drawing(const PhraseList& list) : list_(list) {
    for (const auto& phrase : list.phrases()) {
      int state = kStart;
      for (std::size_t i = 0; i < phrase.size(); ++i)
        state = element(state, phrase[i], i + 1 == phrase.size());
    }
    arcs_.push_back({kEnd, kStart, "", kNextPhraseProbability});
  }

  const std::vector<Arc>& arcs() const { return arcs_; }
  int states() const { return states_; }

 private:
  int element(int from, const PhraseElement& element, bool last) {
    const auto* word = std::get_if<Word>(&element);
    const auto* use = std::get_if<ClassUse>(&element);
    const std::string name = word ? word->spoken : "<" + use->name + (use->repeated ? "+>" : ">");
    const auto key = std::pair(from, name + (last ? "." : ""));
    if (const auto known = targets_.find(key); known != targets_.end())
      return known->second;
    const int to = targets_[key] = last ? kEnd : states_++;
    if (word) {
      arcs_.push_back({from, to, word->spoken, 1});
    } else if (!use->repeated) {
      members(from, to, use->name);
    } else {
      const int again = states_++;
      members(from, again, use->name);
      members(again, again, use->name);
      arcs_.push_back({again, to, "", kRepeatProbability});
    }
    return to;
  }

  void members(int from, int to, const std::string& name) {
    const auto& alternatives = list_.classes().at(name).alternatives;
    for (const auto& alternative : alternatives) {
      int state = from;
      for (std::size_t i = 0; i < alternative.size(); ++i) {
        const bool last = i + 1 == alternative.size();
        const auto key = std::pair(state, name + "/" + std::to_string(to) + "/" +
                                              alternative[i].spoken + (last ? "." : ""));
        const auto known = targets_.find(key);
        const int next = known != targets_.end() ? known->second : last ? to : states_++;
        if (known == targets_.end()) {
          targets_[key] = next;
          arcs_.push_back({state, next, alternative[i].spoken, 1});
        }
        state = next;
      }
    }
  }

  const PhraseList& list_;
  std::vector<Arc> arcs_;
  std::map<std::pair<int, std::string>, int> targets_;
  int states_ = 2;
};

}  // namespace

fsg_model_t* make_phrase_grammar(const PhraseList& list, logmath_t* logmath,
                                 float language_weight) {
  const Drawing drawing(list);
  fsg_model_t* grammar = fsg_model_init("phrases", logmath, language_weight, drawing.states());
  grammar->start_state = kStart;
  grammar->final_state = kEnd;
  glist_t nulls = nullptr;
  for (const auto& arc : drawing.arcs()) {
    const auto cost = static_cast<int32>(logmath_log(logmath, arc.probability) * language_weight);
    if (!arc.word.empty()) {
      fsg_model_trans_add(grammar, arc.from, arc.to, cost,
                          fsg_model_word_add(grammar, arc.word.c_str()));
    } else if (fsg_model_null_trans_add(grammar, arc.from, arc.to, cost) == 1) {
      nulls = glist_add_ptr(nulls, fsg_model_null_trans(grammar, arc.from, arc.to));
    }
  }
  nulls = fsg_model_null_trans_closure(grammar, nulls);
  glist_free(nulls);
  return grammar;
}

}  // namespace centralita::sandbox
