// ExtensionEvent.swift — what happened to a request, as the tools read it: one JSON object a line.

import Foundation

enum ExtensionEvent {
  case submitted(action: String, identifier: String)
  case replacing(existing: ExtensionVersion, with: ExtensionVersion)
  case needsApproval
  case completed
  case willCompleteAfterReboot
  case properties([ExtensionProperties])
  case failed(domain: String, code: Int, message: String)

  /// Set for the last event of a request.
  var exitStatus: Int32? {
    switch self {
    case .submitted, .replacing, .needsApproval: return nil
    case .completed, .properties: return 0
    case .willCompleteAfterReboot: return 3
    case .failed: return 1
    }
  }

  private var fields: [String: Any] {
    switch self {
    case let .submitted(action, identifier): return ["event": "submitted", "action": action, "identifier": identifier]
    case let .replacing(existing, new): return ["event": "replacing", "existing": existing.fields, "new": new.fields]
    case .needsApproval: return ["event": "needsApproval"]
    case .completed: return ["event": "completed"]
    case .willCompleteAfterReboot: return ["event": "willCompleteAfterReboot"]
    case let .properties(all): return ["event": "properties", "extensions": all.map(\.fields)]
    case let .failed(domain, code, message):
      return ["event": "failed", "domain": domain, "code": code, "message": message]
    }
  }

  /// The event as one line of JSON with its keys in order, so that two runs compare.
  func line() -> Data {
    let options: JSONSerialization.WritingOptions = [.sortedKeys, .withoutEscapingSlashes]
    guard var data = try? JSONSerialization.data(withJSONObject: fields, options: options) else {
      preconditionFailure("an event holds nothing but strings, numbers and booleans")
    }
    data.append(UInt8(ascii: "\n"))
    return data
  }

  func printAsLine() { FileHandle.standardOutput.write(line()) }
}

struct ExtensionVersion {
  let version: String
  let build: String
  var fields: [String: Any] { ["version": version, "build": build] }
}

struct ExtensionProperties {
  let version: ExtensionVersion
  let path: String
  let isEnabled: Bool
  let isAwaitingUserApproval: Bool
  let isUninstalling: Bool

  var fields: [String: Any] {
    version.fields.merging(
      ["path": path, "enabled": isEnabled, "awaitingApproval": isAwaitingUserApproval, "uninstalling": isUninstalling]
    ) { first, _ in first }
  }
}
