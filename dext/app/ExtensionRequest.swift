// ExtensionRequest.swift — one request to the system-extension daemon in, every callback of its delegate out as an event.

import SystemExtensions

// Lives on the main queue, like its callbacks.
final class ExtensionRequest: NSObject, OSSystemExtensionRequestDelegate {
  enum Action: String { case activate, deactivate, properties }

  private let action: Action
  private let identifier: String
  private let report: (ExtensionEvent) -> Void
  private var hasAnswered = false  // the properties came

  init(_ action: Action, identifier: String, report: @escaping (ExtensionEvent) -> Void) {
    self.action = action
    self.identifier = identifier
    self.report = report
  }

  func submit() {
    let request: OSSystemExtensionRequest
    switch action {
    case .activate: request = .activationRequest(forExtensionWithIdentifier: identifier, queue: .main)
    case .deactivate: request = .deactivationRequest(forExtensionWithIdentifier: identifier, queue: .main)
    case .properties: request = .propertiesRequest(forExtensionWithIdentifier: identifier, queue: .main)
    }
    request.delegate = self
    report(.submitted(action: action.rawValue, identifier: identifier))
    OSSystemExtensionManager.shared.submitRequest(request)
  }

  // Always replace: sysextd asks only when the bundle differs, and `tools/install` has already refused a version that was not raised.
  func request(
    _: OSSystemExtensionRequest,
    actionForReplacingExtension existing: OSSystemExtensionProperties,
    withExtension new: OSSystemExtensionProperties
  ) -> OSSystemExtensionRequest.ReplacementAction {
    report(.replacing(existing: ExtensionVersion(existing), with: ExtensionVersion(new)))
    return .replace
  }

  func requestNeedsUserApproval(_: OSSystemExtensionRequest) { report(.needsApproval) }

  func request(_: OSSystemExtensionRequest, didFinishWithResult result: OSSystemExtensionRequest.Result) {
    switch result {
    // Without an extension of that name nothing is found, and the end is all that comes.
    case .completed where action == .properties: if !hasAnswered { report(.properties([])) }
    case .completed: report(.completed)
    case .willCompleteAfterReboot: report(.willCompleteAfterReboot)
    @unknown default: report(.failed(domain: "OSSystemExtensionRequest.Result", code: result.rawValue, message: "unknown result"))
    }
  }

  func request(_: OSSystemExtensionRequest, didFailWithError error: Error) {
    let error = error as NSError
    report(.failed(domain: error.domain, code: error.code, message: error.localizedDescription))
  }

  func request(_: OSSystemExtensionRequest, foundProperties properties: [OSSystemExtensionProperties]) {
    hasAnswered = true
    report(.properties(properties.map(ExtensionProperties.init)))
  }
}

extension ExtensionVersion {
  init(_ properties: OSSystemExtensionProperties) {
    self.init(version: properties.bundleShortVersion, build: properties.bundleVersion)
  }
}

extension ExtensionProperties {
  init(_ properties: OSSystemExtensionProperties) {
    self.init(
      version: ExtensionVersion(properties),
      path: properties.url.path,
      isEnabled: properties.isEnabled,
      isAwaitingUserApproval: properties.isAwaitingUserApproval,
      isUninstalling: properties.isUninstalling
    )
  }
}
