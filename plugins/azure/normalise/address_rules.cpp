#include "plugins/azure/normalise/rules.h"

namespace centralita::normalise {
namespace {

// Top-level domains that an address without scheme or "www." may end in. A word that stands right
// after a full stop by mistake ("hoy.Es") must not become one: lower case only.
constexpr char kDomains[] =
    "com|org|net|info|edu|gob|gov|app|dev|io|ai|mx|es|ar|cl|co|pe|uk|us|eu|biz|cat|tv";

class AddressRules final : public Rules {
 public:
  explicit AddressRules(const Tools& tools)
      : language_(*tools.language),
        spanish_(tools.locale.tongue == Tongue::kSpanish),
        european_(spanish_ && !tools.locale.american),
        mail_(R"((?<![\w.+-])(?<address>[A-Za-z0-9._%+-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+))"
              R"((?![\w@]))"),
        web_(std::string(R"((?<![\w@./-])https?://(?<schemed>[^\s<>"']+)|(?<![\w@./-]))") +
             R"((?<address>(?:www\.[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*)" +
             R"(|[a-z0-9][a-z0-9-]*(?:\.[a-z0-9-]+)*\.(?:)" + kDomains + "))" +
             R"((?:/[A-Za-z0-9._~/?=&#%+:-]*)?)(?![\w@]))") {}

  void apply(Claims& claims) const override {
    claims.apply(mail_, [this](const Match& match) { return spelled(match["address"]); });
    claims.apply(web_, [this](const Match& match) -> std::optional<std::string> {
      const bool schemed = !match["schemed"].empty();
      const auto address = schemed ? match["schemed"] : match["address"];
      // A sentence's own punctuation stays behind the address.
      const auto end = address.find_last_not_of(".,;:!?)/");
      if (end == std::string_view::npos)
        return std::nullopt;
      std::string_view tail = address.substr(end + 1);
      while (tail.starts_with('/')) tail.remove_prefix(1);
      return spelled(address.substr(0, end + 1)) + std::string(tail);
    });
  }

 private:
  std::string spelled(std::string_view address) const {
    std::string words;
    const auto add = [&words](std::string_view word) {
      if (!word.empty())
        words += (words.empty() ? "" : " ") + std::string(word);
    };
    while (!address.empty()) {
      const auto run = [&address](auto belongs) {
        std::size_t size = 0;
        while (size < address.size() && belongs(address[size])) ++size;
        return size;
      };
      const auto letters = run([](char c) { return g_ascii_isalpha(c) || (c & 0x80) != 0; });
      const auto digits = run([](char c) { return g_ascii_isdigit(c); });
      if (letters > 0)
        add(word(address.substr(0, letters)));
      else if (digits > 0)
        add(number(address.substr(0, digits)));
      else
        add(language_.symbol(address.front()));
      address.remove_prefix(std::max<std::size_t>(letters + digits, 1));
    }
    return words;
  }

  std::string word(std::string_view letters) const {
    if (letters != "www")
      return std::string(letters);
    return !spanish_ ? "w w w" : european_ ? "tres uve doble" : "triple doble u";
  }

  std::string number(std::string_view digits) const {
    if (digits.size() > 2 || digits.starts_with('0'))
      return language_.digits(digits);
    return language_.number({.whole = std::string(digits)}, {});
  }

  const Language& language_;
  const bool spanish_, european_;
  const Pattern mail_, web_;
};

}  // namespace

std::unique_ptr<Rules> address_rules(const Tools& tools) {
  return std::make_unique<AddressRules>(tools);
}

}  // namespace centralita::normalise
