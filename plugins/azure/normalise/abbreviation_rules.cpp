#include "plugins/azure/normalise/rules.h"

#include <span>

namespace centralita::normalise {
namespace {

struct Abbreviation {
  const char* pattern;  // of what is written, without the boundary before it
  const char* spoken;
  // The last stop may be the sentence's as well: kept at the end of the text and before a capital.
  bool may_end_sentence = false;
  const char* before = "";  // what must stand before it
};

// Before a name, or anywhere. In the order in which they are tried: longer ones first.
constexpr Abbreviation kSpanish[] = {
    {R"(Sres\.)", "señores"},
    {R"(Sras\.)", "señoras"},
    {R"(Srta\.)", "señorita"},
    {R"(Sra\.)", "señora"},
    {R"(Sr\.)", "señor"},
    {R"(Dres\.)", "doctores"},
    {R"(Dra\.)", "doctora"},
    {R"(Dr\.)", "doctor"},
    {R"(Lic\.)", "licenciado"},
    {R"(Licda\.)", "licenciada"},
    {R"(Ing\.)", "ingeniero"},
    {R"(Arq\.)", "arquitecto"},
    {R"(Profa\.)", "profesora"},
    {R"(Prof\.)", "profesor"},
    {R"(Mtra\.)", "maestra"},
    {R"(Mtro\.)", "maestro"},
    {R"(Gral\.)", "general"},
    {R"(Cap\.(?= \p{Lu}))", "capitán"},
    {R"(Dña\.)", "doña"},
    {R"(D\.(?= \p{Lu}\p{Ll}))", "don"},
    {R"(Sto\.)", "santo"},
    {R"(Sta\.)", "santa"},
    {R"((?:Uds|Vds)\.)", "ustedes"},
    {R"((?:Ud|Vd)\.)", "usted"},
    {R"([Aa]v(?:da|enida)?\.)", "avenida"},
    {R"([Bb]lvd\.)", "bulevar"},
    {R"([Cc]alz\.)", "calzada"},
    {R"([Cc]arr\.)", "carretera"},
    {R"([Cc]ol\.(?= \p{Lu}))", "colonia"},
    {R"([Cc]d\.(?= \p{Lu}))", "ciudad"},
    {R"([Ee]do\.(?= de| \p{Lu}))", "estado"},
    {R"([Dd](?:p|ep)to\.)", "departamento"},
    {R"(C\. ?P\.)", "código postal"},
    {R"([Aa]pdo\.)", "apartado"},
    {R"([Tt]els\.)", "teléfonos"},
    {R"([Tt]el\.)", "teléfono"},
    {R"([Cc]el\.)", "celular"},
    {R"([Ee]xt\.)", "extensión"},
    {R"([Ii]nt\.(?= \d))", "interior"},
    {R"([Pp]ágs\.)", "páginas"},
    {R"([Pp]ág\.)", "página"},
    {R"([Aa]rt\.(?= \d))", "artículo"},
    {R"([Nn]úms\.)", "números"},
    {R"([Aa]prox\.)", "aproximadamente", true},
    {R"([Mm]áx\.)", "máximo", true},
    {R"([Mm]ín\.)", "mínimo", true},
    {R"([Pp]\. ?ej\.)", "por ejemplo"},
    {R"([Vv]s\.?)", "versus"},
    {R"(etc\.)", "etcétera", true},
    {R"([Hh]nos\.)", "hermanos"},
    {R"([Cc]ía\.)", "compañía", true},
    {R"(EE\. ?UU\.)", "Estados Unidos", true},
    {R"(a\. ?C\.)", "antes de Cristo", true},
    {R"(d\. ?C\.)", "después de Cristo", true},
    {R"(c/u(?!\p{L}))", "cada uno"},
    {R"(y/o(?!\p{L}))", "y o"},
    {R"(&(?= ))", "y"},
};

constexpr Abbreviation kEnglish[] = {
    {R"(Mrs\.)", "missus"},
    {R"(Mr\.)", "mister"},
    {R"(Ms\.)", "miz"},
    {R"(Drs\.)", "doctors"},
    {R"(Dr\.(?= \p{Lu}))", "doctor"},
    {R"(Profs?\.)", "professor"},
    {R"(Rev\.)", "reverend"},
    {R"(Gen\.(?= \p{Lu}))", "general"},
    {R"(Sgt\.)", "sergeant"},
    {R"(Capt\.)", "captain"},
    {R"(Lt\.(?= \p{Lu}))", "lieutenant"},
    {R"(St\.)", "street", true, R"(\d+\w*(?: \p{Lu}\p{Ll}+){1,3} \K)"},
    {R"(St\.(?= \p{Lu}))", "saint"},
    {R"(Ave\.)", "avenue", true, R"((?<=\p{Ll} |\d ))"},
    {R"(Rd\.)", "road", true, R"((?<=\p{Ll} ))"},
    {R"(Blvd\.)", "boulevard", true, R"((?<=\p{Ll} ))"},
    {R"(Ln\.)", "lane", true, R"((?<=\p{Ll} ))"},
    {R"([Aa]pt\.)", "apartment"},
    {R"([Dd]ept\.)", "department", true},
    {R"(No\.(?= \d))", "number"},
    {R"([Ee]xt\.)", "extension"},
    {R"([Tt]el\.)", "telephone"},
    {R"(e\. ?g\.,?)", "for example,"},
    {R"(i\. ?e\.,?)", "that is,"},
    {R"(etc\.)", "et cetera", true},
    {R"([Vv]s\.?)", "versus"},
    {R"([Aa]pprox\.)", "approximately", true},
    {R"(Jr\.)", "junior", true},
    {R"(Sr\.)", "senior", true, R"((?<=\p{Ll} ))"},
    {R"(Inc\.)", "incorporated", true},
    {R"(Ltd\.)", "limited", true},
    {R"(Corp\.)", "corporation", true},
    {R"(Co\.)", "company", true, R"((?<=\p{Ll} ))"},
    {R"(w/o(?!\p{L}))", "without"},
    {R"(&(?= ))", "and"},
};

class AbbreviationRules final : public Rules {
 public:
  explicit AbbreviationRules(const Tools& tools)
      : table_(tools.locale.tongue == Tongue::kSpanish ? std::span<const Abbreviation>(kSpanish)
                                                       : std::span<const Abbreviation>(kEnglish)) {
    std::string any;
    for (std::size_t i = 0; i < table_.size(); ++i) {
      names_.push_back("a" + std::to_string(i));
      any += (any.empty() ? "" : "|") + std::string(table_[i].before) + "(?<" + names_[i] + ">" +
             table_[i].pattern + ")";
    }
    any_ = std::make_unique<Pattern>(R"((?<![\p{L}\d.@/])(?:)" + any + ")");
  }

  void apply(Claims& claims) const override {
    claims.apply(*any_, [this](const Match& match) { return expanded(match); });
  }

 private:
  std::optional<std::string> expanded(const Match& match) const {
    for (std::size_t i = 0; i < table_.size(); ++i) {
      if (match[names_[i].c_str()].empty())
        continue;
      const bool stop = table_[i].may_end_sentence && ends_sentence(match.after());
      return table_[i].spoken + std::string(stop ? "." : "");
    }
    return std::nullopt;
  }

  const std::span<const Abbreviation> table_;
  std::vector<std::string> names_;  // of the pattern's groups
  std::unique_ptr<Pattern> any_;
};

}  // namespace

std::unique_ptr<Rules> abbreviation_rules(const Tools& tools) {
  return std::make_unique<AbbreviationRules>(tools);
}

}  // namespace centralita::normalise
