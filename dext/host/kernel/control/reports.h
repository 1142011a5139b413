// reports.h — what there is, as JSON: interfaces with their counters, processes.
#pragma once

#include <nlohmann/json_fwd.hpp>

namespace multiport::kernel {

class Kernel;

nlohmann::json interfacesReport(const Kernel & kernel);
nlohmann::json serversReport(const Kernel & kernel);

}  // namespace multiport::kernel
