// MultiportApp.swift — the window for people: install, remove, and the state of each port.

import SwiftUI

struct MultiportApp: App {
  var body: some Scene {
    Window("Multiport", id: "main") { DriverView() }
      .windowResizability(.contentSize)
  }
}

struct DriverView: View {
  @State private var ports: [Port] = []
  @State private var message = "The driver is installed once and then serves every adapter."
  @State private var request: ExtensionRequest?
  private let tick = Timer.publish(every: 1, on: .main, in: .common).autoconnect()

  var body: some View {
    VStack(alignment: .leading, spacing: 12) {
      portRows
      Text(message).font(.callout).foregroundStyle(.secondary).fixedSize(horizontal: false, vertical: true)
      HStack {
        Button("Install") { run(.activate) }
        Button("Remove") { run(.deactivate) }
      }
      .disabled(request != nil)
    }
    .padding()
    .frame(width: 420)
    .onAppear { ports = PortList.current() }
    .onReceive(tick) { _ in ports = PortList.current() }
  }

  @ViewBuilder private var portRows: some View {
    if ports.isEmpty {
      Text("No adapter is plugged in.")
    } else {
      ForEach(ports) { port in
        HStack {
          Image(systemName: port.isLinkUp ? "circle.fill" : "circle")
            .foregroundStyle(port.isLinkUp ? Color.green : Color.secondary)
            .accessibilityLabel(port.isLinkUp ? "Link up" : "Link down")
          Text(port.name)
          Spacer()
          Text(port.interface ?? "–").monospaced()
        }
      }
    }
  }

  private func run(_ action: ExtensionRequest.Action) {
    let request = ExtensionRequest(action, identifier: driverIdentifier) { event in
      message = event.sentence
      if event.exitStatus != nil { self.request = nil }
    }
    self.request = request
    request.submit()
  }
}

extension ExtensionEvent {
  /// What a person is told about it.
  var sentence: String {
    switch self {
    case .submitted: return "Asking macOS…"
    case .replacing(let existing, let new): return "Replacing version \(existing.version) by \(new.version)."
    case .needsApproval: return "Allow the driver in System Settings, General, Login Items & Extensions."
    case .completed: return "Done."
    case .willCompleteAfterReboot: return "Restart the Mac to finish."
    case .properties: return ""
    case .failed(_, let code, let message): return "macOS refused (code \(code)): \(message)"
    }
  }
}
