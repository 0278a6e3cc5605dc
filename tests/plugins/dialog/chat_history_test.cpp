#include "plugins/dialog/chat_history.h"

#include <gtest/gtest.h>

using namespace centralita;
using Role = ChatMessage::Role;

namespace {

std::vector<std::string> lines(const std::vector<ChatMessage>& messages) {
  std::vector<std::string> lines;
  for (const auto& message : messages) {
    const char* who[] = {"system", "user", "assistant", "tool"};
    lines.push_back(std::string(who[static_cast<int>(message.role)]) + ": " + message.content);
  }
  return lines;
}
using Lines = std::vector<std::string>;

ChatHistory with_a_tool_round() {
  ChatHistory history;
  history.add_user("¿Tengo cita?");
  history.append_assistant(1, "Déjeme ver. ");
  history.add_tool_calls(1, {{"c1", "citas", "{}"}, {"c2", "hora", "{\"a\":1}"}});
  history.add_tool_result(1, "c1", "mañana");
  history.add_tool_result(1, "c2", "9:00");
  history.append_assistant(1, "Sí, mañana a las nueve.");
  return history;
}

}  // namespace

TEST(ChatHistory, AUserMessageAfterAnUnansweredOneIsJoinedToIt) {
  ChatHistory history;
  history.add_user("Quiero");
  history.add_user(" una cita ");
  history.append_assistant(1, "Claro.");
  history.add_user("mañana");
  EXPECT_EQ(lines(history.messages()),
            (Lines{"user: Quiero una cita", "assistant: Claro.", "user: mañana"}));
}

TEST(ChatHistory, ClausesOfOneReplyAreOneMessage) {
  ChatHistory history;
  history.append_assistant(1, "Hola.");
  history.append_assistant(1, " Soy Ana.");
  history.append_assistant(2, " ¿Sigue ahí?");
  EXPECT_EQ(lines(history.messages()),
            (Lines{"assistant: Hola. Soy Ana.", "assistant: ¿Sigue ahí?"}));
}

TEST(ChatHistory, AReplyIsCutToWhatWasHeard) {
  ChatHistory history;
  history.add_user("Hola");
  history.append_assistant(1, "Buenos días. Le atiende Ana.");
  history.cut(1, " Buenos días. Le… ");
  EXPECT_EQ(lines(history.messages()), (Lines{"user: Hola", "assistant: Buenos días. Le…"}));
}

TEST(ChatHistory, AReplyOfWhichNothingWasHeardGoesAndTheQuestionIsOpenAgain) {
  ChatHistory history;
  history.add_user("Hola");
  history.append_assistant(1, "Buenos días.");
  history.cut(1, " ");
  history.add_user("¿hay alguien?");
  EXPECT_EQ(lines(history.messages()), (Lines{"user: Hola ¿hay alguien?"}));
}

TEST(ChatHistory, TheUsersLastWordsCanBeTakenBack) {
  ChatHistory history;
  history.append_assistant(1, "Hola.");
  history.add_user("Quisiera");
  history.add_user("una cita");
  EXPECT_FALSE(history.retract_user("otra cosa"));
  EXPECT_TRUE(history.retract_user(" una cita "));
  EXPECT_EQ(lines(history.messages()), (Lines{"assistant: Hola.", "user: Quisiera"}));
  EXPECT_TRUE(history.retract_user("Quisiera"));
  EXPECT_FALSE(history.retract_user("Quisiera"));
  EXPECT_EQ(lines(history.messages()), (Lines{"assistant: Hola."}));
}

TEST(ChatHistory, OnlyTheTurnInQuestionIsCut) {
  ChatHistory history;
  history.append_assistant(1, "Hola.");
  history.add_user("Sí");
  history.append_assistant(2, "Bien, sigamos.");
  history.cut(2, "");
  EXPECT_EQ(lines(history.messages()), (Lines{"assistant: Hola.", "user: Sí"}));
}

TEST(ChatHistory, AReplyAroundAToolCallIsCutAcrossItsMessages) {
  auto history = with_a_tool_round();
  history.cut(1, "Déjeme ver. Sí, mañana");
  EXPECT_EQ(lines(history.messages()),
            (Lines{"user: ¿Tengo cita?", "assistant: Déjeme ver. ", "tool: mañana", "tool: 9:00",
                   "assistant: Sí, mañana"}));
  history.cut(1, "Déjeme");
  EXPECT_EQ(lines(history.messages()),
            (Lines{"user: ¿Tengo cita?", "assistant: Déjeme", "tool: mañana", "tool: 9:00"}));
  history.cut(1, "");
  EXPECT_EQ(history.messages()[1].content, "");
  EXPECT_EQ(history.messages()[1].tool_calls.size(), 2u);
}

