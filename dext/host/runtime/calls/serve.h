// serve.h — packets of the kernel side in; calls run on the right queue, objects made, references given back.
#pragma once

#include "host/wire/packet.h"

namespace multiport::runtime {

using wire::Packet;

// Everything but replies. On the reader's thread, which never runs anything of the dext's.
void servePacket(Packet packet);

}  // namespace multiport::runtime
