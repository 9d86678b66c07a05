#include "words/words.h"

namespace suki::words {

using programme::Message;

namespace {

std::string joined(std::string_view language, std::string_view separator, const std::vector<std::string>& parts) {
    std::string text;
    for (const std::string& part : parts) text += (text.empty() ? std::string{} : say(language, separator)) + part;
    return text;
}

}  // namespace

std::string say_message(std::string_view language, const Message& message) {
    struct Saying {
        std::string_view language;
        Value operator()(std::int64_t number) const { return number; }
        Value operator()(const std::string& text) const { return text; }
        Value operator()(const std::vector<std::string>& texts) const {
            return texts.empty() ? say(language, "list.none") : joined(language, "list.comma", texts);
        }
        Value operator()(const std::vector<Message>& messages) const {
            std::vector<std::string> parts;
            for (const Message& one : messages) parts.push_back(say_message(language, one));
            return joined(language, "list.semicolon", parts);
        }
    };
    if (message.is_empty()) return {};
    Arguments arguments;
    for (const auto& [name, argument] : message.arguments) {
        arguments.emplace_back(name, std::visit(Saying{language}, argument));
    }
    return say(language, message.key, arguments);
}

std::string say_diagnostic(std::string_view language, const programme::Diagnostic& diagnostic, std::string_view file) {
    std::string text{file};
    text += ":" + std::to_string(diagnostic.line) + ":" + std::to_string(diagnostic.column) + ": ";
    text += say(language, "severity." + std::string{name_of(diagnostic.severity)}) + ": ";
    text += say_message(language, diagnostic.message) + " [" + std::string{name_of(diagnostic.code)} + "]";
    if (!diagnostic.path.empty()) text += say(language, "diagnostic.path", {{"path", diagnostic.path}});
    if (!diagnostic.hint.is_empty()) {
        text += say(language, "diagnostic.hint", {{"hint", say_message(language, diagnostic.hint)}});
    }
    return text;
}

}  // namespace suki::words
