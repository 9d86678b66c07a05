#pragma once

#include "server/call.h"

namespace suki::server {

/// Takes a request to its handler: finds the route, learns who asks and whether they may, and checks all that routes have in
/// common. Runs on the network's thread and does not wait.
void dispatch(Shared& shared, const net::Request& request, net::Responder responder);

}  // namespace suki::server
