#include "app/decide.h"
#include "app/resolve.h"
#include "base/limits.h"

namespace suki::app {

Answered<std::string> decide(Desk& desk, const Ask&, const CreateOrganisation& command) {
    if (!is_good_code(command.id) || command.id.size() > limits::key_bytes) {
        return refuse(OrganisationRejection::organisation_malformed, "/id");
    }
    if (!is_good_text(command.title)) return refuse(OrganisationRejection::organisation_malformed, "/title");
    const WorldPointer before = desk.world();
    if (before->organisations.contains(command.id)) return refuse(OrganisationRejection::organisation_already_exists, "/id");
    const store::OrganisationRow row{.id = command.id, .name = command.title, .created_at = desk.recorded_at()};
    auto world = std::make_shared<World>(*before);
    world->organisations.emplace(row.id, row);
    desk.set_world(std::move(world));
    desk.rows.organisations.push_back(row);
    return command.id;
}

}  // namespace suki::app
