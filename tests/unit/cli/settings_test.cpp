#include "cli/settings.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <CLI/CLI.hpp>
#include <filesystem>
#include <fstream>

namespace suki::cli {
namespace {

/// A verb with the shapes that settings have, and a file for them.
class SettingsTest : public testing::Test {
protected:
    SettingsTest() {
        folder_ = testing::TempDir() + "suki-settings-" + std::to_string(getpid());
        std::filesystem::create_directories(folder_);
        verb_.add_option("--config", "A file of settings");
        verb_.add_option("--db", db_, "The database");
        verb_.add_option("--db-password-file", password_file_, "Its password")->type_name(kSecretFile);
        verb_.add_option("--port", port_, "The port")->check(CLI::Range(0, 65535))->capture_default_str();
        verb_.add_flag("--behind-tls", behind_tls_, "A proxy");
        verb_.add_option("--tls-cert", certificate_, "The certificate")->type_name(kFile);
        verb_.add_option("--tls-key", key_, "Its key")->type_name(kSecretFile);
        verb_.add_option("--trusted-proxy", proxies_, "Whom to believe")->delimiter(',')->check([](const std::string& text) {
            return text == "bad" ? std::string{"no network"} : std::string{};
        });
    }
    ~SettingsTest() override { std::filesystem::remove_all(folder_); }

    std::string write(const std::string& name, const std::string& text, mode_t mode = 0600) {
        const std::string path = folder_ + "/" + name;
        std::ofstream(path) << text;
        chmod(path.c_str(), mode);
        return path;
    }

    Settings settle_with(const std::string& flags, const Environment& environment = {}) {
        verb_.clear();
        std::vector<std::string> words;
        std::istringstream line(flags);
        for (std::string word; line >> word;) words.insert(words.begin(), word);
        verb_.parse(words);
        return settle(verb_, verb_, environment);
    }

    static std::vector<std::string> texts(const Settings& settings, const std::string& cut) {
        std::vector<std::string> all;
        for (const SettingFinding& finding : settings.findings) {
            std::string text = finding_text(finding);
            for (std::size_t at = text.find(cut); at != std::string::npos; at = text.find(cut)) text.erase(at, cut.size());
            all.push_back(std::move(text));
        }
        return all;
    }
    static const Setting& setting(const Settings& settings, const std::string& key) {
        return *std::find_if(settings.all.begin(), settings.all.end(), [&](const Setting& one) { return one.key == key; });
    }

