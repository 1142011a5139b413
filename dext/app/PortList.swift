// PortList.swift — the Ethernet instances of our driver in the IORegistry in, rows for the window out.

import Foundation
import IOKit

struct Port: Identifiable, Equatable {
  let id: UInt64  // registry entry id
  let name: String  // the service name: it says the jack
  let interface: String?  // "en7", once the interface is there
  let isLinkUp: Bool
}

enum PortList {
  /// Every port the driver publishes at the moment, in the order of their names.
  static func current() -> [Port] {
    var iterator: io_iterator_t = 0
    let matching = IOServiceMatching("IOUserNetworkEthernet") as NSMutableDictionary
    matching[kIOPropertyMatchKey] = ["IOUserClass": "PortEthernet"]
    guard IOServiceGetMatchingServices(kIOMainPortDefault, matching, &iterator) == KERN_SUCCESS else { return [] }
    defer { IOObjectRelease(iterator) }
    var ports: [Port] = []
    while case let service = IOIteratorNext(iterator), service != 0 {
      ports.append(port(of: service))
      IOObjectRelease(service)
    }
    return ports.sorted { $0.name.localizedStandardCompare($1.name) == .orderedAscending }
  }

  private static func port(of service: io_service_t) -> Port {
    var id: UInt64 = 0
    IORegistryEntryGetRegistryEntryID(service, &id)
    let below = IOOptionBits(kIORegistryIterateRecursively)
    let above = IOOptionBits(kIORegistryIterateRecursively | kIORegistryIterateParents)
    let status = search(service, "IOLinkStatus", below) as? Int ?? 0
    return Port(
      id: id,
      name: search(service, "MultiportServiceName", above) as? String ?? "Port",
      interface: search(service, "BSD Name", below) as? String,
      isLinkUp: status & 3 == 3  // kIONetworkLinkValid | kIONetworkLinkActive
    )
  }

  private static func search(_ service: io_service_t, _ key: String, _ options: IOOptionBits) -> Any? {
    IORegistryEntrySearchCFProperty(service, kIOServicePlane, key as CFString, kCFAllocatorDefault, options)
  }
}
