#include "cli/settings.h"

#include <sys/stat.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdlib>
#include <optional>

#include "cli/wiring.h"
#include "programme/document.h"
#include "programme/findings.h"
#include "store/open.h"
#include "words/words.h"

namespace suki::cli {

namespace {

using programme::Severity;

constexpr std::string_view kPrefix = "SUKI_";

/// `behind-tls` is `behind_tls`.
std::string key_of(const CLI::Option& option) {
    std::string key = option.get_lnames().empty() ? std::string{} : option.get_lnames().front();
    std::replace(key.begin(), key.end(), '-', '_');
    return key;
}

std::string variable_of(const std::string& key) {
    std::string name{kPrefix};
    for (const char c : key) name += c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
    return name;
}

bool is_setting(const CLI::Option& option) {
    const std::string key = key_of(option);
    return !key.empty() && key != "help" && key != "help_all" && key != "config";
}

/// Settings are told of in English, as all that the command line says of itself.
std::string in_english(const programme::Message& message) { return words::say_message("en", message); }

bool is_flag(const CLI::Option& option) { return option.get_items_expected_max() == 0; }

/// Whether the caller gave a flag that stands instead of this one.
bool is_excluded(const CLI::Option& option) {
    const auto excludes = option.get_excludes();
    return std::any_of(excludes.begin(), excludes.end(), [](const CLI::Option* other) { return other->count() > 0; });
}

std::string value_of(const CLI::Option& option) {
    if (option.count() == 0) return option.get_default_str();
    std::string value;
    for (const std::string& one : option.results()) value += (value.empty() ? "" : ",") + one;
    return value;
}

/// What the file or the environment says of one setting.
struct Given {
    std::string where;
    std::string text;
    bool is_from_file = false;
};

class Settling {
public:
    Settling(CLI::App& verb, const CLI::App& known, const Environment& environment)
        : verb_(verb), known_(known), environment_(environment) {
        for (const CLI::Option* option : known.get_options()) {
            if (is_setting(*option)) keys_.push_back(key_of(*option));
        }
    }

    Settings run() {
        read_file();
        for (CLI::Option* option : verb_.get_options()) {
            if (is_setting(*option) && is_known(key_of(*option)) && !is_excluded(*option)) settle(*option);
        }
        look_at_environment();
        look_at_database();
        look_at_certificate();
        std::stable_sort(settings_.findings.begin(), settings_.findings.end(),
                         [this](const auto& a, const auto& b) { return line_of(a.where) < line_of(b.where); });
        return std::move(settings_);
    }

private:
    void add(Severity severity, std::string where, SettingCode code, std::string message, std::string hint = {}) {
        settings_.findings.push_back({severity, std::move(where), std::string{name_of(code)}, std::move(message), std::move(hint)});
    }

    [[nodiscard]] bool is_known(const std::string& key) const { return std::find(keys_.begin(), keys_.end(), key) != keys_.end(); }

    [[nodiscard]] std::vector<std::string_view> key_views() const { return {keys_.begin(), keys_.end()}; }

    void read_file() {
        const CLI::Option* option = verb_.get_option_no_throw("--config");
        if (option == nullptr) return;
        if (option->count() > 0) {
            path_ = option->as<std::string>();
        } else if (const auto named = environment_.find(variable_of("config")); named != environment_.end()) {
            path_ = named->second;
        }
        if (path_.empty()) return;
        std::string source;
        try {
            source = cli::read_file(path_);
        } catch (const UsageError& error) {
            return add(Severity::error, path_, SettingCode::file_not_readable, error.what);
        }
        const programme::ReadDocument read = programme::read_document(source);
        // A file in which every setting is still a comment is a good one.
        if (read.findings.size() == 1 && read.findings.front().code == programme::DiagnosticCode::empty) return;
        for (const programme::Diagnostic& found : read.findings) {
            settings_.findings.push_back({found.severity, place(found.line, found.column), std::string{name_of(found.code)},
                                          in_english(found.message), in_english(found.hint)});
        }
        if (read.is_whole) take_file(read.document.root());
    }

