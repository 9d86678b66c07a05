#pragma once

#include <map>
#include <string>
#include <vector>

#include "base/names.h"
#include "programme/diagnostic.h"

namespace CLI {
class App;
}

/// What an operator sets once. Each flag of `suki serve` is a setting: `--behind-tls` is `behind_tls` in a configuration file and
/// SUKI_BEHIND_TLS in the environment. A flag goes before the environment, that before the file, and that before the default.
namespace suki::cli {

/// Beside these, whatever reading the file as a document may say (programme::DiagnosticCode).
SUKI_ENUM(SettingCode, unknown_setting, unknown_variable, several_values, value_missing, bad_value, file_not_readable,
          readable_by_others, two_passwords, not_used)

struct SettingFinding {
    programme::Severity severity = programme::Severity::error;
    std::string where;  // `suki.yaml:3:1`, `SUKI_PORT`
    std::string code;
    std::string message;
    std::string hint;  // may be empty
};
/// `suki.yaml:3:1: error: there is no setting `prot` [unknown_setting] (did you mean `port`?)`
std::string finding_text(const SettingFinding& finding);

struct Setting {
    std::string key;
    std::string value;  // without secrets in it; empty where there is none
    std::string where;  // `--port`, `SUKI_PORT`, `suki.yaml:3:1`, `default`
};

struct Settings {
    std::vector<Setting> all;  // in the order of the flags
    std::vector<SettingFinding> findings;

    [[nodiscard]] bool has_errors() const;
};

using Environment = std::map<std::string, std::string>;
Environment system_environment();
/// The language in which people read here, by LC_ALL, LC_MESSAGES and LANG in the order of POSIX; English when it is not spoken.
std::string language_of(const Environment& environment);

/// A flag of this type names a file that must be there, or one that holds a secret too.
inline constexpr const char* kFile = "FILE";
inline constexpr const char* kSecretFile = "SECRET-FILE";

/// Gives the flags of `verb` that its caller left out what the environment and the file under --config (or SUKI_CONFIG) say. To be
/// called after parsing. `known` has every setting that there is as a flag: what `verb` has no use for it passes over. A value from
/// wherever must be one that the flag takes; one that is not is a finding, and the default stays.
Settings settle(CLI::App& verb, const CLI::App& known, const Environment& environment);

}  // namespace suki::cli
