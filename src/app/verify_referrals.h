#pragma once

#include <map>
#include <string>

#include "app/referrals.h"
#include "app/verify_records.h"

namespace suki::app {

/// What `suki verify` asks of who brought whom: that the friend's account says the same, and that each purchase for which something
/// was given is there and gave the friend what the record says.
void check_referral(const Desk& desk, const store::RecordRow& row, const BreachFound& breach);

/// Points given for friends and taken back, by the journal: what each record says.
class ReferralPoints {
public:
    void take(const store::EntryRow& row);
    /// After the whole journal.
    void take(const store::RecordRow& row, const BreachFound& breach);
    /// After all records.
    void finish(const BreachFound& breach) const;

private:
    void compare(const std::string& cause, Points said, const BreachFound& breach);
    std::map<std::string, Points> posted_;  // by the cause of the entry; taken back is below 0
};

}  // namespace suki::app