    void take_file(programme::NodeRef root) {
        if (root.shape() == programme::Shape::nothing) return;
        if (!root.is_map()) {
            return add(Severity::error, place(root.line(), root.column()), SettingCode::several_values,
                       "settings are expected here: `key: value`, one a line");
        }
        for (const programme::NodeRef node : root.children()) {
            const std::string key{node.key()};
            const std::string where = place(node.key_line(), node.key_column());
            if (!is_known(key)) {
                add(Severity::error, where, SettingCode::unknown_setting, "there is no setting " + programme::in_quotes(key),
                    in_english(programme::did_you_mean(key, key_views())));
            } else if (node.shape() == programme::Shape::nothing || (node.is_scalar() && node.text().empty())) {
                add(Severity::error, where, SettingCode::value_missing, "nothing stands under `" + key + "`",
                    "write a value, or leave the setting out");
            } else if (const auto text = text_of(node, key)) {
                file_.emplace(key, Given{.where = where, .text = *text, .is_from_file = true});
            } else {
                add(Severity::error, where, SettingCode::several_values, "`" + key + "` takes one value", help_of(key));
            }
        }
    }

    /// What stands under a key, as the flag would be given it. A flag that takes several values takes a list.
    [[nodiscard]] std::optional<std::string> text_of(programme::NodeRef node, const std::string& key) const {
        if (node.is_scalar()) return std::string{node.text()};
        if (!node.is_list() || delimiter_of(key) == '\0') return std::nullopt;
        std::string text;
        for (const programme::NodeRef one : node.children()) {
            if (!one.is_scalar()) return std::nullopt;
            if (!text.empty()) text += delimiter_of(key);
            text += one.text();
        }
        return text;
    }

    [[nodiscard]] char delimiter_of(const std::string& key) const {
        for (const CLI::Option* option : known_.get_options()) {
            if (key_of(*option) == key) return option->get_delimiter();
        }
        return '\0';
    }

    [[nodiscard]] std::string place(std::size_t line, std::size_t column) const {
        return path_ + ":" + std::to_string(line) + ":" + std::to_string(column);
    }

    /// What is not of the file comes after it.
    [[nodiscard]] std::size_t line_of(const std::string& where) const {
        if (path_.empty() || !where.starts_with(path_ + ":")) return SIZE_MAX;
        return std::strtoull(where.c_str() + path_.size() + 1, nullptr, 10);
    }

    [[nodiscard]] std::string help_of(const std::string& key) const {
        for (const CLI::Option* option : known_.get_options()) {
            if (key_of(*option) == key) return option->get_description();
        }
        return {};
    }

    [[nodiscard]] std::optional<Given> given(const std::string& key) const {
        const std::string variable = variable_of(key);
        if (const auto found = environment_.find(variable); found != environment_.end() && !found->second.empty()) {
            return Given{.where = variable, .text = found->second};
        }
        if (const auto found = file_.find(key); found != file_.end()) return found->second;
        return std::nullopt;
    }

    void settle(CLI::Option& option) {
        Setting setting{.key = key_of(option), .where = "default"};
        bool is_from_file = false;
        if (option.count() > 0) {
            setting.where = "--" + option.get_lnames().front();
        } else if (const auto found = given(setting.key)) {
            is_from_file = found->is_from_file;
            if (take(option, *found)) setting.where = found->where;
        }
        std::string value = value_of(option);
        if (value.empty() && is_flag(option)) value = "false";
        setting.value = store::without_secret(value);
        if (setting.value != value && is_from_file) warn_if_readable(path_, setting.where, "it holds a password");
        if (option.count() > 0) look_at_file(setting.where, value, option.get_type_name());
        settings_.all.push_back(std::move(setting));
    }

    /// By the rules of the flag.
    bool take(CLI::Option& option, const Given& found) {
        const std::string key = key_of(option);
        try {
            option.add_result(found.text);
            option.run_callback();
            return true;
        } catch (const CLI::ConversionError&) {
            add(Severity::error, found.where, SettingCode::bad_value,
                "`" + key + "` can't be " + programme::in_quotes(store::without_secret(found.text)), option.get_description());
        } catch (const CLI::Error& error) {
            std::string why = error.what();
            const std::string name = option.get_name() + ": ";
            if (why.starts_with(name)) why.erase(0, name.size());
            add(Severity::error, found.where, SettingCode::bad_value, "`" + key + "`: " + why, option.get_description());
        }
        option.clear();
        return false;
    }

    void warn_if_readable(const std::string& path, const std::string& where, const std::string& why) {
        struct stat status{};
        if (stat(path.c_str(), &status) != 0 || (status.st_mode & (S_IROTH | S_IWOTH)) == 0) return;
        add(Severity::warning, where, SettingCode::readable_by_others, path + " can be read by everybody, and " + why,
            "chmod o-rw " + path);
    }