    std::string folder_;
    CLI::App verb_;
    std::string db_;
    std::string password_file_;
    int port_ = 8480;
    bool behind_tls_ = false;
    std::string certificate_;
    std::string key_;
    std::vector<std::string> proxies_;
};

TEST_F(SettingsTest, AFlagGoesBeforeTheEnvironmentThatBeforeTheFileThatBeforeTheDefault) {
    const std::string file = write("suki.yaml", "db: f.db\nport: 3\nbehind_tls: yes\n");
    struct Case {
        std::string flags;
        Environment environment;
        int port;
        std::string where;
    };
    const std::vector<Case> cases{
        {"--db x", {}, 8480, "default"},
        {"--config " + file, {}, 3, file + ":2:1"},
        {"--config " + file, {{"SUKI_PORT", "2"}}, 2, "SUKI_PORT"},
        {"--config " + file + " --port 1", {{"SUKI_PORT", "2"}}, 1, "--port"},
        {"--port 1 --db x", {}, 1, "--port"},
        {"--db x", {{"SUKI_PORT", "2"}}, 2, "SUKI_PORT"},
        {"--db x", {{"SUKI_CONFIG", file}}, 3, file + ":2:1"},
        {"--db x", {{"SUKI_PORT", ""}}, 8480, "default"},
    };
    for (const Case& one : cases) {
        port_ = 8480;
        const Settings settings = settle_with(one.flags, one.environment);
        EXPECT_TRUE(settings.findings.empty()) << one.flags << texts(settings, folder_).front();
        EXPECT_EQ(port_, one.port) << one.flags;
        EXPECT_EQ(setting(settings, "port").where, one.where) << one.flags;
        EXPECT_EQ(setting(settings, "port").value, std::to_string(one.port)) << one.flags;
    }
    EXPECT_TRUE(behind_tls_);
}

TEST_F(SettingsTest, EveryMistakeIsToldAtOnceWithItsLine) {
    const std::string file = write("suki.yaml",
                                   "prot: 1\nport: 70000\nbehind_tls: maybe\ndb: [a, b]\ndb_password_file:\nport: 5\n"
                                   "config: other.yaml\n");
    const Settings settings = settle_with("--config " + file, {{"SUKI_PRT", "1"}, {"SUKI_WHATEVER_ELSE", "1"}});
    EXPECT_TRUE(settings.has_errors());
    EXPECT_EQ(texts(settings, folder_ + "/"),
              (std::vector<std::string>{
                  "suki.yaml:1:1: error: there is no setting `prot` [unknown_setting] (did you mean `port`?)",
                  "suki.yaml:2:1: error: `port`: Value 70000 not in range 0 to 65535 [bad_value] (The port)",
                  "suki.yaml:3:1: error: `behind_tls` can't be `maybe` [bad_value] (A proxy)",
                  "suki.yaml:4:1: error: `db` takes one value [several_values] (The database)",
                  "suki.yaml:5:1: error: nothing stands under `db_password_file` [value_missing] (write a value, or leave the "
                  "setting out)",
                  "suki.yaml:6:1: error: the key `port` stands here twice [duplicate_key] (leave one of them)",
                  "suki.yaml:7:1: error: there is no setting `config` [unknown_setting]",
                  "SUKI_PRT: warning: there is no setting of that name [unknown_variable] (did you mean `SUKI_PORT`?)",
                  "db: error: no database is named [value_missing] (--db FILE, or postgresql://…; or SUKI_DB, or `db` in the "
                  "file of --config)"}));
    EXPECT_EQ(port_, 8480);
}

TEST_F(SettingsTest, FilesThatAreNoneAreTold) {
    EXPECT_EQ(settle_with("--db x --config " + folder_ + "/nothing.yaml").findings.at(0).code, "file_not_readable");
    EXPECT_EQ(settle_with("--db x --config " + folder_).findings.at(0).code, "file_not_readable");
    EXPECT_EQ(settle_with("--db x --config " + write("list.yaml", "- port\n")).findings.at(0).code, "several_values");
    EXPECT_EQ(settle_with("--db x --config " + write("torn.yaml", "port: [1\n")).findings.at(0).code, "syntax_error");
    EXPECT_TRUE(settle_with("--db x --config " + write("empty.yaml", "")).findings.empty());
    EXPECT_TRUE(settle_with("--db x --config " + write("comments.yaml", "# port: 8480\n")).findings.empty());
}

TEST_F(SettingsTest, ASecretIsNeverShownAndMustNotLieOpen) {
    const std::string address = "postgresql://suki:s3cret@host/suki";
    for (const mode_t mode : {0600, 0640, 0644}) {
        const std::string file = write("suki.yaml", "db: " + address + "\n", mode);
        const Settings settings = settle_with("--config " + file);
        EXPECT_EQ(db_, address);
        EXPECT_EQ(setting(settings, "db").value, "postgresql://suki@host/suki");
        ASSERT_EQ(settings.findings.size(), mode == 0644 ? 1u : 0u);
        EXPECT_FALSE(settings.has_errors());
        for (const SettingFinding& finding : settings.findings) EXPECT_EQ(finding.code, "readable_by_others");
    }
    // Without a secret anybody may read it; and what stands in the environment is in no file.
    EXPECT_TRUE(settle_with("--config " + write("open.yaml", "db: postgresql://suki@host/suki\n", 0644)).findings.empty());
    EXPECT_TRUE(settle_with("--config " + write("open.yaml", "port: 1\n", 0644), {{"SUKI_DB", address}}).findings.empty());

    const std::string open = write("open", "s3cret\n", 0604);
    const Settings lies_open = settle_with("--db postgresql://suki@host/suki --db-password-file " + open);
    EXPECT_EQ(texts(lies_open, folder_ + "/"),
              (std::vector<std::string>{"--db-password-file: warning: open can be read by everybody, and it is a secret "
                                        "[readable_by_others] (chmod o-rw open)"}));
    EXPECT_EQ(settle_with("--db f.db --db-password-file " + write("own", "s3cret")).findings.at(0).code, "not_used");
    EXPECT_EQ(settle_with("--db postgresql://suki@h/s --db-password-file " + folder_ + "/none").findings.at(0).code,
              "file_not_readable");
    const Settings twice = settle_with("--db " + address + " --db-password-file " + write("own", "s3cret"));
    EXPECT_EQ(twice.findings.at(0).code, "two_passwords");
    for (const Settings& settings : {lies_open, twice}) {
        for (const SettingFinding& finding : settings.findings) {
            EXPECT_EQ(finding_text(finding).find("s3cret"), std::string::npos) << finding_text(finding);
        }
        for (const Setting& one : settings.all) EXPECT_EQ(one.value.find("s3cret"), std::string::npos) << one.value;
    }
}

TEST_F(SettingsTest, SeveralValuesAreAListOrStandWithCommas) {
    using Proxies = std::vector<std::string>;
    struct Case {
        std::string file;
        Environment environment;
        Proxies proxies;
    };
    const std::vector<Case> cases{
        {"trusted_proxy: [10.0.0.0/8, '::1']\n", {}, {"10.0.0.0/8", "::1"}},
        {"trusted_proxy: 10.0.0.0/8,::1\n", {}, {"10.0.0.0/8", "::1"}},
        {"trusted_proxy:\n- 10.0.0.5\n", {}, {"10.0.0.5"}},
        {"trusted_proxy: [10.0.0.5]\n", {{"SUKI_TRUSTED_PROXY", "10.0.0.6,10.0.0.7"}}, {"10.0.0.6", "10.0.0.7"}},
    };
    for (const Case& one : cases) {
        const Settings settings = settle_with("--db x --config " + write("suki.yaml", one.file), one.environment);
        EXPECT_TRUE(settings.findings.empty()) << one.file;
        EXPECT_EQ(proxies_, one.proxies) << one.file;
        std::string shown;
        for (const std::string& proxy : one.proxies) shown += (shown.empty() ? "" : ",") + proxy;
        EXPECT_EQ(setting(settings, "trusted_proxy").value, shown);
    }
    proxies_.clear();
    const auto wrong = [&](const std::string& text) {
        return settle_with("--db x --config " + write("suki.yaml", text)).findings.at(0).code;
    };
    EXPECT_EQ(wrong("trusted_proxy: [10.0.0.5, bad]\n"), "bad_value");
    EXPECT_EQ(wrong("trusted_proxy: [10.0.0.5, [10.0.0.6]]\n"), "several_values");
    EXPECT_EQ(wrong("trusted_proxy: {a: 10.0.0.5}\n"), "several_values");
    EXPECT_TRUE(proxies_.empty());
}

TEST_F(SettingsTest, ACertificateHasItsKeyWhereverEitherComesFrom) {
    const std::string certificate = write("cert.pem", "-", 0644);
    const std::string key = write("key.pem", "-");
    const std::string open = write("open.pem", "-", 0644);
    const std::string file = write("suki.yaml", "tls_key: " + key + "\n");
    EXPECT_TRUE(settle_with("--db x --config " + file + " --tls-cert " + certificate).findings.empty());
    EXPECT_EQ(key_, key);
    EXPECT_EQ(texts(settle_with("--db x --config " + file), folder_ + "/"),
              (std::vector<std::string>{"suki.yaml:1:1: error: `tls_key` is given without `tls_cert` [value_missing]"}));
    EXPECT_EQ(texts(settle_with("--db x", {{"SUKI_TLS_CERT", certificate}}), folder_ + "/"),
              (std::vector<std::string>{"SUKI_TLS_CERT: error: `tls_cert` is given without `tls_key` [value_missing]"}));
    const Settings none = settle_with("--db x --tls-cert " + folder_ + "/none --tls-key " + open);
    EXPECT_EQ(none.findings.at(0).code, "file_not_readable");
    EXPECT_EQ(none.findings.at(1).code, "readable_by_others");
}

TEST_F(SettingsTest, AFlagThatStandsInsteadOfTheDatabaseNeedsNone) {
    CLI::App other;
    std::string db;
    std::string file;
    other.add_option("--config", "A file of settings");
    auto* database = other.add_option("--db", db, "The database");
    database->excludes(other.add_option("--file", file, "An export"));
    other.parse("--file x");
    EXPECT_TRUE(settle(other, verb_, {{"SUKI_DB", "y"}}).findings.empty());
    EXPECT_EQ(db, "");
    other.clear();
    other.parse("");
    EXPECT_EQ(settle(other, verb_, {}).findings.at(0).code, "value_missing");
}

TEST_F(SettingsTest, AVerbTakesWhatItHasAndPassesOverTheRest) {
    CLI::App other;
    std::string db;
    other.add_option("--config", "A file of settings");
    other.add_option("--db", db, "The database");
    other.parse("--config " + write("suki.yaml", "db: f.db\nport: 3\nprot: 4\n"));
    const Settings settings = settle(other, verb_, {{"SUKI_PORT", "x"}});
    EXPECT_EQ(db, "f.db");
    ASSERT_EQ(settings.findings.size(), 1u);
    EXPECT_EQ(settings.findings.front().code, "unknown_setting");
    EXPECT_EQ(settings.all.size(), 1u);
}

TEST(Language, IsThatOfTheEnvironment) {
    EXPECT_EQ(language_of({}), "en");
    EXPECT_EQ(language_of({{"LANG", "ru_RU.UTF-8"}}), "ru");
    EXPECT_EQ(language_of({{"LANG", "C.UTF-8"}}), "en");
    EXPECT_EQ(language_of({{"LANG", "sw_KE.UTF-8"}}), "en");
    EXPECT_EQ(language_of({{"LC_ALL", ""}, {"LC_MESSAGES", "ru"}, {"LANG", "en_GB.UTF-8"}}), "ru");
    EXPECT_EQ(language_of({{"LC_ALL", "C"}, {"LANG", "ru_RU.UTF-8"}}), "en");
}

}  // namespace
}  // namespace suki::cli
