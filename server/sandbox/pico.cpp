#include "server/sandbox/pico.h"

#ifdef HAVE_PICO

extern "C" {
#include <picoapi.h>
#include <picodefs.h>
}

#include <algorithm>
#include <array>
#include <filesystem>
#include <memory>
#include <mutex>
#include <vector>

namespace centralita::sandbox {
namespace {

constexpr char kTextAnalysis[] = "/usr/share/pico/lang/es-ES_ta.bin";
constexpr char kSignalGeneration[] = "/usr/share/pico/lang/es-ES_zl0_sg.bin";
constexpr std::size_t kMemory = 2'500'000;  // what the library asks for its system
constexpr char kVoice[] = "es";

const pico_Char* chars(const char* text) { return reinterpret_cast<const pico_Char*>(text); }

// One engine for the process; the library has no way to run two in one piece of memory.
class Engine {
 public:
  Engine() {
    pico_Resource analysis = nullptr, generation = nullptr;
    std::array<char, PICO_MAX_RESOURCE_NAME_SIZE> analysis_name{}, generation_name{};
    ready_ = pico_initialize(memory_.data(), static_cast<pico_Uint32>(memory_.size()), &system_) ==
                 PICO_OK &&
             pico_loadResource(system_, chars(kTextAnalysis), &analysis) == PICO_OK &&
             pico_loadResource(system_, chars(kSignalGeneration), &generation) == PICO_OK &&
             pico_getResourceName(system_, analysis, analysis_name.data()) == PICO_OK &&
             pico_getResourceName(system_, generation, generation_name.data()) == PICO_OK &&
             pico_createVoiceDefinition(system_, chars(kVoice)) == PICO_OK &&
             pico_addResourceToVoiceDefinition(system_, chars(kVoice),
                                               chars(analysis_name.data())) == PICO_OK &&
             pico_addResourceToVoiceDefinition(system_, chars(kVoice),
                                               chars(generation_name.data())) == PICO_OK &&
             pico_newEngine(system_, chars(kVoice), &engine_) == PICO_OK;
  }

  bool ready() const { return ready_; }
  pico_Engine get() const { return engine_; }

 private:
  std::vector<char> memory_ = std::vector<char>(kMemory);
  pico_System system_ = nullptr;
  pico_Engine engine_ = nullptr;
  bool ready_ = false;
};

// The library reads tags in the text: ours set the prosody, and the text's own brackets go.
std::string tagged(std::string sentence, double rate, double pitch) {
  std::erase_if(sentence, [](char c) { return c == '<' || c == '>'; });
  const auto level = [](double factor, int low, int high) {
    return std::to_string(std::clamp(static_cast<int>(factor * 100), low, high));
  };
  return "<speed level='" + level(rate, 20, 500) + "'><pitch level='" + level(pitch, 50, 200) +
         "'>" + sentence + "</pitch></speed>";
}

}  // namespace

bool has_pico() {
  static const bool found =
      std::filesystem::exists(kTextAnalysis) && std::filesystem::exists(kSignalGeneration);
  return found;
}

Result<bool> pico_speak(const std::string& sentence, double rate, double pitch,
                        const std::atomic<bool>& cancelled,
                        const std::function<void(std::span<const std::int16_t>)>& sink) {
  static std::mutex mutex;
  const std::lock_guard lock(mutex);
  static auto* const engine = new Engine;  // used until the process ends
  if (!engine->ready())
    return Unexpected("SVOX Pico does not start; are its Spanish files whole?");

  const auto text = tagged(sentence, rate, pitch);
  const char* at = text.c_str();
  // The terminating NUL belongs to the text: it makes the engine finish the sentence.
  auto left = static_cast<int>(text.size()) + 1;
  while (left > 0) {
    pico_Int16 taken = 0;
    const auto piece = static_cast<pico_Int16>(std::min(left, 32'000));
    if (pico_putTextUtf8(engine->get(), chars(at), piece, &taken) != PICO_OK)
      return Unexpected("SVOX Pico cannot speak \"" + sentence + "\"");
    at += taken;
    left -= taken;
    pico_Status status = PICO_STEP_BUSY;
    while (status == PICO_STEP_BUSY && !cancelled) {
      std::array<std::int16_t, 512> samples;
      pico_Int16 bytes = 0, type = 0;
      status = pico_getData(engine->get(), samples.data(), sizeof samples, &bytes, &type);
      if (bytes > 0)
        sink(std::span(samples).first(static_cast<std::size_t>(bytes) / 2));
    }
    if (cancelled) {
      pico_resetEngine(engine->get(), PICO_RESET_SOFT);
      return true;
    }
    if (status != PICO_STEP_IDLE)
      return Unexpected("SVOX Pico failed in \"" + sentence + "\"");
  }
  return true;
}

}  // namespace centralita::sandbox

#else

namespace centralita::sandbox {

bool has_pico() { return false; }

Result<bool> pico_speak(const std::string&, double, double, const std::atomic<bool>&,
                        const std::function<void(std::span<const std::int16_t>)>&) {
  return Unexpected("this program was built without SVOX Pico");
}

}  // namespace centralita::sandbox

#endif