TEST(ChatHistory, TheWindowIsTheLastMessages) {
  ChatHistory history;
  for (int i = 0; i < 5; ++i) {
    history.add_user("p" + std::to_string(i));
    history.append_assistant(static_cast<std::uint32_t>(i + 1), "r" + std::to_string(i));
  }
  EXPECT_EQ(lines(history.window(3)), (Lines{"assistant: r3", "user: p4", "assistant: r4"}));
  EXPECT_EQ(history.window(100).size(), 10u);
  EXPECT_EQ(lines(history.window(0)), (Lines{"assistant: r4"}));
}

TEST(ChatHistory, TheWindowNeverStartsBetweenAToolCallAndItsResults) {
  const auto history = with_a_tool_round();
  for (const std::size_t count : {2u, 3u, 4u})
    EXPECT_EQ(lines(history.window(count)).front(), "assistant: Déjeme ver. ") << count;
  EXPECT_EQ(history.window(1).size(), 1u);
}

TEST(ChatHistory, TheWindowIsTheLastMessagesThatTheTokensAllow) {
  ChatHistory history;
  for (std::uint32_t i = 0; i < 5; ++i) {  // each message: 4 and 6 tokens
    history.add_user("veinticuatro letras aquí");
    history.append_assistant(i + 1, "veinticuatro letras acá.");
  }
  const auto one = history.messages().front().tokens();
  EXPECT_EQ(history.window(100, ChatHistory::kAnyNumber).size(), 10u);
  for (std::size_t messages = 1; messages <= 10; ++messages)
    EXPECT_EQ(history.window(100, messages * one + 3).size(), messages);
  EXPECT_EQ(history.window(4, 100 * one).size(), 4u) << "the number of messages counts too";
  EXPECT_EQ(history.window(100, 0).size(), 1u) << "the last one is always there";
}

TEST(ChatHistory, NoNumberOfTokensPutsAToolsResultWithoutItsCall) {
  const auto history = with_a_tool_round();
  for (std::size_t tokens = 0; tokens < 100; ++tokens) {
    const auto window = history.window(100, tokens);
    ASSERT_FALSE(window.empty());
    EXPECT_NE(window.front().role, Role::kTool) << tokens;
  }
  auto unanswered = with_a_tool_round();
  unanswered.add_tool_calls(2, {{"c3", "f", "{}"}, {"c4", "f", "{}"}});
  unanswered.add_tool_result(2, "c3", "x");
  unanswered.add_tool_result(2, "c4", "y");
  EXPECT_EQ(unanswered.window(100, 0).size(), 3u) << "the last result, and all of its call";
}

TEST(ChatHistory, SystemMessagesStayInTheWindow) {
  const auto history = ChatHistory::from_json(
      R"([{"role":"system","content":"s"},{"role":"user","content":"a"},{"role":"assistant","content":"b"}])");
  ASSERT_TRUE(history);
  EXPECT_EQ(lines(history->window(1)), (Lines{"system: s", "assistant: b"}));
}

TEST(ChatHistory, CallsWithoutAResultAreKnown) {
  ChatHistory history;
  history.add_tool_calls(1, {{"c1", "f", "{}"}, {"c2", "f", "{}"}});
  history.add_tool_result(1, "c2", "x");
  EXPECT_EQ(history.unanswered_calls(), (std::set<std::string>{"c1"}));
}

TEST(ChatHistory, GoesThroughJsonAndBack) {
  const auto json = with_a_tool_round().to_json();
  EXPECT_NE(
      json.find(
          R"({"role":"assistant","content":"Déjeme ver. ","tool_calls":[{"id":"c1","type":"function","function":{"name":"citas","arguments":"{}"}})"),
      std::string::npos)
      << json;
  EXPECT_NE(json.find(R"({"role":"tool","content":"9:00","tool_call_id":"c2"})"),
            std::string::npos);
  const auto back = ChatHistory::from_json(json);
  ASSERT_TRUE(back) << back.error();
  EXPECT_EQ(back->to_json(), json);
}

TEST(ChatHistory, ACallReadWithoutItsResultIsGivenOne) {
  const auto history = ChatHistory::from_json(
      R"([{"role":"assistant","content":null,"tool_calls":[{"id":"c1","type":"function","function":{"name":"f","arguments":"{}"}}]},{"role":"user","content":"a"}])");
  ASSERT_TRUE(history) << history.error();
  EXPECT_EQ(lines(history->messages()), (Lines{"assistant: ", "tool: no answer", "user: a"}));
}

TEST(ChatHistory, WhatIsNoHistoryIsRefusedWithTheReason) {
  for (const char* text :
       {"", "{}", "[1]", R"([{"role":"boss","content":"x"}])", R"([{"role":"user"}])",
        R"([{"role":"tool","content":"x","tool_call_id":"c9"}])",
        R"([{"role":"assistant","tool_calls":[{"id":"c"}]}])",
        R"([{"role":"user","content":"x","tool_calls":[{"id":"c","function":{"name":"f"}}]}])"}) {
    const auto history = ChatHistory::from_json(text);
    ASSERT_FALSE(history) << text;
    EXPECT_FALSE(history.error().empty());
  }
}
