#pragma once

#include <memory>
#include <string>

#include "house/app_stage.h"

namespace suki::house {

/// Plays a story over HTTP against a server in this process on a port of its own.
std::unique_ptr<Stage> make_http_stage(World& world, std::string folder);

}  // namespace suki::house
