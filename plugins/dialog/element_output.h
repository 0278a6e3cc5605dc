// What a conversation sends out of its element: clauses and reply ends through the source pad, the
// rest as element messages (their fields are in llmdialog.cpp's documentation). I/O thread only.
#pragma once

#include "plugins/base/src_pusher.h"
#include "plugins/dialog/conversation.h"

namespace centralita {

class ElementOutput final : public DialogOutput {
 public:
  ElementOutput(GstElement* element, SrcPusher& pusher) : element_(element), pusher_(pusher) {}

  void started(std::uint32_t turn, bool provisional) override;
  void first_token(std::uint32_t turn, std::chrono::milliseconds latency) override;
  void clause(ClauseTag tag, const std::string& text) override;
  void expects(std::uint32_t turn, const std::string& what) override;
  void tool_call(std::uint32_t turn, const ToolCall& call) override;
  void reply_end(std::uint32_t turn) override;
  void replied(const DialogReply& reply) override;
  void cancelled(std::uint32_t turn) override;
  void confirmed(std::uint32_t turn) override;
  void withdrawn(std::uint32_t turn) override;
  void failed(std::uint32_t turn, const ProviderError& error) override;
  void model_retired(const std::string& model, const std::string& replacement) override;
  void variable_unknown(const std::string& name) override;
  void flush() override;

 private:
  void post(const char* name, const char* first_field, ...) G_GNUC_NULL_TERMINATED;

  GstElement* const element_;
  SrcPusher& pusher_;
};

}  // namespace centralita