    void look_at_file(const std::string& where, const std::string& path, const std::string& type) {
        if (type != kFile && type != kSecretFile) return;
        if (access(path.c_str(), R_OK) != 0) {
            return add(Severity::error, where, SettingCode::file_not_readable, path + " can't be read");
        }
        if (type == kSecretFile) warn_if_readable(path, where, "it is a secret");
    }

    /// A misspelt variable says nothing by itself; one that is like none of ours may be somebody else's.
    void look_at_environment() {
        std::vector<std::string> variables{variable_of("config")};
        for (const std::string& key : keys_) variables.push_back(variable_of(key));
        const std::vector<std::string_view> views{variables.begin(), variables.end()};
        for (const auto& [name, value] : environment_) {
            if (!name.starts_with(kPrefix) || std::find(views.begin(), views.end(), name) != views.end()) continue;
            std::string hint = in_english(programme::did_you_mean(name, views));
            if (hint.empty()) continue;
            add(Severity::warning, name, SettingCode::unknown_variable, "there is no setting of that name", std::move(hint));
        }
    }

    void look_at_database() {
        const CLI::Option* db = verb_.get_option_no_throw("--db");
        if (db == nullptr || is_excluded(*db)) return;
        const std::string name = db->count() > 0 ? db->results().back() : std::string{};
        // One that was refused has been told of.
        const bool is_given = db->count() > 0 || given("db").has_value();
        if (!is_given) {
            add(Severity::error, "db", SettingCode::value_missing, "no database is named",
                "--db FILE, or postgresql://…; or SUKI_DB, or `db` in the file of --config");
        }
        const Setting* file = given_setting("db_password_file");
        if (name.empty() || file == nullptr) return;
        if (!store::is_postgres(name)) {
            add(Severity::warning, file->where, SettingCode::not_used, "the database is a file, and takes no password");
        } else if (store::without_secret(name) != name) {
            add(Severity::error, file->where, SettingCode::two_passwords, "`db` holds a password too", "leave one of them out");
        }
    }

    /// They come from different places, so the flags can't ask for one another.
    void look_at_certificate() {
        const Setting* certificate = given_setting("tls_cert");
        const Setting* key = given_setting("tls_key");
        if ((certificate == nullptr) == (key == nullptr)) return;
        add(Severity::error, (certificate != nullptr ? certificate : key)->where, SettingCode::value_missing,
            certificate != nullptr ? "`tls_cert` is given without `tls_key`" : "`tls_key` is given without `tls_cert`");
    }

    [[nodiscard]] const Setting* given_setting(const std::string& key) const {
        const auto found = std::find_if(settings_.all.begin(), settings_.all.end(),
                                        [&](const Setting& one) { return one.key == key && !one.value.empty(); });
        return found == settings_.all.end() ? nullptr : &*found;
    }

    CLI::App& verb_;
    const CLI::App& known_;
    const Environment& environment_;
    std::vector<std::string> keys_;
    std::string path_;
    std::map<std::string, Given> file_;
    Settings settings_;
};

}  // namespace

std::string finding_text(const SettingFinding& finding) {
    std::string text =
        finding.where + ": " + std::string{name_of(finding.severity)} + ": " + finding.message + " [" + finding.code + "]";
    if (!finding.hint.empty()) text += " (" + finding.hint + ")";
    return text;
}

bool Settings::has_errors() const {
    return std::any_of(findings.begin(), findings.end(),
                       [](const SettingFinding& one) { return one.severity == programme::Severity::error; });
}

Environment system_environment() {
    Environment all;
    for (char** one = environ; one != nullptr && *one != nullptr; ++one) {
        const std::string text = *one;
        const std::size_t equals = text.find('=');
        if (equals != std::string::npos) all.emplace(text.substr(0, equals), text.substr(equals + 1));
    }
    return all;
}

std::string language_of(const Environment& environment) {
    for (const char* name : {"LC_ALL", "LC_MESSAGES", "LANG"}) {
        const auto found = environment.find(name);
        if (found != environment.end() && !found->second.empty()) return words::choose_language(found->second);
    }
    return "en";
}

Settings settle(CLI::App& verb, const CLI::App& known, const Environment& environment) {
    return Settling{verb, known, environment}.run();
}

}  // namespace suki::cli
